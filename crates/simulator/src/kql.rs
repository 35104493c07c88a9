//! The part of the Kusto query language that scanners send to Resource Graph, as it runs over rows.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

pub(crate) use crate::kql_parse::parse;
use crate::kql_time;

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

/// An expression over one row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    Literal(Value),
    Path(Vec<String>),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Compare(Box<Expr>, String, Box<Expr>),
    In(Box<Expr>, Vec<Expr>, bool, bool),
    Call(String, Vec<Expr>),
}

impl KqlQuery {
    /// Runs the query.
    pub(crate) fn run(&self, rows: Vec<Value>) -> Vec<Value> {
        self.steps.iter().fold(rows, |rows, step| step.run(rows))
    }
}

impl Step {
    fn run(&self, mut rows: Vec<Value>) -> Vec<Value> {
        match self {
            Self::Where(test) => rows.retain(|row| truth(&test.value(row))),
            Self::Project(columns) => {
                return rows.iter().map(|row| project(columns, row)).collect();
            }
            Self::Extend(columns) => rows.iter_mut().for_each(|row| extend(columns, row)),
            Self::ProjectAway(names) => rows.iter_mut().for_each(|row| {
                if let Some(row) = row.as_object_mut() {
                    row.retain(|have, _| !names.iter().any(|name| name.eq_ignore_ascii_case(have)));
                }
            }),
            Self::Order(keys) => rows.sort_by(|a, b| order(keys, a, b)),
            Self::Limit(most) => rows.truncate(*most),
            Self::Count => return vec![json!({"Count": rows.len()})],
            Self::Summarize(counts, by) => return summarize(counts, by, &rows),
            Self::Distinct(columns) => return summarize(&[], columns, &rows),
        }
        rows
    }
}

fn project(columns: &[(String, Expr)], row: &Value) -> Value {
    let cells = columns
        .iter()
        .map(|(name, expr)| (name.clone(), expr.value(row)));
    Value::Object(cells.collect())
}

fn extend(columns: &[(String, Expr)], row: &mut Value) {
    for (name, expr) in columns {
        let value = expr.value(row);
        if let Some(row) = row.as_object_mut() {
            row.insert(name.clone(), value);
        }
    }
}

fn order(keys: &[(Expr, bool)], a: &Value, b: &Value) -> Ordering {
    for (key, descending) in keys {
        let found = rank(&key.value(a), &key.value(b));
        if found.is_ne() {
            return if *descending { found.reverse() } else { found };
        }
    }
    Ordering::Equal
}

fn rank(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a
            .as_f64()
            .partial_cmp(&b.as_f64())
            .unwrap_or(Ordering::Equal),
        _ => text(a).cmp(&text(b)),
    }
}

fn summarize(counts: &[String], by: &[(String, Expr)], rows: &[Value]) -> Vec<Value> {
    let mut groups: BTreeMap<String, (Value, usize)> = BTreeMap::new();
    for row in rows {
        let cells = project(by, row);
        groups.entry(cells.to_string()).or_insert((cells, 0)).1 += 1;
    }
    if by.is_empty() && groups.is_empty() {
        groups.insert(String::new(), (Value::Object(Map::new()), 0));
    }
    let row = |(mut cells, count): (Value, usize)| {
        for name in counts {
            cells[name.as_str()] = json!(count);
        }
        cells
    };
    groups.into_values().map(row).collect()
}

