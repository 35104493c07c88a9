//! A compiled expression and how it is run.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::compile::compile;
use crate::deferred::Deferred;
use crate::evaluate::{Frame, truth};
use crate::node::Node;
use crate::{Bindings, CompileError, Environment, EvalError, MemberPath, Value};

/// An expression, compiled once and evaluated as often as wanted, from any thread.
#[derive(Debug, Clone)]
pub struct Program {
    source: String,
    compiled: Deferred<Compiled>,
}

#[derive(Debug, Clone)]
struct Compiled {
    root: Node,
    variables: BTreeSet<String>,
    paths: BTreeSet<MemberPath>,
}

impl Compiled {
    fn of(environment: &Environment, source: &str) -> Result<Self, CompileError> {
        let (root, reads) = compile(environment, source)?;
        Ok(Self {
            root,
            variables: reads.variables,
            paths: reads.paths,
        })
    }
}

impl Program {
    /// Compiles an expression.
    ///
    /// # Errors
    ///
    /// When it is not CEL, uses a part of CEL that is left out here, or calls a function that the
    /// environment lacks or with another number of arguments.
    pub fn compile(environment: &Environment, source: &str) -> Result<Self, CompileError> {
        Ok(Self {
            source: source.to_owned(),
            compiled: Deferred::Ready(Compiled::of(environment, source)?),
        })
    }

    /// An expression that is compiled when it is first used: for sources that are known to
    /// compile, because parsing them is what start-up would spend most of its time on. If one does
    /// not compile after all, evaluating it fails with [`EvalError::Compile`].
    pub fn deferred(environment: &Arc<Environment>, source: &str) -> Self {
        Self {
            source: source.to_owned(),
            compiled: Deferred::later(environment),
        }
    }

    /// The expression as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names that must be bound; none when it does not compile.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let compiled = self.compiled().ok().into_iter();
        compiled.flat_map(|compiled| compiled.variables.iter().map(String::as_str))
    }

    /// The member paths it reads, in alphabetical order. A path that is only on the way to a longer
    /// one is not among them. None when it does not compile.
    pub fn paths(&self) -> impl Iterator<Item = &MemberPath> {
        let compiled = self.compiled().ok().into_iter();
        compiled.flat_map(|compiled| &compiled.paths)
    }

    /// Evaluates it. The result borrows from the documents and from the program.
    ///
    /// # Errors
    ///
    /// See [`EvalError`].
    pub fn evaluate<'a>(&'a self, bindings: &Bindings<'a>) -> Result<Value<'a>, EvalError> {
        let compiled = self
            .compiled()
            .map_err(|error| EvalError::Compile(error.clone()))?;
        Frame::new(bindings).evaluate(&compiled.root)
    }

    /// Evaluates a condition: null is false.
    ///
    /// # Errors
    ///
    /// See [`EvalError`]; also when the result is neither a boolean nor null.
    pub fn bool<'a>(&'a self, bindings: &Bindings<'a>) -> Result<bool, EvalError> {
        truth(&self.evaluate(bindings)?, "a condition")
    }

    fn compiled(&self) -> Result<&Compiled, &CompileError> {
        self.compiled
            .get(|environment| Compiled::of(environment, &self.source))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_deferred_program_is_like_any_other() {
        let environment = Arc::new(Environment::standard());
        let source = "resource.a == 1 && size(other) == 0";
        let (now, later) = (
            Program::compile(&environment, source).unwrap(),
            Program::deferred(&environment, source),
        );
        assert_eq!(later.source(), source);
        assert!(later.variables().eq(now.variables()));
        assert!(later.paths().eq(now.paths()));
        let document = json!({ "a": 1 });
        let mut bindings = Bindings::new();
        bindings
            .bind("resource", &document)
            .bind_value("other", Value::Null);
        assert_eq!(later.bool(&bindings), Ok(true));
        assert_eq!(later.clone().bool(&bindings), Ok(true));
    }

    #[test]
    fn a_deferred_program_that_does_not_compile_fails_when_it_is_used() {
        let program = Program::deferred(&Arc::default(), "lowwer('A') == 'a'");
        assert_eq!(
            (program.variables().count(), program.paths().count()),
            (0, 0)
        );
        let error = program.bool(&Bindings::new()).unwrap_err();
        assert!(matches!(error, EvalError::Compile(_)), "{error:?}");
        assert!(
            error.to_string().starts_with("does not compile: "),
            "{error}"
        );
    }
}
