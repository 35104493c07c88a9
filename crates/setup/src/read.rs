//! Reading Azure before anything is written: short lists and single documents.

use azure::{Client, Failure, FailureKind, Page, Reply, Service};
use futures::stream::{self, StreamExt};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Lists that are asked for one by one at once, where no batch is taken.
const AT_ONCE: usize = 32;

/// What stays as it is within a query: the characters that no URL gives a meaning.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'\'');

/// A text as a literal of OData in a query: in quotes, its own doubled, percent-encoded
/// (<https://learn.microsoft.com/graph/query-parameters#escaping-single-quotes>).
pub(crate) fn literal(text: &str) -> String {
    let quoted = format!("'{}'", text.replace('\'', "''"));
    utf8_percent_encode(&quoted, KEPT).to_string()
}

/// Every item of a list.
pub(crate) async fn list(
    client: &Client,
    service: Service,
    path: &str,
) -> Result<Vec<Value>, Failure> {
    let mut pager = client.pages(service, path);
    let mut items = Vec::new();
    while let Some(page) = pager.next().await {
        items.extend(parsed(&page?));
    }
    Ok(items)
}

/// Every item of many lists of Resource Manager, in the order of the paths.
pub(crate) async fn lists(client: &Client, paths: &[String]) -> Vec<Result<Vec<Value>, Failure>> {
    if paths.len() > 1
        && let Ok(replies) = client.arm_batch(paths).await
    {
        let whole = replies
            .into_iter()
            .map(|reply| async { rest(client, &reply?).await });
        return stream::iter(whole).buffered(AT_ONCE).collect().await;
    }
    let plain = paths.iter().map(|path| list(client, Service::Arm, path));
    stream::iter(plain).buffered(AT_ONCE).collect().await
}

/// Many documents of Resource Manager, in the order of the paths.
pub(crate) async fn documents(client: &Client, paths: &[String]) -> Vec<Result<Value, Failure>> {
    if paths.len() > 1
        && let Ok(replies) = client.arm_batch(paths).await
    {
        return replies.into_iter().map(|reply| document(&reply?)).collect();
    }
    let plain = paths.iter().map(|path| async move {
        let reply = client.get(Service::Arm, path).await?;
        document(&reply)
    });
    stream::iter(plain).buffered(AT_ONCE).collect().await
}

/// A list whose first page is there already.
async fn rest(client: &Client, first: &Reply) -> Result<Vec<Value>, Failure> {
    let page = Page::read(first).map_err(odd)?;
    let mut items = parsed(&page);
    if let Some(next) = &page.next {
        items.extend(list(client, Service::Arm, next).await?);
    }
    Ok(items)
}

fn document(reply: &Reply) -> Result<Value, Failure> {
    reply.json().map_err(|error| odd(error.to_string()))
}

fn odd(message: String) -> Failure {
    Failure::new(FailureKind::InvalidReply, Service::Arm.to_string(), message)
}

fn parsed(page: &Page) -> Vec<Value> {
    let items = page.items.iter();
    items
        .filter_map(|item| serde_json::from_str(item.get()).ok())
        .collect()
}

/// Why a read failed that a plan can do without, in short: the same in every run.
pub(crate) fn reason(failure: &Failure) -> String {
    match (failure.status, &failure.code) {
        (Some(status), Some(code)) => format!("{} ({status} {code})", failure.kind),
        (Some(status), None) => format!("{} ({status})", failure.kind),
        (None, _) => failure.kind.to_string(),
    }
}

/// A text at a path of names; empty texts count as absent.
pub(crate) fn text<'a>(body: &'a Value, names: &[&str]) -> Option<&'a str> {
    names
        .iter()
        .try_fold(body, |body, name| body.get(name))?
        .as_str()
        .filter(|text| !text.is_empty())
}

/// The texts of a list; empty where there is none.
pub(crate) fn texts(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn literals_are_safe_in_a_query() {
        assert_eq!(literal("Threat Defence"), "'Threat%20Defence'");
        assert_eq!(
            literal("O'Neil & Söhne#1"),
            "'O''Neil%20%26%20S%C3%B6hne%231'"
        );
    }

    #[test]
    fn a_reason_has_no_request_id() {
        let mut failure = Failure::new(FailureKind::Denied, "u".to_owned(), "No.");
        assert_eq!(reason(&failure), "denied");
        failure.status = Some(403);
        failure.request_id = Some("7".to_owned());
        assert_eq!(reason(&failure), "denied (403)");
        failure.code = Some("AuthorizationFailed".to_owned());
        assert_eq!(reason(&failure), "denied (403 AuthorizationFailed)");
    }

    #[test]
    fn what_is_absent_or_empty_is_nothing() {
        let body = json!({"a": {"b": "c", "d": ""}, "e": null, "f": ["g", 1]});
        assert_eq!(text(&body, &["a", "b"]), Some("c"));
        assert_eq!(text(&body, &["a", "d"]), None);
        assert_eq!(text(&body, &["e", "b"]), None);
        assert_eq!(texts(body.get("f")), ["g"]);
        assert!(texts(body.get("e")).is_empty());
    }
}
