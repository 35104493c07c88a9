//! Asking Azure for short lists and single objects, side by side and within bounds.

use azure::{Client, Failure, FailureKind, Page, Reply, Service};
use futures::future::join_all;
use futures::stream::{self, StreamExt};
use serde_json::Value;

/// Requests under way at once; the client's own limit is below it.
pub(crate) const AT_ONCE: usize = 64;

/// The first page of a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct First {
    /// Its items.
    pub items: Vec<Value>,
    /// Where it goes on.
    pub next: Option<String>,
}

/// One object.
pub(crate) async fn object(
    client: &Client,
    service: Service,
    path: &str,
) -> Result<Value, Failure> {
    parsed(&client.get(service, path).await?)
}

/// Every item of a list.
pub(crate) async fn list(
    client: &Client,
    service: Service,
    path: &str,
) -> Result<Vec<Value>, Failure> {
    let mut pages = client.pages(service, path);
    let mut items = Vec::new();
    while let Some(page) = pages.next().await {
        items.extend(values(&page?));
    }
    Ok(items)
}

/// Every item of many lists of Resource Manager, in batches where it takes them.
pub(crate) async fn lists(client: &Client, paths: &[String]) -> Vec<Result<Vec<Value>, Failure>> {
    let firsts = first_pages(client, Service::Arm, paths).await;
    let whole = firsts.into_iter().map(|first| async move {
        let mut first = first?;
        if let Some(next) = &first.next {
            first.items.extend(list(client, Service::Arm, next).await?);
        }
        Ok(first.items)
    });
    join_all(whole).await
}

/// The first pages of many lists.
pub(crate) async fn first_pages(
    client: &Client,
    service: Service,
    paths: &[String],
) -> Vec<Result<First, Failure>> {
    let replies = replies(client, service, paths).await;
    let read = |reply: Result<Reply, Failure>| {
        let page = Page::read(&reply?).map_err(unusable)?;
        Ok(First {
            items: values(&page).collect(),
            next: page.next,
        })
    };
    replies.into_iter().map(read).collect()
}

/// Many single objects.
pub(crate) async fn objects(
    client: &Client,
    service: Service,
    paths: &[String],
) -> Vec<Result<Value, Failure>> {
    let replies = replies(client, service, paths).await;
    replies.into_iter().map(|reply| parsed(&reply?)).collect()
}

async fn replies(
    client: &Client,
    service: Service,
    paths: &[String],
) -> Vec<Result<Reply, Failure>> {
    if paths.len() > 1 {
        match service {
            Service::Graph => return client.graph_batch(paths).await,
            Service::Arm => {
                // Where batches are not taken, nothing was read yet.
                if let Ok(replies) = client.arm_batch(paths).await {
                    return replies;
                }
            }
        }
    }
    stream::iter(paths)
        .map(|path| client.get(service, path))
        .buffered(AT_ONCE)
        .collect()
        .await
}

fn values(page: &Page) -> impl Iterator<Item = Value> {
    page.items
        .iter()
        .filter_map(|item| serde_json::from_str(item.get()).ok())
}

fn parsed(reply: &Reply) -> Result<Value, Failure> {
    reply.json().map_err(|error| unusable(error.to_string()))
}

fn unusable(message: String) -> Failure {
    Failure::new(FailureKind::InvalidReply, String::new(), message)
}

/// A text property; null and absent are nothing.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// A list property; null and absent are empty.
pub(crate) fn array<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The texts of a list property.
pub(crate) fn texts(value: &Value, pointer: &str) -> Vec<String> {
    array(value, pointer)
        .iter()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}
