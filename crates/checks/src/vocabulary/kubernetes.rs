//! Until when a Kubernetes version is supported.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::json::{at, is, items, text};
use super::version;

/// What a calendar of releases says of a cluster of AKS:
///
/// * `version`: the version that runs, else the one that was asked for; null where the cluster says neither
/// * `until`: the last day of its support; null where the calendar does not have the version. A cluster with the
///   plan for long-term support has the later of its two days.
/// * `newer`: whether the version is later than all that the calendar has, so that it cannot tell
///
/// An entry has `version` (`1.32`), `until` and, where there is any, `long_term_until`. A version belongs to the
/// entry that it begins with, part by part: `1.3.7` belongs to neither `1.30` nor `1.32`.
///
/// Source: <https://learn.microsoft.com/azure/aks/supported-kubernetes-versions>
pub fn kubernetes_support(cluster: &Value, calendar: &Value) -> Value {
    let properties = at(cluster, "properties");
    let Some(version) = ["currentKubernetesVersion", "kubernetesVersion"]
        .into_iter()
        .find_map(|name| text(properties, name))
    else {
        return json!({"version": null, "until": null, "newer": false});
    };
    let release = release_of(version, calendar);
    let is_long_term = is(properties, "supportPlan", "AKSLongTermSupport");
    let until = release.and_then(|release| {
        let usual = text(release, "until");
        let long_term = text(release, "long_term_until").filter(|_| is_long_term);
        usual.max(long_term)
    });
    json!({
        "version": version,
        "until": until,
        "newer": release.is_none() && is_newer(version, calendar),
    })
}

fn release_of<'a>(version: &str, calendar: &'a Value) -> Option<&'a Value> {
    items(calendar)
        .iter()
        .find(|release| text(release, "version").is_some_and(|begin| begins(version, begin)))
}

fn is_newer(version: &str, calendar: &Value) -> bool {
    let mut known = items(calendar)
        .iter()
        .filter_map(|release| text(release, "version"));
    known.all(|known| version::compare(version, known) != Some(Ordering::Less))
}

fn begins(version: &str, begin: &str) -> bool {
    let mut parts = version.split('.');
    begin.split('.').all(|part| parts.next() == Some(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn calendar() -> Value {
        json!([
            {"version": "1.30", "until": "2025-08-22"},
            {"version": "1.32", "until": "2026-03-31", "long_term_until": "2027-03-31"},
            null,
            {"until": "2030-01-01"},
        ])
    }

    fn of(properties: &Value) -> (Value, Value, Value) {
        let found = kubernetes_support(&json!({"properties": properties}), &calendar());
        (
            found["version"].clone(),
            found["until"].clone(),
            found["newer"].clone(),
        )
    }

    #[test]
    fn what_runs_decides_before_what_was_asked_for() {
        let both = json!({"kubernetesVersion": "1.32", "currentKubernetesVersion": "1.30.9"});
        assert_eq!(
            of(&both),
            (json!("1.30.9"), json!("2025-08-22"), json!(false))
        );
        let asked = json!({"kubernetesVersion": "1.32"});
        assert_eq!(
            of(&asked),
            (json!("1.32"), json!("2026-03-31"), json!(false))
        );
    }

    #[test]
    fn long_term_support_counts_where_it_was_chosen() {
        let plan = |version: &str, plan: &str| {
            of(&json!({"currentKubernetesVersion": version, "supportPlan": plan})).1
        };
        assert_eq!(plan("1.32.9", "aksLongTermSupport"), json!("2027-03-31"));
        assert_eq!(plan("1.32.9", "KubernetesOfficial"), json!("2026-03-31"));
        assert_eq!(plan("1.30.9", "AKSLongTermSupport"), json!("2025-08-22"));
    }

    #[test]
    fn versions_that_the_calendar_lacks() {
        let version = |version: &str| of(&json!({"kubernetesVersion": version}));
        for old in ["1.3.7", "1.8.6", "1.29.4", "1.31.2"] {
            assert_eq!(
                version(old),
                (json!(old), Value::Null, json!(false)),
                "{old}"
            );
        }
        for new in ["1.33.0", "2.0.0", "1.320.1"] {
            assert_eq!(
                version(new),
                (json!(new), Value::Null, json!(true)),
                "{new}"
            );
        }
    }

    #[test]
    fn no_version() {
        for properties in [json!({}), json!(null), json!({"kubernetesVersion": ""})] {
            assert_eq!(of(&properties), (Value::Null, Value::Null, json!(false)));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_patch_is_supported_as_long_as_its_minor_version(minor in 0u32..200, patch in 0u32..200, known in 0u32..200) {
            let calendar = json!([{"version": format!("1.{known}"), "until": "2026-12-31"}]);
            let cluster = json!({"properties": {"currentKubernetesVersion": format!("1.{minor}.{patch}")}});
            let found = kubernetes_support(&cluster, &calendar);
            prop_assert_eq!(found["until"].is_string(), minor == known);
            prop_assert_eq!(found["newer"] == true, minor > known);
        }

        #[test]
        fn any_text_is_taken(version in ".*", known in ".*") {
            let cluster = json!({"properties": {"kubernetesVersion": version}});
            let _ = kubernetes_support(&cluster, &json!([{"version": known, "until": known}]));
        }
    }
}
