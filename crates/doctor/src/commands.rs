//! The commands that mend something, with ids filled in, and the way through the portal.

use catalog::{Contract, Tier};

use crate::excess::{Excess, ExcessKind};
use crate::identity::{Identity, IdentityKind};
use crate::lack::Lack;
use crate::remedy::{Remedy, RemedyKind};
use crate::rights::SubscriptionRights;

/// Microsoft Graph's application id, the same in every tenant.
pub(crate) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// Writes commands for one identity.
pub(crate) struct Commands<'a> {
    pub identity: &'a Identity,
    /// The tenant's id.
    pub tenant: &'a str,
    pub contract: &'a Contract,
    /// Scopes at which the scanner's own role exists.
    pub custom_roles: &'a [String],
    pub subscriptions: &'a [SubscriptionRights],
}

impl Commands<'_> {
    fn object_id(&self) -> &str {
        self.identity.object_id.as_deref().unwrap_or("OBJECT_ID")
    }

    fn application_id(&self) -> &str {
        self.identity
            .application_id
            .as_deref()
            .unwrap_or("APPLICATION_ID")
    }

    fn name(&self) -> &str {
        self.identity.name.as_deref().unwrap_or("the application")
    }

    fn principal_type(&self) -> &'static str {
        match self.identity.kind {
            IdentityKind::User => "User",
            _ => "ServicePrincipal",
        }
    }

    /// Grants an application permission.
    pub fn graph(&self, permission: &str) -> (Vec<String>, String) {
        let (name, object) = (self.name(), self.object_id());
        match self.identity.kind {
            IdentityKind::User => (
                Vec::new(),
                "Entra ID, Roles and administrators, Global Reader, Add assignments; or sign in as the scanner's service principal".to_owned(),
            ),
            IdentityKind::ManagedIdentity => {
                let query = |query: &str| format!("$(az ad sp show --id {GRAPH} --query \"{query}\" -o tsv)");
                let command = format!(
                    "az rest --method POST --url https://graph.microsoft.com/v1.0/servicePrincipals/{object}/appRoleAssignments \
                     --body '{{\"principalId\": \"{object}\", \"resourceId\": \"'{}'\", \"appRoleId\": \"'{}'\"}}'",
                    query("id"),
                    query(&format!("appRoles[?value=='{permission}'].id")),
                );
                (vec![command], "the portal cannot: run the command".to_owned())
            }
            IdentityKind::ServicePrincipal => {
                let with = match self.contract.tier(permission) {
                    Some(Tier::Base) => String::new(),
                    _ => format!(" --with {permission}"),
                };
                let command = format!(
                    "threatdefence setup apply --application-id {} --directory-only{with} --proof none",
                    self.application_id()
                );
                let portal = format!(
                    "Entra ID, App registrations, {name}, API permissions, Add a permission, Microsoft Graph, \
                     Application permissions, {permission}; then Grant admin consent"
                );
                (vec![command], portal)
            }
        }
    }

    /// An optional role above all subscriptions, by the words of the contract: no page of the portal assigns it.
    pub fn optional_role(&self, grant: &str) -> Vec<String> {
        let mut optional = self.contract.azure.optional.values();
        let action = optional.find(|action| action.grant == grant);
        let reader = &self.contract.azure.reader.name;
        let assign = |scope: &str| self.assign(reader, &scope.replace("TENANT_ID", self.tenant));
        action
            .map(|action| assign(&action.scope))
            .into_iter()
            .collect()
    }

    /// Assigns a role at scopes; makes the scanner's own one first where it is not there.
    pub fn role(&self, role: &str, scopes: &[&str]) -> (Vec<String>, String) {
        let custom = &self.contract.azure.role.name;
        let exists = |scope: &str| {
            let mut known = self.custom_roles.iter();
            known.any(|one| one.eq_ignore_ascii_case(scope))
        };
        let to_make = |scope: &&str| role.eq_ignore_ascii_case(custom) && !exists(scope);
        let any = ["/subscriptions/SUBSCRIPTION_ID"];
        let scopes = match scopes {
            [] => &any[..],
            scopes => scopes,
        };
        let mut commands = Vec::new();
        let made: Vec<String> = scopes
            .iter()
            .filter(|scope| to_make(scope))
            .map(|scope| flag(scope))
            .collect();
        if !made.is_empty() && self.identity.kind == IdentityKind::ServicePrincipal {
            commands.push(format!(
                "threatdefence setup apply --application-id {} {} --proof none",
                self.application_id(),
                made.join(" ")
            ));
        }
        for scope in scopes {
            if to_make(scope) && self.identity.kind == IdentityKind::ServicePrincipal {
                continue;
            }
            commands.push(self.assign(role, scope));
        }
        let portal = format!(
            "{}, Access control (IAM), Add role assignment, {role}, {}",
            match scopes.iter().all(|scope| is_group(scope)) {
                true => "Management groups, the group",
                false => "Subscriptions, the subscription",
            },
            self.name()
        );
        (commands, portal)
    }

    fn assign(&self, role: &str, scope: &str) -> String {
        let role = match role.contains([' ', '/']) {
            true => format!("\"{role}\""),
            false => role.to_owned(),
        };
        format!(
            "az role assignment create --assignee-object-id {} --assignee-principal-type {} --role {role} --scope {scope}",
            self.object_id(),
            self.principal_type()
        )
    }

    /// Enables the identity.
    pub fn enable(&self) -> Remedy {
        let (command, portal) = match self.identity.kind {
            IdentityKind::User => (
                format!(
                    "az ad user update --id {} --account-enabled true",
                    self.object_id()
                ),
                "Entra ID, Users, the user, Account status",
            ),
            _ => (
                format!(
                    "az ad sp update --id {} --set accountEnabled=true",
                    self.object_id()
                ),
                "Entra ID, Enterprise applications, the application, Properties, Enabled for users to sign-in",
            ),
        };
        Remedy {
            kind: RemedyKind::Mend,
            what: format!(
                "enable the {}: it is disabled, and no further token will be given",
                self.identity.kind.as_str()
            ),
            opens: Vec::new(),
            severity: Some(checks::Severity::Critical),
            commands: vec![command],
            portal: Some(portal.to_owned()),
            optional: false,
        }
    }

    /// Makes a new credential.
    pub fn renew(&self) -> String {
        format!(
            "threatdefence setup renew --application-id {}",
            self.application_id()
        )
    }

    /// Takes a lock away: its name stands in the reason, its place in the scope.
    pub fn unlock(&self, reason: &str, scopes: &[&str]) -> Vec<String> {
        let name = reason
            .strip_prefix("the read-only lock ")
            .and_then(|rest| rest.split(" on ").next())
            .unwrap_or_default();
        scopes
            .iter()
            .map(|scope| {
                format!("az lock delete --ids \"{scope}/providers/Microsoft.Authorization/locks/{name}\"")
            })
            .collect()
    }

    /// Registers a resource provider.
    pub fn register(&self, lack: &Lack, scopes: &[&str]) -> Vec<String> {
        let provider = lack.permissions.iter().next().map(String::as_str);
        let provider = provider
            .and_then(|one| one.split('/').next())
            .unwrap_or_default();
        scopes
            .iter()
            .filter_map(|scope| scope.strip_prefix("/subscriptions/"))
            .map(|id| format!("az provider register --namespace {provider} --subscription {id}"))
            .collect()
    }

    /// Grants what stands in for something that is taken away.
    pub fn stand_in(&self, excess: &Excess) -> Vec<String> {
        let scope = excess.scope.as_deref().unwrap_or("/");
        let mut commands: Vec<String> = excess
            .replace_by
            .iter()
            .flat_map(|one| match excess.kind {
                ExcessKind::GraphPermission => self.graph(one).0,
                ExcessKind::CustomRole => Vec::new(),
                _ => self.role(one, &[scope]).0,
            })
            .collect();
        commands.dedup();
        commands
    }

    /// Takes away what is too much.
    pub fn reduce(&self, excess: &Excess) -> (Vec<String>, String) {
        let name = self.name();
        let id = excess.assignment_id.as_deref();
        match excess.kind {
            ExcessKind::GraphPermission => (
                id.map(|id| {
                    format!(
                        "az rest --method DELETE --url https://graph.microsoft.com/v1.0/servicePrincipals/{}/appRoleAssignments/{id}",
                        self.object_id()
                    )
                })
                .into_iter()
                .collect(),
                format!("Entra ID, Enterprise applications, {name}, Permissions, {}, Revoke permission", excess.name),
            ),
            ExcessKind::DirectoryRole => (
                id.map(|id| {
                    format!("az rest --method DELETE --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments/{id}")
                })
                .into_iter()
                .collect(),
                format!("Entra ID, Roles and administrators, {}, remove {name}", excess.name),
            ),
            ExcessKind::CustomRole => (
                Vec::new(),
                format!(
                    "the role's scope, Access control (IAM), Roles, {}, Edit: leave {} alone",
                    excess.name,
                    self.contract.azure.role.actions.join(" and ")
                ),
            ),
            _ => (
                id.map(|id| format!("az role assignment delete --ids \"{id}\"")).into_iter().collect(),
                format!("the scope, Access control (IAM), Role assignments, remove {name} from {}", excess.name),
            ),
        }
    }

    /// Scopes in words, subscriptions by their names.
    pub fn places(&self, scopes: &[&str]) -> String {
        const SHOWN: usize = 3;
        if scopes.is_empty() {
            return "a subscription or management group".to_owned();
        }
        let shown: Vec<String> = scopes
            .iter()
            .take(SHOWN)
            .map(|scope| self.place(scope))
            .collect();
        match scopes.len().saturating_sub(SHOWN) {
            0 => shown.join(", "),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    }

    fn place(&self, scope: &str) -> String {
        let name = |id: &str| {
            let mut known = self.subscriptions.iter();
            known
                .find(|one| one.id.eq_ignore_ascii_case(id))
                .map_or(id, |one| one.name.as_str())
                .to_owned()
        };
        let Some(parsed) = rbac::Scope::parse(scope) else {
            return scope.to_owned();
        };
        match (parsed.level(), parsed.subscription_id()) {
            (rbac::Level::Subscription, Some(id)) => format!("subscription {}", name(id)),
            (rbac::Level::ResourceGroup, Some(id)) => {
                format!(
                    "{} in subscription {}",
                    crate::judgement::shown(&parsed),
                    name(id)
                )
            }
            _ => crate::judgement::shown(&parsed),
        }
    }
}

fn flag(scope: &str) -> String {
    let id = scope.rsplit('/').next().unwrap_or(scope);
    match is_group(scope) {
        true => format!("--management-group {id}"),
        false => format!("--subscription {id}"),
    }
}

fn is_group(scope: &str) -> bool {
    rbac::Scope::parse(scope).is_some_and(|scope| scope.level() == rbac::Level::ManagementGroup)
}
