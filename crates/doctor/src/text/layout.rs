//! Lines that read well at any width: hanging indents, aligned labels, nothing cut off.

use unicode_width::UnicodeWidthStr;

/// The text under construction.
pub(super) struct Sheet {
    text: String,
    width: usize,
    color: bool,
}

/// How something stands. The word says it; colour only adds to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Good,
    Bad,
    Doubtful,
    Plain,
}

/// The narrowest column that text is wrapped in; then lines are longer than the terminal is wide.
const NARROWEST: usize = 24;

impl Sheet {
    pub fn new(width: usize, color: bool) -> Self {
        Self {
            text: String::new(),
            width,
            color,
        }
    }

    pub fn finished(self) -> String {
        self.text
    }

    /// Begins a section.
    pub fn heading(&mut self, heading: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let heading = match self.color {
            true => format!("\u{1b}[1m{heading}\u{1b}[0m"),
            false => heading.to_owned(),
        };
        self.text.push_str(&heading);
        self.text.push('\n');
    }

    /// A label and its value, values aligned at `column`.
    pub fn field(&mut self, indent: usize, column: usize, label: &str, value: &str) {
        self.marked(indent, column, label, Mark::Plain, value);
    }

    /// The same with a label that says how something stands.
    pub fn marked(&mut self, indent: usize, column: usize, label: &str, mark: Mark, value: &str) {
        let gap = column.saturating_sub(label.width()).max(1);
        let hanging = indent + label.width() + gap;
        let room = self.width.saturating_sub(hanging).max(NARROWEST);
        let mut lines = wrapped(value, room).into_iter();
        let first = lines.next().unwrap_or_default();
        let label = self.coloured(label, mark);
        let line = format!("{:indent$}{label}{:gap$}{first}", "", "");
        self.line(&line);
        for line in lines {
            self.line(&format!("{:hanging$}{line}", ""));
        }
    }

    /// Wrapped text below an indent.
    pub fn text(&mut self, indent: usize, text: &str) {
        let room = self.width.saturating_sub(indent).max(NARROWEST);
        for line in wrapped(text, room) {
            self.line(&format!("{:indent$}{line}", ""));
        }
    }

    /// Text that must stay in one line, so that it can be copied.
    pub fn whole(&mut self, indent: usize, text: &str) {
        self.line(&format!("{:indent$}{text}", ""));
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn coloured(&self, text: &str, mark: Mark) -> String {
        let code = match mark {
            Mark::Good => 32,
            Mark::Bad => 31,
            Mark::Doubtful => 33,
            Mark::Plain => return text.to_owned(),
        };
        match self.color {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }
}

/// The words of a text in lines of at most `room` columns; a longer word gets a line of its own.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else {
            break;
        };
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// `1 check`, `3 checks`.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_hang_below_themselves() {
        let mut sheet = Sheet::new(40, false);
        sheet.field(2, 8, "name", "one two three four five six seven");
        sheet.field(2, 8, "id", "");
        assert_eq!(
            sheet.finished(),
            "  name    one two three four five six\n          seven\n  id\n"
        );
    }

    #[test]
    fn long_words_stay_whole() {
        let word = "x".repeat(60);
        assert_eq!(wrapped(&format!("a {word} b"), 30), ["a", &word, "b"]);
    }

    #[test]
    fn colour_only_adds() {
        let text = |color: bool| {
            let mut sheet = Sheet::new(60, color);
            sheet.heading("Heading");
            sheet.marked(2, 9, "missing", Mark::Bad, "Policy.Read.All");
            sheet.finished()
        };
        let coloured = text(true);
        assert!(coloured.contains("\u{1b}[31mmissing"));
        let mut plain = coloured;
        for code in ["\u{1b}[1m", "\u{1b}[31m", "\u{1b}[0m"] {
            plain = plain.replace(code, "");
        }
        assert_eq!(plain, text(false));
    }
}
