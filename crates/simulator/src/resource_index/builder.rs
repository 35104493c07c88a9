//! How documents become rows.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{COLUMNS, Container, Entry, Home, Index};
use crate::kql::Cell;
use crate::path::{self, ProviderPath};
use crate::resource_tables::table_of;
use crate::tenant::Tenant;

/// Makes rows of documents.
pub(super) struct Builder<'a> {
    tenant: &'a Tenant,
    pub(super) index: Index,
    subscriptions: HashMap<String, usize>,
    actions: HashMap<String, usize>,
    shared: HashMap<String, Arc<Value>>,
    /// The tables of types outside resource groups, and of those within.
    tables: [HashMap<String, Option<&'static str>>; 2],
    /// Role definitions are one row each, wherever they are stored.
    definitions: HashMap<String, usize>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(tenant: &'a Tenant) -> Self {
        let ids = tenant.subscriptions.iter().map(|one| one.id.to_lowercase());
        Self {
            tenant,
            index: Index::default(),
            subscriptions: ids.zip(0..).collect(),
            actions: HashMap::new(),
            shared: HashMap::new(),
            tables: Default::default(),
            definitions: HashMap::new(),
        }
    }

    pub(super) fn document(&mut self, at: &str, body: Arc<Value>) {
        let Some(provider) = ProviderPath::parse(at).filter(|found| !found.ends_on_type()) else {
            return;
        };
        let Some(home) = self.home(at) else {
            return;
        };
        let kind = provider.type_name().to_lowercase();
        let in_group = provider.scope.len() == 4 && matches!(home, Home::Subscription(_));
        let Some(table) = self.table(&kind, in_group) else {
            return;
        };
        let name = provider.rest.last().copied().unwrap_or_default();
        // Of an app's settings, Resource Graph keeps `web` alone.
        if table == "appserviceresources"
            && kind.ends_with("/config")
            && !name.eq_ignore_ascii_case("web")
        {
            return;
        }
        let direct = provider.scope.len() == 2 || !matches!(home, Home::Subscription(_));
        let mut row = self.row(at, &kind, &body);
        let mut known = None;
        match kind.as_str() {
            "microsoft.authorization/roledefinitions" => {
                let id = format!("/providers/Microsoft.Authorization/RoleDefinitions/{name}");
                row[0] = Cell::new(json!(id));
                known = Some(name.to_lowercase());
            }
            "microsoft.authorization/roleassignments" => {
                row[PROPERTIES] = Cell::new(with_definition(&body["properties"]));
            }
            _ => {}
        }
        if let Some(known) = known {
            let entries = &mut self.index.tables.entry(table).or_default().entries;
            if let Some(first) = self
                .definitions
                .get(&known)
                .and_then(|at| entries.get_mut(*at))
            {
                first.also.push(home);
                return;
            }
            self.definitions.insert(known, entries.len());
        }
        let home = match home {
            Home::Root if is_definition(&kind) => Home::Everywhere,
            home => home,
        };
        let entry = Entry {
            row: row.into(),
            home,
            also: Vec::new(),
            direct,
            action: self.action(format!("{kind}/read")),
            scope: at.into(),
        };
        self.index
            .tables
            .entry(table)
            .or_default()
            .push(&kind, entry);
    }

    pub(super) fn container(&mut self, container: &Container) {
        let body = Arc::new(container.body.clone());
        let mut row = self.row(&container.path, container.kind, &body);
        if container.kind == "microsoft.resources/subscriptions" {
            row[1] = Cell::new(body["displayName"].clone());
        }
        let entry = Entry {
            row: row.into(),
            home: container.home.clone(),
            also: Vec::new(),
            direct: true,
            action: self.action(container.action.to_lowercase()),
            scope: container.path.as_str().into(),
        };
        let table = self.index.tables.entry("resourcecontainers").or_default();
        table.push(container.kind, entry);
    }

    fn action(&mut self, name: String) -> usize {
        let next = self.index.actions.len();
        let at = *self.actions.entry(name.clone()).or_insert(next);
        if at == next {
            self.index.actions.push(name);
        }
        at
    }

    fn table(&mut self, kind: &str, in_group: bool) -> Option<&'static str> {
        let known = &mut self.tables[usize::from(in_group)];
        if let Some(table) = known.get(kind) {
            return *table;
        }
        let table = table_of(kind, in_group);
        known.insert(kind.to_owned(), table);
        table
    }

    fn home(&self, at: &str) -> Option<Home> {
        const GROUPS: &str = "/providers/microsoft.management/managementgroups/";
        if let Some(id) = path::subscription(at) {
            let place = self.subscriptions.get(&id.to_lowercase());
            return place.map(|place| Home::Subscription(*place));
        }
        let key = path::key(at);
        Some(match key.strip_prefix(GROUPS) {
            Some(rest) => Home::Group(rest.split('/').next().unwrap_or(rest).to_owned()),
            None => Home::Root,
        })
    }

    /// A text that many rows have, kept once.
    fn text(&mut self, text: String) -> Cell {
        if let Some(known) = self.shared.get(&text) {
            return Cell::Own(Arc::clone(known));
        }
        let value = Arc::new(Value::from(text.as_str()));
        self.shared.insert(text, Arc::clone(&value));
        Cell::Own(value)
    }

    /// A row: Resource Graph writes types, groups and locations in lower case.
    fn row(&mut self, at: &str, kind: &str, body: &Arc<Value>) -> Vec<Cell> {
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        let id = match text("id") {
            id if id.starts_with('/') => id,
            _ => at,
        };
        let name = match text("name") {
            "" => at.rsplit('/').next().unwrap_or_default(),
            name => name,
        };
        let location = text("location").to_lowercase().replace(' ', "");
        let group = path::resource_group(at).unwrap_or_default().to_lowercase();
        let subscription = path::subscription(at).unwrap_or_default().to_owned();
        let (own_kind, managed_by) = (text("kind").to_owned(), text("managedBy").to_owned());
        let mut row = vec![
            Cell::new(Value::from(id)),
            Cell::new(Value::from(name)),
            self.text(kind.to_owned()),
            self.text(self.tenant.id.clone()),
            self.text(own_kind),
            self.text(location),
            self.text(group),
            self.text(subscription),
            self.text(managed_by),
        ];
        let members = COLUMNS[row.len()..].iter();
        row.extend(members.map(|name| Cell::Member(Arc::clone(body), name)));
        row
    }
}

/// The place of `properties` among the columns.
const PROPERTIES: usize = 11;

fn is_definition(kind: &str) -> bool {
    matches!(
        kind,
        "microsoft.authorization/roledefinitions"
            | "microsoft.authorization/policydefinitions"
            | "microsoft.authorization/policysetdefinitions"
    )
}

/// An assignment's properties with its role as Resource Graph names it: by the id of the definition's row.
fn with_definition(properties: &Value) -> Value {
    let mut properties = properties.clone();
    if let Some(id) = properties["roleDefinitionId"].as_str() {
        let name = id.rsplit('/').next().unwrap_or(id);
        properties["roleDefinitionId"] = json!(format!(
            "/providers/Microsoft.Authorization/RoleDefinitions/{name}"
        ));
    }
    properties
}
