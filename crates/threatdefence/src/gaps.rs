//! What was not read, in the reports' words.

use catalog::{Contract, DocumentType, Outcome, Scope};
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
    let contract = Contract::builtin().map_err(CliError::failed)?;
    let plan = content.plan(selected)?;
    let unread = snapshot.unread(&plan).map_err(CliError::failed)?;
    let (blind, unread): (Vec<LedgerGroup>, Vec<LedgerGroup>) = unread
        .into_iter()
        .partition(|group| group.detail.as_deref() == Some(NO_SUBSCRIPTION));
    let blind = (!blind.is_empty()).then(|| no_subscription(manifest));
    let named = unread
        .into_iter()
        .map(|group| gap(group, content, &contract, manifest));
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
        optional: false,
    }
}

fn gap(group: LedgerGroup, content: &Content, contract: &Contract, manifest: &Manifest) -> Gap {
    let (scope, scope_name) = match &group.scope {
        Scope::Tenant => (manifest.tenant_id.clone(), manifest.tenant_name.clone()),
        Scope::Subscription(id) => (id.clone(), subscription_name(manifest, id)),
    };
    let is_denied = group.outcome == Outcome::Denied;
    let entry = content.catalog.entry(&group.document_type);
    let entry = entry.filter(|_| is_denied);
    let optional = entry.and_then(|entry| contract.optional_grant(entry));
    let permission = optional.or_else(|| Some(entry?.permission.as_str()));
    Gap {
        what: group.document_type,
        scope,
        scope_name,
        outcome: group.outcome,
        count: group.reads,
        detail: group.detail,
        optional: optional.is_some(),
        permission: permission.map(str::to_owned),
    }
}

fn subscription_name(manifest: &Manifest, id: &str) -> Option<String> {
    let found = manifest
        .subscriptions
        .iter()
        .find(|of| of.id.eq_ignore_ascii_case(id));
    found.map(|of| of.name.clone())
}
