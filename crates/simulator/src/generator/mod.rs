//! Generated tenants: of any size, the same for a seed, with a realistic mix of types, secure and insecure.
//!
//! First every resource is named and placed ([`world`]), then bodies are filled in from the forms in `bodies/`, so that
//! a body can speak of any other resource. Types that only the catalogue knows get made-up bodies.

mod access;
mod dates;
mod directory;
mod documents;
mod form;
mod kind;
mod layout;
mod links;
mod made_up;
mod made_up_graph;
mod mix;
mod people;
mod random;
mod scene;
mod size;
mod template;
#[cfg(test)]
mod tests;
mod words;
mod world;

pub use kind::Kind;
pub use size::{Size, SizeError};

use crate::load_error::LoadError;
use crate::tenant::Tenant;
use crate::tenant_file::{
    Application, ResourceGraph, RoleAssignment, RoleForm, SubscriptionForm, TenantFile,
};
use directory::Directory;
use form::{Form, Place};
use random::Random;
use world::World;

/// The secret of the application that scans a generated tenant. It opens nothing but simulators.
const SECRET: &str = "generated-not-a-real-secret";

/// What the application may read in Microsoft Graph: all that a scan can make use of.
const PERMISSIONS: [&str; 17] = [
    "Directory.Read.All",
    "Policy.Read.All",
    "UserAuthenticationMethod.Read.All",
    "AuditLog.Read.All",
    "Application.Read.All",
    "DelegatedPermissionGrant.Read.All",
    "Device.Read.All",
    "DeviceManagementConfiguration.Read.All",
    "DeviceManagementManagedDevices.Read.All",
    "IdentityRiskEvent.Read.All",
    "IdentityRiskyUser.Read.All",
    "OnPremDirectorySynchronization.Read.All",
    "Organization.Read.All",
    "Reports.Read.All",
    "RoleManagement.Read.All",
    "RoleManagementPolicy.Read.Directory",
    "SecurityEvents.Read.All",
];

/// Generates a tenant.
pub(crate) fn generate(size: &Size, seed: u64) -> Result<Tenant, LoadError> {
    let mut forms = form::all()?;
    made_up::add(&mut forms, &size.kinds);
    let (resources, scoped): (Vec<Form>, Vec<Form>) = forms
        .into_iter()
        .partition(|form| form.place == Place::Resource);
    let world = World::new(size, seed, resources);
    let mut tenant = Tenant::new(file(&world));
    tenant.more_roles = &access::ROLES;
    tenant.store.keep_text(true);
    documents::write_resources(&world, &mut tenant.store);
    documents::write_scoped(&world, &scoped, &mut tenant.store);
    documents::write_hierarchy(&world, &mut tenant.store);
    access::write(&world, &mut tenant.store);
    let (client, object) = scanner(seed);
    let directory = Directory {
        seed,
        tenant: &world.layout.tenant,
        users: size.users,
        scanner: (&client, &object),
    };
    directory::write(directory, &mut tenant.store);
    made_up_graph::write(&world, &size.kinds, &mut tenant.store);
    tenant.store.keep_text(false);
    Ok(tenant)
}

/// Client id and object id of the application that scans.
fn scanner(seed: u64) -> (String, String) {
    let mut random = Random::of(seed, "scanner", 0);
    (random.guid(), random.guid())
}

fn file(world: &World) -> TenantFile {
    let (client, object) = scanner(world.seed);
    let given = ["Reader", "ThreatDefenceRole"].map(|role| RoleAssignment {
        application: client.clone(),
        user: None,
        principal_id: None,
        role: RoleForm::Named(role.to_owned()),
        scope: "/".to_owned(),
    });
    let layout = &world.layout;
    TenantFile {
        foreign_applications: Vec::new(),
        users: Vec::new(),
        resource_graph: ResourceGraph::default(),
        tenant_id: layout.tenant.clone(),
        display_name: Some(words::COMPANY.to_owned()),
        domains: words::DOMAINS.map(str::to_owned).to_vec(),
        client_id: None,
        applications: vec![Application {
            client_id: client,
            object_id: object,
            display_name: "ThreatDefence scanner".to_owned(),
            secret: Some(SECRET.to_owned()),
            secret_expires: Some("2099-12-31".to_owned()),
            graph_roles: PERMISSIONS.map(str::to_owned).to_vec(),
            ..Application::default()
        }],
        subscriptions: layout
            .subscriptions
            .iter()
            .cloned()
            .map(SubscriptionForm::Full)
            .collect(),
        management_groups: layout.management_groups.clone(),
        role_assignments: given.to_vec(),
    }
}
