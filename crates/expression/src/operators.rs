//! Equality, order, membership and arithmetic.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::node::Comparison;
use crate::text;
use crate::{EvalError, Value};

/// How deep two values are compared. Documents nest less than this: their parser refuses more.
const DEPTH: usize = 256;

/// Whether two values are equal. Numbers by value, text without case, lists element by element,
/// objects member by member; values of different kinds are not equal.
pub(crate) fn equal(left: &Value<'_>, right: &Value<'_>) -> bool {
    equal_within(left, right, DEPTH)
}

fn equal_within(left: &Value<'_>, right: &Value<'_>, depth: usize) -> bool {
    let Some(deeper) = depth.checked_sub(1) else {
        return false;
    };
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Text(left), Value::Text(right)) => text::same_text(left, right),
        (Value::Int(_) | Value::Double(_), Value::Int(_) | Value::Double(_)) => {
            numbers(left, right) == Some(Ordering::Equal)
        }
        (Value::Array(_) | Value::List(_), Value::Array(_) | Value::List(_)) => {
            left.size() == right.size()
                && items(left)
                    .zip(items(right))
                    .all(|(left, right)| equal_within(&left, &right, deeper))
        }
        (Value::Object(_) | Value::Map(_), Value::Object(_) | Value::Map(_)) => {
            left.size() == right.size()
                && items(left).all(|key| {
                    let key = key.as_text().unwrap_or_default();
                    has_key(right, key)
                        && equal_within(&left.member(key), &right.member(key), deeper)
                })
        }
        _ => false,
    }
}

fn items<'a>(value: &Value<'a>) -> impl Iterator<Item = Value<'a>> {
    value.elements().into_iter().flatten()
}

fn has_key(object: &Value<'_>, key: &str) -> bool {
    !object.member(key).is_null() || items(object).any(|known| known.as_text() == Some(key))
}

/// The order of two numbers.
fn numbers(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Double(left), Value::Double(right)) => left.partial_cmp(right),
        (Value::Int(left), Value::Double(right)) => mixed(*left, *right),
        (Value::Double(left), Value::Int(right)) => mixed(*right, *left).map(Ordering::reverse),
        _ => None,
    }
}

/// The order of a whole number and a fraction, without the loss of precision that would make three
/// numbers compare as a circle.
fn mixed(whole: i64, fraction: f64) -> Option<Ordering> {
    const BOUND: f64 = 9_223_372_036_854_775_808.0;
    if fraction.is_nan() {
        return None;
    }
    if fraction >= BOUND {
        return Some(Ordering::Less);
    }
    if fraction < -BOUND {
        return Some(Ordering::Greater);
    }
    let floor = fraction.floor();
    // In range: checked above.
    let order = whole.cmp(&(floor as i64));
    Some(if order == Ordering::Equal && fraction > floor {
        Ordering::Less
    } else {
        order
    })
}

/// Whether an ordering operator holds: numbers by value, text without case.
pub(crate) fn compare(
    comparison: Comparison,
    left: &Value<'_>,
    right: &Value<'_>,
) -> Result<bool, EvalError> {
    let order = match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(text::order(left, right)),
        _ => numbers(left, right),
    };
    order.map(|order| comparison.holds(order)).ok_or_else(|| {
        // Name the operand that is to blame: null first, then whatever is not a number.
        let odd = if left.is_null() || matches!(right, Value::Int(_) | Value::Double(_)) {
            left
        } else {
            right
        };
        EvalError::kind(format!("`{}`", comparison.symbol()), odd.kind())
    })
}

/// Whether a value is an element of a list or a key of an object. Nothing is in null.
pub(crate) fn is_in(value: &Value<'_>, container: &Value<'_>) -> Result<bool, EvalError> {
    if container.is_null() {
        return Ok(false);
    }
    let mut elements = container
        .elements()
        .ok_or_else(|| EvalError::kind("`in`", container.kind()))?;
    Ok(elements.any(|element| equal(value, &element)))
}

