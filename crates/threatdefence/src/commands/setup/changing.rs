//! What the commands that change a tenant share: asking first, telling what goes on, noting it.

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use azure::Secret;
use setup::Request;
use setup::change::{ChangeError, Notice};
use setup::journal::{JournalError, Subject};
use setup::proof::{FileError, check, write_private};

use super::args::ChangeArgs;
use crate::connect::Connection;
use crate::console::Console;
use crate::error::CliError;
use crate::interrupt::Watch;
use crate::stdio;

/// Says on stderr what goes on; what is waited for, not more than once for the same second.
pub fn teller(console: Console) -> impl Fn(Notice) + Sync {
    let last = Mutex::new((String::new(), u64::MAX));
    move |notice| match notice {
        Notice::Doing(what) => console.say(what),
        Notice::Done { made: true, .. } => {}
        Notice::Done { what, made: false } => console.say(format!("  there already: {what}")),
        Notice::Gone(what) => console.say(format!("  was not there any more: {what}")),
        Notice::Waiting { what, since } => {
            let seconds = since.as_secs();
            if let Ok(mut last) = last.lock()
                && (last.0 != what || last.1 != seconds)
            {
                console.say(format!("  waiting for {what}, {seconds} s"));
                *last = (what, seconds);
            }
        }
        Notice::Come { what, after } => {
            console.say(format!("  waited {:.1} s for {what}", after.as_secs_f64()));
        }
    }
}

/// Ctrl-C: until something is changed it ends the program, from then on it stops between two steps.
#[derive(Default)]
pub struct Stop(OnceLock<Watch>);

impl Stop {
    /// Listens from now on.
    pub fn listen(&self) {
        self.0.get_or_init(Watch::start);
    }

    /// Whether somebody wants to stop.
    pub fn is_wanted(&self) -> bool {
        self.0.get().is_some_and(Watch::is_pressed)
    }
}

/// Shows a plan before anything is done; whoever is to agree to it sees it even when `--quiet`.
pub fn show(console: &Console, change: &ChangeArgs, plan: &str) {
    if !change.yes || !console.is_quiet() {
        stdio::say(plan);
    }
}

/// A path that means the same from any folder.
pub fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// Asks whether to go on; `--yes` has answered, and is needed where nobody can.
///
/// # Errors
/// Nobody is there to answer.
pub fn confirm(change: &ChangeArgs, question: &str) -> Result<bool, CliError> {
    if change.yes {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() {
        return Err(
            CliError::usage(format!("nobody is there to answer: {question}"))
                .hint("look at the plan above, then run the same command with --yes"),
        );
    }
    let mut stderr = std::io::stderr().lock();
    let mut answer = String::new();
    let asked = write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush());
    let read = asked.and_then(|()| std::io::stdin().lock().read_line(&mut answer));
    read.map_err(|error| CliError::failed(format!("the answer could not be read: {error}")))?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

/// How long one thing is waited for.
pub fn wait(change: &ChangeArgs) -> Duration {
    Duration::from_secs(change.wait)
}

/// Whose journal it is.
pub fn subject<'a>(
    connection: &'a Connection,
    request: &'a Request,
    command: &'a str,
) -> Subject<'a> {
    Subject {
        tenant: &connection.tenant_id,
        request,
        by: &connection.identity,
        command,
    }
}

/// A journal that cannot be used, with its hint.
pub fn journal(error: JournalError) -> CliError {
    let hint = error.hint();
    CliError::failed(error).hint(hint)
}

/// A file that cannot be written, with its hint.
pub fn file(error: FileError) -> CliError {
    let hint = error.hint();
    CliError::failed(error).hint(hint)
}

/// A change that was not made, with its hint.
pub fn change(error: &ChangeError) -> CliError {
    let failed = CliError::failed(error);
    match error.hint() {
        Some(hint) => failed.hint(hint),
        None => failed,
    }
}

/// Where a new secret goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretPlace {
    /// To stdout, once, the moment that it is made.
    Shown,
    /// Into the result on stdout.
    InResult,
    /// Into a file of its owner's alone.
    File(PathBuf),
}

impl SecretPlace {
    /// From the flags: a program that reads the result gets no secret that it did not ask for.
    ///
    /// # Errors
    /// A result for programs, and nothing says where the secret is to go; a file that is there already.
    pub fn choose(
        file_flag: Option<&Path>,
        json: bool,
        makes_secret: bool,
    ) -> Result<Self, CliError> {
        match file_flag {
            Some(path) if path == Path::new("-") => Ok(match json {
                true => Self::InResult,
                false => Self::Shown,
            }),
            Some(path) => {
                if makes_secret {
                    check(path).map_err(file)?;
                }
                Ok(Self::File(path.to_owned()))
            }
            None if json && makes_secret => Err(CliError::usage(
                "nothing says where the client secret is to go",
            )
            .hint("name a file with --write-secret FILE, or have it in the result with --write-secret -")),
            None => Ok(Self::Shown),
        }
    }

    /// Takes the secret the moment that it is made.
    ///
    /// # Errors
    /// It cannot be written; then it is of no use.
    pub fn take(&self, secret: &Secret) -> Result<Option<PathBuf>, ChangeError> {
        match self {
            Self::InResult => Ok(None),
            Self::Shown => {
                let line = super::next::assignment("AZURE_CLIENT_SECRET", secret.secret());
                match stdio::print_line(line) {
                    Ok(()) => Ok(None),
                    Err(error) => Err(ChangeError::Local {
                        message: error.to_string(),
                        hint: Some("name a file for the secret with --write-secret"),
                    }),
                }
            }
            Self::File(path) => {
                write_private(path, secret.secret().as_bytes())?;
                Ok(Some(absolute(path.clone())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_gets_no_secret_that_it_did_not_ask_for() {
        let choose =
            |file: Option<&str>, json| SecretPlace::choose(file.map(Path::new), json, true);
        assert_eq!(choose(None, false).unwrap(), SecretPlace::Shown);
        assert_eq!(choose(Some("-"), true).unwrap(), SecretPlace::InResult);
        assert!(
            choose(None, true)
                .unwrap_err()
                .to_string()
                .contains("--write-secret")
        );
        assert!(SecretPlace::choose(None, true, false).is_ok());
    }
}
