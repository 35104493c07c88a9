//! A compiled expression and how it is run.

use std::collections::BTreeSet;

use crate::compile::compile;
use crate::evaluate::{Frame, truth};
use crate::node::Node;
use crate::{Bindings, CompileError, Environment, EvalError, MemberPath, Value};

/// An expression, compiled once and evaluated as often as wanted, from any thread.
#[derive(Debug, Clone)]
pub struct Program {
    source: String,
    root: Node,
    variables: BTreeSet<String>,
    paths: BTreeSet<MemberPath>,
}

impl Program {
    /// Compiles an expression.
    ///
    /// # Errors
    ///
    /// When it is not CEL, uses a part of CEL that is left out here, or calls a function that the
    /// environment lacks or with another number of arguments.
    pub fn compile(environment: &Environment, source: &str) -> Result<Self, CompileError> {
        let (root, reads) = compile(environment, source)?;
        Ok(Self {
            source: source.to_owned(),
            root,
            variables: reads.variables,
            paths: reads.paths,
        })
    }

    /// The expression as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names that must be bound.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(String::as_str)
    }

    /// The member paths it reads, in alphabetical order. A path that is only on the way to a longer
    /// one is not among them.
    pub fn paths(&self) -> impl Iterator<Item = &MemberPath> {
        self.paths.iter()
    }

    /// Evaluates it. The result borrows from the documents and from the program.
    ///
    /// # Errors
    ///
    /// See [`EvalError`].
    pub fn evaluate<'a>(&'a self, bindings: &Bindings<'a>) -> Result<Value<'a>, EvalError> {
        Frame::new(bindings).evaluate(&self.root)
    }

    /// Evaluates a condition: null is false.
    ///
    /// # Errors
    ///
    /// See [`EvalError`]; also when the result is neither a boolean nor null.
    pub fn bool<'a>(&'a self, bindings: &Bindings<'a>) -> Result<bool, EvalError> {
        truth(&self.evaluate(bindings)?, "a condition")
    }
}
