//! Expressions over one row.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::compare::{compare, text, truth};
use super::functions::call;
use super::table::{Cell, column};

/// An expression over one row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    Literal(Value),
    Path(Vec<String>),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Compare(Box<Expr>, String, Box<Expr>),
    In(Box<Expr>, List, bool),
    Call(String, Vec<Expr>),
}

/// What `in` looks through.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum List {
    /// Texts to find with their case.
    Exact(HashSet<String>),
    /// Texts in lower case, to find without case.
    Folded(HashSet<String>),
    /// Anything else; true with case.
    Mixed(Vec<Expr>, bool),
}

impl List {
    /// A list of `in` (with case) or `in~`.
    pub(crate) fn of(items: Vec<Expr>, exact: bool) -> Self {
        let texts: Option<HashSet<String>> = items
            .iter()
            .map(|item| match item {
                Expr::Literal(Value::String(text)) if exact => Some(text.clone()),
                Expr::Literal(Value::String(text)) => Some(text.to_lowercase()),
                _ => None,
            })
            .collect();
        match texts {
            Some(texts) if exact => Self::Exact(texts),
            Some(texts) => Self::Folded(texts),
            None => Self::Mixed(items, exact),
        }
    }

    fn holds(&self, value: &Value, row: RowRef<'_>) -> bool {
        match self {
            Self::Exact(texts) => texts.contains(text(value).as_ref()),
            Self::Folded(texts) => texts.contains(text(value).to_lowercase().as_str()),
            Self::Mixed(items, exact) => {
                let operator = if *exact { "==" } else { "=~" };
                items
                    .iter()
                    .any(|item| compare(value, operator, &item.value(row)))
            }
        }
    }
}

/// A row with the names of its columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowRef<'a> {
    pub(crate) columns: &'a [Arc<str>],
    pub(crate) cells: &'a [Cell],
}

static NULL: Value = Value::Null;

impl Expr {
    /// The expression's value for a row. What a row does not have is null.
    pub(crate) fn value<'a>(&'a self, row: RowRef<'a>) -> Cow<'a, Value> {
        Cow::Owned(match self {
            Self::Literal(value) => return Cow::Borrowed(value),
            Self::Path(names) => return Cow::Borrowed(lookup(row, names)),
            Self::Call(name, arguments) => call(name, arguments, row),
            test => Value::Bool(test.holds(row)),
        })
    }

    /// True when the expression holds for a row.
    pub(crate) fn holds(&self, row: RowRef<'_>) -> bool {
        match self {
            Self::Not(inner) => !inner.holds(row),
            Self::And(a, b) => a.holds(row) && b.holds(row),
            Self::Or(a, b) => a.holds(row) || b.holds(row),
            Self::Compare(a, operator, b) => compare(&a.value(row), operator, &b.value(row)),
            Self::In(of, list, negated) => list.holds(&of.value(row), row) != *negated,
            Self::Literal(_) | Self::Path(_) | Self::Call(..) => truth(&self.value(row)),
        }
    }

    /// The expression's value as a cell, shared with the row where it is one of its columns.
    pub(crate) fn cell(&self, row: RowRef<'_>) -> Cell {
        if let Self::Path(names) = self
            && let [name] = names.as_slice()
            && let Some(at) = column(row.columns, name)
            && let Some(cell) = row.cells.get(at)
        {
            return cell.clone();
        }
        Cell::new(self.value(row).into_owned())
    }

    /// The first names of all paths in the expression.
    pub(crate) fn columns<'a>(&'a self, found: &mut Vec<&'a str>) {
        match self {
            Self::Literal(_) => {}
            Self::Path(names) => found.extend(names.first().map(String::as_str)),
            Self::Not(inner) => inner.columns(found),
            Self::And(a, b) | Self::Or(a, b) | Self::Compare(a, _, b) => {
                a.columns(found);
                b.columns(found);
            }
            Self::In(of, list, _) => {
                of.columns(found);
                if let List::Mixed(items, _) = list {
                    items.iter().for_each(|item| item.columns(found));
                }
            }
            Self::Call(_, arguments) => arguments.iter().for_each(|one| one.columns(found)),
        }
    }
}

/// Columns are found without case, members of documents with it where they are there, else without.
fn lookup<'a>(row: RowRef<'a>, names: &[String]) -> &'a Value {
    let Some((first, within)) = names.split_first() else {
        return &NULL;
    };
    let cell = column(row.columns, first).and_then(|at| row.cells.get(at));
    let found =
        within
            .iter()
            .try_fold(cell.map_or(&NULL, Cell::value), |value, name| match value {
                Value::Object(members) => members.get(name).or_else(|| {
                    let other = members
                        .iter()
                        .find(|(have, _)| have.eq_ignore_ascii_case(name));
                    other.map(|(_, value)| value)
                }),
                Value::Array(items) => items.get(name.parse::<usize>().ok()?),
                _ => None,
            });
    found.unwrap_or(&NULL)
}
