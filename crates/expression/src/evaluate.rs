//! Evaluation: one walk over the compiled expression.

use crate::budget::Budget;
use crate::node::Node;
use crate::operators::{compare, equal, is_in, negate};
use crate::{Bindings, EvalError, Value};

/// The state of one evaluation.
pub(crate) struct Frame<'b, 'a> {
    bindings: &'b Bindings<'a>,
    /// The elements that the enclosing quantifiers are at, outermost first.
    pub(crate) locals: Vec<Value<'a>>,
    pub(crate) budget: Budget,
}

impl<'b, 'a> Frame<'b, 'a> {
    pub(crate) fn new(bindings: &'b Bindings<'a>) -> Self {
        Self {
            bindings,
            locals: Vec::new(),
            budget: Budget::new(),
        }
    }

    /// The value of a node.
    pub(crate) fn evaluate(&mut self, node: &'a Node) -> Result<Value<'a>, EvalError> {
        Ok(match node {
            Node::Null => Value::Null,
            Node::Bool(flag) => Value::Bool(*flag),
            Node::Int(number) => Value::Int(*number),
            Node::Double(number) => Value::Double(*number),
            Node::Text(text) => Value::text(text.as_ref()),
            Node::Variable(name) => self
                .bindings
                .get(name)
                .cloned()
                .ok_or_else(|| EvalError::Unbound(name.to_string()))?,
            Node::Local(depth) => self.locals.get(*depth).cloned().unwrap_or(Value::Null),
            Node::Member(owner, name) => self.evaluate(owner)?.member(name),
            Node::Index(owner, index) => self.index(owner, index)?,
            Node::Has(value) => Value::Bool(!self.evaluate(value)?.is_null()),
            Node::Not(value) => Value::Bool(!self.truth(value, "`!`")?),
            Node::Negate(value) => negate(&self.evaluate(value)?)?,
            Node::And(terms) => Value::Bool(!self.any(terms, false, "`&&`")?),
            Node::Or(terms) => Value::Bool(self.any(terms, true, "`||`")?),
            Node::Conditional(parts) => {
                let [condition, yes, no] = parts.as_ref();
                if self.truth(condition, "`?:`")? {
                    self.evaluate(yes)?
                } else {
                    self.evaluate(no)?
                }
            }
            Node::Equal(sides) => Value::Bool(self.equal(sides)?),
            Node::NotEqual(sides) => Value::Bool(!self.equal(sides)?),
            Node::Compare(comparison, sides) => {
                let (left, right) = self.both(sides)?;
                Value::Bool(compare(*comparison, &left, &right)?)
            }
            Node::In(sides) => Value::Bool(self.contained(sides)?),
            Node::Arithmetic(operator, sides) => {
                self.budget.spend()?;
                let (left, right) = self.both(sides)?;
                operator.apply(&left, &right)?
            }
            Node::List(items) => Value::list(
                items
                    .iter()
                    .map(|item| self.evaluate(item))
                    .collect::<Result<_, _>>()?,
            ),
            Node::Map(entries) => self.map(entries)?,
            Node::Quantify(quantifier) => quantifier.evaluate(self)?,
            Node::Matches(text, pattern) => match self.evaluate(text)? {
                Value::Null => Value::Bool(false),
                Value::Text(text) => Value::Bool(pattern.is_match(&text)),
                odd => return Err(EvalError::kind("`matches`", odd.kind())),
            },
            Node::Call(function, arguments) => {
                self.budget.spend()?;
                let arguments = arguments
                    .iter()
                    .map(|argument| self.evaluate(argument))
                    .collect::<Result<Vec<_>, _>>()?;
                (function.call)(&arguments).map_err(|message| EvalError::Function {
                    function: function.name,
                    message,
                })?
            }
            Node::Shared(shared) => {
                let bindings = self.bindings;
                let compute = || self.evaluate(&shared.node);
                match bindings.lasting(shared) {
                    Some((lasting, key)) => lasting.value(key, compute)?,
                    None => bindings.shared().value(shared, compute)?,
                }
            }
        })
    }

    fn truth(&mut self, node: &'a Node, operation: &str) -> Result<bool, EvalError> {
        truth(&self.evaluate(node)?, operation)
    }

    /// Whether some term has this truth. As in CEL a term that decides outweighs one that errs.
    fn any(&mut self, terms: &'a [Node], wanted: bool, operation: &str) -> Result<bool, EvalError> {
        let mut failed = None;
        for term in terms {
            match self.truth(term, operation) {
                Ok(value) if value == wanted => return Ok(true),
                Ok(_) => {}
                Err(error) if error.is_final() => return Err(error),
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        failed.map_or(Ok(false), Err)
    }

    fn both(&mut self, sides: &'a [Node; 2]) -> Result<(Value<'a>, Value<'a>), EvalError> {
        let [left, right] = sides;
        Ok((self.evaluate(left)?, self.evaluate(right)?))
    }

    fn equal(&mut self, sides: &'a [Node; 2]) -> Result<bool, EvalError> {
        let (left, right) = self.both(sides)?;
        Ok(equal(&left, &right))
    }

    /// `value in container`. The elements of a list written out are compared one by one, so that
    /// the usual `x in ["a", "b"]` makes no list.
    fn contained(&mut self, sides: &'a [Node; 2]) -> Result<bool, EvalError> {
        let [value, container] = sides;
        let value = self.evaluate(value)?;
        let Node::List(items) = container else {
            return is_in(&value, &self.evaluate(container)?);
        };
        for item in items {
            if equal(&value, &self.evaluate(item)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn index(&mut self, owner: &'a Node, index: &'a Node) -> Result<Value<'a>, EvalError> {
        let owner = self.evaluate(owner)?;
        match self.evaluate(index)? {
            Value::Int(index) => Ok(owner.element(index)),
            Value::Text(name) => Ok(owner.member(&name)),
            Value::Null => Ok(Value::Null),
            odd => Err(EvalError::kind("`[]`", odd.kind())),
        }
    }

    fn map(&mut self, entries: &'a [(Node, Node)]) -> Result<Value<'a>, EvalError> {
        let mut members = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let key = match self.evaluate(key)? {
                Value::Text(key) => key.into_owned(),
                odd => return Err(EvalError::kind("the key of an object", odd.kind())),
            };
            members.push((key, self.evaluate(value)?));
        }
        Ok(Value::Map(members.into()))
    }
}

/// The truth of a value: null counts as false, anything but a boolean is an error.
pub(crate) fn truth(value: &Value<'_>, operation: &str) -> Result<bool, EvalError> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::Null => Ok(false),
        odd => Err(EvalError::kind(operation, odd.kind())),
    }
}
