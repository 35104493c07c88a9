//! A tenant: who may sign in, how subscriptions hang together, and every document.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use crate::generator::{self, Size};
use crate::ids;
use crate::injected::Injected;
use crate::load_error::LoadError;
use crate::roles::Known;
use crate::store::Store;
use crate::tenant_file::{
    Application, ForeignApplication, ManagementGroup, ResourceGraph, RoleAssignment, RoleForm,
    Subscription, SubscriptionForm, TenantFile, User,
};
use crate::{load_file, load_folder};

/// A tenant to serve.
#[derive(Debug, Clone)]
pub struct Tenant {
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) domains: Vec<String>,
    pub(crate) applications: Vec<Application>,
    /// Applications of other tenants that may be let in.
    pub(crate) foreign_applications: Vec<ForeignApplication>,
    /// Places of the directory, in lower case, at which nothing is derived any more: it was stored or removed.
    pub(crate) settled: BTreeSet<String>,
    pub(crate) users: Vec<User>,
    pub(crate) subscriptions: Vec<Subscription>,
    /// Places of the subscriptions by their ids in lower case.
    places: HashMap<String, usize>,
    pub(crate) management_groups: Vec<ManagementGroup>,
    pub(crate) role_assignments: Vec<RoleAssignment>,
    /// Built-in roles beside those that every tenant has.
    pub(crate) more_roles: &'static [Known],
    pub(crate) resource_graph: ResourceGraph,
    pub(crate) store: Store,
    pub(crate) injected: Injected,
}

