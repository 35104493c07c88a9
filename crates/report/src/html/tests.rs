//! The page against hostile input and against its own policy.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde_json::Value;

use crate::{Format, samples};

fn page(findings: &[checks::Finding], gaps: &[crate::Gap]) -> String {
    samples::written(Format::Html, findings, gaps)
}

/// The text between the last `start` and the first `end` after it.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let from = text.rfind(start).unwrap() + start.len();
    &text[from..from + text[from..].find(end).unwrap()]
}

/// The page without its style sheet and script, which have files of their own.
fn without_assets(page: &str) -> String {
    let style = between(page, "<style>", "</style>");
    let script = between(page, "<script>", "</script>");
    let text = page.replace(style, "…").replace(script, "…");
    let hash = |asset: &str| STANDARD.encode(digest(&SHA256, asset.as_bytes()));
    text.replace(&hash(style), "(style)")
        .replace(&hash(script), "(script)")
}

#[test]
fn looks_as_documented() {
    insta::assert_snapshot!(without_assets(&page(
        &samples::findings(),
        &samples::gaps()
    )));
}

#[test]
fn an_empty_run_is_a_page() {
    insta::assert_snapshot!(without_assets(&page(&[], &[])));
}

#[test]
fn the_policy_names_the_very_style_and_script() {
    let page = page(&[], &[]);
    for (start, end) in [("<style>", "</style>"), ("<script>", "</script>")] {
        let hash = STANDARD.encode(digest(&SHA256, between(&page, start, end).as_bytes()));
        // Askama writes the quotes around a source, and a plus sign inside it, as entities or not.
        assert!(
            page.replace("&#43;", "+")
                .contains(&format!("sha256-{hash}")),
            "{start}"
        );
    }
}

#[test]
fn nothing_is_inline_or_from_elsewhere() {
    let page = page(&samples::findings(), &samples::gaps());
    let markup = without_assets(&page).to_lowercase();
    let markup = &markup[..markup.find("<script type=").unwrap()];
    for forbidden in [
        " style=",
        " onclick=",
        " onload=",
        " onerror=",
        "javascript:",
        " src=",
        "@import",
        "url(",
    ] {
        assert!(!markup.contains(forbidden), "{forbidden}");
    }
    assert!(!page.contains("innerHTML"));
}

#[test]
fn hostile_values_stay_text() {
    let page = page(&samples::findings(), &samples::gaps());
    assert_eq!(
        page.matches("</script>").count(),
        3,
        "two blocks of data and the script"
    );
    assert_eq!(page.to_lowercase().matches("<script").count(), 3);
    assert!(!page.contains("<!--"));
    assert!(!page.contains("<b>GmbH"));
    assert!(!page.contains("<client>"));
}

#[test]
fn the_data_reads_back() {
    let findings = samples::findings();
    let page = page(&findings, &[]);
    let data: Vec<Value> =
        serde_json::from_str(between(&page, "id=\"data\">", "</script>")).unwrap();
    assert_eq!(data.len(), findings.len());
    for (row, finding) in data.iter().zip(&findings) {
        assert_eq!(row[5], finding.resource_name);
        assert_eq!(row[9], finding.message);
        assert_eq!(row[10], serde_json::json!(finding.evidence));
    }
    assert_eq!(
        data[9][0], "custom_check",
        "a check that the run does not know keeps its id"
    );
}

#[test]
fn gaps_are_said_at_the_top() {
    let incomplete = page(&samples::unassessed(), &samples::gaps());
    assert!(incomplete.contains("This scan is incomplete: 14 reads failed"));
    assert!(!page(&samples::findings(), &[]).contains("incomplete:"));
}

#[test]
fn only_https_references_become_links() {
    let mut run = samples::run();
    run.checks[0].references = vec![
        "javascript:alert(1)".into(),
        "http://example.com".into(),
        "https://example.com".into(),
    ];
    let dir = tempfile::tempdir().unwrap();
    let reporter = crate::Reporter::create(dir.path(), &[Format::Html], &run).unwrap();
    let (_, files) = reporter
        .finish(&run, &[], &samples::measurements())
        .unwrap();
    let page = std::fs::read_to_string(&files[0]).unwrap();
    let shared: Value =
        serde_json::from_str(between(&page, "id=\"shared\">", "</script>")).unwrap();
    assert_eq!(
        shared["checks"][0]["references"],
        serde_json::json!(["https://example.com"])
    );
}

#[test]
fn the_assets_hold_nothing_that_ends_their_element() {
    for asset in [
        include_str!("../../assets/report.css"),
        include_str!("../../assets/report.js"),
    ] {
        assert!(!asset.contains("</"), "an end tag inside an asset");
        assert!(!asset.contains("<!--"));
        assert!(!asset.contains("@@ROWS@@"));
    }
}
