//! `checks` on the built-in content.

use checks::Library;
use serde_json::Value;

use crate::support::Program;

fn checks(arguments: &[&str]) -> Program {
    Program::new(["checks"]).args(arguments)
}

#[test]
fn list_as_a_table_and_filtered() {
    let all = checks(&["list"]).run().expect(0);
    assert!(
        all.stdout
            .contains("storage_secure_transfer_required_is_enabled"),
        "{all}"
    );
    let there = Library::builtin().unwrap().checks().len();
    assert!(all.stderr.contains(&format!("{there} checks")), "{all}");
    let some = checks(&["list", "--service", "entra", "--severity", "medium"])
        .run()
        .expect(0);
    let lines = some.stdout.lines().skip(1);
    let of_row = |line: &str| line.starts_with("medium    entra") || line.starts_with(' ');
    assert!(
        lines.clone().count() > 2 && lines.clone().all(of_row),
        "{some}"
    );
    checks(&["list", "--check", "nothing_*"])
        .run()
        .refused(2, "nothing_*", "");
}

#[test]
fn list_for_programs() {
    let ended = checks(&["list", "--format", "json"]).run().expect(0);
    let rows: Vec<Value> = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(rows.len(), Library::builtin().unwrap().checks().len());
    for row in &rows {
        for text in ["id", "title", "service", "severity"] {
            assert!(
                row[text].as_str().is_some_and(|text| !text.is_empty()),
                "{text}: {row}"
            );
        }
        for list in ["resources", "reads", "permissions", "categories"] {
            assert!(row[list].is_array(), "{list}: {row}");
        }
    }
    let keys = rows
        .iter()
        .find(|row| row["id"] == "app_function_access_keys_configured")
        .unwrap();
    let has = |list: &str, wanted: &str| {
        keys[list]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item == wanted)
    };
    assert!(
        has("reads", "Microsoft.Web/sites/host/default/listkeys"),
        "{keys}"
    );
    assert!(
        has("permissions", "Microsoft.Web/sites/host/listkeys/action"),
        "{keys}"
    );
}

#[test]
fn show_one_check() {
    let shown = checks(&["show", "app_function_access_keys_configured"])
        .run()
        .expect(0);
    for part in [
        "high",
        "Microsoft.Web/sites/host/listkeys/action",
        "Risk",
        "Remediation",
        "https://",
    ] {
        assert!(shown.stdout.contains(part), "{part}: {shown}");
    }
    checks(&["show", "app_function_acess_keys_configured"])
        .run()
        .refused(
            2,
            "app_function_acess_keys_configured",
            "app_function_access_keys_configured",
        );
}

#[test]
fn functions_with_their_examples() {
    let all = checks(&["functions"]).run().expect(0);
    assert!(all.stdout.contains("internet_exposure("), "{all}");
    let some = checks(&["functions", "role_permits"]).run().expect(0);
    assert!(some.stdout.lines().count() < all.stdout.lines().count());
    checks(&["functions", "no_such_function"]).run().expect(2);
}

#[test]
fn the_built_in_content_is_without_fault() {
    checks(&["lint"]).run().expect(0);
    let tested = checks(&["test"]).run().expect(0);
    assert!(tested.stderr.contains(" 0 failed"), "{tested}");
}
