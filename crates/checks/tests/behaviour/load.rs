//! Loading: what the form and the language refuse, with the place.

use crate::check_text::{CheckText, library};
use checks::{Library, Selection, Severity};

/// What is said of a text that does not load.
#[track_caller]
fn refusal(check: &CheckText) -> String {
    match Library::of_text("storage", "x", &check.text()) {
        Ok(_) => panic!("this should not load:\n{}", check.text()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn unknown_keys_have_a_place_and_a_hint() {
    let error = refusal(&CheckText::storage().with("titel", "titel: x"));
    assert!(error.starts_with("storage/x.yaml:"), "{error}");
    assert!(
        error.contains("unknown key `titel`\n  hint: did you mean `title`?"),
        "{error}"
    );
    let error = refusal(&CheckText::storage().with("message", "message: { pass: a, fial: b }"));
    assert!(error.contains("did you mean `fail`?"), "{error}");
    let error = refusal(&CheckText::storage().with("tests", "tests: [{ passes: {} }]"));
    assert!(error.contains("unknown key `passes`"), "{error}");
}

#[test]
fn missing_keys_and_unknown_words() {
    assert!(refusal(&CheckText::storage().with("risk", "")).contains("the key `risk` is missing"));
    let error = refusal(&CheckText::storage().with("severity", "severity: severe"));
    assert!(
        error.contains("storage/x.yaml:2:11: unknown word `severe`"),
        "{error}"
    );
    assert!(error.contains("one of informational, low"), "{error}");
    let error = refusal(&CheckText::storage().with("with", "with: { a: { raed: b } }"));
    assert!(error.contains("a document type, or { read:"), "{error}");
}

#[test]
fn yaml_that_is_none() {
    assert!(refusal(&CheckText::storage().with("title", "title: [")).contains("storage/x.yaml:"));
    assert!(refusal(&CheckText::storage().with("extra", "title: twice")).contains("title"));
}

#[test]
fn every_expression_that_does_not_compile_is_named() {
    let error = refusal(
        &CheckText::storage()
            .with("pass", "pass: resource.kind == ]")
            .with("when", "when: sise(resource) > 0")
            .with("message", "message: { pass: '{{ 1 + }}', fail: '{{ x' }"),
    );
    assert!(
        error.contains("storage/x.yaml:6:24: expression: "),
        "{error}"
    );
    assert!(error.contains("did you mean `size`?"), "{error}");
    assert_eq!(error.matches("template: ").count(), 2, "{error}");
}

#[test]
fn a_test_has_one_document_under_one_expectation() {
    for tests in ["[{ why: x }]", "[{ pass: {}, fail: {} }]"] {
        assert!(
            refusal(&CheckText::storage().with("tests", &format!("tests: {tests}")))
                .contains("exactly one")
        );
    }
    assert!(
        refusal(&CheckText::storage().with("tests", "tests: [{ pass: text }]"))
            .contains("is an object")
    );
}

#[test]
fn a_folder_adds_replaces_and_keeps_ids_unique() {
    let folder = tempfile::tempdir().unwrap();
    let file = |service: &str, id: &str, text: &str| {
        let path = folder.path().join("checks").join(service);
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join(format!("{id}.yaml")), text).unwrap();
    };
    let builtin = Library::builtin().unwrap();
    let known = &builtin.checks()[0].id;
    file("own", "own_check", &CheckText::storage().text());
    file("own", known, &CheckText::storage().text());
    file("own", "notes", "");
    std::fs::rename(
        folder.path().join("checks/own/notes.yaml"),
        folder.path().join("checks/own/notes.md"),
    )
    .unwrap();
    let both = builtin.clone().overlay(folder.path()).unwrap();
    assert_eq!(both.checks().len(), builtin.checks().len() + 1);
    assert_eq!(both.check(known).unwrap().title, "Takes only HTTPS");
    assert_eq!(both.check("own_check").unwrap().service, "own");

    file("other", "own_check", &CheckText::storage().text());
    let error = Library::folder(folder.path()).unwrap_err().to_string();
    assert!(error.contains("the id `own_check` is taken by"), "{error}");
}

#[test]
fn a_folder_without_checks_adds_none() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Library::folder(folder.path()).unwrap().checks().is_empty());
}

fn sample() -> Library {
    let high = CheckText::storage();
    let low = CheckText::storage()
        .with("severity", "severity: low")
        .with("categories", "categories: [logging]");
    library(&[("storage_https", &high), ("storage_logs", &low)])
}

