//! What holds for any document at all.

use std::sync::LazyLock;

use catalog::{Catalog, Outcome};
use checks::{Library, Settings, Status};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::documents::{account, arm};
use crate::evaluate::{findings, tenant};

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::builtin().unwrap());

/// Documents whose members have the names that checks ask for, and values of any kind.
fn properties() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "supportsHttpsTrafficOnly",
        "minimumTlsVersion",
        "allowBlobPublicAccess",
        "securityRules",
        "properties",
        "name",
        "priority",
        "direction",
        "access",
        "protocol",
        "sourceAddressPrefix",
        "destinationPortRange",
        "enabled",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Fractions that have the same digits after a round trip through text.
        any::<i16>().prop_map(|number| Value::from(f64::from(number) / 4.0)),
        "[a-zA-Z0-9*/._ä-]{0,8}".prop_map(Value::from),
        prop::sample::select(vec!["Inbound", "Allow", "*", "Internet", "22", "TLS1_2"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..6).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_builtin_check_survives_any_document(properties in properties()) {
        let catalog = Catalog::builtin().unwrap();
        let mut documents = tenant(vec![account("x", properties.clone())]);
        for check in LIBRARY.checks() {
            for resource in &check.resources {
                let document = arm(resource.as_str(), "odd", properties.clone());
                for requirement in check.requirements(&catalog) {
                    let child = catalog.entry(&requirement.document_type).unwrap();
                    if child.parent.as_ref() == Some(resource) {
                        let body = arm(child.name.as_str(), "child", properties.clone());
                        documents.add_children(&document, &child.name, Outcome::Read, vec![body]);
                    }
                }
                documents.add(document);
            }
        }
        let (found, counts) = findings(&LIBRARY, &documents, &Settings::default());
        prop_assert_eq!(found.len() as u64, counts.findings());
        for finding in found {
            prop_assert_eq!(finding.status == Status::NotAssessed, finding.reason.is_some());
            prop_assert!(!finding.message.is_empty());
        }
    }

    #[test]
    fn a_finding_survives_its_file(value in properties()) {
        let documents = tenant(vec![account("x", json!({ "supportsHttpsTrafficOnly": value }))]);
        let (found, _) = findings(&LIBRARY, &documents, &Settings::default());
        for finding in found {
            let text = serde_json::to_string(&finding).unwrap();
            let back: checks::Finding = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(serde_json::to_string(&back).unwrap(), text);
        }
    }
}
