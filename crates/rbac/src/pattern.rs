//! The patterns of role definitions: names of operations in which `*` is any text, slashes included,
//! in any place. Case does not matter.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format>

/// Whether a pattern matches an operation such as `Microsoft.Web/sites/read`. Nothing matches the
/// empty text.
pub fn matches(pattern: &str, operation: &str) -> bool {
    !operation.is_empty() && fits(&pattern.to_lowercase(), &operation.to_lowercase())
}

/// Whether everything that the pattern `narrow` matches is matched by the pattern `wide` too.
pub fn covers(wide: &str, narrow: &str) -> bool {
    // A star of `narrow` may be a text that occurs nowhere in `wide`, so that only a star of `wide`
    // can take it; and one that does takes any other text as well. The star itself is such a text.
    matches(wide, narrow)
}

/// The patterns that together match exactly those operations of `pattern` that end in `ending`, an
/// ending without stars.
pub(crate) fn ending_in(pattern: &str, ending: &str) -> Vec<String> {
    let Some((before, tail)) = pattern.rsplit_once('*') else {
        return match ends(pattern, ending) {
            true => vec![pattern.to_owned()],
            false => Vec::new(),
        };
    };
    if ends(tail, ending) {
        return vec![pattern.to_owned()];
    }
    if !ends(ending, tail) {
        return Vec::new();
    }
    // The star takes all that the tail lacks of the ending, or a part while the rest stands before it.
    let lacking = ending.len() - tail.len();
    let mut patterns = vec![format!("{before}*{ending}")];
    let boundaries = ending.char_indices().map(|(at, _)| at);
    // With the end itself: behind a star that takes nothing, all of the ending stands before it.
    for at in boundaries
        .chain([ending.len()])
        .filter(|at| (1..=lacking).contains(at))
    {
        let (standing, taken) = ending.split_at(at);
        let shorter = ending_in(before, standing);
        patterns.extend(shorter.iter().map(|start| format!("{start}{taken}")));
    }
    without_covered(patterns)
}

/// The patterns that no other of them covers.
fn without_covered(patterns: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for pattern in patterns {
        if kept.iter().any(|other| covers(other, &pattern)) {
            continue;
        }
        kept.retain(|other| !covers(&pattern, other));
        kept.push(pattern);
    }
    kept
}

/// Whether `text` ends in `ending`, without case.
fn ends(text: &str, ending: &str) -> bool {
    text.to_lowercase().ends_with(&ending.to_lowercase())
}

/// Whether `text` is of the form of `pattern`, both in one case.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    // The leftmost place of each part leaves the most to those after it.
    for part in middle.split('*') {
        let Some((_, after)) = text.split_once(part) else {
            return false;
        };
        text = after;
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DELETE: &str = "Microsoft.Authorization/locks/delete";

    #[test]
    fn stars_stand_anywhere() {
        for pattern in [
            "*",
            "*/delete",
            "Microsoft.Authorization/*",
            "microsoft.authorization/LOCKS/*",
            "Microsoft.*/locks/*",
            "*/locks/*",
            "Microsoft.Authorization/*/delete",
            "**",
            DELETE,
            "*Authorization*delete*",
        ] {
            assert!(matches(pattern, DELETE), "{pattern}");
        }
        for pattern in [
            "*/read",
            "Microsoft.Authorization/locks",
            "Microsoft.Auth",
            "*/locks",
            "locks/*",
            "",
            "Microsoft.Authorization/*/locks/delete",
            "*delete*delete",
        ] {
            assert!(!matches(pattern, DELETE), "{pattern}");
        }
    }

    #[test]
    fn nothing_matches_no_operation() {
        assert!(!matches("*", ""));
        assert!(!matches("", ""));
    }

    #[test]
    fn wider_patterns_cover_narrower_ones() {
        for (wide, narrow) in [
            ("*", "*/read"),
            ("*/read", "microsoft.web/*/READ"),
            ("Microsoft.Web/*", "Microsoft.Web/sites/*/action"),
            ("*/read", "Microsoft.Web/sites/read"),
        ] {
            assert!(covers(wide, narrow), "{wide} {narrow}");
            assert!(!covers(narrow, wide), "{narrow} {wide}");
        }
        assert!(!covers("*/read", "Microsoft.Web/*"));
    }

    #[test]
    fn the_part_with_an_ending_is_told_apart() {
        for (pattern, expected) in [
            ("*", vec!["*/write"]),
            ("*/read", vec![]),
            ("*/write", vec!["*/write"]),
            (
                "Microsoft.Web/*",
                vec!["Microsoft.Web/*/write", "Microsoft.Web/write"],
            ),
            (
                "Microsoft.Web/sites/WRITE",
                vec!["Microsoft.Web/sites/WRITE"],
            ),
            ("Microsoft.Web/sites/read", vec![]),
            (
                "Microsoft.Web/sites/w*",
                vec!["Microsoft.Web/sites/w*/write", "Microsoft.Web/sites/write"],
            ),
            ("*ite", vec!["*/write"]),
            ("a*/wr*", vec!["a*/write"]),
            ("*/wr**", vec!["*/write"]),
        ] {
            assert_eq!(ending_in(pattern, "/write"), expected, "{pattern}");
        }
    }

    /// The plain recursive definition of the pattern language.
    fn by_definition(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some(b'*'), None) => by_definition(&pattern[1..], text),
            (Some(b'*'), Some(_)) => {
                by_definition(&pattern[1..], text) || by_definition(pattern, &text[1..])
            }
            (Some(a), Some(b)) if a == b => by_definition(&pattern[1..], &text[1..]),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn patterns_match_by_definition(pattern in "[ab/*]{0,8}", text in "[ab/]{1,10}") {
            prop_assert_eq!(
                matches(&pattern, &text),
                by_definition(pattern.as_bytes(), text.as_bytes())
            );
        }

        #[test]
        fn case_does_not_matter(pattern in "[aAbB/*]{0,8}", text in "[aAbB/]{1,10}") {
            prop_assert_eq!(
                matches(&pattern, &text),
                matches(&pattern.to_uppercase(), &text.to_lowercase())
            );
        }

        #[test]
        fn what_is_covered_matches_nothing_more(
            wide in "[ab*]{0,6}", narrow in "[ab*]{1,6}", text in "[ab]{1,8}"
        ) {
            if covers(&wide, &narrow) && matches(&narrow, &text) {
                prop_assert!(matches(&wide, &text));
            }
        }

        #[test]
        fn what_is_not_covered_matches_something_more(wide in "[ab*]{0,6}", narrow in "[ab*]{1,6}") {
            // `c` is in no pattern: the text that shows the difference.
            let witness = narrow.replace('*', "c");
            prop_assert_eq!(covers(&wide, &narrow), matches(&wide, &witness));
        }

        #[test]
        fn the_part_with_an_ending_is_exact(pattern in "[ab/*]{0,6}", text in "[ab/]{1,8}") {
            let parts = ending_in(&pattern, "/ab");
            prop_assert_eq!(
                parts.iter().any(|part| matches(part, &text)),
                matches(&pattern, &text) && text.ends_with("/ab")
            );
        }
    }
}