impl Tenant {
    /// Loads a tenant from its folder, or from one JSON file.
    ///
    /// # Errors
    /// A path that cannot be read, or a file that does not parse; the error names it.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        if path.is_dir() {
            return load_folder::from_path(path);
        }
        load_file::from_path(path)
    }

    /// Loads a tenant from a folder that was compiled into the program.
    ///
    /// # Errors
    /// A file that does not parse, or a folder without `tenant.yaml`.
    pub fn from_dir(dir: &include_dir::Dir<'_>) -> Result<Self, LoadError> {
        load_folder::from_embedded(dir)
    }

    /// Generates a tenant of a size; the same size and seed give the same tenant.
    ///
    /// # Errors
    /// None that a caller can bring about: a form of documents in the program itself that does not parse.
    pub fn generate(size: &Size, seed: u64) -> Result<Self, LoadError> {
        generator::generate(size, seed)
    }

    /// The tenant's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Client id and secret of every application that signs in with a secret, in the file's order. A secret is empty
    /// where any is accepted.
    #[must_use]
    pub fn credentials(&self) -> Vec<(&str, &str)> {
        self.applications
            .iter()
            .filter(|app| app.secret.is_some() || app.accept_any_credential)
            .map(|app| (app.client_id.as_str(), app.secret.as_deref().unwrap_or("")))
            .collect()
    }

    /// Leaves the applications these permissions of Microsoft Graph and no others.
    pub fn keep_graph_permissions(&mut self, names: &[&str]) {
        for application in &mut self.applications {
            application
                .graph_roles
                .retain(|held| names.contains(&held.as_str()));
        }
    }

    /// Name and password of every user that can sign in, in the file's order.
    #[must_use]
    pub fn users(&self) -> Vec<(&str, &str)> {
        let users = self.users.iter();
        users
            .filter_map(|user| Some((user.user_principal_name.as_str(), user.password.as_deref()?)))
            .collect()
    }

    /// Builds a tenant from its file, without documents.
    pub(crate) fn new(file: TenantFile) -> Self {
        let mut tenant = Self {
            display_name: file
                .display_name
                .unwrap_or_else(|| "Simulated tenant".to_owned()),
            domains: file.domains,
            applications: file.applications,
            foreign_applications: file.foreign_applications,
            settled: BTreeSet::new(),
            users: file.users,
            subscriptions: file
                .subscriptions
                .into_iter()
                .map(SubscriptionForm::full)
                .collect(),
            places: HashMap::new(),
            management_groups: file.management_groups,
            role_assignments: file.role_assignments,
            more_roles: &[],
            resource_graph: file.resource_graph,
            store: Store::default(),
            injected: Injected::default(),
            id: file.tenant_id,
        };
        let ids = tenant.subscriptions.iter().map(|one| one.id.to_lowercase());
        tenant.places = ids.zip(0..).collect();
        if let Some(client) = file.client_id {
            tenant.admit(client);
        }
        for app in &mut tenant.applications {
            fill_in(app);
        }
        if tenant.domains.is_empty() {
            tenant.domains.push("simulated.onmicrosoft.com".to_owned());
        }
        tenant
    }

    /// Lets an application in with what a scanner is documented to need, where the file does not say otherwise.
    fn admit(&mut self, client_id: String) {
        let known = |app: &Application| app.client_id.eq_ignore_ascii_case(&client_id);
        if !self.applications.iter().any(known) {
            self.applications.push(Application {
                client_id: client_id.clone(),
                display_name: "scanner".to_owned(),
                accept_any_credential: true,
                graph_roles: vec!["*".to_owned()],
                ..Application::default()
            });
        }
        if self.role_assignments.is_empty() {
            for role in ["Reader", "ThreatDefenceRole"] {
                self.role_assignments.push(RoleAssignment {
                    application: client_id.clone(),
                    user: None,
                    principal_id: None,
                    role: RoleForm::Named(role.to_owned()),
                    scope: "/".to_owned(),
                });
            }
        }
    }

    /// The application with this client id.
    pub(crate) fn application(&self, client_id: &str) -> Option<&Application> {
        self.applications
            .iter()
            .find(|app| app.client_id.eq_ignore_ascii_case(client_id))
    }

    /// The user of the file with this name.
    pub(crate) fn user(&self, name: &str) -> Option<&User> {
        self.users
            .iter()
            .find(|user| user.user_principal_name.eq_ignore_ascii_case(name))
    }

    /// True when a login path names this tenant: by id, or by one of its domains.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name)
            || self
                .domains
                .iter()
                .any(|domain| domain.eq_ignore_ascii_case(name))
    }

    /// The subscription with this id.
    pub(crate) fn subscription(&self, id: &str) -> Option<&Subscription> {
        let place = self.places.get(&id.to_lowercase())?;
        self.subscriptions.get(*place)
    }

    /// The management group with this id; the root group is always there.
    pub(crate) fn management_group(&self, id: &str) -> Option<ManagementGroup> {
        let stated = self
            .management_groups
            .iter()
            .find(|group| group.id.eq_ignore_ascii_case(id));
        if let Some(group) = stated {
            return Some(group.clone());
        }
        id.eq_ignore_ascii_case(&self.id).then(|| ManagementGroup {
            id: self.id.clone(),
            name: "Tenant Root Group".to_owned(),
            parent: None,
        })
    }

    /// Every management group, the root first.
    pub(crate) fn all_management_groups(&self) -> Vec<ManagementGroup> {
        let mut groups: Vec<ManagementGroup> =
            self.management_group(&self.id).into_iter().collect();
        let others = self
            .management_groups
            .iter()
            .filter(|group| !group.id.eq_ignore_ascii_case(&self.id));
        groups.extend(others.cloned());
        groups
    }

    /// The id of the group above; the root has none.
    pub(crate) fn parent_group(&self, group: &ManagementGroup) -> Option<String> {
        if group.id.eq_ignore_ascii_case(&self.id) {
            return None;
        }
        Some(group.parent.clone().unwrap_or_else(|| self.id.clone()))
    }

    /// The id of the group that a subscription is in.
    pub(crate) fn group_of(&self, subscription: &Subscription) -> String {
        subscription
            .management_group
            .clone()
            .unwrap_or_else(|| self.id.clone())
    }

    /// A group and all above it, nearest first. A circle in the file ends the walk.
    pub(crate) fn ancestors(&self, group: &str) -> Vec<String> {
        let mut chain: Vec<String> = Vec::new();
        let mut next = Some(group.to_owned());
        while let Some(id) = next {
            if chain.iter().any(|seen| seen.eq_ignore_ascii_case(&id)) {
                break;
            }
            next = self
                .management_group(&id)
                .and_then(|group| self.parent_group(&group));
            chain.push(id);
        }
        chain
    }
}

fn fill_in(app: &mut Application) {
    if app.object_id.is_empty() {
        app.object_id = ids::guid_of(&format!("service principal {}", app.client_id));
    }
    if app.display_name.is_empty() {
        app.display_name.clone_from(&app.client_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(yaml: &str) -> Tenant {
        Tenant::new(serde_saphyr::from_str(yaml).unwrap())
    }

    #[test]
    fn a_client_id_alone_is_let_in_with_everything_a_scan_needs() {
        let tenant = tenant("{ tenant_id: t, client_id: c, subscriptions: [s] }");
        assert!(tenant.application("C").unwrap().accept_any_credential);
        assert_eq!(tenant.role_assignments.len(), 2);
    }

    #[test]
    fn groups_hang_under_the_root_and_circles_end() {
        let tenant = tenant(
            "{ tenant_id: t, management_groups: [{ id: a, parent: b }, { id: b, parent: a }, { id: c }] }",
        );
        assert_eq!(tenant.ancestors("C"), ["C", "t"]);
        assert_eq!(tenant.ancestors("a"), ["a", "b"]);
    }
}
