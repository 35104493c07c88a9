//! What can go wrong.

/// An expression or template that cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CompileError {
    /// What is wrong, in one sentence.
    pub message: String,
    /// The offending place in the source as (line, column), both from 1, when the parser knows it.
    pub position: Option<(usize, usize)>,
}

impl CompileError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            position: None,
        }
    }
}

/// An expression that could not be evaluated on the values it was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// The expression was to be compiled when first used, and cannot be.
    #[error("does not compile: {0}")]
    Compile(CompileError),
    /// The expression names a variable that was not bound.
    #[error("`{0}` is not known here")]
    Unbound(String),
    /// An operator or function got a value of a kind that it does not take.
    #[error("{operation} does not take {kind}")]
    Kind {
        /// The operator or function as it is written.
        operation: String,
        /// The kind of value it got, with its article: `a string`, `null`.
        kind: &'static str,
    },
    /// A number left the range of 64 bits, or a division by zero.
    #[error("{0} has no result in the range of numbers")]
    Arithmetic(&'static str),
    /// A function refused its arguments.
    #[error("{function}: {message}")]
    Function {
        /// The function's name.
        function: &'static str,
        /// Its own words.
        message: String,
    },
    /// The evaluation took more steps than any sensible check needs.
    #[error("gave up after {0} steps")]
    Exhausted(u32),
}

impl EvalError {
    pub(crate) fn kind(operation: impl Into<String>, kind: &'static str) -> Self {
        Self::Kind {
            operation: operation.into(),
            kind,
        }
    }

    /// Whether nothing else in the expression can outweigh the error.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::Exhausted(_))
    }
}
