//! Lists, and what is found in documents that are lists of names.

use expression::{Function, Value};

use crate::vocabulary::deployments;

/// The functions on lists.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "distinct",
        parameters: &["list"],
        optional: 0,
        summary: "The elements of a list, each once; texts that differ in case only are one. An empty list for null.",
        example: "distinct(['a', 'A', 'b']) == ['a', 'b']",
        call: |arguments| {
            if arguments[0].is_null() {
                return Ok(Value::list(Vec::new()));
            }
            let elements = arguments[0].elements().ok_or("needs a list")?;
            let mut seen = std::collections::HashSet::new();
            let mut kept = Vec::new();
            for element in elements {
                let same = match &element {
                    Value::Text(text) => text.to_lowercase(),
                    other => format!("{} {}", other.kind(), other.to_json()),
                };
                if seen.insert(same) {
                    kept.push(element);
                }
            }
            Ok(Value::list(kept))
        },
    },
    Function {
        name: "last",
        parameters: &["list"],
        optional: 0,
        summary: "The last element of a list; null for an empty list and for null.",
        example: "last('/subscriptions/1/resourceGroups/one'.split('/')) == 'one'",
        call: |arguments| {
            if arguments[0].is_null() {
                return Ok(Value::Null);
            }
            let elements = arguments[0].elements().ok_or("needs a list")?;
            Ok(elements.last().unwrap_or(Value::Null))
        },
    },
    Function {
        name: "or_whole",
        parameters: &["list", "whole"],
        optional: 0,
        summary: "The list, or one of only the second value when the list has nothing: in `each`, a finding for each thing to repair, or one that says that all is well.",
        example: "or_whole([], 'all') == ['all']",
        call: |arguments| {
            if arguments[0].size().unwrap_or(0) > 0 {
                return Ok(arguments[0].clone());
            }
            Ok(Value::list(vec![arguments[1].clone()]))
        },
    },
    Function {
        name: "plaintext_secrets",
        parameters: &["deployment"],
        optional: 0,
        summary: "The parameters and outputs of a deployment that are likely to be secrets and that its history keeps readable.",
        example: "size(plaintext_secrets(deployment)) == 0",
        call: |arguments| {
            Ok(Value::texts(deployments::plaintext_secrets(
                &arguments[0].to_json(),
            )))
        },
    },
];
