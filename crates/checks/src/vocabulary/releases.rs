//! Calendars of releases.

use serde_json::Value;

use super::json::{items, text};

/// The entry of a calendar that a version belongs to: the one whose `version` is the beginning of it, part by part.
/// `1.32.9` belongs to `1.32`, and `1.3.7` belongs to neither `1.30` nor `1.32`. The longest such entry wins.
pub fn release_of<'a>(version: &str, releases: &'a Value) -> Option<&'a Value> {
    let version = version.trim();
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    items(releases)
        .iter()
        .filter_map(|release| Some((text(release, "version")?, release)))
        .filter(|(begin, _)| begins(version, begin))
        .max_by_key(|(begin, _)| begin.split('.').count())
        .map(|(_, release)| release)
}

fn begins(version: &str, begin: &str) -> bool {
    let mut parts = version.split('.');
    begin.split('.').all(|part| parts.next() == Some(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_version_belongs_to_the_release_it_begins_with() {
        let releases =
            json!([{"version": "1.3"}, {"version": "1.32"}, {"version": "1.32.4"}, {}, null]);
        let of =
            |version: &str| release_of(version, &releases).map(|found| found["version"].clone());
        assert_eq!(of("1.32.9"), Some(json!("1.32")));
        assert_eq!(of("v1.32"), Some(json!("1.32")));
        assert_eq!(of("1.32.4"), Some(json!("1.32.4")));
        assert_eq!(of("1.3.7"), Some(json!("1.3")));
        for none in ["1.33.0", "1.320", "11.32", "1", "", "latest"] {
            assert_eq!(of(none), None, "{none}");
        }
        assert_eq!(release_of("1.32", &Value::Null), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn patches_stay_within_their_release(minor in 0u32..200, patch in 0u32..200, other in 0u32..200) {
            let releases = json!([{"version": format!("1.{other}")}]);
            let found = release_of(&format!("1.{minor}.{patch}"), &releases).is_some();
            prop_assert_eq!(found, minor == other);
        }

        #[test]
        fn any_text_is_taken(version in ".*", release in ".*") {
            let _ = release_of(&version, &json!([{"version": release}]));
        }
    }
}
