//! What is there already: read from Microsoft Graph and Resource Manager, never written.

mod application;
mod error;
mod principal;
mod roles;

use azure::{Client, Service};
use catalog::Contract;
use futures::future::join;
use futures::{join, try_join};

pub use self::error::DiscoverError;
pub(crate) use self::roles::VERSION;
use crate::present::{Application, Present, ServicePrincipal};
use crate::read::reason;
use crate::request::Request;
use crate::resolve::{ResolveError, subscriptions};

/// The application id of Microsoft Graph, the same in every tenant and cloud.
pub const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// Finds out what is there of the identity that is asked for.
///
/// # Errors
/// Several applications have the name, or something that the plan cannot do without may not be read.
/// What it can do without is noted in [`Present::unread`].
pub async fn discover(
    client: &Client,
    request: &Request,
    contract: &Contract,
) -> Result<Present, DiscoverError> {
    let claims = client
        .claims(Service::Graph)
        .await
        .map_err(DiscoverError::unreadable("the token for Microsoft Graph"))?;
    let home = claims.tenant_id.unwrap_or_default();
    let (entra, visible) = join(entra(client, request), visible(client, &home)).await;
    let mut present = entra?;
    present.tenant_id = home;
    let (visible, unread) = visible;
    present.unread.extend(unread);
    let elsewhere = roles::elsewhere(&request.scopes, visible);
    if request.custom_role {
        role(client, request, contract, &elsewhere, &mut present).await?;
    }
    if let Some(ServicePrincipal { id, .. }) = present.principal.clone() {
        roles::assignments(client, request, &id, &elsewhere, &mut present).await?;
    }
    Ok(present)
}

/// The part in Entra ID.
async fn entra(client: &Client, request: &Request) -> Result<Present, DiscoverError> {
    let mut present = Present::default();
    let (application, graph) =
        try_join!(application::find(client, request), principal::graph(client))?;
    present.graph = graph;
    present.application = application;
    let known = present.application.as_ref();
    let id = known
        .map(|of| &of.application_id)
        .or(request.application_id.as_ref());
    let Some(id) = id.cloned() else {
        return Ok(present);
    };
    let (found, federated) = join!(
        principal::find(client, &id),
        federated(client, present.application.as_ref())
    );
    present.principal = found?;
    if let (Some(application), Some(federated)) = (&mut present.application, federated) {
        match federated {
            Ok(found) => application.federated = found,
            Err(failure) => present
                .unread
                .push(format!("federated credentials: {}", reason(&failure))),
        }
    }
    let Some(principal) = &present.principal else {
        return Ok(present);
    };
    let (consents, roles) = join!(
        principal::consents(client, principal, &present.graph),
        principal::directory_roles(client, principal)
    );
    (present.consents, present.other_consents) = consents?;
    match roles {
        Ok(names) => present.directory_roles = names,
        Err(failure) => present.unread.push(format!(
            "roles of Entra ID that the scanner holds: {}",
            reason(&failure)
        )),
    }
    Ok(present)
}

async fn federated(
    client: &Client,
    application: Option<&Application>,
) -> Option<Result<Vec<crate::present::FederatedProof>, azure::Failure>> {
    Some(application::federated(client, application?).await)
}

/// The scopes of all visible subscriptions of the tenant, or why they could not be read.
async fn visible(client: &Client, home: &str) -> (Vec<String>, Option<String>) {
    match subscriptions(client).await {
        Ok(found) => {
            let paths = found
                .into_iter()
                .filter(|of| of.is_of(home))
                .map(|of| format!("/subscriptions/{}", of.place.id));
            (paths.collect(), None)
        }
        Err(ResolveError::Unreadable { what, failure }) => {
            (Vec::new(), Some(format!("{what}: {}", reason(&failure))))
        }
        Err(error) => (Vec::new(), Some(error.to_string())),
    }
}

/// Looks for the custom role at the scopes asked for, then everywhere else: its name is unique in the
/// tenant, so that one elsewhere has to be extended and cannot be made again.
async fn role(
    client: &Client,
    request: &Request,
    contract: &Contract,
    elsewhere: &[String],
    present: &mut Present,
) -> Result<(), DiscoverError> {
    let asked = request.scopes.paths();
    let name = &contract.azure.role.name;
    let (found, failures) = roles::custom_role(client, name, &asked).await;
    if let Some((place, failure)) = failures.into_iter().next() {
        let scope = request.scopes.name_of(&asked[place]);
        return Err(DiscoverError::unreadable(format!(
            "the roles defined for {scope}"
        ))(failure));
    }
    if let Some((role, places)) = found {
        for place in places {
            for group in roles::visible_above(&role, &asked[place]) {
                roles::note_above(present, &asked[place], group);
            }
        }
        present.role = Some(role);
        return Ok(());
    }
    if asked.is_empty() {
        return Ok(());
    }
    let (found, failures) = roles::custom_role(client, name, elsewhere).await;
    present.role = found.map(|(role, _)| role);
    if let (None, Some((_, failure))) = (&present.role, failures.first()) {
        present.unread.push(format!(
            "the roles defined in {}: {}",
            roles::others(failures.len()),
            reason(failure)
        ));
    }
    Ok(())
}
