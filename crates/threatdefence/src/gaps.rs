//! What was not read, in the reports' words.

use catalog::{DocumentType, Outcome, Scope};
use inventory::{LedgerGroup, Manifest, NO_SUBSCRIPTION, Snapshot};
use report::Gap;

use crate::content::Content;
use crate::error::CliError;

/// What of the selected checks' reads the ledger says was not answered.
///
/// # Errors
/// The snapshot cannot be read.
pub fn gaps(
    snapshot: &Snapshot,
    content: &Content,
    selected: &[&checks::Check],
    manifest: &Manifest,
) -> Result<Vec<Gap>, CliError> {
    let plan = content.plan(selected)?;
    let unread = snapshot.unread(&plan).map_err(CliError::failed)?;
    let (blind, unread): (Vec<LedgerGroup>, Vec<LedgerGroup>) = unread
        .into_iter()
        .partition(|group| group.detail.as_deref() == Some(NO_SUBSCRIPTION));
    let blind = (!blind.is_empty()).then(|| no_subscription(manifest));
    let named = unread
        .into_iter()
        .map(|group| gap(group, content, manifest));
    Ok(blind.into_iter().chain(named).collect())
}

/// One gap for all types, because one grant mends them all.
fn no_subscription(manifest: &Manifest) -> Gap {
    Gap {
        what: DocumentType::from("Microsoft.Resources/subscriptions"),
        scope: manifest.tenant_id.clone(),
        scope_name: manifest.tenant_name.clone(),
        outcome: Outcome::Denied,
        count: 1,
        detail: Some(NO_SUBSCRIPTION.to_owned()),
        permission: Some("Reader on a subscription or a management group".to_owned()),
    }
}

fn gap(group: LedgerGroup, content: &Content, manifest: &Manifest) -> Gap {
    let (scope, scope_name) = match &group.scope {
        Scope::Tenant => (manifest.tenant_id.clone(), manifest.tenant_name.clone()),
        Scope::Subscription(id) => (id.clone(), subscription_name(manifest, id)),
    };
    let permission = content
        .catalog
        .entry(&group.document_type)
        .map(|entry| entry.permission.clone());
    Gap {
        what: group.document_type,
        scope,
        scope_name,
        outcome: group.outcome,
        count: group.reads,
        detail: group.detail,
        permission: permission.filter(|_| group.outcome == Outcome::Denied),
    }
}

fn subscription_name(manifest: &Manifest, id: &str) -> Option<String> {
    let found = manifest
        .subscriptions
        .iter()
        .find(|of| of.id.eq_ignore_ascii_case(id));
    found.map(|of| of.name.clone())
}
