//! The functions that programs are compiled against.

use std::collections::{BTreeMap, BTreeSet};

use crate::builtin;
use crate::quantifier;
use crate::{Function, FunctionDescription};

/// The functions that expressions may call. Built once, then shared by every compilation; a
/// compiled program does not need it any more, a deferred one keeps a share in it.
#[derive(Debug, Clone)]
pub struct Environment {
    functions: BTreeMap<&'static str, Function>,
    /// The names of those that were added.
    registered: BTreeSet<&'static str>,
}

impl Environment {
    /// The language's own functions.
    pub fn standard() -> Self {
        let functions = builtin::all()
            .into_iter()
            .map(|function| (function.name, function))
            .collect();
        Self {
            functions,
            registered: BTreeSet::new(),
        }
    }

    /// Adds a function, or replaces the one of that name.
    pub fn register(&mut self, function: Function) -> &mut Self {
        self.functions.insert(function.name, function);
        self.registered.insert(function.name);
        self
    }

    /// The function of that name.
    pub(crate) fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name)
    }

    /// Whether a function is the language's own: quicker to call than to look up what it answered.
    pub(crate) fn is_standard(&self, name: &str) -> bool {
        !self.registered.contains(name)
    }

    /// The names of all functions and macros.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.functions
            .keys()
            .copied()
            .chain(quantifier::MACROS.iter().map(|(name, ..)| *name))
    }

    /// Every function and macro for the reference, by name.
    pub fn functions(&self) -> Vec<FunctionDescription> {
        let macros = quantifier::MACROS
            .iter()
            .map(|(name, signature, summary, example)| FunctionDescription {
                name,
                signature: (*signature).to_owned(),
                summary,
                example,
            });
        let mut all: Vec<_> = self
            .functions
            .values()
            .map(Function::description)
            .chain(macros)
            .collect();
        all.sort();
        all
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self::standard()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Bindings, Program, Value};

    use super::*;

    #[test]
    fn every_builtin_example_holds() {
        let environment = Environment::standard();
        for description in environment.functions() {
            let program = Program::compile(&environment, description.example)
                .unwrap_or_else(|error| panic!("{}: {error}", description.example));
            assert_eq!(
                program.bool(&Bindings::new()),
                Ok(true),
                "{}",
                description.example
            );
        }
    }

    #[test]
    fn registered_functions_can_be_called_both_ways() {
        let mut environment = Environment::standard();
        environment.register(Function {
            name: "twice",
            parameters: &["text", "between"],
            optional: 1,
            summary: "The text twice.",
            example: "twice('a') == 'aa'",
            call: |arguments| {
                let text = arguments[0].as_text().ok_or("needs a text")?;
                let between = arguments
                    .get(1)
                    .and_then(Value::as_text)
                    .unwrap_or_default();
                Ok(Value::text(format!("{text}{between}{text}")))
            },
        });
        let holds = |source: &str| {
            Program::compile(&environment, source).map(|program| program.bool(&Bindings::new()))
        };
        assert_eq!(
            holds("twice('a') == 'aa' && 'a'.twice('-') == 'a-a'"),
            Ok(Ok(true))
        );
        assert!(holds("twice()").is_err());
        assert!(holds("twice('a', 'b', 'c')").is_err());
        let error = holds("twice(1) == ''").unwrap().unwrap_err();
        assert_eq!(error.to_string(), "twice: needs a text");
        let description = environment
            .functions()
            .into_iter()
            .find(|function| function.name == "twice")
            .unwrap();
        assert_eq!(description.signature, "twice(text[, between])");
    }
}
