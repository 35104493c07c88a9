//! Reading documents that may lack anything.

use std::cmp::Ordering;

use serde_json::Value;

/// The member at `path` (names separated by dots); `Value::Null` when any step is missing. An
/// empty path is the value itself.
///
/// Azure spells its member names one way, except Resource Graph and a few old services, so names
/// are compared exactly first and without case second.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.')
        .filter(|name| !name.is_empty())
        .fold(value, member)
}

/// The member `name`, which may have dots in it (`@odata.type`).
pub(super) fn member<'a>(value: &'a Value, name: &str) -> &'a Value {
    let Some(object) = value.as_object() else {
        return &Value::Null;
    };
    if let Some(found) = object.get(name) {
        return found;
    }
    object
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map_or(&Value::Null, |(_, found)| found)
}

/// The text at `path`, trimmed; `None` when absent, not text, or blank.
pub(super) fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    at(value, path)
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// Whether the text at `path` is `expected`, without case.
pub(super) fn is(value: &Value, path: &str, expected: &str) -> bool {
    text(value, path).is_some_and(|text| text.eq_ignore_ascii_case(expected))
}

/// The items of a list, whether it comes bare or as a REST list `{"value": [...]}`.
pub(super) fn items(value: &Value) -> &[Value] {
    if let Some(list) = value.as_array() {
        return list;
    }
    at(value, "value").as_array().map_or(&[], Vec::as_slice)
}

/// The texts in the list at `path`. A lone text counts as a list of one, and commas separate, as
/// in Graph's multi-valued enums (`"internalGuest,b2bCollaborationGuest"`).
pub(super) fn texts<'a>(value: &'a Value, path: &str) -> Vec<&'a str> {
    let found = at(value, path);
    let list = match found {
        Value::String(_) => std::slice::from_ref(found),
        other => items(other),
    };
    list.iter()
        .filter_map(Value::as_str)
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect()
}

/// An id as a key to look things up by: ids compare without case.
pub(super) fn key(id: &str) -> String {
    id.trim().to_ascii_lowercase()
}

/// The order of two ids, without case.
fn order(left: &str, right: &str) -> Ordering {
    let left = left.bytes().map(|byte| byte.to_ascii_lowercase());
    left.cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// The document with that id in a list that is sorted by id without case, as the documents of a read are.
pub(super) fn in_order<'a>(list: &'a [Value], id: &str) -> Option<&'a Value> {
    let wanted = id.trim();
    if wanted.is_empty() {
        return None;
    }
    let order = |item: &Value| order(text(item, "id").unwrap_or_default(), wanted);
    list.get(list.binary_search_by(order).ok()?)
}

/// Whether a list is sorted by id without case, so that [`in_order`] finds what is in it.
pub(super) fn is_in_order(list: &[Value]) -> bool {
    list.is_sorted_by(|left, right| {
        let ids = [left, right].map(|item| text(item, "id").unwrap_or_default());
        order(ids[0], ids[1]).is_le()
    })
}

/// The document with that id in any list; at once if the list is sorted and has it.
pub(super) fn with_id<'a>(list: &'a [Value], id: &str) -> Option<&'a Value> {
    let anywhere = || list.iter().find(|item| is(item, "id", id.trim()));
    in_order(list, id).or_else(anywhere)
}

/// Whether `list` has `wanted`, without case.
pub(super) fn has(list: &[&str], wanted: &str) -> bool {
    list.iter().any(|item| item.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_missing_step_reads_as_null() {
        let document = json!({"properties": {"a": null, "b": "x"}});
        assert!(at(&document, "properties.a.b.c").is_null());
        assert!(at(&document, "properties.b.c").is_null());
        assert!(at(&Value::Null, "properties").is_null());
        assert!(at(&json!([1]), "properties").is_null());
        assert_eq!(at(&document, ""), &document);
    }

    #[test]
    fn member_names_match_without_case_when_none_matches_exactly() {
        let document = json!({"Properties": {"state": 1, "STATE": 2}});
        assert_eq!(at(&document, "properties.state"), 1);
        assert_eq!(at(&document, "properties.STATE"), 2);
    }

    #[test]
    fn a_document_is_found_in_any_order() {
        let list = json!([{"id": "C"}, {"id": "a"}, null, {"id": "B"}, {"id": null}]);
        for id in ["a", "A", " b ", "c"] {
            let found = with_id(items(&list), id).and_then(|item| text(item, "id"));
            assert!(
                found.is_some_and(|found| found.eq_ignore_ascii_case(id.trim())),
                "{id}"
            );
        }
        assert!(with_id(items(&list), "d").is_none());
        assert!(with_id(items(&list), " ").is_none());
        assert!(with_id(&[], "a").is_none());
    }

    #[test]
    fn order_is_told_without_case() {
        for (list, sorted) in [
            (json!([]), true),
            (
                json!([{"id": "a"}, {"id": "B"}, {"id": "b"}, {"id": "C"}]),
                true,
            ),
            (json!([{"id": "b"}, {"id": "A"}]), false),
            (json!([{"id": "a"}, null]), false),
        ] {
            assert_eq!(is_in_order(items(&list)), sorted, "{list}");
        }
    }

    #[test]
    fn blank_text_is_absent() {
        let document = json!({"a": "  ", "b": " x ", "c": 4});
        assert_eq!(text(&document, "a"), None);
        assert_eq!(text(&document, "b"), Some("x"));
        assert_eq!(text(&document, "c"), None);
        assert!(is(&document, "b", "X"));
    }

    #[test]
    fn lists_come_bare_in_a_page_or_as_one_text() {
        assert_eq!(items(&json!([1, 2])).len(), 2);
        assert_eq!(items(&json!({"value": [1]})).len(), 1);
        assert!(items(&Value::Null).is_empty());
        let document = json!({"a": "x, y", "b": ["z", null, 3, ""], "c": null});
        assert_eq!(texts(&document, "a"), ["x", "y"]);
        assert_eq!(texts(&document, "b"), ["z"]);
        assert!(texts(&document, "c").is_empty());
        assert!(has(&["All"], "all"));
    }
}
