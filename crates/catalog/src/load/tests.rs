//! What files are read as, and what is refused.

use super::*;

fn error(text: &str) -> String {
    parse("x.yaml", text)
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default()
}

#[test]
fn children_take_over_version_and_scope_and_derive_their_permission() {
    let entries = parse(
        "x.yaml",
        "Contoso.Data/stores:\n  api_version: '2024-01-01'\n  children:\n    rules/current: { get: rules/current }\n",
    )
    .unwrap();
    let child = &entries[1];
    assert_eq!(child.name.as_str(), "Contoso.Data/stores/rules/current");
    assert_eq!(child.api_version.as_deref(), Some("2024-01-01"));
    assert_eq!(child.permission, "Contoso.Data/stores/rules/read");
    assert_eq!(child.shape, Shape::Single);
}

#[test]
fn what_is_wrong_is_said_with_the_file() {
    assert!(error("A/b:\n  api_version: x\n  lisst: y\n").contains("lisst"));
    assert!(error("A/b: {}\n").contains("api_version"));
    assert!(error("graph/x: { list: /v1.0/x }\n").contains("permission"));
    assert!(error("A/b: { api_version: x, list: /a, get: /b }\n").contains("exactly one"));
    assert!(error("A/b: { api_version: x, list: a }\n").contains("absolute"));
    assert!(error("A/b: { api_version: x, parent: A/c, list: /a }\n").contains("relative"));
    assert!(error("A/b: { api_version: x, parent: A/c, list: . }\n").contains("no list"));
    assert!(error("A/b: { api_version: x, redact: all }\n").contains("neither"));
    assert!(error("A/b: { api_version: x, redact: off }\n").contains("`redact: off`"));
    assert!(error("A/b: { api_version: x, when: '1 +' }\n").starts_with("x.yaml: A/b"));
}

#[test]
fn diagnostic_settings_are_one_word() {
    let entries = parse(
        "x.yaml",
        "Contoso.Data/stores: { api_version: '2024-01-01', diagnostic_settings: true }\n",
    )
    .unwrap();
    let child = &entries[1];
    assert_eq!(child.child_key(), Some("diagnosticSettings"));
    assert_eq!(
        child.permission,
        "Microsoft.Insights/diagnosticSettings/read"
    );
    assert_eq!(
        child.child_path("/s/x"),
        "/s/x/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview"
    );
    assert!(
        error("graph/x: { list: /v1.0/x, permission: P, diagnostic_settings: true }\n")
            .contains("only Azure")
    );
    assert!(
        error("A/b:\n  api_version: x\n  diagnostic_settings: true\n  children:\n    diagnosticSettings: { list: x }\n")
            .contains("exclude")
    );
}

#[test]
fn this_very_document_is_read_at_its_parents_path_by_its_parents_permission() {
    let entries = parse(
        "x.yaml",
        "A.B/cs:\n  api_version: v1\n  children:\n    alone: { get: '.?$expand=all', api_version: v2 }\n\
         graph/xs:\n  list: /v1.0/xs\n  permission: X.Read\n  children:\n    alone: { get: ., select: [id] }\n",
    )
    .unwrap();
    assert_eq!(
        entries[1].child_path("/s/A.B/cs/1"),
        "/s/A.B/cs/1?$expand=all&api-version=v2"
    );
    assert_eq!(entries[1].permission, "A.B/cs/read");
    assert_eq!(entries[3].child_path("/xs/1"), "/v1.0/xs/1?$select=id");
    assert_eq!(entries[3].permission, "X.Read");
}

#[test]
fn a_query_of_the_path_is_joined_with_the_rest_and_no_part_of_the_permission() {
    let entries = parse(
        "x.yaml",
        "A.B/cs:\n  api_version: v1\n  list: /subscriptions/{subscription}/providers/A.B/cs?$filter=atScope()\n  top: 5\n",
    )
    .unwrap();
    assert_eq!(
        entries[0].list_path(Some("s")),
        "/subscriptions/s/providers/A.B/cs?$filter=atScope()&api-version=v1&$top=5"
    );
    assert_eq!(
        entries[0].path,
        "/subscriptions/{subscription}/providers/A.B/cs"
    );
    assert_eq!(entries[0].permission, "A.B/cs/read");
}
