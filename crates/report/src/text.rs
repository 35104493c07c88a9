//! Text from Azure, made fit for a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text on one line, without anything that moves the cursor, starts an escape sequence or
/// turns the reading direction: a resource's name must not be able to repaint the screen.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_whitespace() || character.is_control() {
            if !plain.ends_with(' ') {
                plain.push(' ');
            }
        } else if !turns_direction(character) {
            plain.push(character);
        }
    }
    plain.trim().to_owned()
}

/// The text in at most `width` columns; what is cut off leaves an ellipsis.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let Some(room) = width.checked_sub(1) else {
        return String::new();
    };
    let mut kept = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > room {
            break;
        }
        kept.push(character);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// The text broken into lines of at most `width` columns, at spaces where there are any.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for character in word.chars() {
            if line.width() + character.width().unwrap_or(0) > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Unicode's embeddings, overrides, isolates and marks of direction.
fn turns_direction(character: char) -> bool {
    matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escape_sequences_and_line_ends_are_gone() {
        assert_eq!(plain("a\u{1b}[31mred\r\n\tb\u{202e}c"), "a [31mred bc");
        assert_eq!(plain("  "), "");
    }

    #[test]
    fn cuts_at_the_width_and_says_so() {
        assert_eq!(cut("short", 10), "short");
        assert_eq!(cut("exactly", 7), "exactly");
        assert_eq!(cut("too long by far", 9), "too long…");
        assert_eq!(cut("名前名前", 5), "名前…");
        assert_eq!(cut("x", 0), "");
    }

    #[test]
    fn wraps_at_spaces_and_inside_long_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("abcdefgh", 3), ["abc", "def", "gh"]);
        assert!(wrapped("", 10).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_dangerous_is_left(text in any::<String>()) {
            prop_assert!(!plain(&text).chars().any(|c| c.is_control() || turns_direction(c)));
        }

        #[test]
        fn never_wider(text in "\\PC{0,80}", width in 1usize..60) {
            prop_assert!(cut(&text, width).width() <= width);
        }

        #[test]
        fn wrapping_keeps_every_word(text in "[a-z ]{0,80}", width in 1usize..40) {
            let bare = |text: &str| text.replace(' ', "");
            let lines = wrapped(&text, width);
            prop_assert!(lines.iter().all(|line| line.width() <= width));
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }
    }
}
