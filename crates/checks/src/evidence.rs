//! Evidence: the property values that decided.

use std::collections::BTreeMap;

use expression::{Bindings, MemberPath, Step, Value as Operand};
use serde_json::{Map, Value};

use crate::Check;

/// The longest text shown whole, in characters.
const TEXT: usize = 300;
/// The longest list and object shown whole.
const ITEMS: usize = 10;
/// How deep objects are shown.
const DEPTH: usize = 4;

/// The paths that decide, each with its label: what a check shows that names no evidence of its own.
pub(crate) type Shown = Vec<(String, MemberPath)>;

/// What a check shows without evidence of its own. Its expressions are compiled for it.
pub(crate) fn shown(check: &Check) -> Shown {
    let paths = check.deciding_paths().into_iter();
    let shown = paths.filter(|path| path.is_single() && path.root != "settings");
    shown.map(|path| (label(path), path.clone())).collect()
}

/// The values of a check's evidence, or of the paths that decided, each short enough to be read.
pub(crate) fn collect<'a>(
    check: &'a Check,
    shown: impl FnOnce() -> &'a Shown,
    bindings: &Bindings<'a>,
) -> BTreeMap<String, Value> {
    if !check.evidence.is_empty() {
        let labelled = check.evidence.iter().filter_map(|(label, program)| {
            let value = program.evaluate(bindings).ok()?;
            Some((label.clone(), shortened(&value.to_json(), DEPTH)))
        });
        return labelled.collect();
    }
    let shown = shown().iter();
    shown
        .filter_map(|(label, path)| Some((label.clone(), at(path, bindings)?)))
        .collect()
}

/// A path as evidence names it: members of the resource without its name.
fn label(path: &MemberPath) -> String {
    let whole = path.to_string();
    whole
        .strip_prefix("resource.")
        .map(str::to_owned)
        .unwrap_or(whole)
}

/// The value at a path. Of a whole list only its length is evidence, a whole document is none.
fn at(path: &MemberPath, bindings: &Bindings<'_>) -> Option<Value> {
    let mut value = bindings.get(&path.root)?.clone();
    for step in &path.steps {
        let Step::Member(name) = step else {
            return None;
        };
        value = value.member(name);
    }
    match (&value, path.steps.is_empty()) {
        (Operand::Object(_) | Operand::Map(_), true) => None,
        (Operand::Array(_) | Operand::List(_), true) => {
            Some(counted(value.size().unwrap_or(0), "item"))
        }
        _ => Some(shortened(&value.to_json(), DEPTH)),
    }
}

/// How many there are, in words.
fn counted(count: usize, noun: &str) -> Value {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}").into()
}

/// A value cut to a length that fits a report, with a note of what was left out.
fn shortened(value: &Value, depth: usize) -> Value {
    match value {
        Value::String(text) => match text.char_indices().nth(TEXT) {
            None => value.clone(),
            Some((end, _)) => {
                format!("{}… ({} characters)", &text[..end], text.chars().count()).into()
            }
        },
        Value::Array(items) if depth == 0 => counted(items.len(), "item"),
        Value::Object(members) if depth == 0 => counted(members.len(), "member"),
        Value::Array(items) => {
            let mut kept: Vec<Value> = items
                .iter()
                .take(ITEMS)
                .map(|item| shortened(item, depth - 1))
                .collect();
            if items.len() > ITEMS {
                kept.push(format!("… and {} more", items.len() - ITEMS).into());
            }
            Value::Array(kept)
        }
        Value::Object(members) => {
            let kept = members
                .iter()
                .take(ITEMS)
                .map(|(name, member)| (name.clone(), shortened(member, depth - 1)));
            let mut kept: Map<String, Value> = kept.collect();
            if members.len() > ITEMS {
                kept.insert(
                    "…".to_owned(),
                    format!("and {} more", members.len() - ITEMS).into(),
                );
            }
            Value::Object(kept)
        }
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn long_values_are_cut_with_a_note() {
        let text = shortened(&json!("ä".repeat(500)), DEPTH);
        assert!(text.as_str().unwrap().ends_with("… (500 characters)"));
        let list = shortened(&json!((0..25).collect::<Vec<_>>()), DEPTH);
        assert_eq!(list.as_array().unwrap().len(), 11);
        assert_eq!(list[10], "… and 15 more");
        let object: Map<String, Value> = (0..12).map(|n| (n.to_string(), json!(n))).collect();
        assert_eq!(shortened(&Value::Object(object), DEPTH)["…"], "and 2 more");
        assert_eq!(
            shortened(&json!([[[[[1, 2]]]]]), DEPTH),
            json!([[[["2 items"]]]])
        );
        assert_eq!(
            shortened(&json!({ "a": null }), DEPTH),
            json!({ "a": null })
        );
    }

    proptest! {
        #[test]
        fn cutting_never_panics_and_keeps_short_text(text in ".{0,40}") {
            prop_assert_eq!(shortened(&json!(text), DEPTH), json!(text));
        }
    }
}
