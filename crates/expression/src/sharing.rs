//! Values that several expressions about one document ask for, computed once.
//!
//! A check asks the same thing in `manual`, in `pass`, in its message and in its evidence. Quantifiers and the functions
//! that were added to the language are worth keeping; members and operators are cheaper to evaluate than to look up.

use std::cell::RefCell;
use std::rc::Rc;

use crate::node::Node;
use crate::{EvalError, Value};

/// A node whose value does not depend on the quantifiers around it.
#[derive(Debug, Clone)]
pub(crate) struct SharedNode {
    /// How it is written: what is written alike has the same value.
    pub(crate) spelling: Box<str>,
    /// The names it reads.
    pub(crate) variables: Box<[Box<str>]>,
    /// Whether its value is worth keeping beyond one document: not a choice from a list, which would be a copy.
    pub(crate) may_last: bool,
    pub(crate) node: Node,
}

/// What was computed so far with some bindings.
#[derive(Debug, Default)]
pub(crate) struct Shared<'a> {
    values: RefCell<Vec<Kept<'a>>>,
    /// The bindings that these extend, and the name that they add.
    outer: Option<(Rc<Shared<'a>>, &'a str)>,
}

/// How it is written, and what came of it.
type Kept<'a> = (&'a str, Result<Value<'a>, EvalError>);

impl<'a> Shared<'a> {
    /// What is computed with one name more; what does not read the name is shared with these bindings.
    pub(crate) fn extended(self: &Rc<Self>, name: &'a str) -> Self {
        Self {
            values: RefCell::default(),
            outer: Some((Rc::clone(self), name)),
        }
    }

