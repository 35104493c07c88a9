//! The recorded replies, as they lie on disk.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

/// The environment variable with the folder that holds `payloads/`.
pub const FOLDER: &str = "THREATDEFENCE_SHARED";

/// One line of the index.
#[derive(Deserialize)]
struct Row {
    file: String,
    kind: String,
    method: Option<String>,
    path: Option<String>,
}

/// A reply that Azure really gave.
pub struct Recording {
    /// The file below the payloads' folder.
    pub file: String,
    /// The method that was answered.
    pub method: String,
    /// The path that was asked for, without its query.
    pub path: String,
    /// The reply.
    pub body: Value,
}

/// The payloads' folder; `None` when the variable is unset, as in a clone of this repository alone.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(|shared| PathBuf::from(shared).join("payloads"))
}

/// Every recorded reply whose file starts with `prefix`, in the order of files.
pub fn recordings(folder: &Path, prefix: &str) -> Vec<Recording> {
    let rows = index(folder, "recording").into_iter();
    rows.filter(|row| row.file.starts_with(prefix))
        .filter_map(|row| {
            let asked = row.path?;
            let (path, query) = asked.split_once('?').unwrap_or((&asked, ""));
            let body = json(folder, &row.file);
            if is_about_something_else(query, &body) {
                return None;
            }
            let path = path.to_owned();
            Some(Recording {
                body,
                file: row.file,
                method: row.method?,
                path,
            })
        })
        .collect()
}

/// Whether a reply under a document's path is not the document: how far a long operation is, or a link to a copy.
fn is_about_something_else(query: &str, body: &Value) -> bool {
    let query = query.to_lowercase();
    query.contains("export=true") || (query.contains("asyncid=") && body["id"].is_null())
}

/// The part of the exported directory with this name.
pub fn export(folder: &Path, name: &str) -> Value {
    let end = format!("/{name}.json");
    let rows = index(folder, "tenant-export");
    let row = rows.iter().find(|row| row.file.ends_with(&end));
    json(folder, &row.expect("the directory was exported").file)
}

/// The index's lines of a kind, in the order of files.
fn index(folder: &Path, kind: &str) -> Vec<Row> {
    let index = fs::read_to_string(folder.join("index.jsonl")).expect("the index is readable");
    let mut rows: Vec<Row> = index
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of the index is an object"))
        .filter(|row: &Row| row.kind == kind)
        .collect();
    rows.sort_by(|a, b| a.file.cmp(&b.file));
    rows
}

fn json(folder: &Path, file: &str) -> Value {
    let text = fs::read_to_string(folder.join(file)).expect("a payload is readable");
    serde_json::from_str(&text).expect("a payload is JSON")
}
