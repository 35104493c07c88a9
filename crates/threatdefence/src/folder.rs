//! The folder that a run writes into.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::error::CliError;

/// The snapshot's name in a report folder.
pub const SNAPSHOT: &str = "snapshot.tdsnap";

/// The snapshot that a path names: itself, or the one in a report folder.
pub fn snapshot_in(path: &Path) -> PathBuf {
    match path.is_dir() {
        true => path.join(SNAPSHOT),
        false => path.to_owned(),
    }
}

/// The folder asked for, or a dated one in the current folder.
pub fn choose(asked: Option<&Path>, what: &str) -> PathBuf {
    asked.map_or_else(
        || PathBuf::from(dated(what, Timestamp::now())),
        Path::to_owned,
    )
}

/// A name that sorts by time and is allowed on every system.
fn dated(what: &str, now: Timestamp) -> String {
    format!(
        "threatdefence-{what}-{}",
        now.strftime("%Y-%m-%dT%H-%M-%SZ")
    )
}

/// Refuses a folder in which another scan was made, before anything is asked of Azure.
///
/// # Errors
/// It holds a snapshot.
pub fn refuse_used(folder: &Path) -> Result<(), CliError> {
    let snapshot = folder.join(SNAPSHOT);
    if !snapshot.exists() {
        return Ok(());
    }
    Err(CliError::usage(format!("{} holds a scan already", folder.display())).hint(format!(
        "choose another folder with --output-dir; `threatdefence evaluate {}` judges that scan again",
        snapshot.display()
    )))
}

/// Makes the folder before anything is asked of Azure, and proves that files can be written there.
///
/// # Errors
/// It cannot be made or written to.
pub fn prepare(folder: &Path) -> Result<(), CliError> {
    let probe = folder.join(".threatdefence-write-test");
    let proven = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b"x"))
        .and_then(|()| std::fs::remove_file(&probe));
    proven.map_err(|error| {
        CliError::failed(format!(
            "the folder {} cannot be written to: {error}",
            folder.display()
        ))
        .hint("choose another with --output-dir")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dated_folder_has_no_characters_that_windows_refuses() {
        assert_eq!(
            dated("scan", "2026-03-01T09:05:07Z".parse().unwrap()),
            "threatdefence-scan-2026-03-01T09-05-07Z"
        );
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_with_a_hint() {
        let temporary = tempfile::tempdir().unwrap();
        let file = temporary.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = prepare(&file.join("below")).unwrap_err().to_string();
        assert!(error.contains("hint: choose another"), "{error}");
        prepare(&temporary.path().join("a/b")).unwrap();
        assert!(
            std::fs::read_dir(temporary.path().join("a/b"))
                .unwrap()
                .next()
                .is_none()
        );
    }
}
