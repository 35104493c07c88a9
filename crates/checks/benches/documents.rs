//! How many documents one core parses and judges in a second, with all built-in checks.
//!
//! `cargo bench -p checks` prints one line, with how long it took to load the content, which every start of the program
//! waits for; with `-- --by-check` a line for each of the slowest checks as well. The documents are those of the checks'
//! own tests, as text, so that parsing is part of the measure. They stand in a tenant of many subscriptions: joined lists
//! are as long as a subscription's or the tenant's are. No document has children.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use catalog::{
    Catalog, Children, Document, DocumentType, Documents, Outcome, ReadState, Scope, ScopeKind,
    SourceError,
};
use checks::{Check, Evaluator, Library, Settings};

const SUBSCRIPTIONS: usize = 50;
/// How many times each document of a test is in the tenant, spread over the subscriptions.
const COPIES: usize = 5;
const ATLEAST: Duration = Duration::from_secs(5);
/// How many of the slowest checks are named.
const SLOWEST: usize = 40;

/// A tenant's documents as text. Each is parsed whenever it is visited.
#[derive(Default)]
struct Tenant {
    scopes: HashMap<DocumentType, ScopeKind>,
    documents: HashMap<DocumentType, BTreeMap<Scope, Vec<Text>>>,
}

struct Text {
    id: String,
    body: String,
}

impl Tenant {
    fn of(library: &Library, catalog: &Catalog) -> Self {
        let mut tenant = Self::default();
        for entry in catalog.entries() {
            let scope = scope_of(&entry.name, catalog);
            tenant.scopes.insert(entry.name.clone(), scope);
        }
        for check in library.checks() {
            for test in check.tests.iter() {
                tenant.add(&check.resources[0], &test.resource.to_string());
            }
        }
        tenant
    }

    fn add(&mut self, document_type: &DocumentType, body: &str) {
        let is_of_tenant = self.scopes.get(document_type) != Some(&ScopeKind::Subscription);
        let scopes = self.documents.entry(document_type.clone()).or_default();
        let known: usize = scopes.values().map(Vec::len).sum();
        // There is one document of the tenant itself and of each subscription, whatever the tests have.
        let (copies, most) = match document_type.as_str() {
            "Microsoft.Resources/tenants" => (1, 1),
            "Microsoft.Resources/subscriptions" => (1, SUBSCRIPTIONS),
            _ if is_of_tenant => (1, usize::MAX),
            _ => (COPIES, usize::MAX),
        };
        for number in known..(known + copies).min(most) {
            let subscription = format!("s{}", number % SUBSCRIPTIONS);
            let id = format!("/subscriptions/{subscription}/providers/{document_type}/{number}");
            let scope = match is_of_tenant {
                true => Scope::Tenant,
                false => Scope::subscription(&subscription),
            };
            let body = body.to_owned();
            scopes.entry(scope).or_default().push(Text { id, body });
        }
    }
}

/// Where a type is listed, or what it hangs below.
fn scope_of(document_type: &DocumentType, catalog: &Catalog) -> ScopeKind {
    let mut name = document_type;
    while let Some(parent) = catalog.entry(name).and_then(|entry| entry.parent.as_ref()) {
        name = parent;
    }
    catalog
        .entry(name)
        .map_or(ScopeKind::Tenant, |entry| entry.scope)
}

fn read(scope: Scope) -> ReadState {
    ReadState {
        scope,
        outcome: Outcome::Read,
        detail: None,
    }
}

impl Documents for Tenant {
    fn tenant_id(&self) -> &str {
        "t"
    }

    fn reads(&self, document_type: &DocumentType) -> Result<Vec<ReadState>, SourceError> {
        if self.scopes.get(document_type) != Some(&ScopeKind::Subscription) {
            return Ok(vec![read(Scope::Tenant)]);
        }
        let scopes = (0..SUBSCRIPTIONS).map(|number| Scope::subscription(&format!("s{number}")));
        Ok(scopes.map(read).collect())
    }

    fn visit(
        &self,
        document_type: &DocumentType,
        scope: &Scope,
        visit: &mut dyn FnMut(Document) -> ControlFlow<()>,
    ) -> Result<(), SourceError> {
        let scopes = self.documents.get(document_type);
        let texts = scopes.and_then(|scopes| scopes.get(scope));
        for text in texts.into_iter().flatten() {
            let body =
                serde_json::from_str(&text.body).map_err(|error| SourceError(error.to_string()))?;
            let document = Document {
                document_type: document_type.clone(),
                id: text.id.clone(),
                scope: scope.clone(),
                body,
            };
            if visit(document).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn children(&self, _: &DocumentType, parent: &Document) -> Result<Children, SourceError> {
        Ok(Children {
            state: read(parent.scope.clone()),
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
    let tenant = Tenant::of(&library, &catalog);
    let (mut documents, mut findings) = (0, 0);
    let started = Instant::now();
    while started.elapsed() < ATLEAST {
        let counts = evaluator.run(&tenant, &mut |_, _| Ok::<(), Infallible>(()))?;
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
    if std::env::args().any(|argument| argument == "--by-check") {
        for (id, check) in evaluator
            .profile(&tenant)?
            .slowest()
            .into_iter()
            .take(SLOWEST)
        {
            let time = check.time.as_secs_f64();
            let each = time * 1e6 / check.documents as f64;
            println!("{:8.1} ms {each:9.1} µs a document  {id}", time * 1e3);
        }
    }
    Ok(())
}
