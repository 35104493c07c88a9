//! `all`, `exists`, `exists_one`, `filter` and `map` over lists and the keys of objects.

use crate::evaluate::{Frame, truth};
use crate::node::Node;
use crate::{EvalError, Value};

/// What the reference says of the macros: name, signature, summary, example.
pub(crate) const MACROS: [(&str, &str, &str, &str); 7] = [
    (
        "all",
        "list.all(x, condition)",
        "Whether the condition holds for every element; true for an empty list and for null.",
        "[2, 4].all(n, n % 2 == 0)",
    ),
    (
        "exists",
        "list.exists(x, condition)",
        "Whether the condition holds for some element; false for null.",
        "['a', 'b'].exists(s, s == 'b')",
    ),
    (
        "exists_one",
        "list.exists_one(x, condition)",
        "Whether the condition holds for exactly one element; false for null.",
        "[1, 2, 3].exists_one(n, n > 2)",
    ),
    (
        "filter",
        "list.filter(x, condition)",
        "The elements for which the condition holds; an empty list for null.",
        "[1, 2, 3].filter(n, n > 1) == [2, 3]",
    ),
    (
        "has",
        "has(a.b)",
        "Whether a value is there and not null.",
        "!has({'a': null}.a)",
    ),
    (
        "map",
        "list.map(x, value)",
        "The value for every element; `list.map(x, condition, value)` leaves elements out. An empty list for null.",
        "[1, 2].map(n, n * 2) == [2, 4]",
    ),
    (
        "matches",
        "text.matches('regular expression')",
        "Whether the text has a match of a regular expression given as a literal, with case unless it begins with (?i); false for null.",
        "'TLS1_2'.matches('^TLS1_[23]$')",
    ),
];

/// Which quantifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

impl Kind {
    /// The quantifier of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "all" => Self::All,
            "exists" => Self::Exists,
            "exists_one" | "existsOne" => Self::ExistsOne,
            "filter" => Self::Filter,
            "map" => Self::Map,
            _ => return None,
        })
    }

    /// The value for null, which has no elements.
    fn of_nothing<'a>(self) -> Value<'a> {
        match self {
            Self::All => Value::Bool(true),
            Self::Exists | Self::ExistsOne => Value::Bool(false),
            Self::Filter | Self::Map => Value::list(Vec::new()),
        }
    }

    /// Its name, quoted.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::All => "`all`",
            Self::Exists => "`exists`",
            Self::ExistsOne => "`exists_one`",
            Self::Filter => "`filter`",
            Self::Map => "`map`",
        }
    }
}

/// A quantifier over a list.
#[derive(Debug, Clone)]
pub(crate) struct Quantifier {
    pub(crate) kind: Kind,
    pub(crate) range: Node,
    /// The condition; `None` for a `map` of every element.
    pub(crate) condition: Option<Node>,
    /// What `map` makes of an element.
    pub(crate) transform: Option<Node>,
}

impl Quantifier {
    /// Evaluates it. The element is the innermost local while the condition is evaluated.
    ///
    /// `exists` and `all` do as CEL says: an element that decides outweighs one that errs.
    pub(crate) fn evaluate<'a>(
        &'a self,
        frame: &mut Frame<'_, 'a>,
    ) -> Result<Value<'a>, EvalError> {
        let range = frame.evaluate(&self.range)?;
        if range.is_null() {
            return Ok(self.kind.of_nothing());
        }
        let elements = range
            .elements()
            .ok_or_else(|| EvalError::kind(self.kind.name(), range.kind()))?;
        let mut kept = Vec::new();
        let mut count = 0_usize;
        let mut failed = None;
        for element in elements {
            frame.budget.spend()?;
            frame.locals.push(element);
            let step = self.step(frame);
            let element = frame.locals.pop();
            match step {
                Ok(Step::Rejected) if self.kind == Kind::All => return Ok(Value::Bool(false)),
                Ok(Step::Rejected) => {}
                Ok(Step::Accepted(_)) if self.kind == Kind::Exists => return Ok(Value::Bool(true)),
                Ok(Step::Accepted(value)) => {
                    count += 1;
                    match self.kind {
                        Kind::Map => kept.extend(value),
                        Kind::Filter => kept.extend(element),
                        Kind::All | Kind::Exists | Kind::ExistsOne => {}
                    }
                }
                Err(error)
                    if matches!(self.kind, Kind::All | Kind::Exists) && !error.is_final() =>
                {
                    failed.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        Ok(match self.kind {
            Kind::All => Value::Bool(true),
            Kind::Exists => Value::Bool(false),
            Kind::ExistsOne => Value::Bool(count == 1),
            Kind::Filter | Kind::Map => Value::list(kept),
        })
    }

    fn step<'a>(&'a self, frame: &mut Frame<'_, 'a>) -> Result<Step<'a>, EvalError> {
        if let Some(condition) = &self.condition {
            let value = frame.evaluate(condition)?;
            if !truth(&value, self.kind.name())? {
                return Ok(Step::Rejected);
            }
        }
        let value = self
            .transform
            .as_ref()
            .map(|transform| frame.evaluate(transform))
            .transpose()?;
        Ok(Step::Accepted(value))
    }
}

/// What became of one element.
enum Step<'a> {
    Rejected,
    Accepted(Option<Value<'a>>),
}
