//! Patterns in which `*` stands for any run of characters.

/// True when the whole text fits the pattern; both are expected in the same case.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else {
        return text.is_empty();
    };
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut middle: Vec<&str> = parts.collect();
    let Some(last) = middle.pop() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_match_any_run() {
        assert!(matches("*", ""));
        assert!(matches("a*c", "abbc"));
        assert!(matches("*/read", "microsoft.web/sites/read"));
        assert!(matches("a*b*c", "a12b3c"));
        assert!(matches("same", "same"));
    }

    #[test]
    fn the_whole_text_must_fit() {
        assert!(!matches("a", "ab"));
        assert!(!matches("a*c", "ab"));
        assert!(!matches("ab*b", "ab"));
        assert!(!matches("", "a"));
    }
}