fn selected(selection: Selection) -> Result<Vec<String>, String> {
    let library = sample();
    let checks = selection
        .apply(&library)
        .map_err(|error| format!("{error} [{}]", error.hint.as_deref().unwrap_or_default()))?;
    Ok(checks.iter().map(|check| check.id.clone()).collect())
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

#[test]
fn everything_is_selected_unless_something_is_asked_for() {
    assert_eq!(
        selected(Selection::default()),
        Ok(texts(&["storage_https", "storage_logs"]))
    );
    let by_check = Selection {
        checks: texts(&["*_logs"]),
        ..Selection::default()
    };
    assert_eq!(selected(by_check), Ok(texts(&["storage_logs"])));
    let excluded = Selection {
        exclude: texts(&["storage_l*"]),
        ..Selection::default()
    };
    assert_eq!(selected(excluded), Ok(texts(&["storage_https"])));
    let by_words = Selection {
        services: texts(&["Storage"]),
        categories: texts(&["logging"]),
        severities: vec![Severity::Low],
        ..Selection::default()
    };
    assert_eq!(selected(by_words), Ok(texts(&["storage_logs"])));
}

#[test]
fn what_matches_nothing_is_an_error_with_a_hint() {
    let error = |selection| selected(selection).unwrap_err();
    let of = |checks: &[&str]| Selection {
        checks: texts(checks),
        ..Selection::default()
    };
    assert_eq!(
        error(of(&["storage_htps"])),
        "no check matches `storage_htps` [did you mean `storage_https`?]"
    );
    assert_eq!(
        error(of(&["*blob_logs*"])),
        "no check matches `*blob_logs*` [near: storage_logs]"
    );
    assert!(error(of(&["zzz"])).contains("checks list"));
    let excluded = Selection {
        exclude: texts(&["nothing*"]),
        ..Selection::default()
    };
    assert!(error(excluded).starts_with("no check matches `nothing*`"));
    let service = Selection {
        services: texts(&["storag"]),
        ..Selection::default()
    };
    assert_eq!(
        error(service),
        "no service matches `storag` [did you mean `storage`?]"
    );
    let pattern = Selection {
        services: texts(&["storge_*"]),
        ..Selection::default()
    };
    assert_eq!(
        error(pattern),
        "no service matches `storge_*` [did you mean `storage`?]"
    );
    let category = Selection {
        categories: texts(&["log"]),
        ..Selection::default()
    };
    assert!(error(category).starts_with("no category matches `log`"));
    let none = Selection {
        checks: texts(&["storage_https"]),
        severities: vec![Severity::Low],
        ..Selection::default()
    };
    assert!(error(none).starts_with("no check is selected"));
}

#[test]
fn a_misspelt_pattern_is_put_right() {
    let hint = |pattern: &str| {
        let selection = Selection {
            checks: texts(&[pattern]),
            ..Selection::default()
        };
        selection.apply(&sample()).unwrap_err().hint.unwrap()
    };
    for (pattern, meant) in [
        ("storge_*", "did you mean `storage_*`?"),
        ("storagee_*", "did you mean `storage_*`?"),
        ("stroage_*s", "did you mean `storage_*s`?"),
        ("STORGE_*", "did you mean `storage_*`?"),
        ("storge_lo?s", "did you mean `storage_lo?s`?"),
        ("storage_htp*", "did you mean `storage_ht*`?"),
        ("storge", "did you mean the service `storage`?"),
        ("*storge*", "did you mean the service `storage`?"),
        ("zzzzzz_*", "`checks list` shows all of them"),
        ("?", "`checks list` shows all of them"),
    ] {
        assert_eq!(hint(pattern), meant, "{pattern}");
    }
}

#[test]
fn words_that_yaml_1_2_does_not_call_booleans_stay_text() {
    let library = CheckText::storage()
        .with(
            "params",
            "params: { allowed: [off, no, Yes, on, y], flag: true }",
        )
        .with(
            "tests",
            "tests: [{ pass: { properties: { a: off, b: false } } }]",
        )
        .library();
    let check = &library.checks()[0];
    assert_eq!(
        serde_json::Value::Object(check.params.clone()),
        serde_json::json!({ "allowed": ["off", "no", "Yes", "on", "y"], "flag": true })
    );
    assert_eq!(
        check.tests[0].resource,
        serde_json::json!({ "properties": { "a": "off", "b": false } })
    );
}
