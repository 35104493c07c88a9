//! Comparing text without case.
//!
//! Two characters are the same when their lower-case mappings are; text that is all ASCII, which
//! nearly every Azure name is, takes a path without allocation.

use std::cmp::Ordering;

fn lowered(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

/// Whether two texts are equal without regard to case.
pub fn same_text(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    lowered(left).eq(lowered(right))
}

/// The order of two texts without regard to case.
pub(crate) fn order(left: &str, right: &str) -> Ordering {
    lowered(left).cmp(lowered(right))
}

/// Whether `text` begins with `prefix`, without regard to case.
pub(crate) fn starts_with(text: &str, prefix: &str) -> bool {
    let mut characters = lowered(text);
    lowered(prefix).all(|wanted| characters.next() == Some(wanted))
}

/// Whether `text` ends with `suffix`, without regard to case.
pub(crate) fn ends_with(text: &str, suffix: &str) -> bool {
    if text.is_ascii() && suffix.is_ascii() {
        return text.len() >= suffix.len()
            && text.as_bytes()[text.len() - suffix.len()..]
                .eq_ignore_ascii_case(suffix.as_bytes());
    }
    mapped(text).ends_with(&mapped(suffix))
}

/// Whether `text` contains `part`, without regard to case.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    if part.is_empty() {
        return true;
    }
    if text.is_ascii() && part.is_ascii() {
        return text
            .as_bytes()
            .windows(part.len())
            .any(|window| window.eq_ignore_ascii_case(part.as_bytes()));
    }
    mapped(text).contains(&mapped(part))
}

/// Lower case by mapping each character alone, unlike [`str::to_lowercase`], which treats a final
/// Greek sigma by its place in the word and would make equality depend on the neighbours.
fn mapped(text: &str) -> String {
    lowered(text).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn compares_beyond_ascii() {
        assert!(same_text("Zürich", "ZÜRICH"));
        assert!(same_text("ΣΑΣ", "σασ"));
        assert!(starts_with("ÄRGER", "är"));
        assert!(ends_with("STRASSENÄ", "ä"));
        assert!(contains("xÄy", "ä"));
        assert!(!contains("abc", "abcd"));
        assert!(!ends_with("a", "ba"));
        assert!(!starts_with("a", "ab"));
    }

    proptest! {
        #[test]
        fn equality_is_reflexive_symmetric_and_agrees_with_order(a in ".{0,8}", b in ".{0,8}") {
            prop_assert!(same_text(&a, &a));
            prop_assert_eq!(same_text(&a, &b), same_text(&b, &a));
            prop_assert_eq!(same_text(&a, &b), order(&a, &b) == Ordering::Equal);
        }

        #[test]
        fn equality_is_transitive_over_case(a in "[a-zA-Zäöüß]{0,6}") {
            let (upper, lower) = (a.to_ascii_uppercase(), a.to_ascii_lowercase());
            prop_assert!(same_text(&a, &upper) && same_text(&upper, &lower) && same_text(&a, &lower));
        }

        #[test]
        fn parts_are_found_in_any_case(a in ".{0,5}", b in "[a-zA-Z0-9]{0,5}", c in ".{0,5}") {
            let whole = format!("{a}{}{c}", b.to_uppercase());
            prop_assert!(contains(&whole, &b.to_lowercase()));
            prop_assert!(starts_with(&whole, &a));
            prop_assert!(ends_with(&whole, &c));
        }
    }
}
