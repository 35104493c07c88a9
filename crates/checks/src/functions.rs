//! The vocabulary as functions that expressions may call.

mod access;
mod app_service;
mod argument;
mod azure_access;
mod backup;
mod conditional_access;
mod deployments;
mod groups;
mod identities;
mod lists;
mod machines;
mod monitoring;
mod network;
mod reachability;
mod values;

use std::sync::{Arc, LazyLock};

use expression::Environment;

static SHARED: LazyLock<Arc<Environment>> = LazyLock::new(|| Arc::new(environment()));

/// The environment that all checks share.
pub(crate) fn shared() -> Arc<Environment> {
    Arc::clone(&SHARED)
}

/// The language with the whole vocabulary: what checks are compiled against.
pub fn environment() -> Environment {
    let mut environment = Environment::standard();
    for function in network::FUNCTIONS
        .iter()
        .chain(monitoring::FUNCTIONS)
        .chain(access::FUNCTIONS)
        .chain(app_service::FUNCTIONS)
        .chain(reachability::FUNCTIONS)
        .chain(azure_access::FUNCTIONS)
        .chain(deployments::FUNCTIONS)
        .chain(lists::FUNCTIONS)
        .chain(machines::FUNCTIONS)
        .chain(conditional_access::FUNCTIONS)
        .chain(identities::FUNCTIONS)
        .chain(values::FUNCTIONS)
        .chain(backup::FUNCTIONS)
        .chain(groups::FUNCTIONS)
    {
        environment.register(*function);
    }
    environment
}

#[cfg(test)]
mod tests {
    use expression::{Bindings, Program};
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_example_compiles_and_takes_null_documents() {
        let environment = environment();
        for function in environment.functions() {
            let program = Program::compile(&environment, function.example)
                .unwrap_or_else(|error| panic!("{}: {error}", function.example));
            let mut bindings = Bindings::new();
            for name in program.variables() {
                bindings.bind(name, &Value::Null);
            }
            let result = program.evaluate(&bindings);
            assert!(result.is_ok(), "{}: {result:?}", function.example);
            assert!(function.summary.ends_with('.'), "{}", function.name);
        }
    }
}