/// An arithmetic operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Arithmetic {
    /// The operator as it is written, quoted.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "`+`",
            Self::Subtract => "`-`",
            Self::Multiply => "`*`",
            Self::Divide => "`/`",
            Self::Remainder => "`%`",
        }
    }

    /// Computes. `+` also joins texts and lists. Whole numbers and fractions mix.
    pub(crate) fn apply<'a>(
        self,
        left: &Value<'a>,
        right: &Value<'a>,
    ) -> Result<Value<'a>, EvalError> {
        match (left, right) {
            (Value::Int(left), Value::Int(right)) => self.whole(*left, *right),
            (Value::Int(left), Value::Double(right)) => self.fraction(*left as f64, *right),
            (Value::Double(left), Value::Int(right)) => self.fraction(*left, *right as f64),
            (Value::Double(left), Value::Double(right)) => self.fraction(*left, *right),
            (Value::Text(left), Value::Text(right)) if self == Self::Add => {
                Ok(Value::text(format!("{left}{right}")))
            }
            (Value::Array(_) | Value::List(_), Value::Array(_) | Value::List(_))
                if self == Self::Add =>
            {
                Ok(Value::List(Rc::new(
                    items(left).chain(items(right)).collect(),
                )))
            }
            (Value::Int(_) | Value::Double(_), odd) => {
                Err(EvalError::kind(self.symbol(), odd.kind()))
            }
            (Value::Text(_), odd) if self == Self::Add => {
                Err(EvalError::kind("`+` after a string", odd.kind()))
            }
            (odd, _) => Err(EvalError::kind(self.symbol(), odd.kind())),
        }
    }

    fn whole<'a>(self, left: i64, right: i64) -> Result<Value<'a>, EvalError> {
        let result = match self {
            Self::Add => left.checked_add(right),
            Self::Subtract => left.checked_sub(right),
            Self::Multiply => left.checked_mul(right),
            Self::Divide => left.checked_div(right),
            Self::Remainder => left.checked_rem(right),
        };
        result
            .map(Value::Int)
            .ok_or(EvalError::Arithmetic(self.symbol()))
    }

    fn fraction<'a>(self, left: f64, right: f64) -> Result<Value<'a>, EvalError> {
        let result = match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::Remainder => left % right,
        };
        if result.is_finite() {
            Ok(Value::Double(result))
        } else {
            Err(EvalError::Arithmetic(self.symbol()))
        }
    }
}

/// `-value`.
pub(crate) fn negate<'a>(value: &Value<'a>) -> Result<Value<'a>, EvalError> {
    match value {
        Value::Int(number) => number
            .checked_neg()
            .map(Value::Int)
            .ok_or(EvalError::Arithmetic("`-`")),
        Value::Double(number) => Ok(Value::Double(-number)),
        odd => Err(EvalError::kind("`-`", odd.kind())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_numbers_and_fractions_compare_exactly() {
        let (large, next) = (Value::Int(i64::MAX), Value::Int(i64::MAX - 1));
        let fraction = Value::Double(i64::MAX as f64);
        assert!(!equal(&large, &fraction) && !equal(&next, &fraction));
        assert!(equal(&Value::Int(2), &Value::Double(2.0)));
        assert_eq!(
            compare(Comparison::Less, &Value::Int(2), &Value::Double(2.5)),
            Ok(true)
        );
        assert_eq!(
            compare(Comparison::Greater, &Value::Double(-2.5), &Value::Int(-3)),
            Ok(true)
        );
        assert!(compare(Comparison::Less, &Value::Double(f64::NAN), &Value::Int(0)).is_err());
    }

    #[test]
    fn order_blames_the_odd_operand() {
        let error = compare(Comparison::Less, &Value::Int(1), &Value::Null).unwrap_err();
        assert_eq!(error.to_string(), "`<` does not take null");
        let error = compare(Comparison::Less, &Value::Bool(true), &Value::Int(1)).unwrap_err();
        assert_eq!(error.to_string(), "`<` does not take a boolean");
    }

    proptest! {
        #[test]
        fn mixed_order_is_antisymmetric(whole: i64, fraction: f64) {
            let (whole, fraction) = (Value::Int(whole), Value::Double(fraction));
            prop_assert_eq!(numbers(&whole, &fraction), numbers(&fraction, &whole).map(Ordering::reverse));
        }

        #[test]
        fn arithmetic_never_panics(left: i64, right: i64) {
            for operator in [Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply, Arithmetic::Divide, Arithmetic::Remainder] {
                let _ = operator.apply(&Value::Int(left), &Value::Int(right));
            }
        }
    }
}
