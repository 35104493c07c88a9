//! Files with secrets: never readable by others, not even for a moment, and never in the place of another.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::Certificate;
use crate::change::ChangeError;

/// A file that could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is one already.
    #[error("{} is there already, and is not overwritten", .0.display())]
    Exists(PathBuf),
    /// The operating system refused.
    #[error("{} could not be written: {reason}", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        reason: String,
    },
}

impl FileError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Exists(_) => "name another file, or move that one away if nothing needs it",
            Self::Failed { .. } => "name a file in a folder that exists and that you may write to",
        }
    }
}

impl From<FileError> for ChangeError {
    fn from(error: FileError) -> Self {
        Self::Local {
            message: error.to_string(),
            hint: Some(error.hint()),
        }
    }
}

/// Where a certificate is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// Key and certificate, for the scanner's eyes.
    pub secret: PathBuf,
    /// The certificate alone, for whoever wants to register it by hand.
    pub public: PathBuf,
}

impl CertificateFiles {
    /// The certificate alone is kept beside the secret file, with another ending.
    pub fn beside(secret: PathBuf) -> Self {
        Self {
            public: secret.with_extension("cer"),
            secret,
        }
    }

    /// Whether both can be written: asked before anything is changed in Azure.
    ///
    /// # Errors
    /// A file that is there already, or a folder that is not.
    pub fn check(&self) -> Result<(), FileError> {
        check(&self.secret)?;
        check(&self.public)
    }

    /// Writes both, the secret one readable by its owner alone.
    ///
    /// # Errors
    /// [`FileError`]; then neither is there.
    pub fn write(&self, certificate: &Certificate) -> Result<(), FileError> {
        check(&self.public)?;
        write_private(&self.secret, certificate.secret_pem().as_bytes())?;
        let public = write(&self.public, certificate.public_pem().as_bytes(), false);
        if public.is_err() {
            // What was written a moment ago is of no use alone.
            let _ = std::fs::remove_file(&self.secret);
        }
        public
    }
}

/// Whether a file can be made here.
///
/// # Errors
/// It is there already, or its folder is not.
pub fn check(path: &Path) -> Result<(), FileError> {
    if path.symlink_metadata().is_ok() {
        return Err(FileError::Exists(path.to_owned()));
    }
    match folder(path).is_dir() {
        true => Ok(()),
        false => Err(FileError::Failed {
            path: path.to_owned(),
            reason: format!("there is no folder {}", folder(path).display()),
        }),
    }
}

/// Writes a new file that its owner alone may read (mode 0600). On Windows it has the rights of its
/// folder, which within a user's profile are the user's own.
///
/// # Errors
/// [`FileError`]; then nothing is there that was not before.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), FileError> {
    write(path, content, true)
}

/// The content is complete before the file has its name, and the name is only taken when it is free.
fn write(path: &Path, content: &[u8], private: bool) -> Result<(), FileError> {
    let failed = |error: &std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => FileError::Exists(path.to_owned()),
        _ => FileError::Failed {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".threatdefence-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = if private { 0o600 } else { 0o644 };
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = private;
    let mut file = builder
        .tempfile_in(folder(path))
        .map_err(|error| failed(&error))?;
    file.write_all(content)
        .and_then(|()| file.as_file().sync_all())
        .map_err(|error| failed(&error))?;
    file.persist_noclobber(path)
        .map(|_| ())
        .map_err(|error| failed(&error.error))
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_file_is_its_owner_s_alone_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.txt");
        write_private(&path, b"hush").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"hush");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = path.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let error = write_private(&path, b"other").unwrap_err();
        assert!(matches!(error, FileError::Exists(_)), "{error}");
        assert!(!error.hint().is_empty());
        assert_eq!(std::fs::read(&path).unwrap(), b"hush");
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing else is left behind");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named_before_anything_happens() {
        let folder = tempfile::tempdir().unwrap();
        let files = CertificateFiles::beside(folder.path().join("none/app.pem"));
        let error = files.check().unwrap_err().to_string();
        assert!(error.contains("none"), "{error}");
        let files = CertificateFiles::beside(folder.path().join("app.pem"));
        assert!(files.check().is_ok());
        assert_eq!(files.public, folder.path().join("app.cer"));
        std::fs::write(&files.public, "x").unwrap();
        assert!(matches!(files.check(), Err(FileError::Exists(path)) if path == files.public));
    }
}
