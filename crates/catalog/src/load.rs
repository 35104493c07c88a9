//! Reading `content/catalog/*.yaml`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::changes::Changes;
use crate::condition::Condition;
use crate::entry::{Entry, Method, ScopeKind, Service, Shape};
use crate::permission::arm_action;
use crate::table::Table;
use crate::{DocumentType, Outcome, Redaction};

/// A catalogue file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {message}")]
pub struct CatalogError {
    /// The file.
    pub file: String,
    /// What is wrong and where.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryForm {
    api_version: Option<String>,
    parent: Option<String>,
    list: Option<String>,
    get: Option<String>,
    post: Option<String>,
    scope: Option<ScopeForm>,
    permission: Option<String>,
    #[serde(default)]
    select: Vec<String>,
    top: Option<u16>,
    when: Option<String>,
    redact: Option<RedactForm>,
    #[serde(default)]
    errors: BTreeMap<String, Outcome>,
    #[serde(default)]
    from_scope: bool,
    resource_graph: Option<TableForm>,
    changes: Option<ChangesForm>,
    delta: Option<String>,
    #[serde(default)]
    children: BTreeMap<String, EntryForm>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum ScopeForm {
    Tenant,
    Subscription,
}

/// A table, or a table with the type that its rows have where that is not the document's own.
#[derive(Deserialize)]
#[serde(untagged)]
enum TableForm {
    Name(String),
    Typed { table: String, r#type: String },
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum ChangesForm {
    Always,
    Aged,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RedactForm {
    Word(String),
    Paths(Vec<String>),
}

/// What a child takes over from the entry it stands in.
struct Inherited<'a> {
    parent: &'a DocumentType,
    api_version: Option<&'a str>,
    scope: ScopeKind,
    table: Option<&'a Table>,
}

/// Reads one file into entries, children after their parents.
pub(crate) fn parse(file: &str, text: &str) -> Result<Vec<Arc<Entry>>, CatalogError> {
    let fail = |message: String| CatalogError {
        file: file.to_owned(),
        message,
    };
    // Booleans are those of YAML 1.2, so that a bare `off` or `no` stays text.
    let options = serde_saphyr::options! { strict_booleans: true, emit_comments: false };
    let forms: BTreeMap<String, EntryForm> = serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| fail(error.to_string()))?;
    let mut entries = Vec::new();
    for (name, form) in forms {
        add(&mut entries, DocumentType::new(name), form, None).map_err(fail)?;
    }
    Ok(entries)
}

fn add(
    entries: &mut Vec<Arc<Entry>>,
    name: DocumentType,
    form: EntryForm,
    inherited: Option<&Inherited<'_>>,
) -> Result<(), String> {
    let service = if name.as_str().starts_with("graph/") {
        Service::Graph
    } else {
        Service::Arm
    };
    let parent = match (inherited, &form.parent) {
        (Some(inherited), None) => Some(inherited.parent.clone()),
        (None, parent) => parent.as_deref().map(DocumentType::from),
        (Some(_), Some(_)) => return Err(format!("{name}: a child cannot name another parent")),
    };
    let (path, shape, method) = read_of(&name, &form, parent.is_some())?;
    let scope = match form.scope {
        Some(ScopeForm::Tenant) => ScopeKind::Tenant,
        Some(ScopeForm::Subscription) => ScopeKind::Subscription,
        None => inherited.map_or(default_scope(service), |inherited| inherited.scope),
    };
    let api_version = form
        .api_version
        .or_else(|| inherited.and_then(|of| of.api_version.map(str::to_owned)));
    if service == Service::Arm && api_version.is_none() {
        return Err(format!("{name}: an ARM read needs an `api_version`"));
    }
    let permission = match (form.permission, service) {
        (Some(permission), _) => permission,
        (None, Service::Arm) if form.from_scope => format!("{name}/read"),
        (None, Service::Arm) => arm_action(parent.as_ref(), &path, method),
        (None, Service::Graph) => {
            return Err(format!("{name}: a Graph read needs its `permission`"));
        }
    };
    let resource_graph = form
        .resource_graph
        .map(|table| table_of(&name, table, inherited, &path));
    let changes = changes_of(&name, form.changes, form.delta, service, resource_graph.as_ref())?;
    let entry = Entry {
        resource_graph: resource_graph.clone(),
        changes,
        parent,
        service,
        scope,
        shape,
        method,
        path,
        api_version: api_version.clone(),
        select: form.select,
        top: form.top,
        permission,
        when: form
            .when
            .as_deref()
            .map(Condition::compile)
            .transpose()
            .map_err(|error| format!("{name}: {error}"))?,
        redaction: redaction_of(&name, form.redact)?,
        errors: form.errors,
        from_scope: form.from_scope,
        name: name.clone(),
    };
    entries.push(Arc::new(entry));
    let inherited = Inherited {
        parent: &name,
        api_version: api_version.as_deref(),
        scope,
        table: resource_graph.as_ref(),
    };
    for (key, child) in form.children {
        add(entries, name.child(&key), child, Some(&inherited))?;
    }
    Ok(())
}

fn read_of(
    name: &DocumentType,
    form: &EntryForm,
    is_child: bool,
) -> Result<(String, Shape, Method), String> {
    match (&form.list, &form.get, &form.post) {
        (Some(list), None, None) => Ok((list.clone(), Shape::List, Method::Get)),
        (None, Some(get), None) => Ok((get.clone(), Shape::Single, Method::Get)),
        (None, None, Some(post)) => Ok((post.clone(), Shape::Single, Method::Post)),
        (None, None, None) if !is_child => Ok((
            format!("/subscriptions/{{subscription}}/providers/{name}"),
            Shape::List,
            Method::Get,
        )),
        _ => Err(format!(
            "{name}: exactly one of `list`, `get` and `post` says how it is read"
        )),
    }
}

fn default_scope(service: Service) -> ScopeKind {
    match service {
        Service::Arm => ScopeKind::Subscription,
        Service::Graph => ScopeKind::Tenant,
    }
}

/// A child's rows have the type of its path below its parent's; others that of the document.
fn table_of(
    name: &DocumentType,
    form: TableForm,
    inherited: Option<&Inherited<'_>>,
    path: &str,
) -> Table {
    match form {
        TableForm::Typed { table, r#type } => Table::of(&table, &DocumentType::new(r#type)),
        TableForm::Name(table) => match inherited.and_then(|of| of.table) {
            Some(parent) => Table::of_child(&table, parent, path),
            None => Table::of(&table, name),
        },
    }
}

/// Only these tables have a feed of changes.
/// <https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes>
const TABLES_WITH_CHANGES: [&str; 2] = ["resources", "resourcecontainers"];

fn changes_of(
    name: &DocumentType,
    form: Option<ChangesForm>,
    delta: Option<String>,
    service: Service,
    table: Option<&Table>,
) -> Result<Changes, String> {
    match (form, delta, service) {
        (Some(_), Some(_), _) => Err(format!("{name}: `changes` and `delta` exclude each other")),
        (None, Some(_), Service::Arm) => {
            Err(format!("{name}: only Microsoft Graph has delta queries"))
        }
        (Some(ChangesForm::Always), None, _) => Ok(Changes::Always),
        (Some(ChangesForm::Aged), None, _) => Ok(Changes::Aged),
        (None, Some(path), Service::Graph) => Ok(Changes::Delta(path)),
        (None, None, Service::Graph) => Ok(Changes::Always),
        (None, None, Service::Arm) => Ok(match table {
            Some(table) if TABLES_WITH_CHANGES.contains(&table.name.as_str()) => {
                Changes::ResourceGraph
            }
            // A few pages hold such a table for the whole tenant; a child is one request each.
            Some(table) if table.row_name.is_none() => Changes::Always,
            _ => Changes::ActivityLog,
        }),
    }
}

fn redaction_of(name: &DocumentType, form: Option<RedactForm>) -> Result<Redaction, String> {
    match form {
        None => Ok(Redaction::None),
        Some(RedactForm::Word(word)) if word == "values" => Ok(Redaction::Values),
        Some(RedactForm::Word(word)) => Err(format!(
            "{name}: `redact: {word}` is neither `values` nor a list of paths"
        )),
        Some(RedactForm::Paths(paths)) => Ok(Redaction::Paths(
            paths
                .iter()
                .map(|path| path.split('.').map(str::to_owned).collect())
                .collect(),
        )),
    }
}

#[cfg(test)]
mod tests {
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
        assert!(error("A/b: { api_version: x, list: a, get: b }\n").contains("exactly one"));
        assert!(error("A/b: { api_version: x, redact: all }\n").contains("neither"));
        assert!(error("A/b: { api_version: x, redact: off }\n").contains("`redact: off`"));
        assert!(error("A/b: { api_version: x, when: '1 +' }\n").starts_with("x.yaml: A/b"));
    }
}
