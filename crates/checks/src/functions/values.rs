//! Versions, times, address ranges and names of settings.

use expression::{Function, Value};

use super::argument::{text, text_or_null};
use crate::vocabulary::network::{Options, internet_ranges};
use crate::vocabulary::{linked_services, secrets, time, version};

/// The functions on single values.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "days_between",
        parameters: &["from", "to"],
        optional: 0,
        summary: "The whole days from one time to another, negative when the second is earlier; null when one is none.",
        example: "days_between('2026-01-01', '2030-01-01') > 30",
        call: |arguments| {
            let days = time::days_between(text_or_null(arguments, 0)?, text_or_null(arguments, 1)?);
            Ok(days.map_or(Value::Null, Value::Int))
        },
    },
    Function {
        name: "inline_secrets",
        parameters: &["properties"],
        optional: 0,
        summary: "Where the properties of a linked service hold a secret themselves instead of naming one in a key vault.",
        example: "inline_secrets({'password': {'type': 'SecureString'}}) == ['password']",
        call: |arguments| {
            Ok(Value::texts(linked_services::inline_secrets(
                &arguments[0].to_json(),
            )))
        },
    },
    Function {
        name: "internet_ranges",
        parameters: &["list", "params"],
        optional: 1,
        summary: "The entries of an allow list of addresses, blocks or ranges `first-last` that let the public internet in.",
        example: "size(internet_ranges(['203.0.113.0/28'])) == 0",
        call: |arguments| {
            let options = arguments
                .get(1)
                .map(|params| Options::from_params(&params.to_json()))
                .unwrap_or_default();
            if arguments[0].is_null() {
                return Ok(Value::list(Vec::new()));
            }
            let entries = arguments[0].elements().ok_or("needs a list")?;
            let entries: Vec<String> = entries
                .filter(|entry| !entry.is_null())
                .map(|entry| entry.to_string())
                .collect();
            let open = internet_ranges(entries.iter().map(String::as_str), &options);
            Ok(Value::texts(open))
        },
    },
    Function {
        name: "looks_secret",
        parameters: &["name"],
        optional: 0,
        summary: "Whether a setting of this name is likely to hold a secret.",
        example: "looks_secret('DB_PASSWORD')",
        call: |arguments| {
            Ok(Value::Bool(secrets::looks_secret(text_or_null(
                arguments, 0,
            )?)))
        },
    },
    Function {
        name: "span_days",
        parameters: &["span"],
        optional: 0,
        summary: "The days of a span such as `P90D` or `30.00:00:00`; null when it is none.",
        example: "span_days('P1Y') >= 90.0",
        call: |arguments| {
            let days = time::span_days(text_or_null(arguments, 0)?);
            Ok(days.map_or(Value::Null, Value::Double))
        },
    },
    Function {
        name: "tls_at_least",
        parameters: &["setting", "version"],
        optional: 0,
        summary: "Whether a setting (`TLS1_2`, `Tls12`, `1.2`) stands for this version of TLS or a later one; false for null and `None`.",
        example: "tls_at_least('TLS1_2', '1.2')",
        call: |arguments| {
            let least = text(arguments, 1)?;
            let tls = version::tls(text_or_null(arguments, 0)?);
            let order = tls.and_then(|tls| version::compare(&tls, least));
            Ok(Value::Bool(order.is_some_and(std::cmp::Ordering::is_ge)))
        },
    },
    Function {
        name: "version_at_least",
        parameters: &["version", "least"],
        optional: 0,
        summary: "Whether a version is this one or a later one, by its numbers; null when one of them has no number.",
        example: "version_at_least('1.30.3', '1.29')",
        call: |arguments| {
            let order = version::compare(text_or_null(arguments, 0)?, text_or_null(arguments, 1)?);
            Ok(order.map_or(Value::Null, |order| Value::Bool(order.is_ge())))
        },
    },
];
