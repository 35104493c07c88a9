//! Where checks' files come from: the program itself and a user's folder.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::diagnostic::{ContentError, Diagnostic};

static BUILTIN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../content/checks");

/// A check's file: its name for messages, its folder, its stem and its text.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) file: String,
    pub(crate) service: String,
    pub(crate) id: String,
    pub(crate) text: Cow<'static, str>,
}

impl Source {
    fn new(file: String, path: &Path, text: Cow<'static, str>) -> Self {
        let name = |part: Option<&std::ffi::OsStr>| {
            part.map(|part| part.to_string_lossy().into_owned())
                .unwrap_or_default()
        };
        Self {
            file,
            service: name(path.parent().and_then(Path::file_name)),
            id: name(path.file_stem()),
            text,
        }
    }

    /// The same file with an empty list of tests, which are its last section: they are most of the
    /// text and only tests need them.
    pub(crate) fn without_tests(&self) -> Self {
        let mut source = self.clone();
        if let Some((head, _)) = self.text.split_once("\ntests:") {
            source.text = format!("{head}\ntests: []\n").into();
        }
        source
    }
}

/// The files that come with the program.
pub(crate) fn builtin() -> Vec<Source> {
    BUILTIN
        .dirs()
        .flat_map(Dir::files)
        .filter(|file| is_check(file.path()))
        .map(|file| {
            let text = file.contents_utf8().unwrap_or_default();
            Source::new(
                format!("content/checks/{}", file.path().display()),
                file.path(),
                text.into(),
            )
        })
        .collect()
}

/// The files of `DIR/checks/<service>/`; none when there is no such folder.
pub(crate) fn folder(content: &Path) -> Result<Vec<Source>, ContentError> {
    let checks = content.join("checks");
    if !checks.is_dir() {
        return Ok(Vec::new());
    }
    let mut sources = Vec::new();
    for service in entries(&checks)? {
        if !service.is_dir() {
            continue;
        }
        for path in entries(&service)?.into_iter().filter(|path| is_check(path)) {
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
            sources.push(Source::new(path.display().to_string(), &path, text.into()));
        }
    }
    Ok(sources)
}

fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>, ContentError> {
    let listed = fs::read_dir(folder).and_then(|entries| {
        entries
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>, _>>()
    });
    let mut paths = listed.map_err(|error| unreadable(folder, &error))?;
    paths.sort();
    Ok(paths)
}

fn is_check(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "yaml")
}

fn unreadable(path: &Path, error: &std::io::Error) -> ContentError {
    ContentError(vec![Diagnostic::file(
        &path.display().to_string(),
        format!("cannot be read: {error}"),
    )])
}
