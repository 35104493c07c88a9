//! What Azure says of the identity's rights in each subscription: role assignments with their
//! definitions, deny assignments, its own permissions as Resource Manager adds them up, and locks.

use std::collections::BTreeMap;

use azure::{Client, Failure, Service};
use rbac::{
    Ancestry, Assignment, DenyAssignment, Permission, Policy, Principal, RoleDefinition, Scope,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::ask;
use crate::identity::Identity;
use crate::reading::Unread;

const AUTHORIZATION: &str = "providers/Microsoft.Authorization";
const VERSION: &str = "api-version=2022-04-01";
const READER: &str = "Reader on the subscription";

/// Everything known of the identity's rights in one subscription.
#[derive(Debug, Clone)]
pub(crate) struct SubscriptionAccess {
    /// The subscription's id as Azure gave it.
    pub id: String,
    /// Who asks, with its groups.
    pub principal: Principal,
    /// Assignments, definitions, deny assignments.
    pub policy: Policy,
    /// The scopes inside of the subscription at which something is assigned.
    pub inner: Vec<Scope>,
    /// The deny assignments that concern the identity, wherever in the subscription.
    pub denials: Vec<DenyAssignment>,
    /// Its permissions as Resource Manager adds them up; `None` where they could not be read.
    pub own: Option<Vec<Permission>>,
    /// The locks of the subscription and of everything in it.
    pub locks: Vec<Value>,
    /// Whether the assignments were read.
    pub assignments_known: bool,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

/// Reads the rights in many subscriptions, in batches.
pub(crate) async fn read(
    client: &Client,
    identity: &Identity,
    subscriptions: &[String],
) -> Vec<SubscriptionAccess> {
    let paths: Vec<String> = subscriptions
        .iter()
        .flat_map(|id| paths(id, identity.object_id.as_deref()))
        .collect();
    let mut answers = ask::lists(client, &paths).await.into_iter();
    let mut raw = Vec::new();
    for id in subscriptions {
        let mut next = || answers.next().unwrap_or(Ok(Vec::new()));
        raw.push((id, [next(), next(), next(), next()]));
    }
    let roles = definitions(client, &raw).await;
    raw.into_iter()
        .map(|(id, answers)| gather(id, answers, identity, &roles))
        .collect()
}

fn paths(id: &str, object_id: Option<&str>) -> [String; 4] {
    let at = format!("/subscriptions/{id}/{AUTHORIZATION}");
    let mine = match object_id {
        Some(object_id) => format!("&$filter=assignedTo('{object_id}')"),
        None => String::new(),
    };
    [
        format!("{at}/roleAssignments?{VERSION}{mine}"),
        format!("{at}/denyAssignments?{VERSION}"),
        format!("{at}/permissions?{VERSION}"),
        format!("{at}/locks?api-version=2020-05-01"),
    ]
}

type Answers = [Result<Vec<Value>, Failure>; 4];

/// The definitions of every role that is assigned, each read once.
async fn definitions(client: &Client, raw: &[(&String, Answers)]) -> Vec<RoleDefinition> {
    let mut paths = BTreeMap::new();
    for (id, [assignments, ..]) in raw {
        for item in assignments.iter().flatten() {
            let role = ask::text(item, "/properties/roleDefinitionId")
                .and_then(|id| id.rsplit('/').next());
            if let Some(role) = role {
                paths.entry(role.to_lowercase()).or_insert_with(|| {
                    format!("/subscriptions/{id}/{AUTHORIZATION}/roleDefinitions/{role}?{VERSION}")
                });
            }
        }
    }
    let paths: Vec<String> = paths.into_values().collect();
    let found = ask::objects(client, Service::Arm, &paths).await;
    found
        .into_iter()
        .filter_map(|role| serde_json::from_value(role.ok()?).ok())
        .collect()
}

fn gather(
    id: &str,
    [assignments, denials, own, locks]: Answers,
    identity: &Identity,
    roles: &[RoleDefinition],
) -> SubscriptionAccess {
    let mut unread = Vec::new();
    let mut note = |what: &str, failure: &Failure| unread.push(Unread::new(what, READER, failure));
    if let Err(failure) = &assignments {
        note("role assignments", failure);
    }
    if let Err(failure) = &denials {
        note("deny assignments", failure);
    }
    if let Err(failure) = &own {
        note("the identity's permissions", failure);
    }
    if let Err(failure) = &locks {
        note("locks", failure);
    }
    let assignments_known = assignments.is_ok();
    let assignments: Vec<Assignment> = parsed(assignments);
    let denials: Vec<DenyAssignment> = parsed(denials);
    let principal = principal(identity, &assignments);
    let subscription = Scope::subscription(id);
    let none = Ancestry::default();
    let mut inner: Vec<Scope> = Vec::new();
    for assignment in &assignments {
        let scope = &assignment.scope;
        let is_inner = subscription.covers(scope, &none) && *scope != subscription;
        if is_inner && principal.via(&assignment.principal_id).is_some() && !inner.contains(scope) {
            inner.push(scope.clone());
        }
    }
    inner.sort_by_key(|scope| scope.as_str().to_lowercase());
    let concerning = denials.iter().filter(|one| one.is_for(&principal));
    SubscriptionAccess {
        id: id.to_owned(),
        denials: concerning.cloned().collect(),
        policy: Policy::new(Ancestry::as_listed())
            .with_roles(roles.iter().cloned())
            .with_assignments(assignments)
            .with_denials(denials),
        principal,
        inner,
        own: own.ok().map(|own| parsed(Ok(own))),
        locks: locks.unwrap_or_default(),
        assignments_known,
        unread,
    }
}

/// Resource Manager lists the assignments of the identity's groups with its own. Where the directory
/// does not tell the groups, those among them are taken at its word.
fn principal(identity: &Identity, assignments: &[Assignment]) -> Principal {
    let principal = Principal::new(identity.object_id.clone().unwrap_or_default());
    if identity.groups.unread.is_none() {
        let groups = identity.groups.items.iter().map(|group| group.id.clone());
        return principal.in_groups(groups);
    }
    let groups = assignments
        .iter()
        .filter(|one| one.principal_type.to_lowercase().ends_with("group"))
        .map(|one| one.principal_id.clone());
    principal.in_groups(groups)
}

fn parsed<T: DeserializeOwned>(items: Result<Vec<Value>, Failure>) -> Vec<T> {
    items
        .into_iter()
        .flatten()
        .filter_map(|item| serde_json::from_value(item).ok())
        .collect()
}
