//! Lists of lists, lists with repetitions, and lists that may be empty.

use expression::{Function, Value};

/// The functions on lists.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "distinct",
        parameters: &["list"],
        optional: 0,
        summary: "The elements of a list, each once; texts that differ in case only are one. An empty list for null.",
        example: "distinct(['a', 'A', 'b']) == ['a', 'b']",
        call: |arguments| {
            if arguments[0].is_null() {
                return Ok(Value::list(Vec::new()));
            }
            let elements = arguments[0].elements().ok_or("needs a list")?;
            let mut seen = std::collections::HashSet::new();
            let mut kept = Vec::new();
            for element in elements {
                let same = match &element {
                    Value::Text(text) => text.to_lowercase(),
                    other => format!("{} {}", other.kind(), other.to_json()),
                };
                if seen.insert(same) {
                    kept.push(element);
                }
            }
            Ok(Value::list(kept))
        },
    },
    Function {
        name: "flatten",
        parameters: &["list"],
        optional: 0,
        summary: "The elements of the lists in a list, one after the other; null counts as an empty list.",
        example: "flatten([[1, 2], [], [3]]) == [1, 2, 3]",
        call: |arguments| {
            if arguments[0].is_null() {
                return Ok(Value::list(Vec::new()));
            }
            let mut all = Vec::new();
            for list in arguments[0].elements().ok_or("needs a list")? {
                if list.is_null() {
                    continue;
                }
                all.extend(list.elements().ok_or("needs a list of lists")?);
            }
            Ok(Value::list(all))
        },
    },
    Function {
        name: "last",
        parameters: &["list"],
        optional: 0,
        summary: "The last element of a list; null for an empty list and for null.",
        example: "last('/subscriptions/1/resourceGroups/one'.split('/')) == 'one'",
        call: |arguments| {
            if arguments[0].is_null() {
                return Ok(Value::Null);
            }
            let elements = arguments[0].elements().ok_or("needs a list")?;
            Ok(elements.last().unwrap_or(Value::Null))
        },
    },
    Function {
        name: "or_whole",
        parameters: &["list", "whole"],
        optional: 0,
        summary: "The list, or one of only the second value when the list has nothing: in `each`, a finding for each thing to repair, or one that says that all is well.",
        example: "or_whole([], 'all') == ['all']",
        call: |arguments| {
            if arguments[0].size().unwrap_or(0) > 0 {
                return Ok(arguments[0].clone());
            }
            Ok(Value::list(vec![arguments[1].clone()]))
        },
    },
];

#[cfg(test)]
mod tests {
    use expression::{Bindings, Program};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn evaluate(text: &str, list: &Value) -> Result<Value, String> {
        let environment = super::super::environment();
        let program = Program::compile(&environment, text).map_err(|error| error.to_string())?;
        let mut bindings = Bindings::new();
        bindings.bind("list", list);
        let value = program
            .evaluate(&bindings)
            .map_err(|error| error.to_string())?;
        Ok(value.to_json().into_owned())
    }

    #[test]
    fn lists_become_one() {
        let nested = json!([["a"], null, [], ["b", ["c"]]]);
        assert_eq!(
            evaluate("flatten(list)", &nested),
            Ok(json!(["a", "b", ["c"]]))
        );
        assert_eq!(evaluate("flatten(list)", &json!(null)), Ok(json!([])));
        assert!(evaluate("flatten(list)", &json!(["a"])).is_err());
        assert!(evaluate("flatten(list)", &json!(1)).is_err());
    }

    #[test]
    fn the_last_element_is_there_or_null() {
        assert_eq!(evaluate("last(list)", &json!([1, 2])), Ok(json!(2)));
        for none in [json!([]), json!(null)] {
            assert_eq!(evaluate("last(list)", &none), Ok(json!(null)));
        }
        assert!(evaluate("last(list)", &json!("a")).is_err());
    }

    #[test]
    fn repetitions_go() {
        let list = json!(["/a", "/A", 1, 1, null, null, {"x": 1}, {"x": 1}]);
        assert_eq!(
            evaluate("distinct(list)", &list),
            Ok(json!(["/a", 1, null, {"x": 1}]))
        );
        assert_eq!(evaluate("distinct(list)", &json!(null)), Ok(json!([])));
        assert!(evaluate("distinct(list)", &json!("a")).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        #[test]
        fn distinct_keeps_one_of_each(words in prop::collection::vec("[a-cA-C]{1,2}", 0..12)) {
            let kept = evaluate("distinct(list)", &json!(words)).unwrap();
            let kept: Vec<String> = serde_json::from_value(kept).unwrap();
            for word in &words {
                prop_assert_eq!(kept.iter().filter(|other| other.eq_ignore_ascii_case(word)).count(), 1);
            }
            prop_assert_eq!(evaluate("distinct(list)", &json!(kept.clone())), Ok(json!(kept)));
        }
    }
}
