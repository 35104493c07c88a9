//! Each defect is found, and the built-in catalogue has none.

use super::*;

/// The defects of a content folder's own entries.
fn defects(catalog: &str, shapes: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (kind, text) in [("catalog", catalog), ("shapes", shapes)] {
        std::fs::create_dir(folder.path().join(kind)).unwrap();
        std::fs::write(folder.path().join(kind).join("own.yaml"), text).unwrap();
    }
    let catalog = Catalog::builtin().unwrap().overlay(folder.path()).unwrap();
    lint(&catalog)
        .iter()
        .filter(|defect| defect.entry.key().contains("contoso"))
        .map(ToString::to_string)
        .collect()
}

fn only(catalog: &str, expected: &str) {
    let found = defects(
        catalog,
        "Contoso.A/bs: { documented: [kind, properties.mode] }\n",
    );
    assert!(found.len() == 1 && found[0].contains(expected), "{found:?}");
}

#[test]
fn the_builtin_catalogue_has_no_defects() {
    let found: Vec<String> = lint(&Catalog::builtin().unwrap())
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn an_own_type_needs_no_shape() {
    assert!(defects("Contoso.New/types: { api_version: '2024-01-01' }\n", "{}\n").is_empty());
}

#[test]
fn versions_are_dates() {
    only("Contoso.A/bs: { api_version: 2024-13-01 }\n", "api-version");
    only(
        "Contoso.A/bs: { api_version: 2024-01-01-beta }\n",
        "api-version",
    );
    assert!(is_version("2021-05-01-preview"));
    assert!(!is_version("latest"));
    assert!(!is_version("2024-1-01"));
}

#[test]
fn pages_are_no_larger_than_any_service_gives() {
    only(
        "Contoso.A/bs: { api_version: 2024-01-01, top: 1000 }\n",
        "`top`",
    );
    only(
        "Contoso.A/bs: { api_version: 2024-01-01, select: [id] }\n",
        "`select`",
    );
}

#[test]
fn a_path_is_written_as_it_is_sent() {
    only(
        "Contoso.A/bs: { api_version: 2024-01-01, list: \"/providers/Contoso.A/bs?$filter=a eq b\" }\n",
        "percent",
    );
}

#[test]
fn tables_are_those_that_exist() {
    only(
        "Contoso.A/bs: { api_version: 2024-01-01, resource_graph: resource }\n",
        "no table",
    );
}

#[test]
fn a_condition_reads_what_its_parent_has() {
    let child = |keys: &str, when: &str| {
        format!(
            "Contoso.A/bs:\n  api_version: 2024-01-01\n{keys}  children:\n    cs: {{ list: cs, when: '{when}' }}\n"
        )
    };
    only(
        &child("", "resource.properties.mood == \"x\""),
        "no known Contoso.A/bs has",
    );
    only(&child("", "item.mode"), "knows no `item`");
    let shapes = "Contoso.A/bs: { documented: [kind, etag] }\n";
    let row = child("  resource_graph: resources\n", "resource.etag == \"1\"");
    assert!(defects(&row, shapes)[0].contains("does not carry"));
    assert!(defects(&child("", "resource.kind == \"x\""), shapes).is_empty());
    only(
        "Contoso.A/bs: { api_version: 2024-01-01, when: 'resource.kind == \"x\"' }\n",
        "there is none",
    );
}

#[test]
fn a_condition_on_what_is_not_selected_is_always_false() {
    let text = "graph/contoso:\n  list: /v1.0/contoso\n  permission: P\n  select: [id]\n  children:\n    a: { list: a, permission: P, when: resource.kind == 1 }\n";
    assert!(defects(text, "{}\n")[0].contains("does not select"));
}

#[test]
fn no_read_asks_for_the_right_to_write() {
    let text = "graph/contoso: { list: /v1.0/contoso, permission: Policy.ReadWrite.All }\n";
    assert!(defects(text, "{}\n")[0].contains("more than reading needs"));
}

#[test]
fn what_is_redacted_exists() {
    only(
        "Contoso.A/bs: { api_version: 2024-01-01, redact: [properties.mdoe] }\n",
        "to redact",
    );
}

#[test]
fn no_read_has_two_names_and_no_child_lacks_its_parent() {
    let found = defects(
        "Contoso.A/bs:\n  api_version: 2024-01-01\n  children:\n    x: { list: xs }\n    y: { list: XS }\n",
        "{}\n",
    );
    assert!(
        found.len() == 1 && found[0].contains("the same read as"),
        "{found:?}"
    );
    only(
        "Contoso.A/bs: { api_version: 2024-01-01, parent: Contoso.A/as, list: bs }\n",
        "parent Contoso.A/as",
    );
}
