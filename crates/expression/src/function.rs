//! Functions that expressions may call.

use crate::Value;

/// The implementation of a function. It gets as many arguments as the function has parameters,
/// optional ones that were left out not included, and answers in one sentence why it cannot work
/// with them.
pub type Call = for<'a> fn(&[Value<'a>]) -> Result<Value<'a>, String>;

/// A function that expressions may call, as `name(a, b)` or `a.name(b)`.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// The names of its parameters.
    pub parameters: &'static [&'static str],
    /// How many of the last parameters may be left out.
    pub optional: usize,
    /// What it answers, in one line.
    pub summary: &'static str,
    /// An expression that uses it.
    pub example: &'static str,
    /// What it does.
    pub call: Call,
}

impl Function {
    /// Whether it may be called with that many arguments.
    pub(crate) fn takes(&self, arguments: usize) -> bool {
        let most = self.parameters.len();
        (most - self.optional.min(most)..=most).contains(&arguments)
    }

    /// The description for the reference.
    pub(crate) fn description(&self) -> FunctionDescription {
        let required = self.parameters.len() - self.optional.min(self.parameters.len());
        let mut signature = format!("{}({}", self.name, self.parameters[..required].join(", "));
        for (index, name) in self.parameters[required..].iter().enumerate() {
            signature.push_str(if required + index == 0 { "[" } else { "[, " });
            signature.push_str(name);
        }
        signature.push_str(&"]".repeat(self.parameters.len() - required));
        signature.push(')');
        FunctionDescription {
            name: self.name,
            signature,
            summary: self.summary,
            example: self.example,
        }
    }
}

/// What the reference says of a function or macro.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FunctionDescription {
    /// Its name.
    pub name: &'static str,
    /// How it is called: `default(value, fallback)`.
    pub signature: String,
    /// What it answers, in one line.
    pub summary: &'static str,
    /// An expression that uses it.
    pub example: &'static str,
}
