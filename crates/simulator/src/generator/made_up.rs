//! Bodies for types that the generator knows by name only: values are made up from what their properties are called.

use serde_json::{Map, Value, json};

use super::form::{Form, Naming, Place, child_kind};
use super::kind::Kind;
use super::template::Template;

/// What the generator writes without a form.
const ELSEWHERE: [&str; 2] = [
    "Microsoft.Management/managementGroups",
    "Microsoft.Authorization/roleAssignments",
];

/// How many of 20,000 resources such a type has.
const FEW: u32 = 3;

/// Adds a form for each type that no form stands for yet.
pub(super) fn add(forms: &mut Vec<Form>, kinds: &[Kind]) {
    // Parents come first, so that what hangs below a made-up type finds it.
    let mut open: Vec<&Kind> = kinds.iter().filter(|kind| !kind.is_graph()).collect();
    open.sort_by_key(|kind| kind.name.matches('/').count());
    for kind in open {
        match &kind.parent {
            None => add_own(forms, kind),
            Some(parent) => add_below(forms, parent, kind),
        }
    }
}

fn add_own(forms: &mut Vec<Form>, kind: &Kind) {
    let Some((scope, type_name)) = kind.plain_path().rsplit_once("/providers/") else {
        // Tenants, subscriptions, resource groups: the simulator has them from the layout.
        return;
    };
    let last = type_name.rsplit('/').next().unwrap_or_default();
    let named = !kind.list && type_name.split('/').count() % 2 == 1;
    let type_name = if named {
        type_name.trim_end_matches(last).trim_end_matches('/')
    } else {
        type_name
    };
    let known = |form: &Form| form.kind.eq_ignore_ascii_case(type_name);
    let elsewhere = ELSEWHERE
        .iter()
        .any(|other| other.eq_ignore_ascii_case(type_name));
    if elsewhere || forms.iter().any(known) {
        return;
    }
    let place = if kind.is_resource() {
        Place::Resource
    } else if scope.contains("{subscription}") {
        Place::Subscription
    } else {
        Place::Tenant
    };
    let mut form = form(type_name.to_owned(), String::new(), kind);
    form.place = place;
    form.count = if kind.is_resource() { FEW } else { 0 };
    form.naming = if named {
        Naming::These(vec![last.to_owned()])
    } else if kind.is_resource() {
        Naming::Some(
            1,
            1,
            name(&format!("{}-<workload>-<env>-<n>", short(type_name))),
        )
    } else {
        Naming::Some(1, 2, name("<guid>"))
    };
    forms.push(form);
}

fn add_below(forms: &mut Vec<Form>, parent: &str, kind: &Kind) {
    let settings = "providers/Microsoft.Insights/diagnosticSettings";
    let path = kind.plain_path();
    // The document itself, asked for with more detail.
    if path.is_empty() || path == "." {
        return;
    }
    let containers = [
        "Microsoft.Resources/subscriptions",
        "Microsoft.Resources/resourceGroups",
    ];
    if containers
        .iter()
        .any(|container| container.eq_ignore_ascii_case(parent))
    {
        let own = Kind {
            path: format!("/subscriptions/{{subscription}}/{}", kind.plain_path()),
            parent: None,
            ..kind.clone()
        };
        return add_own(forms, &own);
    }
    let Some(above) = find(forms, parent) else {
        return;
    };
    if path.eq_ignore_ascii_case(settings) {
        above
            .diagnostics
            .get_or_insert_with(|| (50, vec!["AuditEvent".to_owned()]));
        return;
    }
    let type_name = child_kind(&above.kind, path);
    let known = |child: &Form| {
        child.kind.eq_ignore_ascii_case(&type_name)
            && (kind.list
                || !matches!(child.naming, Naming::Path)
                || child.path.eq_ignore_ascii_case(path))
    };
    if above.children.iter().any(known) {
        return;
    }
    let mut child = form(type_name, path.to_owned(), kind);
    if kind.list {
        child.naming = Naming::Some(1, 2, name(&format!("{}-<i>", short(&child.kind))));
        child.count = if kind.table.as_deref() == Some("resources") {
            FEW
        } else {
            0
        };
    }
    above.children.push(child);
}

