//! A compiled expression.

use std::cmp::Ordering;

use regex::Regex;

use crate::Function;
use crate::operators::Arithmetic;
use crate::quantifier::Quantifier;
use crate::sharing::SharedNode;

/// One node of a compiled expression.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Box<str>),
    /// A bound name.
    Variable(Box<str>),
    /// A quantifier's variable, by its depth: 0 is the outermost.
    Local(usize),
    Member(Box<Node>, Box<str>),
    Index(Box<Node>, Box<Node>),
    /// Whether the value is not null.
    Has(Box<Node>),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Conditional(Box<[Node; 3]>),
    Equal(Box<[Node; 2]>),
    NotEqual(Box<[Node; 2]>),
    Compare(Comparison, Box<[Node; 2]>),
    In(Box<[Node; 2]>),
    Arithmetic(Arithmetic, Box<[Node; 2]>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Quantify(Box<Quantifier>),
    Matches(Box<Node>, Box<Regex>),
    Call(Function, Vec<Node>),
    /// A node whose value is kept for whoever asks again.
    Shared(Box<SharedNode>),
}

/// An ordering operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// Whether two values in this order satisfy the operator.
    pub(crate) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }

    /// The operator as it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}
