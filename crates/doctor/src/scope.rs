//! What was asked to be looked at, and what of it cannot be: a denied management group or a
//! subscription that is not visible ends nothing.

use azure::{Client, FailureKind, Service};
use inventory::{ResolvedScope, ScopeError, ScopeRequest};
use serde::Serialize;

use crate::ask;
use crate::reading::reason;

/// Something that was asked for by name and cannot be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// What it is.
    pub kind: MissingKind,
    /// As it was asked for.
    pub asked: String,
    /// Why it cannot be.
    pub reason: String,
    /// The role to grant; null where no role helps.
    pub grant: Option<String>,
    /// Where, as a scope of ARM; null where its id is not known.
    pub scope: Option<String>,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingKind {
    /// A management group.
    ManagementGroup,
    /// A subscription.
    Subscription,
}

impl MissingKind {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ManagementGroup => "management group",
            Self::Subscription => "subscription",
        }
    }
}

/// The scope that is left, and what is missing from it. `None`: nothing that was asked for is left.
pub(crate) async fn resolve(
    client: &Client,
    tenant_id: &str,
    request: &ScopeRequest,
    reader: &str,
) -> Result<(Option<ResolvedScope>, Vec<Missing>), ScopeError> {
    let asks_all = request.subscriptions.is_empty() && request.management_groups.is_empty();
    let mut missing = Vec::new();
    let mut request = request.clone();
    let mut kept = Vec::new();
    for group in std::mem::take(&mut request.management_groups) {
        match denied_group(client, &group, reader).await {
            Some(denied) => missing.push(denied),
            None => kept.push(group),
        }
    }
    request.management_groups = kept;
    loop {
        let is_empty = request.subscriptions.is_empty() && request.management_groups.is_empty();
        if is_empty && !asks_all {
            return Ok((None, missing));
        }
        match inventory::resolve(client, tenant_id, &request).await {
            Ok(scope) => return Ok((Some(scope), missing)),
            Err(ScopeError::UnknownSubscription { asked, .. }) => {
                let before = request.subscriptions.len() + request.excluded.len();
                let is_asked = request.subscriptions.contains(&asked);
                request.subscriptions.retain(|one| *one != asked);
                request.excluded.retain(|one| *one != asked);
                // The error names what was asked for: without it, asking again ends.
                if request.subscriptions.len() + request.excluded.len() == before {
                    return Ok((None, missing));
                }
                if is_asked {
                    missing.push(invisible(&asked, reader));
                }
            }
            Err(ScopeError::UnusableSubscription { asked, state }) => {
                request.subscriptions.retain(|one| *one != asked);
                missing.push(Missing {
                    kind: MissingKind::Subscription,
                    reason: format!("it is in state {state} and cannot be scanned"),
                    grant: None,
                    scope: None,
                    asked,
                });
            }
            Err(other) => return Err(other),
        }
    }
}

fn invisible(asked: &str, reader: &str) -> Missing {
    let id = asked
        .trim()
        .trim_start_matches("/subscriptions/")
        .trim_end_matches('/');
    Missing {
        kind: MissingKind::Subscription,
        asked: asked.to_owned(),
        reason: "not visible to this identity".to_owned(),
        grant: Some(reader.to_owned()),
        scope: is_guid(id).then(|| format!("/subscriptions/{id}")),
    }
}

fn is_guid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12]
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// What keeps a management group from being read, if anything does.
async fn denied_group(client: &Client, asked: &str, reader: &str) -> Option<Missing> {
    let id = asked.rsplit('/').next().unwrap_or(asked);
    let path = format!(
        "/providers/Microsoft.Management/managementGroups/{id}/descendants?api-version=2020-05-01&$top=1"
    );
    let failure = ask::first_pages(client, Service::Arm, &[path])
        .await
        .pop()?
        .err()?;
    let (reason, grant) = match failure.kind {
        FailureKind::Denied => (
            "this identity may not read it".to_owned(),
            Some(reader.to_owned()),
        ),
        FailureKind::NotFound => ("there is none of this id".to_owned(), None),
        _ => (reason(&failure), None),
    };
    Some(Missing {
        kind: MissingKind::ManagementGroup,
        asked: asked.to_owned(),
        reason,
        grant,
        scope: Some(format!(
            "/providers/Microsoft.Management/managementGroups/{id}"
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invisible_subscription_names_role_and_scope() {
        let id = "aaaaaaaa-0000-4000-8000-000000000001";
        let by_id = invisible(id, "Reader");
        assert_eq!(by_id.scope, Some(format!("/subscriptions/{id}")));
        assert_eq!(by_id.grant.as_deref(), Some("Reader"));
        assert_eq!(invisible("Production", "Reader").scope, None);
    }
}