/// The form of a type, or of one document below it: `Microsoft.Sql/servers/databases`, `…/blobServices/default`.
fn find<'a>(forms: &'a mut [Form], name: &str) -> Option<&'a mut Form> {
    for form in forms {
        if form.kind.eq_ignore_ascii_case(name) {
            return Some(form);
        }
        if let Some(found) = find_below(form, name) {
            return Some(found);
        }
    }
    None
}

fn find_below<'a>(form: &'a mut Form, name: &str) -> Option<&'a mut Form> {
    let kind = form.kind.clone();
    for child in &mut form.children {
        let whole = format!("{kind}/{}", child.path);
        if child.kind.eq_ignore_ascii_case(name) || whole.eq_ignore_ascii_case(name) {
            return Some(child);
        }
        if let Some(found) = find_below(child, name) {
            return Some(found);
        }
    }
    None
}

fn form(type_name: String, path: String, kind: &Kind) -> Form {
    Form {
        written_as: type_name.clone(),
        place: Place::Resource,
        count: 0,
        each: false,
        share: 100,
        path,
        naming: Naming::Path,
        only: Vec::new(),
        unless: Vec::new(),
        raw: kind.posted,
        diagnostics: None,
        body: Template::compile(&body(&kind.properties)).unwrap_or(Template::Fixed(json!({}))),
        children: Vec::new(),
        written: std::cell::Cell::new(false),
        kind: type_name,
    }
}

fn name(text: &str) -> Template {
    let text = Value::String(text.to_owned());
    Template::compile(&text).unwrap_or(Template::Fixed(text))
}

/// The first letters of a type's last part: `serverfarms` becomes `ser`.
fn short(type_name: &str) -> String {
    let last = type_name.rsplit('/').next().unwrap_or_default();
    last.chars().take(3).collect::<String>().to_lowercase()
}

/// A body that has these properties. What every document has is left to the writer.
pub(super) fn body(properties: &[String]) -> Value {
    let mut body = Map::new();
    for path in properties {
        let steps: Vec<&str> = path.split('.').collect();
        let first = steps.first().copied().unwrap_or_default();
        let given = [
            "id",
            "name",
            "type",
            "location",
            "tags",
            "systemData",
            "etag",
            "zones",
        ];
        if given.contains(&first) || path.contains("odata") {
            continue;
        }
        insert(&mut body, &steps);
    }
    Value::Object(body)
}

fn insert(into: &mut Map<String, Value>, steps: &[&str]) {
    let Some((step, rest)) = steps.split_first() else {
        return;
    };
    let plain = step.trim_end_matches("[]");
    let key = if plain == "*" { "default" } else { plain };
    let is_list = step.ends_with("[]");
    if rest.is_empty() {
        let value = value_of(key);
        let value = if is_list { json!([value]) } else { value };
        into.entry(key).or_insert(value);
        return;
    }
    let empty = if is_list { json!([{}]) } else { json!({}) };
    let slot = into.entry(key).or_insert(empty);
    let slot = if is_list { slot.get_mut(0) } else { Some(slot) };
    if let Some(Value::Object(inner)) = slot {
        insert(inner, rest);
    }
}

