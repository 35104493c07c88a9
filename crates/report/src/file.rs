//! Files that appear under their name only when they are whole.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::NamedTempFile;

use crate::ReportError;

/// A file being written under a temporary name in its final folder. [`PartialFile::finish`]
/// renames it; dropped before that, it is removed. On Unix only the owner can read it: findings
/// tell an attacker where to start.
pub(crate) struct PartialFile {
    path: PathBuf,
    writer: BufWriter<NamedTempFile>,
}

impl PartialFile {
    /// Starts the file `name` in `dir`.
    pub(crate) fn create(dir: &Path, name: &str) -> Result<Self, ReportError> {
        let temporary = tempfile::Builder::new()
            .prefix(&format!(".{name}."))
            .suffix(".part")
            .tempfile_in(dir)
            .map_err(|source| ReportError::Folder {
                path: dir.to_owned(),
                source,
            })?;
        Ok(Self {
            path: dir.join(name),
            writer: BufWriter::with_capacity(64 * 1024, temporary),
        })
    }

    /// The name that the file will have.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends text.
    pub(crate) fn put(&mut self, text: &str) -> Result<(), ReportError> {
        self.writer
            .write_all(text.as_bytes())
            .map_err(|source| ReportError::write(&self.path, source))
    }

    /// Appends a value as one line of JSON, without a line end.
    pub(crate) fn put_json<T: Serialize>(&mut self, value: &T) -> Result<(), ReportError> {
        serde_json::to_writer(&mut self.writer, value)
            .map_err(|source| ReportError::json(&self.path, source))
    }

    /// Gives the file its name and returns it. An older file of that name is replaced.
    pub(crate) fn finish(self) -> Result<PathBuf, ReportError> {
        let Self { path, writer } = self;
        let temporary = writer
            .into_inner()
            .map_err(|error| ReportError::write(&path, error.into_error()))?;
        match temporary.persist(&path) {
            Ok(_) => Ok(path),
            Err(error) => Err(ReportError::write(&path, error.error)),
        }
    }
}

impl Write for PartialFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// An anonymous file that the system removes by itself, to set rows aside in.
pub(crate) fn scratch(dir: &Path) -> Result<BufWriter<File>, ReportError> {
    let file = tempfile::tempfile_in(dir).map_err(|source| ReportError::Folder {
        path: dir.to_owned(),
        source,
    })?;
    Ok(BufWriter::with_capacity(64 * 1024, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn appears_under_its_name_only_when_finished() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = PartialFile::create(dir.path(), "findings.csv").unwrap();
        file.put("whole").unwrap();
        assert!(
            names(dir.path())
                .iter()
                .all(|name| name.starts_with('.') && name.ends_with(".part"))
        );
        let path = file.finish().unwrap();
        assert_eq!(names(dir.path()), ["findings.csv"]);
        assert_eq!(std::fs::read_to_string(path).unwrap(), "whole");
    }

    #[test]
    fn leaves_nothing_behind_when_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = PartialFile::create(dir.path(), "findings.csv").unwrap();
        file.put("half").unwrap();
        drop(file);
        assert!(names(dir.path()).is_empty());
    }

    #[test]
    fn replaces_an_older_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("summary.json"), "old").unwrap();
        let mut file = PartialFile::create(dir.path(), "summary.json").unwrap();
        file.put("new").unwrap();
        assert_eq!(
            std::fs::read_to_string(file.finish().unwrap()).unwrap(),
            "new"
        );
    }

    #[test]
    fn names_the_folder_that_cannot_be_written() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("missing");
        let error = PartialFile::create(&missing, "summary.json").err().unwrap();
        assert!(error.to_string().contains("missing"), "{error}");
    }
}
