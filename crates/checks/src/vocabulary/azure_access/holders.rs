//! Who holds roles over a whole subscription.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use rbac::{Level, RoleDefinition, Scope};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::json::{at, items, text};
use super::groups::Groups;
use super::{key, powers};

/// The role definitions by their GUID: some hundred, of which a few are assigned.
pub(super) struct Roles<'a> {
    definitions: HashMap<Cow<'a, str>, &'a Value>,
    /// What was asked for before, by the GUID as it was asked for: a role is assigned many times.
    read: RefCell<HashMap<String, Named>>,
}

/// A role's name and powers.
type Named = (String, Vec<&'static str>);

impl<'a> Roles<'a> {
    pub(super) fn new(definitions: &'a Value) -> Self {
        let roles = items(definitions).iter().filter_map(|definition| {
            let id = text(definition, "name").or_else(|| text(definition, "id"))?;
            Some((key(last_segment(id)), definition))
        });
        Self {
            definitions: roles.collect(),
            read: RefCell::default(),
        }
    }

    /// The name and the powers of a role; a role that is not known has its GUID for a name, and `unknown` powers
    /// rather than none.
    pub(super) fn named(&self, guid: &str) -> Named {
        if let Some(named) = self.read.borrow().get(guid) {
            return named.clone();
        }
        let named = self.read_named(guid);
        self.read
            .borrow_mut()
            .insert(guid.to_owned(), named.clone());
        named
    }

    fn read_named(&self, guid: &str) -> Named {
        let definition = self.definitions.get(&key(guid));
        let read = definition.and_then(|definition| RoleDefinition::deserialize(*definition).ok());
        match (read, powers::built_in(guid)) {
            (Some(role), _) if !role.role_name.is_empty() => {
                let powers = powers::of_role(&role);
                (role.role_name, powers)
            }
            (Some(role), _) => (guid.to_owned(), powers::of_role(&role)),
            (None, Some((name, powers))) => (name.to_owned(), powers),
            (None, None) => (guid.to_owned(), vec![powers::UNKNOWN]),
        }
    }
}

/// Everybody who holds a role over a whole subscription, by an assignment at the subscription or above
/// it: one entry for each assignment and person or service, those in groups by themselves.
///
/// * `assignments`: `roleAssignments`, or schedule instances of Privileged Identity Management.
/// * `definitions`: the role definitions.
/// * `groups`: groups with their `members` and `transitiveMembers`.
///
/// An assignment that was listed for several subscriptions counts once. An entry has `id`, `type` and `name`
/// of the assignment (for members of a group the id goes on with `/members/` and theirs), `role`, `roleId`, `powers` (see
/// [`super::role_powers`]; `unknown` where the definition is not there), `scope`, `level` (`tenant root`, `management group`, `subscription`),
/// `principalId`, `principalType`, `via` (names of groups), `assignedTo`, `condition`, `eligible`,
/// `permanent`. A condition takes `assign roles` away from the powers: it limits just that.
pub fn role_holders(assignments: &Value, definitions: &Value, groups: &Value) -> Vec<Value> {
    let (roles, groups) = (Roles::new(definitions), Groups::new(groups));
    let (mut holders, mut seen) = (Vec::new(), HashSet::new());
    for assignment in items(assignments) {
        let properties = at(assignment, "properties");
        let (Some(scope), Some(principal)) =
            (scope_of(assignment), text(properties, "principalId"))
        else {
            continue;
        };
        let Some(level) = level(&scope) else {
            continue;
        };
        let role = last_segment(text(properties, "roleDefinitionId").unwrap_or_default());
        let (name, mut powers) = roles.named(role);
        let condition = text(properties, "condition");
        if condition.is_some() {
            powers.retain(|power| *power != powers::ASSIGN);
        }
        let assigned = text(assignment, "id").unwrap_or_default();
        for leaf in groups.behind(principal) {
            let id = match leaf.via.is_empty() {
                true => assigned.to_owned(),
                false => format!("{assigned}/members/{}", leaf.id),
            };
            if !id.is_empty() && !seen.insert(id.to_lowercase()) {
                continue;
            }
            let kind = match leaf.via.is_empty() {
                true => text(properties, "principalType").map(str::to_owned),
                false => leaf.kind.clone(),
            };
            holders.push(json!({
                "id": id,
                "type": text(assignment, "type"),
                "name": text(assignment, "name"),
                "role": name,
                "roleId": role,
                "powers": powers,
                "scope": scope.as_str(),
                "level": level,
                "principalId": leaf.id,
                "principalType": kind,
                "via": leaf.via,
                "assignedTo": principal,
                "condition": condition,
                "eligible": text(assignment, "type").is_some_and(is_eligibility),
                "permanent": text(properties, "endDateTime").is_none(),
                "assignmentType": text(properties, "assignmentType"),
            }));
        }
    }
    holders
}

/// Where an assignment holds: as it says, or what its id begins with.
pub(super) fn scope_of(assignment: &Value) -> Option<Scope> {
    if let Some(scope) = text(assignment, "properties.scope") {
        return Scope::parse(scope);
    }
    let id = text(assignment, "id")?;
    let at = id
        .to_lowercase()
        .rfind("/providers/microsoft.authorization/")?;
    match id.get(..at)? {
        "" => Some(Scope::tenant()),
        path => Scope::parse(path),
    }
}

/// What people call a scope that holds whole subscriptions.
fn level(scope: &Scope) -> Option<&'static str> {
    match scope.level() {
        Level::Tenant => Some("tenant root"),
        Level::ManagementGroup => Some("management group"),
        Level::Subscription => Some("subscription"),
        Level::ResourceGroup | Level::Resource => None,
    }
}

fn is_eligibility(document_type: &str) -> bool {
    document_type.to_lowercase().contains("eligibility")
}

pub(super) fn last_segment(id: &str) -> &str {
    id.trim_end_matches('/').rsplit('/').next().unwrap_or(id)
}
