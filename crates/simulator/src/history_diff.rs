//! What differs between two states of a document, property by property.

use serde_json::Value;

/// One property that differs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Difference {
    /// Such as `properties.networkAcls.ipRules[0].value`.
    pub(crate) path: String,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// Every single value that differs, in the order of the document.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(String::new(), Some(before), Some(after), &mut found);
    found
}

fn walk(path: String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    let nested = [before, after].into_iter().flatten();
    let (objects, arrays) = nested.fold((false, false), |(objects, arrays), value| {
        (objects || value.is_object(), arrays || value.is_array())
    });
    if objects && !arrays {
        for name in names(before, after) {
            let member = |value: Option<&Value>| value.and_then(|value| value.get(&name)).cloned();
            let below = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            walk(
                below,
                member(before).as_ref(),
                member(after).as_ref(),
                found,
            );
        }
    } else if arrays && !objects {
        let length = |value: Option<&Value>| value.and_then(Value::as_array).map_or(0, Vec::len);
        for at in 0..length(before).max(length(after)) {
            let item = |value: Option<&Value>| value.and_then(|value| value.get(at)).cloned();
            let below = format!("{path}[{at}]");
            walk(below, item(before).as_ref(), item(after).as_ref(), found);
        }
    } else {
        found.push(Difference {
            path,
            before: before.cloned(),
            after: after.cloned(),
        });
    }
}

fn names(before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for members in [before, after]
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
    {
        for name in members.keys() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paths(before: &Value, after: &Value) -> Vec<String> {
        let found = differences(before, after);
        found.into_iter().map(|one| one.path).collect()
    }

    #[test]
    fn single_values_are_named_by_their_path() {
        let before = json!({"name": "n", "properties": {"a": 1, "gone": true, "list": [{"x": 1}]}});
        let after = json!({"name": "n", "properties": {"a": 2, "list": [{"x": 1}, "y"]}, "tags": {"t": "v"}});
        assert_eq!(
            paths(&before, &after),
            [
                "properties.a",
                "properties.gone",
                "properties.list[1]",
                "tags.t"
            ]
        );
    }

    #[test]
    fn what_changes_its_kind_is_one_difference() {
        let found = differences(&json!({"a": {"b": 1}}), &json!({"a": [1]}));
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].path.as_str(), &found[0].after),
            ("a", &Some(json!([1])))
        );
        assert!(paths(&json!({"a": 1}), &json!({"a": 1})).is_empty());
        assert_eq!(paths(&json!({"a": null}), &json!({"a": {"b": 1}})), ["a.b"]);
    }
}
