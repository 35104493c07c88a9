//! From a file's text to lines, and whether they are about what is asked for.

use std::path::Path;

use super::{JournalError, Line, Owned, Subject, VERSION};
use crate::request::Request;

/// The lines, and the length of the text up to the end of the last whole one.
pub(super) fn parse(path: &Path, text: &[u8]) -> Result<(Vec<Line>, u64), JournalError> {
    let mut lines = Vec::new();
    let mut whole = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let is_whole = line.ends_with(b"\n");
        match serde_json::from_slice(line) {
            Ok(line) if is_whole => lines.push(line),
            // The last line, cut off: it was being written when the run ended.
            _ if !is_whole => break,
            Ok(_) | Err(_) => {
                return Err(JournalError::NoJournal {
                    path: path.to_owned(),
                    line: lines.len() + 1,
                });
            }
        }
        whole += line.len() as u64;
    }
    // A file that consists of half a line is a journal only if it begins like one.
    if lines.is_empty() && !text.is_empty() && !text.starts_with(b"{\"line\":\"run\"") {
        return Err(JournalError::NoJournal {
            path: path.to_owned(),
            line: 1,
        });
    }
    Ok((lines, whole))
}

/// Refuses the journal of something else; gives the id of one that fits.
pub(super) fn check(
    path: &Path,
    lines: &[Line],
    subject: Subject<'_>,
) -> Result<Option<String>, JournalError> {
    let Some(Line::Run {
        journal,
        id,
        tenant,
        application,
        request,
        ..
    }) = lines.first()
    else {
        return match lines.is_empty() {
            true => Ok(None),
            false => Err(JournalError::NoJournal {
                path: path.to_owned(),
                line: 1,
            }),
        };
    };
    if *journal != VERSION {
        return Err(JournalError::Version {
            path: path.to_owned(),
            version: *journal,
        });
    }
    if !tenant.eq_ignore_ascii_case(subject.tenant) {
        return Err(JournalError::OtherTenant {
            path: path.to_owned(),
            theirs: tenant.clone(),
            ours: subject.tenant.to_owned(),
        });
    }
    if same_application(lines, application, request, subject.request) {
        return Ok(Some(id.clone()));
    }
    Err(JournalError::OtherApplication {
        path: path.to_owned(),
        theirs: application.clone(),
        ours: match &subject.request.application_id {
            Some(id) => id.clone(),
            None => subject.request.name.clone(),
        },
    })
}

/// Whether the journal is about the application that is asked for: by the id that was given, by the id of
/// the one that it made, or by name.
fn same_application(lines: &[Line], name: &str, first: &Request, asked: &Request) -> bool {
    let made = Owned::of(lines).application().map(|(_, id)| id.to_owned());
    match (&asked.application_id, &first.application_id, made) {
        (Some(asked), Some(first), _) => asked.eq_ignore_ascii_case(first),
        (Some(asked), None, Some(made)) => asked.eq_ignore_ascii_case(&made),
        (Some(_), None, None) => false,
        (None, _, _) => name.eq_ignore_ascii_case(&asked.name),
    }
}
