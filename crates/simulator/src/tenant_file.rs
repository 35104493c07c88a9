//! The form of `tenant.yaml`.

use serde::Deserialize;

/// Everything that `tenant.yaml` says.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct TenantFile {
    pub(crate) tenant_id: String,
    pub(crate) display_name: Option<String>,
    #[serde(default)]
    pub(crate) domains: Vec<String>,
    /// An application with every permission that accepts any secret; the short form of one JSON file.
    pub(crate) client_id: Option<String>,
    #[serde(default)]
    pub(crate) applications: Vec<Application>,
    #[serde(default)]
    pub(crate) foreign_applications: Vec<ForeignApplication>,
    #[serde(default)]
    pub(crate) users: Vec<User>,
    #[serde(default)]
    pub(crate) subscriptions: Vec<SubscriptionForm>,
    #[serde(default)]
    pub(crate) management_groups: Vec<ManagementGroup>,
    #[serde(default)]
    pub(crate) role_assignments: Vec<RoleAssignment>,
    #[serde(default)]
    pub(crate) resource_graph: ResourceGraph,
}

/// The keys of `tenant.yaml`; another one is a mistake.
pub(crate) const KEYS: [&str; 11] = [
    "tenant_id",
    "display_name",
    "domains",
    "client_id",
    "applications",
    "foreign_applications",
    "users",
    "subscriptions",
    "management_groups",
    "role_assignments",
    "resource_graph",
];

/// An application that can sign in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Application {
    pub(crate) client_id: String,
    /// The service principal's object id: the token's `oid` and the principal of role assignments.
    #[serde(default)]
    pub(crate) object_id: String,
    #[serde(default)]
    pub(crate) display_name: String,
    pub(crate) secret: Option<String>,
    /// A date or timestamp.
    pub(crate) secret_expires: Option<String>,
    /// SHA-1 or SHA-256 thumbprints in hex.
    #[serde(default)]
    pub(crate) certificate_thumbprints: Vec<String>,
    /// Any secret, certificate or federated token is accepted.
    #[serde(default)]
    pub(crate) accept_any_credential: bool,
    #[serde(default)]
    pub(crate) graph_roles: Vec<String>,
}

/// A user that can sign in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    pub(crate) user_principal_name: String,
    /// Without one the user cannot sign in.
    pub(crate) password: Option<String>,
    #[serde(default)]
    pub(crate) object_id: String,
    pub(crate) display_name: Option<String>,
    /// Directory roles by name or template id.
    #[serde(default)]
    pub(crate) directory_roles: Vec<String>,
}

/// An application of another tenant that may be let in: several tenants may use it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForeignApplication {
    pub(crate) app_id: String,
    #[serde(default)]
    pub(crate) display_name: String,
    /// The id of the tenant that it is registered in.
    pub(crate) owner_tenant: String,
}

/// A subscription, or just its id.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum SubscriptionForm {
    Id(String),
    Full(Subscription),
}

/// A subscription.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Subscription {
    #[serde(alias = "subscriptionId", alias = "subscription_id")]
    pub(crate) id: String,
    #[serde(default, alias = "displayName", alias = "display_name")]
    pub(crate) name: String,
    #[serde(default = "enabled")]
    pub(crate) state: String,
    pub(crate) management_group: Option<String>,
}

fn enabled() -> String {
    "Enabled".to_owned()
}

impl SubscriptionForm {
    /// The full form, with what was left out filled in.
    pub(crate) fn full(self) -> Subscription {
        let mut full = match self {
            Self::Full(full) => full,
            Self::Id(id) => Subscription {
                id,
                state: enabled(),
                ..Subscription::default()
            },
        };
        if let Some(id) = full.id.strip_prefix("/subscriptions/") {
            full.id = id.to_owned();
        }
        if full.name.is_empty() {
            full.name.clone_from(&full.id);
        }
        full
    }
}

/// A management group; without a parent it hangs under the tenant's root group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ManagementGroup {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) name: String,
    pub(crate) parent: Option<String>,
}

impl ManagementGroup {
    /// The name that people see.
    pub(crate) fn shown(&self) -> &str {
        if self.name.is_empty() {
            &self.id
        } else {
            &self.name
        }
    }
}

/// How Resource Graph differs from what the documents would make of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResourceGraph {
    /// Subscriptions that it leaves out without a word.
    #[serde(default)]
    pub(crate) hidden_subscriptions: Vec<String>,
    /// Tables that this cloud does not have.
    #[serde(default)]
    pub(crate) missing_tables: Vec<String>,
    /// True where nobody may query it.
    #[serde(default)]
    pub(crate) refused: bool,
}

/// A role given to an application or a user at a scope.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleAssignment {
    /// The application's client id; empty for a user's.
    #[serde(default)]
    pub(crate) application: String,
    /// The user's name, in place of an application.
    pub(crate) user: Option<String>,
    /// The object id of a user, group or service principal, in place of both.
    pub(crate) principal_id: Option<String>,
    pub(crate) role: RoleForm,
    pub(crate) scope: String,
}

/// A role by name (or definition id), or its actions.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum RoleForm {
    Named(String),
    Actions(RoleActions),
}

/// The actions of a role that has no name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleActions {
    #[serde(default)]
    pub(crate) actions: Vec<String>,
    #[serde(default)]
    pub(crate) not_actions: Vec<String>,
}

/// An answer given instead of the stored one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InjectedError {
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) body: serde_json::Value,
    #[serde(default)]
    pub(crate) headers: std::collections::BTreeMap<String, String>,
    /// Only this many times; always when left out.
    pub(crate) times: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_are_ids_or_objects() {
        let yaml =
            "tenant_id: t\nsubscriptions: [a, { id: /subscriptions/b, name: B, state: Warned }]\n";
        let file: TenantFile = serde_saphyr::from_str(yaml).unwrap();
        let full: Vec<Subscription> = file
            .subscriptions
            .into_iter()
            .map(SubscriptionForm::full)
            .collect();
        assert_eq!(
            (full[0].name.as_str(), full[0].state.as_str()),
            ("a", "Enabled")
        );
        assert_eq!(
            (full[1].id.as_str(), full[1].state.as_str()),
            ("b", "Warned")
        );
    }

    #[test]
    fn a_misspelt_key_of_a_user_is_refused() {
        let yaml = "tenant_id: t\nusers: [{ user_principal_name: a, passwort: b }]\n";
        assert!(serde_saphyr::from_str::<TenantFile>(yaml).is_err());
    }

    #[test]
    fn roles_are_names_or_actions() {
        let yaml = "tenant_id: t\nrole_assignments:\n- { application: a, role: Reader, scope: / }\n- { application: a, role: { actions: ['*/read'] }, scope: / }\n";
        let file: TenantFile = serde_saphyr::from_str(yaml).unwrap();
        assert!(
            matches!(&file.role_assignments[0].role, RoleForm::Named(name) if name == "Reader")
        );
        assert!(matches!(
            &file.role_assignments[1].role,
            RoleForm::Actions(_)
        ));
    }
}
