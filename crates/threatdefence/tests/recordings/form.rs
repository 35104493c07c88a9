//! Which document type of the catalogue a URL path belongs to.

use std::sync::Arc;

use catalog::{Catalog, DocumentType, Entry, Method, Plan, Requirement, Service, Shape};
use checks::Library;

/// How the paths of one type's documents look.
#[derive(Clone)]
pub struct Form {
    /// The type.
    pub entry: Arc<Entry>,
    /// The end of a document's path: words in lower case, `None` for a name.
    pattern: Vec<Option<String>>,
    /// How many segments a document's path is longer than its parent's.
    beyond_parent: usize,
}

/// What the checks read.
pub fn plan(catalog: &Catalog) -> Plan {
    let library = Library::builtin().expect("the checks load");
    let checks = library.checks().iter();
    let requirements: Vec<Requirement> = checks
        .flat_map(|check| check.requirements(catalog))
        .collect();
    Plan::new(catalog, &requirements).expect("the checks' types are in the catalogue")
}

/// The forms of every type that the checks read from Azure Resource Manager, parents before children.
pub fn forms(catalog: &Catalog, plan: &Plan) -> Vec<Form> {
    let mut forms: Vec<Form> = plan
        .all_steps()
        .into_iter()
        .map(|step| &step.entry)
        .filter(|entry| entry.service == Service::Arm)
        .filter(|entry| entry.name != DocumentType::from("Microsoft.Resources/tenants"))
        .map(|entry| form(catalog, entry))
        .collect();
    forms.sort_by_key(|form| depth(catalog, &form.entry));
    forms
}

fn depth(catalog: &Catalog, entry: &Entry) -> usize {
    let parent = entry.parent.as_ref().and_then(|name| catalog.entry(name));
    parent.map_or(0, |parent| depth(catalog, parent) + 1)
}

fn form(catalog: &Catalog, entry: &Arc<Entry>) -> Form {
    let own = words(
        entry
            .path
            .trim_start_matches("/subscriptions/{subscription}"),
    );
    let mut own: Vec<Option<String>> = own.map(Some).collect();
    if entry.shape == Shape::List {
        own.push(None);
    }
    let beyond_parent = own.len();
    let parent = entry.parent.as_ref().and_then(|name| catalog.entry(name));
    let mut pattern = parent.map_or_else(Vec::new, |parent| form(catalog, parent).pattern);
    pattern.extend(own);
    Form {
        entry: Arc::clone(entry),
        pattern,
        beyond_parent,
    }
}

fn words(path: &str) -> impl Iterator<Item = String> {
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
}

impl Form {
    /// Whether a document of this type may lie at a path.
    pub fn is_document(&self, path: &str) -> bool {
        let parts: Vec<String> = words(path).collect();
        let Some(prefix) = parts.len().checked_sub(self.pattern.len()) else {
            return false;
        };
        let ends_so = self
            .pattern
            .iter()
            .zip(&parts[prefix..])
            .all(|(word, part)| word.as_ref().is_none_or(|word| word == part));
        ends_so && self.may_follow(&parts[..prefix])
    }

    /// Whether a path lists documents of this type.
    pub fn is_list(&self, path: &str) -> bool {
        self.entry.shape == Shape::List && self.is_document(&format!("{path}/name"))
    }

    /// Whether this type hangs on any scope, and the list of a subscription shows what hangs above and below it.
    pub fn is_extension(&self) -> bool {
        let namespace = self.pattern.get(1).and_then(Option::as_deref);
        self.pattern.len() == 4 && namespace == Some("microsoft.authorization")
    }

    /// Whether it is read with this method; the reply to a PUT is the document as well.
    pub fn answers(&self, method: &str) -> bool {
        match self.entry.method {
            Method::Get => matches!(method, "GET" | "PUT"),
            Method::Post => method == "POST",
        }
    }

    /// The path of the document that the one at `path` hangs below.
    pub fn parent_of<'a>(&self, path: &'a str) -> &'a str {
        let mut end = path.len();
        for _ in 0..self.beyond_parent {
            end = path[..end].rfind('/').unwrap_or_default();
        }
        &path[..end]
    }

    fn may_follow(&self, prefix: &[String]) -> bool {
        let is_subscription = self.pattern[0].as_deref() == Some("subscriptions");
        let prefix: Vec<&str> = prefix.iter().map(String::as_str).collect();
        match prefix.as_slice() {
            [] => is_subscription,
            _ if is_subscription => false,
            ["subscriptions", _] | ["subscriptions", _, "resourcegroups", _] => true,
            _ => self.is_extension(),
        }
    }
}
