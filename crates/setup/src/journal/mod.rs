//! The journal: what setup did, and what was there before. One JSON line for each thing, written and
//! synced before and after it is done, so that a run cut off at any moment can be gone on with and undone.
//! No secret is ever in it.

mod error;
mod line;
mod owned;
#[cfg(test)]
mod tests;
mod text;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use uuid::Uuid;

pub use error::JournalError;
pub use line::{Begun, Line, Made, State};
pub use owned::Owned;

use crate::request::Request;
use text::{check, parse};

/// The version of the lines' form.
const VERSION: u32 = 1;

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    lines: Vec<Line>,
    id: String,
    by: String,
}

/// Whose journal it is to be.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The tenant's id.
    pub tenant: &'a str,
    /// What is asked for; the application's name, or its id where one is given, must be the journal's.
    pub request: &'a Request,
    /// Who runs setup, in words.
    pub by: &'a str,
    /// The command: `apply`, `remove`, `renew`.
    pub command: &'a str,
}

impl Journal {
    /// The lines of a journal, without changing it; `None` when there is no such file.
    ///
    /// # Errors
    /// A file that cannot be read or is no journal.
    pub fn read(path: &Path) -> Result<Option<Vec<Line>>, JournalError> {
        if !path.exists() {
            return Ok(None);
        }
        let mut text = Vec::new();
        File::open(path)
            .and_then(|mut file| file.read_to_end(&mut text))
            .map_err(|error| JournalError::file(path, &error))?;
        let (lines, _) = parse(path, &text)?;
        Ok(Some(lines))
    }

    /// The same, refusing a journal that is about something else.
    ///
    /// # Errors
    /// As [`Journal::read`] and [`Journal::open`].
    pub fn read_of(path: &Path, subject: Subject<'_>) -> Result<Option<Vec<Line>>, JournalError> {
        let Some(lines) = Self::read(path)? else {
            return Ok(None);
        };
        check(path, &lines, subject)?;
        Ok(Some(lines))
    }

    /// Opens a journal, or begins one, and notes that a run begins.
    ///
    /// # Errors
    /// A journal of another tenant or application, a file that is no journal or cannot be written.
    pub fn open(path: &Path, subject: Subject<'_>) -> Result<Self, JournalError> {
        let failed = |error: std::io::Error| JournalError::file(path, &error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::Busy(path.to_owned())),
            // Not every file system has locks: then it is as it was without them.
            Err(TryLockError::Error(_)) => {}
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(failed)?;
        let (lines, whole) = parse(path, &text)?;
        let known = check(path, &lines, subject)?;
        // What a run that was cut off left of its last line goes: nothing was begun with it.
        file.set_len(whole).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let mut journal = Self {
            path: path.to_owned(),
            file,
            lines,
            id: known.unwrap_or_else(|| Uuid::new_v4().to_string()),
            by: subject.by.to_owned(),
        };
        journal.append(Line::Run {
            journal: VERSION,
            id: journal.id.clone(),
            tenant: subject.tenant.to_owned(),
            application: subject.request.name.clone(),
            command: subject.command.to_owned(),
            request: subject.request.clone(),
            time: Timestamp::now(),
            by: subject.by.to_owned(),
        })?;
        Ok(journal)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The journal's own id, by which the application that it made is known.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Every line.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What was last asked for by a run that makes.
    pub fn last_request(lines: &[Line]) -> Option<&Request> {
        lines.iter().rev().find_map(|line| match line {
            Line::Run {
                command, request, ..
            } if command == "apply" => Some(request),
            _ => None,
        })
    }

    /// What setup made and did not take away again.
    pub fn owned(&self) -> Owned {
        Owned::of(&self.lines)
    }

    /// Notes that a step begins.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn started(&mut self, step: &str, begun: Option<Begun>) -> Result<(), JournalError> {
        self.step(step, State::Started, None, begun, None)
    }

    /// Notes that a step is done and what it made; nothing, when it was there already.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn done(&mut self, step: &str, made: Option<Made>) -> Result<(), JournalError> {
        self.step(step, State::Done, made, None, None)
    }

    /// Notes that a step failed, and whether it is known that it made nothing.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn failed(&mut self, step: &str, reason: &str, clear: bool) -> Result<(), JournalError> {
        let state = match clear {
            true => State::Failed,
            false => State::Unclear,
        };
        self.step(step, state, None, None, Some(reason.to_owned()))
    }

    /// Notes that something that was made is there no more.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn undone(&mut self, step: &str, made: Option<Made>) -> Result<(), JournalError> {
        self.step(step, State::Undone, made, None, None)
    }

    fn step(
        &mut self,
        step: &str,
        state: State,
        made: Option<Made>,
        begun: Option<Begun>,
        reason: Option<String>,
    ) -> Result<(), JournalError> {
        self.append(Line::Step {
            step: step.to_owned(),
            state,
            made,
            begun,
            reason,
            time: Timestamp::now(),
            by: self.by.clone(),
        })
    }

    fn append(&mut self, line: Line) -> Result<(), JournalError> {
        let mut text = serde_json::to_string(&line)
            .map_err(|error| JournalError::file(&self.path, &error.into()))?;
        text.push('\n');
        self.file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_all())
            .map_err(|error| JournalError::file(&self.path, &error))?;
        self.lines.push(line);
        Ok(())
    }
}
