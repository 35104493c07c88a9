//! What the identity may read in each subscription: Resource Graph leaves out, without a word, what it
//! may not. Where a type is missing there, only Resource Manager says whether it is denied.
//!
//! <https://learn.microsoft.com/azure/governance/resource-graph/overview#permissions-in-azure-resource-graph>

use std::collections::HashMap;

use azure::{Page, Reply, Service};
use futures::future::join_all;
use futures::stream::{self, StreamExt};
use rbac::{Permission, permits};

use crate::collect::Context;

/// Subscriptions that are asked about in one batch.
const BATCH: usize = 20;

/// Batches, or single questions, under way at once.
const AT_ONCE: usize = 20;

/// What an identity may read, by subscription in lower case. Of one that is not there, nothing is known.
#[derive(Debug, Default)]
pub(super) struct Rights(HashMap<String, Vec<Permission>>);

impl Rights {
    /// Asks Resource Manager.
    pub(super) async fn read(context: &Context<'_>, subscriptions: &[String]) -> Self {
        let answers = stream::iter(subscriptions.chunks(BATCH))
            .map(|chunk| read_chunk(context, chunk))
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        Self(answers.into_iter().flatten().collect())
    }

    /// Whether everything of a type in a subscription may be read, as far as roles decide. When this
    /// is not known, it is not said.
    pub(super) fn allow(&self, subscription: &str, action: &str) -> bool {
        let permissions = self.0.get(&subscription.to_lowercase());
        permissions.is_some_and(|all| permits(all, action))
    }
}

/// What may be read in some subscriptions, as far as it can be known.
async fn read_chunk(
    context: &Context<'_>,
    subscriptions: &[String],
) -> Vec<(String, Vec<Permission>)> {
    let paths: Vec<String> = subscriptions.iter().map(|id| path(id)).collect();
    let batch = match paths.len() > 1 && context.exchange.takes_batches() {
        true => context.client.arm_batch(&paths).await.ok(),
        false => None,
    };
    let replies: Vec<Option<Reply>> = match batch {
        Some(replies) => replies.into_iter().map(Result::ok).collect(),
        None => vec![None; paths.len()],
    };
    let answers = paths.iter().zip(replies).map(|(path, reply)| async move {
        match reply {
            Some(first) => rest(context, Page::read(&first).ok()?).await,
            None => all(context, path).await,
        }
    });
    let answers = join_all(answers).await;
    let known = subscriptions.iter().zip(answers);
    known
        .filter_map(|(id, permissions)| Some((id.to_lowercase(), permissions?)))
        .collect()
}

/// Every permission that a list holds; `None` when one cannot be read.
async fn all(context: &Context<'_>, path: &str) -> Option<Vec<Permission>> {
    let mut permissions = Vec::new();
    let mut pages = context.client.pages(Service::Arm, path);
    while let Some(page) = pages.next().await {
        permissions.extend(on(&page.ok()?)?);
    }
    Some(permissions)
}

/// The permissions of a page and of those after it.
async fn rest(context: &Context<'_>, first: Page) -> Option<Vec<Permission>> {
    let mut permissions = on(&first)?;
    if let Some(next) = &first.next {
        permissions.extend(all(context, next).await?);
    }
    Some(permissions)
}

fn on(page: &Page) -> Option<Vec<Permission>> {
    let items = page.items.iter();
    items
        .map(|item| serde_json::from_str(item.get()).ok())
        .collect()
}

fn path(subscription: &str) -> String {
    format!(
        "/subscriptions/{subscription}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(json: &str) -> Rights {
        let permissions = serde_json::from_str(json).unwrap();
        Rights(HashMap::from([("s".to_owned(), permissions)]))
    }

    const DISKS: &str = "Microsoft.Compute/disks/read";

    #[test]
    fn an_exception_holds_within_its_own_role() {
        let partly =
            r#"{"actions": ["*/read"], "notActions": ["Microsoft.Compute/*"], "dataActions": []}"#;
        let none = rights(&format!("[{partly}]"));
        assert!(!none.allow("S", DISKS));
        assert!(none.allow("S", "Microsoft.Web/sites/read"));
        let another = rights(&format!(
            r#"[{partly}, {{"actions": ["microsoft.compute/disks/*"]}}]"#
        ));
        assert!(another.allow("S", DISKS));
    }

    #[test]
    fn nothing_is_said_of_what_is_not_known() {
        assert!(!Rights::default().allow("s", DISKS));
        assert!(!rights("[]").allow("s", DISKS));
    }
}
