//! What the identity may do and no check needs. A scanner that can write is a finding of its own:
//! whoever takes its credential can do it too.

use catalog::Contract;
use checks::Severity;
use rbac::{Grant, Level, Plane, RoleDefinition, Scope};
use serde::Serialize;

use crate::azure_access::SubscriptionAccess;
use crate::consent::Consent;
use crate::directory_roles::DirectoryRole;
use crate::graph::{GraphPermissions, writes};

/// Something that the identity may do and no check needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excess {
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub kind: ExcessKind,
    /// The permission or role.
    pub name: String,
    /// The scope of a role of Azure.
    pub scope: Option<String>,
    /// The id of the role assignment.
    pub assignment_id: Option<String>,
    /// What it lets do, in one sentence.
    pub why: String,
    /// What to grant first, because checks live on it: permissions, or roles at the same scope.
    pub replace_by: Vec<String>,
}

/// Where the excess lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExcessKind {
    /// An application permission of Microsoft Graph.
    GraphPermission,
    /// A role of Entra ID.
    DirectoryRole,
    /// A role of Azure that lets more than read.
    AzureRole,
    /// A role of Azure that opens the data inside of resources.
    DataRole,
    /// A role at a wider scope than the subscriptions.
    WideScope,
    /// The custom role of the scanner has more than its actions.
    CustomRole,
}

/// Application permissions with which an application makes itself master of the tenant.
const MASTERS: [&str; 7] = [
    "RoleManagement.ReadWrite.Directory",
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "Directory.ReadWrite.All",
    "RoleAssignmentSchedule.ReadWrite.Directory",
    "PrivilegedAccess.ReadWrite.AzureADGroup",
    "UserAuthenticationMethod.ReadWrite.All",
];

/// What an identity has too much of. Users are not judged: their roles are their own.
pub(crate) fn find(
    contract: &Contract,
    graph: &GraphPermissions,
    consents: &[Consent],
    directory_roles: &[DirectoryRole],
    subscriptions: &[SubscriptionAccess],
    needed: &[String],
) -> Vec<Excess> {
    let mut found: Vec<Excess> = graph.beyond.iter().map(|one| of_graph(one)).collect();
    for one in &mut found {
        one.replace_by = relying(graph, &one.name);
        let mut granted = consents.iter();
        let granted = granted.find(|consent| consent.permission.eq_ignore_ascii_case(&one.name));
        one.assignment_id = granted.map(|consent| consent.id.clone());
    }
    found.extend(directory_roles.iter().map(of_directory));
    for access in subscriptions {
        for scope in std::iter::once(Scope::subscription(&access.id)).chain(access.inner.clone()) {
            let here = access.policy.access(&access.principal, &scope);
            for grant in &here.grants {
                found.extend(of_grant(grant, contract));
            }
        }
        for one in found.iter_mut().filter(|one| one.scope.is_some()) {
            let roles = only_through(access, one, contract, needed);
            one.replace_by.extend(roles);
            one.replace_by.sort();
            one.replace_by.dedup();
        }
    }
    found.sort_by(|left, right| {
        let key = |one: &Excess| (one.kind, one.name.to_lowercase(), one.scope.clone());
        right
            .severity
            .cmp(&left.severity)
            .then_with(|| key(left).cmp(&key(right)))
    });
    found.dedup_by(|left, right| {
        (left.kind, &left.assignment_id, &left.name)
            == (right.kind, &right.assignment_id, &right.name)
    });
    found
}

/// The permissions that the token has through a wider one alone.
fn relying(graph: &GraphPermissions, wider: &str) -> Vec<String> {
    let all = graph.base.iter().chain(&graph.optional);
    let relying = all.filter(|one| one.through.as_deref() == Some(wider));
    relying.map(|one| one.permission.clone()).collect()
}

/// The roles that would have to stand in for one that is taken away: of the actions that the checks
/// need, those that no other assignment permits.
fn only_through(
    access: &SubscriptionAccess,
    excess: &Excess,
    contract: &Contract,
    needed: &[String],
) -> Vec<String> {
    let here = access
        .policy
        .access(&access.principal, &Scope::subscription(&access.id));
    let lives_on_it = |action: &&String| match here.verdict(action) {
        rbac::Verdict::Granted { by } => by
            .iter()
            .all(|grant| Some(&grant.assignment.id) == excess.assignment_id.as_ref()),
        _ => false,
    };
    let actions = needed.iter().filter(lives_on_it);
    actions
        .filter_map(|action| contract.reads_with(action).map(str::to_owned))
        .collect()
}

