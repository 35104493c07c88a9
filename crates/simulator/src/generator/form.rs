//! The forms of documents: the files in `bodies/`, read and ready to be filled in.
//!
//! A file has an entry for each type. `count` says how many of 20,000 resources are of the type; a type without `count`
//! lies where `place` says. What hangs below a resource stands under `children`, by its path from there: `*` stands for
//! several names.

use std::cell::Cell;

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::template::Template;
use crate::load_error::LoadError;

static BODIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/generator/bodies");

/// Where documents of a type lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    /// In resource groups, as resources with a location and tags.
    #[default]
    Resource,
    /// Directly below each resource group, without a location.
    ResourceGroup,
    /// Directly below each subscription.
    Subscription,
    /// Below each management group.
    ManagementGroup,
    /// Below the tenant's root management group alone.
    RootGroup,
    /// Below no scope.
    Tenant,
    /// At exactly the path that stands in the type's place.
    Path,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    count: u32,
    each: bool,
    place: Place,
    name: Option<Value>,
    names: Vec<String>,
    items: Option<(u32, u32)>,
    share: u32,
    only: Map<String, Value>,
    unless: Map<String, Value>,
    raw: bool,
    written_as: Option<String>,
    diagnostics: Vec<Value>,
    body: Value,
    children: Map<String, Value>,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            count: 0,
            each: false,
            place: Place::Resource,
            name: None,
            names: Vec::new(),
            items: None,
            share: 100,
            only: Map::new(),
            unless: Map::new(),
            raw: false,
            written_as: None,
            diagnostics: Vec::new(),
            body: Value::Object(Map::new()),
            children: Map::new(),
        }
    }
}

/// How documents of a form are named.
#[derive(Debug, Clone)]
pub(super) enum Naming {
    /// The path names the one document.
    Path,
    /// These, all of them.
    These(Vec<String>),
    /// As many as the numbers allow, by a template.
    Some(u32, u32, Template),
}

/// A test on the document above: a member of it, and texts of which it holds one.
pub(super) type Test = (String, Vec<String>);

/// The documents of one type in one place.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// The type: `Microsoft.Storage/storageAccounts`.
    pub(super) kind: String,
    /// The type as the service itself writes it.
    pub(super) written_as: String,
    /// Where it lies, for a type of its own.
    pub(super) place: Place,
    /// How many of 20,000 resources; 0 for what is no resource.
    pub(super) count: u32,
    /// True for one resource below each of the parent's.
    pub(super) each: bool,
    /// Percent of the places that have such documents.
    pub(super) share: u32,
    /// The path from the document above, for a child; without its last segment when several are named.
    pub(super) path: String,
    /// How they are named.
    pub(super) naming: Naming,
    /// The document above must fit all of these.
    pub(super) only: Vec<Test>,
    /// The document above must fit none of these.
    pub(super) unless: Vec<Test>,
    /// True for a body that Azure gives without id, name and type.
    pub(super) raw: bool,
    /// Percent that have diagnostic settings, and their categories.
    pub(super) diagnostics: Option<(u32, Vec<String>)>,
    /// The body.
    pub(super) body: Template,
    /// What hangs below.
    pub(super) children: Vec<Form>,
    /// True once there is such a document. The first is there whatever chance says.
    pub(super) written: Cell<bool>,
}

impl Form {
    /// True for documents that Resource Graph counts among the resources.
    pub(super) fn is_resource(&self) -> bool {
        self.count > 0 || self.each
    }
}

/// Every form that the generator knows.
pub(super) fn all() -> Result<Vec<Form>, LoadError> {
    let mut forms = Vec::new();
    let mut files: Vec<_> = BODIES.files().collect();
    files.sort_by_key(|file| file.path());
    for file in files {
        let name = file.path().display().to_string();
        let text = file
            .contents_utf8()
            .ok_or_else(|| LoadError::parse(&name, "is not UTF-8"))?;
        forms.extend(read(&name, text)?);
    }
    Ok(forms)
}

/// The forms in a file.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Form>, LoadError> {
    let types: Map<String, Value> =
        serde_saphyr::from_str(text).map_err(|error| LoadError::parse(file, error))?;
    types
        .into_iter()
        .map(|(name, written)| {
            // What stands behind # tells entries of one type apart.
            let kind = name.split('#').next().unwrap_or(&name).to_owned();
            form(kind, "", written)
                .map_err(|error| LoadError::parse(file, format!("{name}: {error}")))
        })
        .collect()
}

