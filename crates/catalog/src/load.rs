//! Reading `content/catalog/*.yaml`.

mod feeds;
mod form;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::feeds::{changes_of, table_of};
use self::form::{EntryForm, RedactForm, ScopeForm};
use crate::condition::Condition;
use crate::entry::{Entry, Method, ScopeKind, Service, Shape};
use crate::permission::arm_action;
use crate::table::Table;
use crate::{DocumentType, Redaction};

/// A catalogue file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {message}")]
pub struct CatalogError {
    /// The file.
    pub file: String,
    /// What is wrong and where.
    pub message: String,
}

/// What a child takes over from the entry it stands in.
struct Inherited<'a> {
    parent: &'a DocumentType,
    api_version: Option<&'a str>,
    scope: ScopeKind,
    permission: &'a str,
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
    let read = read_of(&name, &form, parent.is_some())?;
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
        (None, Service::Arm) => {
            let above = inherited.map(|of| of.permission);
            arm_action(above, parent.as_ref(), &read.path, read.method)
        }
        (None, Service::Graph) => match inherited {
            Some(of) if read.path.is_empty() => of.permission.to_owned(),
            _ => return Err(format!("{name}: a Graph read needs its `permission`")),
        },
    };
    let resource_graph = form
        .resource_graph
        .map(|table| table_of(&name, table, inherited, &read.path));
    let changes = changes_of(
        &name,
        form.changes,
        form.delta,
        service,
        scope,
        resource_graph.as_ref(),
    )?;
    let children = children_of(&name, service, form.diagnostic_settings, form.children)?;
    let entry = Entry {
        resource_graph: resource_graph.clone(),
        changes,
        parent,
        service,
        scope,
        shape: read.shape,
        method: read.method,
        path: read.path,
        query: read.query,
        api_version: api_version.clone(),
        select: form.select,
        top: form.top,
        permission: permission.clone(),
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
        permission: &permission,
        table: resource_graph.as_ref(),
    };
    for (key, child) in children {
        add(entries, name.child(&key), child, Some(&inherited))?;
    }
    Ok(())
}

/// How an entry is asked for.
struct Read {
    path: String,
    query: Option<String>,
    shape: Shape,
    method: Method,
}

fn read_of(name: &DocumentType, form: &EntryForm, is_child: bool) -> Result<Read, String> {
    let (written, shape, method) = match (&form.list, &form.get, &form.post) {
        (Some(list), None, None) => (list.clone(), Shape::List, Method::Get),
        (None, Some(get), None) => (get.clone(), Shape::Single, Method::Get),
        (None, None, Some(post)) => (post.clone(), Shape::Single, Method::Post),
        (None, None, None) if !is_child => (
            format!("/subscriptions/{{subscription}}/providers/{name}"),
            Shape::List,
            Method::Get,
        ),
        _ => {
            return Err(format!(
                "{name}: exactly one of `list`, `get` and `post` says how it is read"
            ));
        }
    };
    let (path, query) = match written.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (written.as_str(), None),
    };
    if path.is_empty() || path.ends_with('/') || path.starts_with('/') == is_child {
        let form = if is_child {
            "relative to its parent"
        } else {
            "absolute"
        };
        return Err(format!("{name}: `{written}` is no path {form}"));
    }
    let this_very_document = path == ".";
    if this_very_document && shape == Shape::List {
        return Err(format!("{name}: `.` is one document and no list"));
    }
    Ok(Read {
        path: if this_very_document {
            String::new()
        } else {
            path.to_owned()
        },
        query,
        shape,
        method,
    })
}

fn children_of(
    name: &DocumentType,
    service: Service,
    diagnostic_settings: bool,
    mut children: BTreeMap<String, EntryForm>,
) -> Result<BTreeMap<String, EntryForm>, String> {
    if !diagnostic_settings {
        return Ok(children);
    }
    if service == Service::Graph {
        return Err(format!(
            "{name}: only Azure resources have diagnostic settings"
        ));
    }
    let form = EntryForm::diagnostic_settings();
    if children
        .insert("diagnosticSettings".to_owned(), form)
        .is_some()
    {
        return Err(format!(
            "{name}: `diagnostic_settings` and a child of that name exclude each other"
        ));
    }
    Ok(children)
}

fn default_scope(service: Service) -> ScopeKind {
    match service {
        Service::Arm => ScopeKind::Subscription,
        Service::Graph => ScopeKind::Tenant,
    }
}

fn redaction_of(name: &DocumentType, form: Option<RedactForm>) -> Result<Redaction, String> {
    match form {
        None => Ok(Redaction::None),
        Some(RedactForm::Word(word)) if word == "values" => Ok(Redaction::Values),
        Some(RedactForm::Word(word)) => Err(format!(
            "{name}: `redact: {word}` is neither `values`, a list of paths, nor `{{ paths: [..], except: [..] }}`"
        )),
        Some(RedactForm::Except(form)) => {
            Ok(Redaction::PathsBut(segments_of(&form.paths), form.except))
        }
        Some(RedactForm::Paths(paths)) => Ok(Redaction::Paths(segments_of(&paths))),
    }
}

fn segments_of(paths: &[String]) -> Vec<Vec<String>> {
    let segments = |path: &String| path.split('.').map(str::to_owned).collect();
    paths.iter().map(segments).collect()
}
