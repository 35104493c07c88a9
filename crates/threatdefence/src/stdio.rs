//! Writing to stdout and stderr. Whoever reads them may leave before the end, as `head` does: what is
//! not wanted any more is no reason to stop.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

use crate::error::CliError;

/// Writes data to stdout.
///
/// # Errors
/// It cannot be written for another reason than that nobody reads it: a full disk.
pub fn print(text: impl Display) -> Result<(), CliError> {
    let mut stdout = std::io::stdout().lock();
    match write!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(CliError::failed(format!(
            "the output could not be written: {error}"
        ))
        .hint("free space where stdout leads to")),
        _ => Ok(()),
    }
}

/// Writes a line of data to stdout.
///
/// # Errors
/// As [`fn@print`].
pub fn print_line(text: impl Display) -> Result<(), CliError> {
    print(format_args!("{text}\n"))
}

/// Writes a line to stderr. There is nowhere to report that it failed.
pub fn say(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