fn form(kind: String, path: &str, written: Value) -> Result<Form, String> {
    let written: Written = serde_json::from_value(written).map_err(|error| error.to_string())?;
    let several = path.strip_suffix("/*");
    let naming = naming(&written, several.is_some() || path.is_empty())?;
    let children = written.children.into_iter().map(|(below, child)| {
        let child_kind = child_kind(&kind, &below);
        form(child_kind, &below, child).map_err(|error| format!("{below}: {error}"))
    });
    let children: Result<Vec<Form>, String> = children.collect();
    Ok(Form {
        written_as: written.written_as.unwrap_or_else(|| kind.clone()),
        place: written.place,
        count: written.count,
        each: written.each,
        share: written.share,
        path: several.unwrap_or(path).to_owned(),
        naming,
        only: tests(&written.only),
        unless: tests(&written.unless),
        raw: written.raw,
        diagnostics: diagnostics(&written.diagnostics)?,
        body: Template::compile(&written.body)?,
        children: children?,
        written: Cell::new(false),
        kind,
    })
}

fn naming(written: &Written, several: bool) -> Result<Naming, String> {
    if !several || written.place == Place::Path {
        return Ok(Naming::Path);
    }
    if !written.names.is_empty() {
        return Ok(Naming::These(written.names.clone()));
    }
    let (least, most) = written.items.unwrap_or((1, 1));
    let any = Value::String("<guid>".to_owned());
    let name = Template::compile(written.name.as_ref().unwrap_or(&any))?;
    Ok(Naming::Some(least, most, name))
}

/// The type of a child: the parent's, and every other segment of the path; after `providers` another type begins.
pub(super) fn child_kind(parent: &str, path: &str) -> String {
    let (mut kind, rest) = match path.rsplit_once("providers/") {
        Some((_, own)) => own
            .split_once('/')
            .map_or((own.to_owned(), ""), |(space, rest)| {
                (space.to_owned(), rest)
            }),
        None => (parent.to_owned(), path),
    };
    for part in rest.split('/').step_by(2) {
        kind.push('/');
        kind.push_str(part);
    }
    kind
}

fn tests(written: &Map<String, Value>) -> Vec<Test> {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    written
        .iter()
        .map(|(member, value)| {
            let texts = match value {
                Value::Array(values) => values.iter().map(text).collect(),
                one => vec![text(one)],
            };
            (member.clone(), texts)
        })
        .collect()
}

fn diagnostics(written: &[Value]) -> Result<Option<(u32, Vec<String>)>, String> {
    let Some((share, categories)) = written.split_first() else {
        return Ok(None);
    };
    let share = share
        .as_u64()
        .and_then(|share| u32::try_from(share).ok())
        .ok_or("diagnostics begin with a share in percent")?;
    let categories = categories.iter();
    let named = categories.filter_map(|name| name.as_str().map(str::to_owned));
    Ok(Some((share, named.collect())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_bodies_can_be_read() {
        let forms = all().unwrap();
        assert!(
            forms
                .iter()
                .any(|form| form.kind == "Microsoft.Compute/virtualMachines")
        );
    }

    #[test]
    fn a_childs_type_leaves_names_out() {
        let kind = |path| child_kind("A.B/c", path);
        assert_eq!(kind("d/default"), "A.B/c/d");
        assert_eq!(kind("d/*"), "A.B/c/d");
        assert_eq!(kind("d/x/e/y"), "A.B/c/d/e");
        assert_eq!(kind("host/default/listkeys"), "A.B/c/host/listkeys");
        assert_eq!(kind("providers/X.Y/z/*"), "X.Y/z");
    }

    #[test]
    fn mistakes_name_the_type_and_the_key() {
        let fails = |text| read("f", text).unwrap_err().to_string();
        assert!(fails("A.B/c: { conut: 1 }").contains("A.B/c: unknown field `conut`"));
        assert!(fails("A.B/c: { body: { x: { $yes: 200 } } }").contains("x: $yes cannot be 200"));
        let below = "A.B/c: { children: { d/e: { diagnostics: [AuditEvent] } } }";
        assert!(fails(below).contains("d/e: diagnostics begin with a share"));
    }

    #[test]
    fn one_type_may_lie_in_two_places() {
        let text = "A.B/c#one: { place: subscription }\nA.B/c#two: { place: root_group }";
        let kinds: Vec<String> = read("f", text)
            .unwrap()
            .into_iter()
            .map(|form| form.kind)
            .collect();
        assert_eq!(kinds, ["A.B/c", "A.B/c"]);
    }
}
