//! What this identity can read, found out with the very calls that a scan makes.

use std::collections::BTreeMap;

use azure::{Client, Failure, FailureKind, Service as AzureService};
use catalog::{DocumentType, Entry, Plan, Scope, ScopeKind, Service, Shape};
use futures::stream::{self, StreamExt};
use inventory::ResolvedScope;
use serde::Deserialize;
use serde_json::Value;

use super::identity::Identity;
use crate::readiness::Grants;

/// Probes under way at once; the client's own limit is below it.
const AT_ONCE: usize = 64;

/// A management group that the identity sees.
#[derive(Debug, Clone, Deserialize)]
pub struct ManagementGroup {
    /// Its id.
    pub name: String,
    properties: Option<ManagementGroupProperties>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManagementGroupProperties {
    display_name: Option<String>,
}

impl ManagementGroup {
    /// Its display name.
    pub fn display_name(&self) -> &str {
        self.properties
            .as_ref()
            .and_then(|of| of.display_name.as_deref())
            .unwrap_or(&self.name)
    }
}

/// The management groups that the identity sees, or why they could not be read.
pub async fn management_groups(client: &Client) -> Result<Vec<ManagementGroup>, String> {
    let mut pager = client.pages(
        AzureService::Arm,
        "/providers/Microsoft.Management/managementGroups?api-version=2020-05-01",
    );
    let mut groups = Vec::new();
    while let Some(page) = pager.next().await {
        let page = page.map_err(|failure| failure.to_string())?;
        groups.extend(
            page.items
                .iter()
                .filter_map(|item| serde_json::from_str(item.get()).ok()),
        );
    }
    Ok(groups)
}

/// Asks for the permissions in each subscription and tries the first page of every planned list.
pub async fn grants(
    client: &Client,
    identity: &Identity,
    plan: &Plan,
    scope: &ResolvedScope,
) -> Grants {
    let ids: Vec<String> = scope
        .subscriptions
        .iter()
        .map(|(subscription, _)| subscription.id.to_lowercase())
        .collect();
    let subscriptions = stream::iter(ids.clone())
        .map(|id| async move {
            let permissions = permissions(client, &id).await;
            (id, permissions)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let lists = plan
        .steps
        .iter()
        .map(|step| step.entry.as_ref())
        .filter(|entry| !entry.from_scope);
    let probes = lists.flat_map(|entry| scopes(entry, &ids).into_iter().map(move |of| (entry, of)));
    let answers: Vec<_> = stream::iter(probes.collect::<Vec<_>>())
        .map(|(entry, of)| async move {
            let failure = probe(client, entry, &of).await;
            failure.map(|failure| {
                (
                    (entry.name.clone(), of),
                    (entry.permission.clone(), failure),
                )
            })
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    Grants {
        graph_roles: match (&identity.graph_roles, identity.is_user) {
            (Ok(roles), false) => Some(roles.iter().cloned().collect()),
            _ => None,
        },
        subscriptions,
        refused: refused(answers.into_iter().flatten()),
    }
}

/// The caller's own permissions, as ARM computes them from every assignment and its groups.
/// <https://learn.microsoft.com/rest/api/authorization/permissions>
async fn permissions(client: &Client, subscription: &str) -> Option<Value> {
    let path = format!(
        "/subscriptions/{subscription}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
    );
    let reply = client.get(AzureService::Arm, &path).await.ok()?;
    reply.json().ok()
}

fn scopes(entry: &Entry, subscriptions: &[String]) -> Vec<Scope> {
    match entry.scope {
        ScopeKind::Tenant => vec![Scope::Tenant],
        ScopeKind::Subscription => subscriptions
            .iter()
            .map(|id| Scope::subscription(id))
            .collect(),
    }
}

async fn probe(client: &Client, entry: &Entry, of: &Scope) -> Option<Failure> {
    let service = match entry.service {
        Service::Arm => AzureService::Arm,
        Service::Graph => AzureService::Graph,
    };
    let path = entry.list_path(of.subscription_id());
    match entry.shape {
        Shape::List => client
            .pages(service, &path)
            .next()
            .await
            .and_then(Result::err),
        Shape::Single => client.get(service, &path).await.err(),
    }
}

type Answer = ((DocumentType, Scope), (String, Failure));

/// A denied read is mended by its permission; anything else is said as it is.
fn refused(answers: impl Iterator<Item = Answer>) -> BTreeMap<(DocumentType, Scope), String> {
    answers
        .filter(|(_, (_, failure))| failure.kind != FailureKind::NotFound)
        .map(|(read, (permission, failure))| {
            let grant = match failure.kind {
                FailureKind::Denied => permission,
                kind => format!("{kind} ({})", failure.code.as_deref().unwrap_or("no code")),
            };
            (read, grant)
        })
        .collect()
}
