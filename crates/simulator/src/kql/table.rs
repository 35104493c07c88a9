//! Rows as queries work on them: columns by name, and cells that share what the store holds.

use std::sync::Arc;

use serde::Serialize;
use serde::ser::SerializeMap;
use serde_json::Value;

/// What a row has in a column.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    /// A value of its own, perhaps shared with other rows.
    Own(Arc<Value>),
    /// A member of a stored document; null where the document has none.
    Member(Arc<Value>, &'static str),
}

static NULL: Value = Value::Null;

impl Cell {
    /// A cell with a value that no other row shares.
    pub(crate) fn new(value: Value) -> Self {
        Self::Own(Arc::new(value))
    }

    /// The cell's value.
    pub(crate) fn value(&self) -> &Value {
        match self {
            Self::Own(value) => value,
            Self::Member(document, name) => document.get(name).unwrap_or(&NULL),
        }
    }
}

/// The cells of one row, in the order of the columns.
pub(crate) type Row = Arc<[Cell]>;

/// Rows with the same columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    pub(crate) columns: Vec<Arc<str>>,
    pub(crate) rows: Vec<Row>,
}

impl Rows {
    /// Rows of JSON objects; what an object lacks is null.
    pub(crate) fn of(objects: Vec<Value>) -> Self {
        let mut columns: Vec<Arc<str>> = Vec::new();
        for name in objects
            .iter()
            .filter_map(Value::as_object)
            .flat_map(|row| row.keys())
        {
            if !columns.iter().any(|have| have.as_ref() == name) {
                columns.push(name.as_str().into());
            }
        }
        let row = |mut object: Value| -> Row {
            let cells = columns.iter().map(|name| {
                let cell = object.get_mut(name.as_ref()).map(Value::take);
                Cell::new(cell.unwrap_or(Value::Null))
            });
            cells.collect()
        };
        let rows = objects.into_iter().map(row).collect();
        Self { columns, rows }
    }

    /// Some of the rows, to be written as JSON objects.
    pub(crate) fn objects(&self, from: usize, to: usize) -> impl Iterator<Item = RowObject<'_>> {
        self.rows[from..to].iter().map(|row| RowObject {
            columns: &self.columns,
            row,
        })
    }
}

/// The place of a column. Names are found without case where no column has exactly this one.
pub(crate) fn column(columns: &[Arc<str>], name: &str) -> Option<usize> {
    let exact = columns.iter().position(|have| have.as_ref() == name);
    exact.or_else(|| {
        columns
            .iter()
            .position(|have| have.eq_ignore_ascii_case(name))
    })
}

/// A row as a JSON object.
#[derive(Debug)]
pub(crate) struct RowObject<'a> {
    columns: &'a [Arc<str>],
    row: &'a [Cell],
}

impl Serialize for RowObject<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (name, cell) in self.columns.iter().zip(self.row) {
            map.serialize_entry(name.as_ref(), cell.value())?;
        }
        map.end()
    }
}

#[cfg(test)]
impl Rows {
    /// The rows as JSON objects.
    pub(crate) fn values(&self) -> Vec<Value> {
        self.objects(0, self.rows.len())
            .map(|row| serde_json::to_value(&row).unwrap())
            .collect()
    }
}
