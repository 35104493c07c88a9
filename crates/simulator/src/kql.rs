//! The part of the Kusto query language that scanners send to Resource Graph, as it runs over rows.

mod check;
mod compare;
mod expr;
mod functions;
mod parse;
mod table;
#[cfg(test)]
mod tests;
mod tokens;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use compare::rank;
pub(crate) use expr::{Expr, List, RowRef};
pub(crate) use functions::FUNCTIONS;
pub(crate) use table::{Cell, Row, Rows};

pub(crate) use parse::parse;

/// A query: a table and what is done to its rows, in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KqlQuery {
    pub(crate) table: String,
    pub(crate) steps: Vec<Step>,
}

/// One step of a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Where(Expr),
    Project(Vec<(String, Expr)>),
    Extend(Vec<(String, Expr)>),
    ProjectAway(Vec<String>),
    Order(Vec<(Expr, bool)>),
    Limit(usize),
    Count,
    Summarize(Vec<String>, Vec<(String, Expr)>),
    Distinct(Vec<(String, Expr)>),
}

impl KqlQuery {
    /// Runs the query.
    pub(crate) fn run(&self, rows: Rows) -> Rows {
        self.steps.iter().fold(rows, |rows, step| step.run(rows))
    }

    /// What the first step asks a column to be, in lower case: the rows without one of these need not be looked at.
    pub(crate) fn wanted(&self, column: &str) -> Option<Vec<String>> {
        match self.steps.first() {
            Some(Step::Where(test)) => wanted(test, column),
            _ => None,
        }
    }
}

fn wanted(test: &Expr, column: &str) -> Option<Vec<String>> {
    let is_column = |of: &Expr| {
        matches!(of, Expr::Path(names)
            if matches!(names.as_slice(), [name] if name.eq_ignore_ascii_case(column)))
    };
    match test {
        Expr::And(a, b) => wanted(a, column).or_else(|| wanted(b, column)),
        Expr::In(of, List::Exact(texts) | List::Folded(texts), false) if is_column(of) => {
            Some(texts.iter().map(|text| text.to_lowercase()).collect())
        }
        Expr::Compare(of, operator, value)
            if is_column(of) && matches!(operator.as_str(), "==" | "=~") =>
        {
            match value.as_ref() {
                Expr::Literal(Value::String(text)) => Some(vec![text.to_lowercase()]),
                _ => None,
            }
        }
        _ => None,
    }
}

impl Step {
    fn run(&self, mut from: Rows) -> Rows {
        match self {
            Self::Where(test) => {
                let columns = &from.columns;
                from.rows
                    .retain(|cells| test.holds(RowRef { columns, cells }));
            }
            Self::Project(columns) => return project(columns, &from),
            Self::Extend(columns) => return extend(columns, &from),
            Self::ProjectAway(names) => return project_away(names, &from),
            Self::Order(keys) => order(keys, &mut from),
            Self::Limit(most) => from.rows.truncate(*most),
            Self::Count => {
                return Rows {
                    columns: vec!["Count".into()],
                    rows: vec![[Cell::new(Value::from(from.rows.len()))].into()],
                };
            }
            Self::Summarize(counts, by) => return summarize(counts, by, &from),
            Self::Distinct(columns) => return summarize(&[], columns, &from),
        }
        from
    }
}

fn names(columns: &[(String, Expr)]) -> Vec<Arc<str>> {
    columns
        .iter()
        .map(|(name, _)| name.as_str().into())
        .collect()
}

fn project(columns: &[(String, Expr)], from: &Rows) -> Rows {
    let row = |cells: &Row| -> Row {
        let row = RowRef {
            columns: &from.columns,
            cells,
        };
        columns.iter().map(|(_, expr)| expr.cell(row)).collect()
    };
    Rows {
        columns: names(columns),
        rows: from.rows.iter().map(row).collect(),
    }
}

/// Each new column may speak of those before it.
fn extend(columns: &[(String, Expr)], from: &Rows) -> Rows {
    let mut names = from.columns.clone();
    let mut rows: Vec<Vec<Cell>> = from.rows.iter().map(|row| row.to_vec()).collect();
    for (name, expr) in columns {
        let at = names.iter().position(|have| have.as_ref() == name);
        for row in &mut rows {
            let cell = expr.cell(RowRef {
                columns: &names,
                cells: row,
            });
            match at {
                Some(at) => row[at] = cell,
                None => row.push(cell),
            }
        }
        if at.is_none() {
            names.push(name.as_str().into());
        }
    }
    Rows {
        columns: names,
        rows: rows.into_iter().map(Into::into).collect(),
    }
}

fn project_away(gone: &[String], from: &Rows) -> Rows {
    let kept: Vec<usize> = (0..from.columns.len())
        .filter(|&at| {
            !gone
                .iter()
                .any(|name| name.eq_ignore_ascii_case(&from.columns[at]))
        })
        .collect();
    Rows {
        columns: kept
            .iter()
            .map(|&at| Arc::clone(&from.columns[at]))
            .collect(),
        rows: from
            .rows
            .iter()
            .map(|row| kept.iter().map(|&at| row[at].clone()).collect())
            .collect(),
    }
}

fn order(keys: &[(Expr, bool)], from: &mut Rows) {
    let columns = &from.columns;
    from.rows.sort_by(|a, b| {
        for (key, descending) in keys {
            let value = |cells| key.value(RowRef { columns, cells });
            let found = rank(&value(a), &value(b));
            if found.is_ne() {
                return if *descending { found.reverse() } else { found };
            }
        }
        Ordering::Equal
    });
}

fn summarize(counts: &[String], by: &[(String, Expr)], from: &Rows) -> Rows {
    let mut groups: BTreeMap<Vec<u8>, (Vec<Cell>, usize)> = BTreeMap::new();
    let mut key = Vec::new();
    for cells in &from.rows {
        let row = RowRef {
            columns: &from.columns,
            cells,
        };
        key.clear();
        for (_, expr) in by {
            match expr.value(row).as_ref() {
                Value::String(text) => key.extend_from_slice(text.as_bytes()),
                other => key.extend(crate::json::bytes(other)),
            }
            key.push(0);
        }
        match groups.get_mut(&key) {
            Some((_, count)) => *count += 1,
            None => {
                let cells = by.iter().map(|(_, expr)| expr.cell(row)).collect();
                groups.insert(key.clone(), (cells, 1));
            }
        }
    }
    if by.is_empty() && groups.is_empty() {
        groups.insert(Vec::new(), (Vec::new(), 0));
    }
    let mut columns = names(by);
    columns.extend(counts.iter().map(|name| Arc::from(name.as_str())));
    let row = |(mut cells, count): (Vec<Cell>, usize)| -> Row {
        cells.extend(counts.iter().map(|_| Cell::new(Value::from(count))));
        cells.into()
    };
    Rows {
        columns,
        rows: groups.into_values().map(row).collect(),
    }
}
