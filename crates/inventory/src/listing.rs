//! Short lists that are read before there is a ledger.

use azure::{Client, Failure, Pager, Service};
use serde_json::Value;

use crate::scope_error::ScopeError;

/// Reads every page of a list of Resource Manager.
pub(crate) async fn list(
    client: &Client,
    what: &str,
    path: &str,
) -> Result<Vec<Value>, ScopeError> {
    let unreadable = |failure: Failure| ScopeError::Unreadable {
        what: what.to_owned(),
        failure: Box::new(failure),
    };
    let mut pager: Pager = client.pages(Service::Arm, path);
    let mut items = Vec::new();
    while let Some(page) = pager.next().await {
        let page = page.map_err(unreadable)?;
        items.extend(
            page.items
                .iter()
                .filter_map(|item| serde_json::from_str(item.get()).ok()),
        );
    }
    Ok(items)
}