impl Expr {
    /// The expression's value for a row. What a row does not have is null.
    pub(crate) fn value(&self, row: &Value) -> Value {
        match self {
            Self::Literal(value) => value.clone(),
            Self::Path(names) => lookup(row, names),
            Self::Not(inner) => json!(!truth(&inner.value(row))),
            Self::And(a, b) => json!(truth(&a.value(row)) && truth(&b.value(row))),
            Self::Or(a, b) => json!(truth(&a.value(row)) || truth(&b.value(row))),
            Self::Compare(a, operator, b) => {
                json!(compare(&a.value(row), operator, &b.value(row)))
            }
            Self::In(of, list, exact, negated) => {
                let have = of.value(row);
                let operator = if *exact { "==" } else { "=~" };
                let found = list
                    .iter()
                    .any(|one| compare(&have, operator, &one.value(row)));
                json!(found != *negated)
            }
            Self::Call(name, arguments) => call(name, arguments, row),
        }
    }
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::String(text) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// Columns are found without case, members of documents with it where they are there, else without.
fn lookup(row: &Value, names: &[String]) -> Value {
    let found = names.iter().try_fold(row, |value, name| match value {
        Value::Object(members) => members.get(name).or_else(|| {
            let other = members
                .iter()
                .find(|(have, _)| have.eq_ignore_ascii_case(name));
            other.map(|(_, value)| value)
        }),
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    });
    found.cloned().unwrap_or(Value::Null)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn compare(a: &Value, operator: &str, b: &Value) -> bool {
    let (x, y) = (text(a), text(b));
    let (lower_x, lower_y) = (x.to_lowercase(), y.to_lowercase());
    match operator {
        "==" => x == y,
        "!=" | "<>" => x != y,
        "=~" => lower_x == lower_y,
        "!~" => lower_x != lower_y,
        "contains" | "has" => lower_x.contains(&lower_y),
        "!contains" | "!has" => !lower_x.contains(&lower_y),
        "startswith" => lower_x.starts_with(&lower_y),
        "!startswith" => !lower_x.starts_with(&lower_y),
        "endswith" => lower_x.ends_with(&lower_y),
        "<" => rank(a, b).is_lt(),
        "<=" => rank(a, b).is_le(),
        ">" => rank(a, b).is_gt(),
        ">=" => rank(a, b).is_ge(),
        _ => false,
    }
}

fn call(name: &str, arguments: &[Expr], row: &Value) -> Value {
    let first = arguments.first().map_or(Value::Null, |one| one.value(row));
    let empty = text(&first).is_empty();
    match name {
        "tolower" => json!(text(&first).to_lowercase()),
        "toupper" => json!(text(&first).to_uppercase()),
        "tostring" => json!(text(&first)),
        "tobool" | "toboolean" => json!(truth(&first)),
        "toint" | "tolong" => text(&first).parse::<i64>().map_or(Value::Null, Value::from),
        "isnotempty" | "isnotnull" => json!(!empty),
        "isempty" | "isnull" => json!(empty),
        "strcat" => {
            let all: String = arguments.iter().map(|one| text(&one.value(row))).collect();
            json!(all)
        }
        "todatetime" => kql_time::to_datetime(&first),
        "array_length" => first
            .as_array()
            .map_or(Value::Null, |items| json!(items.len())),
        "coalesce" => {
            let mut values = arguments.iter().map(|one| one.value(row));
            values.find(|value| !value.is_null()).unwrap_or(Value::Null)
        }
        _ => first,
    }
}

/// The functions that [`call`] knows; the parser refuses any other.
pub(crate) const FUNCTIONS: [&str; 15] = [
    "tolower",
    "toupper",
    "tostring",
    "tobool",
    "toboolean",
    "toint",
    "tolong",
    "isnotempty",
    "isnotnull",
    "isempty",
    "isnull",
    "strcat",
    "array_length",
    "coalesce",
    "todatetime",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn run(query: &str) -> Vec<Value> {
        let rows = vec![
            json!({"id": "2", "type": "a/b", "name": "Two", "subscriptionId": "S", "properties": {"on": true, "n": 5}}),
            json!({"id": "1", "type": "a/c", "name": "One", "subscriptionId": "S", "properties": {"on": false}}),
            json!({"id": "3", "type": "a/b", "name": "Three", "subscriptionId": "T"}),
        ];
        parse(query).unwrap().run(rows)
    }

    fn ids(query: &str) -> String {
        run(query)
            .iter()
            .map(|row| row["id"].as_str().unwrap_or("-").to_owned())
            .collect()
    }

    #[test]
    fn rows_are_filtered_ordered_and_cut() {
        assert_eq!(
            ids("Resources | where type =~ 'A/B' | order by id desc"),
            "32"
        );
        assert_eq!(
            ids("resources\n| where type in~ ('a/B', \"x\") and subscriptionId == 'S'"),
            "2"
        );
        assert_eq!(ids("resources | where properties.on == true"), "2");
        assert_eq!(
            ids("resources | where properties['n'] > 4 or not(type =~ 'a/b')"),
            "21"
        );
        assert_eq!(
            ids("resources | where name has 'o' | sort by id asc | limit 1"),
            "1"
        );
        assert_eq!(ids("resources | top 2 by id desc"), "32");
        assert_eq!(
            ids("resources | where isempty(properties) // a comment\n"),
            "3"
        );
        assert_eq!(ids("resources | where type !in ('a/b')"), "1");
    }

    #[test]
    fn columns_are_chosen_and_made() {
        let rows = run(
            "resources | where id == '2' | extend low = tolower(name) | project id, low, on = properties.on",
        );
        assert_eq!(rows, [json!({"id": "2", "low": "two", "on": true})]);
        let rows = run("resources | take 1 | project-away properties, name");
        assert_eq!(
            rows,
            [json!({"id": "2", "type": "a/b", "subscriptionId": "S"})]
        );
    }

    #[test]
    fn times_are_compared() {
        let since = "resources | extend at = todatetime('2026-01-02T03:04:05Z')";
        assert_eq!(
            run(&format!(
                "{since} | where at > datetime(2026-01-02T03:04:04.9Z)"
            ))
            .len(),
            3
        );
        assert_eq!(
            run(&format!(
                "{since} | where at > datetime('2026-01-02 03:04:05')"
            ))
            .len(),
            0
        );
        assert_eq!(
            run(&format!("{since} | where at >= ago(1.5h) and at < now()")).len(),
            0
        );
        assert_eq!(
            run("resources | where now() > ago(15m) and name has 'o'").len(),
            2
        );
    }

    #[test]
    fn rows_are_counted() {
        assert_eq!(run("resources | count"), [json!({"Count": 3})]);
        assert_eq!(
            run("resources | summarize count() by type"),
            [
                json!({"type": "a/b", "count_": 2}),
                json!({"type": "a/c", "count_": 1})
            ]
        );
        assert_eq!(
            run("resources | where id == '9' | summarize n = count()"),
            [json!({"n": 0})]
        );
        assert_eq!(run("resources | distinct subscriptionId").len(), 2);
    }
}
