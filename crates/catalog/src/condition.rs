//! The catalogue's conditions: whether a document has a child at all.

use std::fmt;
use std::sync::LazyLock;

use expression::{Bindings, Environment, MemberPath, Program};
use serde_json::Value;

static ENVIRONMENT: LazyLock<Environment> = LazyLock::new(Environment::standard);

/// A condition on the parent document, which it calls `resource`.
#[derive(Clone)]
pub struct Condition {
    source: String,
    program: Program,
}

impl Condition {
    /// Compiles an expression.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile(source: &str) -> Result<Self, String> {
        let program = Program::compile(&ENVIRONMENT, source).map_err(|error| error.to_string())?;
        Ok(Self {
            source: source.to_owned(),
            program,
        })
    }

    /// Whether it holds. An expression that fails on this document does not rule the read out:
    /// Azure's answer will tell.
    pub fn holds(&self, resource: &Value) -> bool {
        let mut bindings = Bindings::new();
        bindings.bind("resource", resource);
        self.program.bool(&bindings).unwrap_or(true)
    }

    /// The paths that it reads.
    pub fn paths(&self) -> impl Iterator<Item = &MemberPath> {
        self.program.paths()
    }

    /// The expression as it is written.
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Condition").field(&self.source).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_condition_judges_the_parent() {
        let condition = Condition::compile(r#"resource.kind.contains("functionapp")"#).unwrap();
        assert!(condition.holds(&json!({"kind": "FunctionApp,linux"})));
        assert!(!condition.holds(&json!({"kind": null})));
    }

    #[test]
    fn a_condition_that_fails_rules_nothing_out() {
        assert!(
            Condition::compile("resource.count > 3")
                .unwrap()
                .holds(&json!({}))
        );
    }
}
