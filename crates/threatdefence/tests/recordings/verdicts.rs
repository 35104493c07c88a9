//! Verdicts on real documents, judged by reading them: `verdicts/*.csv`, one row each.

use std::path::Path;

use checks::Finding;

use crate::layout::{Layout, Placed};

/// What a check says because of a recorded document. A check on a resource is judged by the resource or a child of it,
/// one on a subscription by what lies in it.
#[derive(serde::Deserialize)]
struct Verdict {
    check: String,
    /// The recording, below the payloads' `arm/`; none for a check on the exported directory.
    file: String,
    /// The document in it; the only one when empty.
    name: String,
    status: String,
    /// What the document says.
    why: String,
}

/// Every verdict holds: of the document, or of each of its items that the check judges.
pub fn hold(layout: &Layout<'_>, findings: &[Finding]) {
    let mut wrong = Vec::new();
    for verdict in verdicts() {
        let placed = (!verdict.file.is_empty()).then(|| document(layout, &verdict));
        let concerned = |finding: &&Finding| {
            finding.check_id == verdict.check
                && placed.is_none_or(|placed| concerns(finding, placed))
        };
        let found: Vec<&Finding> = findings.iter().filter(concerned).collect();
        let holds = |finding: &&Finding| finding.status.as_str() == verdict.status;
        if found.is_empty() || !found.iter().all(holds) {
            let Verdict {
                check,
                file,
                name,
                status,
                why,
            } = &verdict;
            wrong.push(format!(
                "{check} on {name} in {file} is not {status} ({why}): {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn verdicts() -> Vec<Verdict> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/verdicts");
    let files = std::fs::read_dir(folder).expect("the folder of verdicts is there");
    let files = files.map(|file| file.expect("the folder is readable").path());
    let rows = files.flat_map(|file| {
        let reader = csv::Reader::from_path(&file).expect("a file of verdicts");
        reader
            .into_deserialize()
            .map(move |row| row.unwrap_or_else(|error| panic!("{}: {error}", file.display())))
    });
    rows.collect()
}

fn document<'a>(layout: &'a Layout<'_>, verdict: &Verdict) -> &'a Placed {
    let file = format!("arm/{}", verdict.file);
    let is_named =
        |placed: &&Placed| verdict.name.is_empty() || placed.body["name"] == verdict.name.as_str();
    let documents = layout.documents.values();
    let found: Vec<&Placed> = documents
        .filter(|placed| placed.files.contains(&file))
        .filter(is_named)
        .collect();
    match found.as_slice() {
        [placed] => placed,
        _ => panic!("{} documents {} in {file}", found.len(), verdict.name),
    }
}

/// Whether a finding is on a document, on an item of it, or on what the document lies below.
fn concerns(finding: &Finding, placed: &Placed) -> bool {
    let on = finding.resource_id.to_lowercase();
    let path = placed.path.to_lowercase();
    let of_item = |rest: &str| rest.starts_with(['/', '#']);
    path == on || path.starts_with(&format!("{on}/")) || on.strip_prefix(&path).is_some_and(of_item)
}
