//! Groups and the rules by which they fill.

use expression::{Function, Value};

use super::argument::{made, text_or_null};
use crate::vocabulary::membership_rules;

/// The functions on groups.
pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "attributes_people_write",
    parameters: &["rule", "more"],
    optional: 1,
    summary: "The attributes in the rule of a dynamic group that people write about themselves or about guests, each with `attribute` and `by`.",
    example: "size(attributes_people_write(group.membershipRule)) == 0",
    call: |arguments| {
        let more = arguments.get(1).map(Value::to_json).unwrap_or_default();
        let more: Vec<&str> = more.as_array().map_or_else(Vec::new, |list| {
            list.iter().filter_map(serde_json::Value::as_str).collect()
        });
        let found = membership_rules::attributes_people_write(text_or_null(arguments, 0)?, &more);
        Ok(made(found.into()))
    },
}];
