//! Patterns of ids.

/// Where a pattern's plain beginning ends: at its first `*` or `?`.
pub(super) fn plain_beginning(pattern: &str) -> &str {
    let end = pattern.find(['*', '?']).unwrap_or(pattern.len());
    &pattern[..end]
}

/// Whether a pattern with `*` (any text) and `?` (any character) covers a whole name, without case.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where to go on when the text that the last star stands for must grow by one character.
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, n));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((after, from)) = retry else {
                    return false;
                };
                retry = Some((after, from + 1));
                p = after;
                n = from + 1;
            }
        }
    }
    pattern[p..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_whole_names() {
        for (pattern, name, expected) in [
            ("storage_*", "storage_tls", true),
            ("*tls*", "storage_tls_12", true),
            ("*_1?", "storage_tls_12", true),
            ("storage", "storage_tls", false),
            ("STORAGE_TLS", "storage_tls", true),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXbXb", false),
            ("", "x", false),
            ("*", "", true),
            ("?", "", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn the_plain_beginning_ends_at_the_first_wildcard() {
        assert_eq!(plain_beginning("storage_*_tls"), "storage_");
        assert_eq!(plain_beginning("?x"), "");
        assert_eq!(plain_beginning("plain"), "plain");
    }
}
