//! How many documents one core parses and judges in a second, with all built-in checks.
//!
//! `cargo bench -p checks` prints one line, with how long it took to load the content, which every
//! start of the program waits for. Documents are those of the checks' own tests, as text,
//! so that parsing is part of the measure; children and joined documents are at hand, as they are
//! in a snapshot.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use catalog::{
    Catalog, Children, Document, DocumentType, Documents, Outcome, ReadState, Scope, SourceError,
};
use checks::{Check, Evaluator, Library, Settings};

/// How many copies of each document are judged in one round.
const COPIES: usize = 50;
const ATLEAST: Duration = Duration::from_secs(5);

/// The documents of the checks' tests as text. Each is parsed whenever it is visited.
struct Texts {
    scope: Scope,
    documents: Vec<(DocumentType, Vec<(String, String)>)>,
}

impl Texts {
    fn of(library: &Library) -> Self {
        let mut documents: Vec<(DocumentType, Vec<(String, String)>)> = Vec::new();
        for check in library.checks() {
            let resource = &check.resources[0];
            let texts = check.tests.iter().enumerate().map(|(index, test)| {
                let id = format!(
                    "/subscriptions/s/resourceGroups/rg/providers/{}/{}-{index}",
                    resource, check.id
                );
                (id, test.resource.to_string())
            });
            match documents.iter_mut().find(|(known, _)| known == resource) {
                Some((_, known)) => known.extend(texts),
                None => documents.push((resource.clone(), texts.collect())),
            }
        }
        Self {
            scope: Scope::subscription("s"),
            documents,
        }
    }

    fn state(&self) -> ReadState {
        ReadState {
            scope: self.scope.clone(),
            outcome: Outcome::Read,
            detail: None,
        }
    }
}

impl Documents for Texts {
    fn tenant_id(&self) -> &str {
        "t"
    }

    fn reads(&self, _: &DocumentType) -> Result<Vec<ReadState>, SourceError> {
        Ok(vec![self.state()])
    }

    fn visit(
        &self,
        document_type: &DocumentType,
        scope: &Scope,
        visit: &mut dyn FnMut(Document) -> ControlFlow<()>,
    ) -> Result<(), SourceError> {
        let texts = self
            .documents
            .iter()
            .find(|(known, _)| known == document_type);
        for (id, text) in texts
            .into_iter()
            .flat_map(|(_, texts)| texts)
            .cycle()
            .take(texts.map_or(0, |(_, texts)| texts.len() * COPIES))
        {
            let body =
                serde_json::from_str(text).map_err(|error| SourceError(error.to_string()))?;
            let document = Document {
                document_type: document_type.clone(),
                id: id.clone(),
                scope: scope.clone(),
                body,
            };
            if visit(document).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn children(&self, _: &DocumentType, _: &Document) -> Result<Children, SourceError> {
        Ok(Children {
            state: self.state(),
            documents: Vec::new(),
        })
    }

    fn child_gaps(
        &self,
        _: &DocumentType,
        _: &Scope,
    ) -> Result<Vec<(String, ReadState)>, SourceError> {
        Ok(Vec::new())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let started = Instant::now();
    let library = Library::builtin()?;
    let loading = started.elapsed();
    let started = Instant::now();
    let catalog = Catalog::builtin()?;
    let loading_catalog = started.elapsed();
    let checks: Vec<&Check> = library.checks().iter().collect();
    let evaluator = Evaluator::new(&checks, &catalog, &Settings::default())?;
    let texts = Texts::of(&library);
    let (mut documents, mut findings) = (0, 0);
    let started = Instant::now();
    while started.elapsed() < ATLEAST {
        let counts = evaluator.run(&texts, &mut |_, _| Ok::<(), Infallible>(()))?;
        documents += counts.documents;
        findings += counts.findings();
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{:.0} documents/s, {:.0} findings/s on one core ({} checks, loaded in {:.1} ms, the catalogue in {:.1} ms)",
        documents as f64 / seconds,
        findings as f64 / seconds,
        checks.len(),
        loading.as_secs_f64() * 1e3,
        loading_catalog.as_secs_f64() * 1e3,
    );
    Ok(())
}
