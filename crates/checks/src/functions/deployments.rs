//! What the history of deployments gives away.

use expression::{Function, Value};

use crate::vocabulary::deployments;

/// The functions on deployments.
pub(super) const FUNCTIONS: &[Function] = &[Function {
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
}];
