//! Looking at everything, side by side where nothing waits for another.

use azure::{Claims, Client, Service};
use catalog::{Catalog, Contract, Plan, Scope};
use checks::Check;
use inventory::{ResolvedScope, ScopeError, ScopeRequest};
use jiff::Timestamp;
use serde_json::Value;

use crate::ask::{self, text};
use crate::azure_access::{self, SubscriptionAccess};
use crate::diagnosis::{Diagnosis, ManagementGroup, SignedIn, Tenant};
use crate::graph::GraphPermissions;
use crate::identity::{Identity, IdentityKind};
use crate::probe::Probes;
use crate::proof::Proof;
use crate::readiness::{CheckReadiness, Known};
use crate::reading::{Reading, Unread};
use crate::rights::{SubscriptionRights, needed};
use crate::{
    conditional_access, consent, credentials, directory_roles, excess, identity, locks, remedy,
    scope,
};

/// What to look at, and as whom.
pub struct Request<'a> {
    /// A client that has signed in.
    pub client: &'a Client,
    /// What its token for Resource Manager says.
    pub claims: &'a Claims,
    /// The tenant's id.
    pub tenant_id: &'a str,
    /// What it signed in with.
    pub proof: &'a Proof,
    /// Where to look.
    pub scope: &'a ScopeRequest,
    /// The selected checks.
    pub checks: &'a [&'a Check],
    /// Every check there is, to say what a permission would add.
    pub library: &'a [Check],
    /// How documents are read.
    pub catalog: &'a Catalog,
    /// What the selected checks read.
    pub plan: &'a Plan,
    /// What the scanner is meant to have.
    pub contract: &'a Contract,
    /// The present.
    pub now: Timestamp,
}

/// Looks at everything. What cannot be read is said where it would stand.
///
/// # Errors
/// It is not clear what to look at: an ambiguous name, an unknown resource group.
pub async fn diagnose(request: &Request<'_>) -> Result<Diagnosis, ScopeError> {
    let client = request.client;
    let reader = &request.contract.azure.reader.name;
    let (graph_claims, (identity, principal), scope, management_groups) = futures::join!(
        client.claims(Service::Graph),
        identity::read(client, request.claims, request.tenant_id, request.proof),
        scope::resolve(client, request.tenant_id, request.scope, reader),
        management_groups(client),
    );
    let (scope, missing) = scope?;
    let ids = subscription_ids(scope.as_ref());
    let of_user = identity.kind == IdentityKind::User;
    let mut graph = GraphPermissions::of(
        graph_claims
            .as_ref()
            .map_err(|failure| Unread::new("a token for Microsoft Graph", "its sign-in", failure)),
        of_user,
        request.contract,
        request.catalog,
        request.library,
    );
    let principal_id = identity.object_id.as_deref().filter(|_| !of_user);
    let (access, probes, credentials, roles, policies, consents) = futures::join!(
        azure_access::read(client, &identity, &ids),
        Probes::read(client, request.plan, &ids),
        application_credentials(request, &identity, principal.as_ref()),
        directory_roles::read(client, &identity, graph_claims.as_ref().ok()),
        conditional_access::read(client, &identity),
        consent::read(client, principal_id),
    );
    graph.note_consents(&consents);
    let locks = locks::find(
        &access,
        request.plan,
        &probes,
        request.checks,
        request.catalog,
    );
    let unseen = unseen(scope.as_ref(), &missing);
    let known = Known {
        catalog: request.catalog,
        contract: request.contract,
        graph: &graph,
        subscriptions: &access,
        probes: &probes,
        locks: &locks,
        unseen: &unseen,
    };
    let checks: Vec<_> = request
        .checks
        .iter()
        .map(|check| known.readiness(check))
        .collect();
    let excess = match of_user {
        true => Vec::new(),
        false => {
            let actions: Vec<String> = needed(request.plan).into_keys().collect();
            excess::find(
                request.contract,
                &graph,
                &consents,
                &roles.items,
                &access,
                &actions,
            )
        }
    };
    let custom_roles = custom_roles(request, &access, &checks).await;
    let complete = checks.iter().all(CheckReadiness::is_as_asked) && missing.is_empty();
    let mut diagnosis = Diagnosis {
        sign_in: SignedIn {
            ok: true,
            method: request.proof.method(),
        },
        complete,
        cloud: client.cloud().name.clone(),
        tenant: Tenant {
            id: request.tenant_id.to_owned(),
            name: scope.as_ref().and_then(|scope| scope.tenant_name.clone()),
        },
        subscriptions: rights(request, scope.as_ref(), &access, &probes, &identity),
        identity,
        graph,
        credentials,
        directory_roles: roles,
        missing,
        management_groups,
        skipped_subscriptions: scope.map(|scope| scope.skipped).unwrap_or_default(),
        unseen: unseen.into_iter().flatten().collect(),
        locks,
        conditional_access: policies,
        checks,
        excess,
        what_to_do: Vec::new(),
    };
    diagnosis.what_to_do = remedy::find(&diagnosis, request.contract, &custom_roles);
    Ok(diagnosis)
}