/// A value that a property of this name may have.
fn value_of(name: &str) -> Value {
    let lower = name.to_lowercase();
    let starts = |what: &[&str]| what.iter().any(|what| lower.starts_with(what));
    let ends = |what: &[&str]| what.iter().any(|what| lower.ends_with(what));
    if lower == "provisioningstate" {
        return json!("Succeeded");
    }
    if starts(&["is", "enable", "disable", "allow", "has", "require", "use"])
        || ends(&["enabled", "disabled", "required"])
    {
        return json!({"$yes": 60});
    }
    if ends(&["state", "status", "access", "mode"]) {
        return json!({"$pick": [[60, "Enabled"], [30, "Disabled"], [10]]});
    }
    if ends(&["resourceid", "arm", "armid"]) {
        return json!("<any Microsoft.Storage/storageAccounts>");
    }
    if ends(&["id", "ids", "sid"]) {
        return json!("<guid>");
    }
    if ends(&["time", "timeutc", "date", "createdat", "on"]) {
        return json!("<past>");
    }
    if ends(&[
        "count",
        "days",
        "size",
        "capacity",
        "gb",
        "mb",
        "port",
        "minutes",
        "hours",
        "seconds",
        "number",
        "bytes",
        "version_number",
    ]) {
        return json!({"$number": [1, 90]});
    }
    if ends(&["uri", "url", "endpoint", "fqdn", "hostname"]) {
        return json!("https://<plain>.<domain>/");
    }
    if ends(&["email", "emails", "mail"]) {
        return json!("<user>");
    }
    if ends(&["address", "ip", "prefix"]) {
        return json!("<ip>");
    }
    json!({"$pick": [[70, "default"], [20, "custom"], [10]]})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, parent: Option<&str>, path: &str, list: bool) -> Kind {
        Kind {
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            path: path.to_owned(),
            list,
            table: (parent.is_none() && list).then(|| "resources".to_owned()),
            ..Kind::default()
        }
    }

    #[test]
    fn unknown_types_get_a_form_once() {
        let mut forms = Vec::new();
        let kinds = [
            kind("A.B/c/d/default", Some("A.B/c"), "d/default", false),
            kind(
                "A.B/c",
                None,
                "/subscriptions/{subscription}/providers/A.B/c",
                true,
            ),
            kind("A.B/c/d/default/e", Some("A.B/c/d/default"), "e", true),
            kind(
                "A.B/c/diagnosticSettings",
                Some("A.B/c"),
                "providers/Microsoft.Insights/diagnosticSettings",
                true,
            ),
            kind(
                "A.B/f/default",
                None,
                "/subscriptions/{subscription}/providers/A.B/f/default",
                false,
            ),
            kind(
                "Microsoft.Resources/subscriptions/x",
                Some("Microsoft.Resources/subscriptions"),
                "providers/A.B/x",
                true,
            ),
            kind("graph/users", None, "/v1.0/users", true),
        ];
        add(&mut forms, &kinds);
        add(&mut forms, &kinds);
        let types: Vec<(&str, Place)> = forms
            .iter()
            .map(|form| (form.kind.as_str(), form.place))
            .collect();
        assert_eq!(
            types,
            [
                ("A.B/c", Place::Resource),
                ("A.B/f", Place::Subscription),
                ("A.B/x", Place::Subscription)
            ]
        );
        assert!(matches!(&forms[1].naming, Naming::These(names) if names == &["default"]));
        let below = &forms[0].children;
        assert_eq!(below.len(), 1);
        assert_eq!(
            (below[0].kind.as_str(), below[0].children.len()),
            ("A.B/c/d", 1)
        );
        assert!(forms[0].diagnostics.is_some());
    }

    #[test]
    fn values_follow_the_names_of_properties() {
        let paths = [
            "properties.rules[].name",
            "properties.rules[].enabled",
            "properties.map.*.count",
            "tags.*",
            "id",
            "properties.list[]",
        ]
        .map(str::to_owned);
        let body = body(&paths);
        assert_eq!(
            body["properties"]["rules"][0]["enabled"],
            json!({"$yes": 60})
        );
        assert!(body["properties"]["rules"][0].get("name").is_some());
        assert_eq!(
            body["properties"]["map"]["default"]["count"],
            json!({"$number": [1, 90]})
        );
        assert!(body["properties"]["list"].is_array());
        assert!(body.get("tags").is_none());
        assert!(Template::compile(&body).is_ok());
    }
}
