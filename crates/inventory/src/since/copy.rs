//! The copy of a snapshot that a collection goes on with.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::format::{self, SnapshotError};

/// A copy under a name of its own until it is ready: a half-made one would look like a collection that
/// was cut off, and going on with it would keep what is no longer true.
pub(super) struct Copy {
    path: PathBuf,
}

impl Copy {
    /// Copies the snapshot at `from` to a file beside `to`.
    pub(super) fn make(from: &Path, to: &Path) -> Result<Self, SnapshotError> {
        if to.exists() {
            return Err(SnapshotError::Exists(to.to_owned()));
        }
        let mut name = to.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let copy = Self {
            path: to.with_file_name(name),
        };
        copy.remove();
        format::claim(&copy.path)
            .map_err(|error| SnapshotError::Unwritable(copy.path.clone(), error))?;
        let source = format::open_for_reading(from)?;
        let target = copy.path.to_string_lossy().into_owned();
        // SQLite writes into a file that is there if it is empty, and leaves out what is free in it.
        // <https://sqlite.org/lang_vacuum.html#vacuuminto>
        source.execute("VACUUM INTO ?", [target])?;
        Ok(copy)
    }

    /// Opens it.
    pub(super) fn open(&self) -> Result<Connection, SnapshotError> {
        format::open_for_writing(&self.path)
    }

    /// Gives it its own name.
    pub(super) fn finish(self, connection: Connection, to: &Path) -> Result<(), SnapshotError> {
        format::seal(&connection)?;
        connection.close().map_err(|(_, error)| error)?;
        if to.exists() {
            return Err(SnapshotError::Exists(to.to_owned()));
        }
        std::fs::rename(&self.path, to)
            .map_err(|error| SnapshotError::Unwritable(to.to_owned(), error))
    }

    fn remove(&self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let mut path = self.path.as_os_str().to_owned();
            path.push(end);
            // Most of them are not there.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursors;

    #[test]
    fn a_copy_has_what_a_journal_still_holds_and_leaves_nothing_else_behind() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (
            folder.path().join("a.tdsnap"),
            folder.path().join("b.tdsnap"),
        );
        let original = format::create(&from).unwrap();
        cursors::set(&original, "x", Some("y")).unwrap();
        assert!(folder.path().join("a.tdsnap-wal").exists());
        let copy = Copy::make(&from, &to).unwrap();
        let connection = copy.open().unwrap();
        cursors::set(&connection, "z", Some("new")).unwrap();
        assert!(!to.exists(), "not before it is ready");
        copy.finish(connection, &to).unwrap();
        let copied = format::open_for_writing(&to).unwrap();
        assert_eq!(cursors::get(&copied, "x").unwrap().as_deref(), Some("y"));
        assert_eq!(cursors::get(&original, "z").unwrap(), None);
        drop(copied);
        drop(original);
        let names = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = names
            .filter(|name| name.to_string_lossy().contains("part"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn a_copy_that_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (
            folder.path().join("a.tdsnap"),
            folder.path().join("b.tdsnap"),
        );
        format::seal(&format::create(&from).unwrap()).unwrap();
        drop(Copy::make(&from, &to).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(matches!(
            Copy::make(&from, &from),
            Err(SnapshotError::Exists(_))
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_copy_is_for_its_owners_eyes_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (
            folder.path().join("a.tdsnap"),
            folder.path().join("b.tdsnap"),
        );
        drop(format::create(&from).unwrap());
        let copy = Copy::make(&from, &to).unwrap();
        let connection = copy.open().unwrap();
        copy.finish(connection, &to).unwrap();
        let mode = std::fs::metadata(&to).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