fn of_graph(permission: &str) -> Excess {
    let is_master = MASTERS
        .iter()
        .any(|master| master.eq_ignore_ascii_case(permission));
    let (severity, why) = match (is_master, writes(permission)) {
        (true, _) => (
            Severity::Critical,
            "lets change the directory as far as taking it over",
        ),
        (false, true) => (Severity::High, "lets change what no check changes"),
        (false, false) => (Severity::Low, "lets read what no check reads"),
    };
    Excess {
        severity,
        kind: ExcessKind::GraphPermission,
        name: permission.to_owned(),
        scope: None,
        assignment_id: None,
        why: why.to_owned(),
        replace_by: Vec::new(),
    }
}

fn of_directory(role: &DirectoryRole) -> Excess {
    let name = role.name.to_lowercase();
    let (severity, why) = match name.as_str() {
        "global administrator"
        | "privileged role administrator"
        | "privileged authentication administrator"
        | "application administrator"
        | "cloud application administrator" => (Severity::Critical, "lets take over the directory"),
        other if other.ends_with("reader") || other.ends_with("readers") => (
            Severity::Low,
            "lets read what the Graph permissions cover already, and more",
        ),
        _ => (Severity::High, "lets change the directory"),
    };
    Excess {
        severity,
        kind: ExcessKind::DirectoryRole,
        name: role.name.clone(),
        scope: role.scope.clone(),
        assignment_id: role.assignment_id.clone(),
        why: format!("a role of Entra ID that no check needs: {why}"),
        replace_by: Vec::new(),
    }
}

fn of_grant(grant: &Grant<'_>, contract: &Contract) -> Vec<Excess> {
    let Some(role) = grant.role else {
        return Vec::new();
    };
    let custom = &contract.azure.role;
    let excess = |kind: ExcessKind, severity: Severity, why: String| Excess {
        severity,
        kind,
        name: grant.role_name().to_owned(),
        scope: Some(grant.assignment.scope.as_str().to_owned()),
        assignment_id: Some(grant.assignment.id.clone()),
        why,
        replace_by: Vec::new(),
    };
    let mut found = Vec::new();
    let allowed: Vec<_> = role
        .permissions
        .iter()
        .flat_map(|block| block.excess(&custom.actions))
        .collect();
    let patterns = |plane: Plane| -> Vec<&str> {
        let of = allowed.iter().filter(|one| one.plane == plane);
        of.map(|one| one.pattern).collect()
    };
    let control = patterns(Plane::Control);
    if !control.is_empty() {
        let severity = severity_of(role, grant);
        let is_ours = role.role_name.eq_ignore_ascii_case(&custom.name);
        let (kind, why) = match is_ours {
            true => (
                ExcessKind::CustomRole,
                format!(
                    "its definition allows more than its {} actions: {}",
                    custom.actions.len(),
                    some(&control)
                ),
            ),
            false => (
                ExcessKind::AzureRole,
                format!("lets change resources or read secrets: {}", some(&control)),
            ),
        };
        found.push(excess(kind, severity, why));
    }
    let data = patterns(Plane::Data);
    if !data.is_empty() {
        let why = format!("opens the data inside of resources: {}", some(&data));
        found.push(excess(ExcessKind::DataRole, Severity::Medium, why));
    }
    if found.is_empty() && grant.assignment.scope.level() == Level::Tenant {
        let why = "holds for every management group and subscription, also those to come";
        found.push(excess(ExcessKind::WideScope, Severity::Low, why.to_owned()));
    }
    found
}

/// Who can give roles can give itself any.
fn severity_of(role: &RoleDefinition, grant: &Grant<'_>) -> Severity {
    let free = grant.condition_on(rbac::actions::ASSIGN_ROLES).is_none();
    match (role.may_assign_roles() && free) || role.may_write_roles() {
        true => Severity::Critical,
        false => Severity::High,
    }
}

fn some(patterns: &[&str]) -> String {
    const SHOWN: usize = 4;
    let shown = patterns.iter().take(SHOWN).copied().collect::<Vec<_>>();
    match patterns.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
#[path = "excess_tests.rs"]
mod tests;
