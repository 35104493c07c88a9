//! Versions as Azure writes them.

use std::cmp::Ordering;

/// Compares two versions by their numbers, left to right: `1.29` is before `1.30`, and `1.30` equals
/// `1.30.0`. What stands before the first digit (`v1.2`, `~4`, `PYTHON|3.11`) and behind the last
/// number (`17.0.8-lts`, `1.30.3+k3s1`) is not looked at. `None` where one of them has no number.
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (numbers(left)?, numbers(right)?);
    let length = left.len().max(right.len());
    let padded = |numbers: &[u64]| -> Vec<u64> {
        let zeros = std::iter::repeat(0);
        numbers.iter().copied().chain(zeros).take(length).collect()
    };
    Some(padded(&left).cmp(&padded(&right)))
}

/// The TLS version that a setting of Azure stands for, as `1.0`: services spell it `TLS1_2`, `TLS12`,
/// `Tls12`, `TLSv1_2`, `TLSv1.2` and `1.2`. `None` for what names no version: null, `None`,
/// `TLSEnforcementDisabled`.
pub fn tls(setting: &str) -> Option<String> {
    let lower = setting.trim().to_lowercase();
    let rest = lower.strip_prefix("tls").unwrap_or(&lower);
    let rest = rest.strip_prefix('v').unwrap_or(rest);
    let digits: Vec<char> = rest.chars().filter(char::is_ascii_digit).collect();
    let between: String = rest.chars().filter(|one| !one.is_ascii_digit()).collect();
    match (digits.as_slice(), between.as_str()) {
        ([major, minor], "" | "." | "_") => Some(format!("{major}.{minor}")),
        _ => None,
    }
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    let start = version.find(|one: char| one.is_ascii_digit())?;
    let text = &version[start..];
    let end = text
        .find(|one: char| !one.is_ascii_digit() && one != '.')
        .unwrap_or(text.len());
    let parts = text[..end].split('.').filter(|part| !part.is_empty());
    parts.map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        let before = [
            ("1.29", "1.30"),
            ("1.9.9", "1.10"),
            ("v3.0", "v4.0"),
            ("~3", "~4"),
            ("PYTHON|3.9", "3.11"),
            ("9", "10"),
            ("17.0.8-lts", "17.0.9"),
        ];
        for (old, new) in before {
            assert_eq!(compare(old, new), Some(Ordering::Less), "{old} {new}");
            assert_eq!(compare(new, old), Some(Ordering::Greater), "{new} {old}");
        }
        assert_eq!(compare("1.30", "1.30.0"), Some(Ordering::Equal));
        assert_eq!(compare("1.30.3+k3s1", "1.30.3"), Some(Ordering::Equal));
        assert_eq!(compare("latest", "1"), None);
        assert_eq!(compare("", "1"), None);
        assert_eq!(compare("99999999999999999999999", "1"), None);
    }

    #[test]
    fn every_spelling_of_tls() {
        for spelling in [
            "TLS1_2", "Tls12", "TLSv1_2", "TLSv1.2", "1.2", " tls12 ", "TLS1.2",
        ] {
            assert_eq!(tls(spelling).as_deref(), Some("1.2"), "{spelling}");
        }
        assert_eq!(tls("TLS1_0").as_deref(), Some("1.0"));
        for none in [
            "None",
            "TLSEnforcementDisabled",
            "",
            "SSLv3",
            "TLS",
            "1",
            "1.2.3",
            "TLS1_2x",
        ] {
            assert_eq!(tls(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn comparing_is_an_order(left in "[0-9]{1,3}(\\.[0-9]{1,3}){0,3}", right in "[0-9]{1,3}(\\.[0-9]{1,3}){0,3}") {
            let forth = compare(&left, &right).unwrap();
            prop_assert_eq!(compare(&right, &left).unwrap(), forth.reverse());
        }

        #[test]
        fn any_text_is_taken(left in ".*", right in ".*") {
            let _ = (compare(&left, &right), tls(&left));
        }
    }
}
