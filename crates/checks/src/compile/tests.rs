//! Loading at once and on use.

use std::convert::Infallible;

use catalog::{Catalog, Document, Scope};
use serde_json::json;

use super::*;
use crate::{Evaluator, Memory, Reason, Settings, content};

#[test]
fn builtin_files_are_the_same_compiled_at_once_and_on_use() {
    let environment = functions::shared();
    for source in content::builtin() {
        let whole =
            compile(&environment, &source).unwrap_or_else(|diagnostics| panic!("{diagnostics:?}"));
        let on_use = compile_on_use(&environment, &source).unwrap();
        assert_eq!(on_use.places, whole.places, "{}", source.file);
        assert_eq!(*on_use.tests, *whole.tests, "{}", source.file);
        assert_eq!(on_use.params, whole.params, "{}", source.file);
        assert_eq!(on_use.reads, whole.reads, "{}", source.file);
        assert_eq!(on_use.categories, whole.categories, "{}", source.file);
        assert!(
            on_use.deciding_paths() == whole.deciding_paths(),
            "{}",
            source.file
        );
        let parts = |check: &Check| {
            let parts = check.remediation.parts();
            parts
                .map(|(name, part)| (name, part.source.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(parts(&on_use), parts(&whole), "{}", source.file);
    }
}

fn source(text: &str) -> Source {
    Source {
        file: "s/c.yaml".to_owned(),
        service: "s".to_owned(),
        id: "c".to_owned(),
        text: text.to_owned().into(),
    }
}

#[test]
fn a_file_with_a_defect_loads_on_use_and_is_refused_as_a_whole() {
    let text = "title: T\nseverity: low\ncategories: []\nresource: A/b\npass: 1 +\n\
        message: { pass: a, fail: b }\nrisk: r\nremediation: { text: t }\nreferences: []\n\
        tests:\n  - pass: {}\n  - { pass: {}, fail: {} }\n";
    let check = compile_on_use(&functions::shared(), &source(text)).unwrap();
    assert_eq!(check.tests.len(), 1);
    assert_eq!(check.tests[0].line, 11);
    let said: Vec<String> = whole(&check)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(said[0].starts_with("s/c.yaml:5:"), "{said:?}");
    assert!(said[1].starts_with("s/c.yaml:12:"), "{said:?}");
}

#[test]
fn what_is_not_even_read_is_refused_at_once() {
    let environment = functions::shared();
    let refused = compile_on_use(&environment, &source("title: T\ntests: []\n"));
    assert!(refused.unwrap_err()[0].message.contains("missing"));
    let refused = compile_on_use(&environment, &source("title: T\n"));
    assert!(refused.is_err());
}

#[test]
fn an_expression_that_does_not_compile_when_it_is_used_is_not_assessed() {
    let storage = "Microsoft.Storage/storageAccounts";
    for broken in ["pass: 1 +", "pass: true\nwhen: sise(resource) > 0"] {
        let text = format!(
            "title: T\nseverity: low\ncategories: []\nresource: {storage}\n{broken}\n\
            message: {{ pass: a, fail: b }}\nrisk: r\nremediation: {{ text: t }}\n\
            references: []\ntests: []\n"
        );
        let check = compile_on_use(&functions::shared(), &source(&text)).unwrap();
        let catalog = Catalog::builtin().unwrap();
        let evaluator = Evaluator::new(&[&check], &catalog, &Settings::default()).unwrap();
        let mut documents = Memory::new("t");
        documents.add(Document {
            document_type: storage.into(),
            id: "/subscriptions/s/x".to_owned(),
            scope: Scope::subscription("s"),
            body: json!({}),
        });
        let mut found = Vec::new();
        let emit = &mut |finding, _: &Check| -> Result<(), Infallible> {
            found.push(finding);
            Ok(())
        };
        evaluator.run(&documents, emit).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].reason, Some(Reason::Error));
        assert!(
            found[0].message.contains("does not compile: "),
            "{}",
            found[0].message
        );
    }
}