    /// Whether nothing was computed yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.borrow().is_empty()
    }

    /// The value of a node, which is computed unless it was before.
    pub(crate) fn value(
        &self,
        node: &'a SharedNode,
        compute: impl FnOnce() -> Result<Value<'a>, EvalError>,
    ) -> Result<Value<'a>, EvalError> {
        let mut keeper = self;
        while let Some((outer, name)) = &keeper.outer
            && !node.variables.iter().any(|variable| **variable == **name)
        {
            keeper = outer;
        }
        let known = |kept: &&Kept<'a>| *kept.0 == *node.spelling;
        if let Some((_, value)) = keeper.values.borrow().iter().find(known) {
            return value.clone();
        }
        let value = compute();
        let kept = (&*node.spelling, value.clone());
        keeper.values.borrow_mut().push(kept);
        value
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;
    use serde_json::json;

    use crate::{Bindings, Environment, Function, Lasting, Program, Value};

    thread_local! {
        static CALLS: Cell<usize> = const { Cell::new(0) };
    }

    /// The language with a function that counts its calls.
    fn environment() -> Environment {
        let mut environment = Environment::standard();
        environment.register(Function {
            name: "counted",
            parameters: &["value"],
            optional: 0,
            summary: "The value.",
            example: "counted(1) == 1",
            call: |arguments| {
                CALLS.with(|calls| calls.set(calls.get() + 1));
                match arguments[0].is_null() {
                    true => Err("needs a value".to_owned()),
                    false => Ok(arguments[0].clone()),
                }
            },
        });
        environment
    }

    fn calls_of(work: impl FnOnce()) -> usize {
        CALLS.with(|calls| calls.set(0));
        work();
        CALLS.with(Cell::get)
    }

    fn program(source: &str) -> Program {
        Program::compile(&environment(), source).unwrap()
    }

    #[test]
    fn programs_with_the_same_bindings_share_what_is_written_alike() {
        let document = json!({ "a": 1, "b": 2 });
        let programs = [
            "counted(r.a) == 1",
            "2 > counted( r.a )",
            "counted(r.b) == 2",
        ]
        .map(program);
        let mut bindings = Bindings::new();
        bindings.bind("r", &document);
        let calls = calls_of(|| {
            for program in programs.iter().chain(&programs) {
                assert_eq!(program.bool(&bindings), Ok(true));
            }
        });
        assert_eq!(calls, 2);
    }

    #[test]
    fn what_does_not_depend_on_the_element_is_computed_once() {
        let document = json!({ "a": 1, "list": [1, 2, 3] });
        let mut bindings = Bindings::new();
        bindings.bind("r", &document);
        let (outside, inside) = (
            program("r.list.filter(x, x >= counted(r.a))"),
            program("r.list.filter(x, counted(x) >= 1)"),
        );
        assert_eq!(calls_of(|| assert!(outside.evaluate(&bindings).is_ok())), 1);
        assert_eq!(calls_of(|| assert!(inside.evaluate(&bindings).is_ok())), 3);
    }

    #[test]
    fn the_same_element_of_another_quantifier_is_another() {
        let document = json!({ "one": [[1], [2]], "two": [[3], [2]] });
        let mut bindings = Bindings::new();
        bindings.bind("r", &document);
        let nested =
            program("r.one.all(x, x.exists(y, y < 3)) && r.two.all(x, x.exists(y, y < 3))");
        assert_eq!(nested.bool(&bindings), Ok(false));
        let alike = program(
            "r.one.map(x, x.map(y, y)) == r.one.map(a, a.map(b, b)) && r.two.map(x, x.map(y, y)) != r.one",
        );
        assert_eq!(alike.bool(&bindings), Ok(true));
    }

    #[test]
    fn errors_are_kept_too() {
        let document = json!({});
        let mut bindings = Bindings::new();
        bindings.bind("r", &document);
        let program = program("counted(r.none)");
        let calls = calls_of(|| {
            assert!(program.evaluate(&bindings).is_err());
            assert_eq!(
                program.evaluate(&bindings).unwrap_err().to_string(),
                "counted: needs a value"
            );
        });
        assert_eq!(calls, 1);
    }

    #[test]
    fn items_share_what_is_not_about_them() {
        let document = json!({ "a": 1, "items": [1, 2, 3] });
        let mut bindings = Bindings::new();
        bindings.bind("r", &document);
        let (whole, own) = (
            program("counted(r.a) <= item"),
            program("counted(item) >= 1"),
        );
        let calls = calls_of(|| {
            for item in document["items"].as_array().unwrap() {
                let bindings = bindings.with("item", Value::from(item));
                for program in [&whole, &own, &whole, &own] {
                    assert_eq!(program.bool(&bindings), Ok(true));
                }
            }
        });
        assert_eq!(calls, 1 + 3);
    }

    #[test]
    fn a_name_that_is_bound_anew_is_computed_anew() {
        let (first, second) = (json!(1), json!(2));
        let program = program("counted(x)");
        let mut bindings = Bindings::new();
        bindings.bind("x", &first);
        assert_eq!(program.evaluate(&bindings), Ok(Value::Int(1)));
        bindings.bind("x", &second);
        assert_eq!(program.evaluate(&bindings), Ok(Value::Int(2)));
        assert_eq!(
            program.evaluate(&bindings.with("x", Value::Int(3))),
            Ok(Value::Int(3))
        );
    }

    #[test]
    fn what_lasting_documents_give_outlasts_the_bindings() {
        let (list, other) = (json!([1, 2]), json!([1, 2]));
        let lasting = Lasting::new();
        let programs = ["size(counted(list)) > r", "r < size(counted(list))"].map(program);
        let ask = |list: &serde_json::Value| {
            calls_of(|| {
                for resource in [json!(0), json!(1)] {
                    let mut bindings = Bindings::new();
                    bindings
                        .keep_in(&lasting)
                        .bind_lasting("list", list)
                        .bind("r", &resource);
                    for program in &programs {
                        assert_eq!(program.bool(&bindings), Ok(true));
                    }
                }
            })
        };
        assert_eq!((ask(&list), ask(&list), ask(&other)), (1, 0, 1));
    }

    #[test]
    fn what_reads_more_than_lasting_documents_does_not_last() {
        let list = json!([1, 2]);
        let lasting = Lasting::new();
        let program = program("counted(list).exists(x, x == counted(r))");
        let mut calls = Vec::new();
        for resource in [json!(1), json!(3)] {
            let mut bindings = Bindings::new();
            bindings
                .keep_in(&lasting)
                .bind_lasting("list", &list)
                .bind("r", &resource);
            calls.push(calls_of(|| {
                assert_eq!(program.bool(&bindings), Ok(resource == json!(1)));
            }));
        }
        assert_eq!(calls, [2, 1]);
    }

    proptest! {
        #[test]
        fn sharing_changes_no_value(
            picks in prop::collection::vec(0_usize..6, 1..8),
            list in prop::collection::vec(0_i64..4, 0..4),
            number in 0_i64..4,
        ) {
            let sources = [
                "r.list.exists(x, x == counted(r.n))",
                "r.list.all(x, r.list.exists(y, y >= x && y < r.n))",
                "size(r.list.filter(x, counted(x) > 1)) > r.n",
                "r.list.map(x, x + 1) == r.list.map(x, counted(x) + r.n)",
                "r.list.exists(x, r.list.filter(y, y != x).all(z, z > x))",
                "counted(r.list.filter(x, x > r.n)) == []",
            ];
            let document = json!({ "list": list, "n": number });
            let mut shared = Bindings::new();
            shared.bind("r", &document);
            let kept = Lasting::new();
            let mut lasting = Bindings::new();
            lasting.keep_in(&kept).bind_lasting("r", &document);
            let programs: Vec<Program> = picks.iter().map(|pick| program(sources[*pick])).collect();
            for program in &programs {
                let mut alone = Bindings::new();
                alone.bind("r", &document);
                prop_assert_eq!(program.bool(&shared), program.bool(&alone));
                prop_assert_eq!(program.bool(&lasting), program.bool(&alone));
            }
        }
    }
}