fn subscription_ids(scope: Option<&ResolvedScope>) -> Vec<String> {
    let found = scope.iter().flat_map(|scope| &scope.subscriptions);
    found
        .map(|(subscription, _)| subscription.id.to_lowercase())
        .collect()
}

/// Scopes that should be read and cannot be seen; `None` where it is not known which.
fn unseen(scope: Option<&ResolvedScope>, missing: &[scope::Missing]) -> Vec<Option<String>> {
    let hidden = scope.iter().flat_map(|scope| &scope.unseen);
    let hidden = hidden.map(|unseen| match &unseen.scope {
        Scope::Subscription(id) => Some(format!("/subscriptions/{id}")),
        Scope::Tenant => None,
    });
    let missing = missing
        .iter()
        .filter(|one| one.grant.is_some())
        .map(|one| one.scope.clone());
    let mut unseen: Vec<Option<String>> = hidden.chain(missing).collect();
    unseen.sort();
    unseen.dedup();
    unseen
}

async fn application_credentials(
    request: &Request<'_>,
    identity: &Identity,
    principal: Option<&Value>,
) -> Reading<credentials::ApplicationCredential> {
    let (Some(application), IdentityKind::ServicePrincipal) =
        (&identity.application_id, identity.kind)
    else {
        return Reading::all(Vec::new());
    };
    credentials::read(
        request.client,
        application,
        principal,
        request.proof,
        request.now,
    )
    .await
}

fn rights(
    request: &Request<'_>,
    scope: Option<&ResolvedScope>,
    access: &[SubscriptionAccess],
    probes: &Probes,
    identity: &Identity,
) -> Vec<SubscriptionRights> {
    let needed = needed(request.plan);
    let found = scope.iter().flat_map(|scope| &scope.subscriptions);
    found
        .zip(access)
        .map(|((subscription, _), access)| {
            SubscriptionRights::of(
                subscription,
                access,
                &needed,
                probes,
                &identity.groups.items,
            )
        })
        .collect()
}

/// <https://learn.microsoft.com/rest/api/managementgroups/management-groups/list>
async fn management_groups(client: &Client) -> Reading<ManagementGroup> {
    let path = "/providers/Microsoft.Management/managementGroups?api-version=2020-05-01";
    let found = ask::list(client, Service::Arm, path).await;
    let groups = found.map(|items| {
        let group = |item: &Value| {
            let id = text(item, "/name")?.to_owned();
            let name = text(item, "/properties/displayName")
                .unwrap_or(&id)
                .to_owned();
            Some(ManagementGroup { id, name })
        };
        items.iter().filter_map(group).collect()
    });
    Reading::of("management groups", "Management Group Reader", groups)
}

/// The subscriptions in which the custom role exists and is not assigned: there it need not be made.
async fn custom_roles(
    request: &Request<'_>,
    access: &[SubscriptionAccess],
    checks: &[CheckReadiness],
) -> Vec<String> {
    let role = &request.contract.azure.role.name;
    let lacking: Vec<&str> = access
        .iter()
        .map(|access| access.id.as_str())
        .filter(|id| {
            let scope = format!("/subscriptions/{id}");
            let mut lacks = checks.iter().flat_map(|check| &check.lacks);
            lacks.any(|lack| lack.grant.as_ref() == Some(role) && lack.scopes.contains(&scope))
        })
        .collect();
    let paths: Vec<String> = lacking
        .iter()
        .map(|id| {
            format!(
                "/subscriptions/{id}/providers/Microsoft.Authorization/roleDefinitions\
                 ?api-version=2022-04-01&$filter=type eq 'CustomRole'"
            )
        })
        .collect();
    let found = ask::lists(request.client, &paths).await;
    let has_role = |roles: &[Value]| {
        roles.iter().any(|one| {
            text(one, "/properties/roleName").is_some_and(|name| name.eq_ignore_ascii_case(role))
        })
    };
    lacking
        .into_iter()
        .zip(found)
        .filter(|(_, roles)| roles.as_ref().is_ok_and(|roles| has_role(roles)))
        .map(|(id, _)| format!("/subscriptions/{id}"))
        .collect()
}
