//! How a compiled expression is written: nodes that are written alike have the same value wherever they stand.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::node::Node;
use crate::quantifier::{Kind, Quantifier};
use crate::sharing::SharedNode;

/// A node as one whose value is shared, with how it is written; the node as it was when it depends on a quantifier
/// around it. `level` is the number of those.
pub(crate) fn shared(node: Node, level: usize) -> Node {
    let mut speller = Speller {
        level,
        text: String::new(),
        variables: BTreeSet::new(),
        is_bound_outside: false,
    };
    speller.node(&node);
    if speller.is_bound_outside || speller.variables.is_empty() {
        return node;
    }
    let variables = speller.variables.into_iter().map(Box::from).collect();
    let spelling = speller.text.into();
    let may_last = match &node {
        Node::Quantify(quantifier) => !matches!(quantifier.kind, Kind::Filter | Kind::Map),
        _ => true,
    };
    Node::Shared(Box::new(SharedNode {
        spelling,
        variables,
        may_last,
        node,
    }))
}

struct Speller<'n> {
    level: usize,
    text: String,
    variables: BTreeSet<&'n str>,
    is_bound_outside: bool,
}

impl<'n> Speller<'n> {
    fn node(&mut self, node: &'n Node) {
        match node {
            Node::Null => self.put("null"),
            Node::Bool(flag) => self.put(flag),
            Node::Int(number) => self.put(number),
            Node::Double(number) => self.put(format_args!("{number:?}")),
            Node::Text(text) => self.put(format_args!("{text:?}")),
            Node::Variable(name) => {
                self.variables.insert(name);
                self.put(name);
            }
            Node::Local(depth) => match depth.checked_sub(self.level) {
                // By its distance, not its name, which says nothing.
                Some(distance) => self.put(format_args!("${distance}")),
                None => self.is_bound_outside = true,
            },
            Node::Member(owner, name) => {
                self.node(owner);
                self.put(format_args!(".{name:?}"));
            }
            Node::Index(owner, index) => self.call("[]", [&**owner, &**index]),
            Node::Has(value) => self.call("has", [&**value]),
            Node::Not(value) => self.call("!", [&**value]),
            Node::Negate(value) => self.call("-", [&**value]),
            Node::And(terms) => self.call("&&", terms),
            Node::Or(terms) => self.call("||", terms),
            Node::Conditional(parts) => self.call("?:", parts.iter()),
            Node::Equal(sides) => self.call("==", sides.iter()),
            Node::NotEqual(sides) => self.call("!=", sides.iter()),
            Node::Compare(comparison, sides) => self.call(comparison.symbol(), sides.iter()),
            Node::In(sides) => self.call("in", sides.iter()),
            Node::Arithmetic(operator, sides) => self.call(operator.symbol(), sides.iter()),
            Node::List(items) => self.call("list", items),
            Node::Map(entries) => {
                let entries = entries.iter();
                self.call("map", entries.flat_map(|(key, value)| [key, value]));
            }
            Node::Quantify(quantifier) => self.quantifier(quantifier),
            Node::Matches(text, pattern) => {
                self.call("matches", [&**text]);
                self.put(format_args!("{:?}", pattern.as_str()));
            }
            Node::Call(function, arguments) => self.call(function.name, arguments),
            Node::Shared(shared) => self.node(&shared.node),
        }
    }

    fn quantifier(&mut self, quantifier: &'n Quantifier) {
        let parts = [&quantifier.condition, &quantifier.transform];
        self.call(quantifier.kind.name(), [&quantifier.range]);
        for part in parts {
            // A `map` may lack the condition: the places of the two must not be taken for each other.
            self.call(";", part);
        }
    }

    fn call(&mut self, name: &str, arguments: impl IntoIterator<Item = &'n Node>) {
        self.put(format_args!("{name}("));
        for argument in arguments {
            self.node(argument);
            self.put(",");
        }
        self.put(")");
    }

    fn put(&mut self, part: impl std::fmt::Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{part}");
    }
}
