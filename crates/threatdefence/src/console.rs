//! What is said beside the data: on stderr, in colour only on a terminal.

use std::io::IsTerminal;

use crate::stdio;

/// How to speak to whoever runs the program.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    quiet: bool,
    color: bool,
    /// Whether stderr is a terminal, so that progress can be drawn.
    pub interactive: bool,
}

impl Console {
    /// Looks at the terminal and at `NO_COLOR` (<https://no-color.org>).
    pub fn new(quiet: bool) -> Self {
        let wants_color = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let interactive = std::io::stderr().is_terminal() && !dumb;
        Self {
            quiet,
            color: wants_color && !dumb,
            interactive,
        }
    }

    /// Whether data on stdout may be coloured.
    pub fn color_on_stdout(&self) -> bool {
        self.color && std::io::stdout().is_terminal()
    }

    /// Whether messages on stderr may be coloured.
    pub fn color_on_stderr(&self) -> bool {
        self.color && self.interactive
    }

    /// Whether only errors and warnings are wanted.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Something worth knowing.
    pub fn say(&self, message: impl std::fmt::Display) {
        if !self.quiet {
            stdio::say(message);
        }
    }

    /// Something that changes what the result means.
    pub fn warn(&self, message: impl std::fmt::Display) {
        match self.color_on_stderr() {
            true => stdio::say(format_args!("\u{1b}[33mwarning:\u{1b}[0m {message}")),
            false => stdio::say(format_args!("warning: {message}")),
        }
    }

    /// The width to write data in: the terminal's, else 100 columns.
    pub fn width(&self) -> usize {
        terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0).clamp(40, 160))
    }
}
