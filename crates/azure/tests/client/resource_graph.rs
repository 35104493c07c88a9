//! Resource Graph queries: their pages, and what is missing from them.

use azure::{Failure, FailureKind, Query, QueryPages, Rows};
use serde_json::{Value, json};

use crate::server::{Answer, Seen, Server};

const PATH: &str = "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01";

pub fn query() -> Query {
    Query {
        text: "resources | project id | order by id asc".into(),
        subscriptions: vec!["s1".into()],
        management_groups: Vec::new(),
        above: false,
        top: 1000,
    }
}

/// The number of the request (from 0), its `$top` and its `$skipToken`.
pub fn asked(request: &Seen) -> (usize, u64, Option<String>) {
    assert_eq!(request.method, "POST");
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    let token = body["options"]["$skipToken"].as_str().map(str::to_owned);
    let top = body["options"]["$top"].as_u64().expect("$top");
    (request.earlier, top, token)
}

pub async fn server(
    answer: impl Fn(usize, u64, Option<String>) -> Answer + Send + Sync + 'static,
) -> Server {
    Server::start(move |request| {
        (request.target == PATH).then(|| {
            let (number, top, token) = asked(request);
            answer(number, top, token)
        })
    })
    .await
}

pub fn rows(count: usize, token: Option<&str>) -> Value {
    let mut body = json!({
        "totalRecords": 2500,
        "count": count,
        "data": vec![json!({ "id": "/x" }); count],
        "facets": [],
        "resultTruncated": "false",
    });
    if let Some(token) = token {
        body["$skipToken"] = json!(token);
    }
    body
}

/// How Resource Graph refuses: the reason stands in the details.
pub fn refusal(code: &str) -> Answer {
    let body = json!({ "error": {
        "code": "BadRequest",
        "message": "Please provide below info when asking for support: timestamp = 1.",
        "details": [{ "code": code, "message": format!("{code} happened.") }],
    }});
    Answer::Reply(400, Vec::new(), body.to_string())
}

pub async fn all(mut pages: QueryPages) -> (Vec<Rows>, Option<Failure>) {
    let (mut read, mut failed) = (Vec::new(), None);
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => read.push(page),
            Err(failure) => failed = Some(failure),
        }
    }
    (read, failed)
}

pub async fn first(server: &Server) -> Result<Rows, Failure> {
    server
        .client()
        .query(query(), None)
        .next()
        .await
        .expect("a page")
}

#[tokio::test]
async fn the_token_alone_leads_to_the_next_page() {
    let server = server(|_, top, token| {
        assert_eq!(top, 1000);
        Answer::json(&match token.as_deref() {
            // Nothing else says that there is more: not the count, not resultTruncated.
            None => rows(1000, Some("t1")),
            Some("t1") => rows(0, Some("t2")),
            Some("t2") => rows(1000, None),
            Some(other) => panic!("{other} was never given"),
        })
    })
    .await;
    let (pages, failed) = all(server.client().query(query(), None)).await;
    assert_eq!(failed, None);
    let counts: Vec<usize> = pages.iter().map(|page| page.rows.len()).collect();
    assert_eq!(counts, [1000, 0, 1000]);
    assert_eq!(pages[0].next.as_deref(), Some("t1"));
    assert_eq!((pages[0].total, pages[0].status), (2500, 200));
    assert!(pages.iter().all(|page| !page.truncated && !page.limited));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn reading_goes_on_from_a_stored_token() {
    let server = server(|_, _, token| {
        assert_eq!(token.as_deref(), Some("t1"));
        Answer::json(&rows(3, None))
    })
    .await;
    let pages = server.client().query(query(), Some("t1".into()));
    let (pages, failed) = all(pages).await;
    assert_eq!((pages.len(), failed), (1, None));
}

#[tokio::test]
async fn rows_cut_off_without_a_token_are_told_from_a_page() {
    for (flag, token, truncated) in [
        (json!("true"), None, true),
        (json!("True"), None, true),
        (json!(true), None, true),
        (json!("true"), Some(""), true),
        (json!("true"), Some("t1"), false),
        (json!("false"), None, false),
        (json!(false), None, false),
        (Value::Null, None, false),
    ] {
        let mut body = rows(1, token);
        body["resultTruncated"] = flag.clone();
        let server = server(move |_, _, _| Answer::json(&body)).await;
        let page = first(&server).await.expect("rows");
        assert_eq!(page.truncated, truncated, "{flag} {token:?}");
    }
}

#[tokio::test]
async fn a_token_that_comes_back_ends_the_query() {
    let server = server(|_, _, token| {
        let next = match token.as_deref() {
            Some("t1") => "t2",
            _ => "t1",
        };
        Answer::json(&rows(1, Some(next)))
    })
    .await;
    let (pages, failed) = all(server.client().query(query(), None)).await;
    assert_eq!(pages.len(), 3);
    assert_eq!(failed.expect("a loop").kind, FailureKind::InvalidReply);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_token_that_died_is_not_asked_again() {
    for code in ["CouldNotDecodeSkipToken", "InvalidSkipToken"] {
        let server = server(move |_, _, token| match token {
            None => Answer::json(&rows(5, Some("t1"))),
            Some(_) => refusal(code),
        })
        .await;
        let (pages, failed) = all(server.client().query(query(), None)).await;
        assert_eq!(pages.len(), 1);
        let failed = failed.expect("an expired token");
        assert_eq!(
            (failed.kind, failed.code.as_deref(), failed.retries),
            (FailureKind::ExpiredPage, Some(code), 0)
        );
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn subscriptions_left_out_are_noticed() {
    for (value, limited) in [("true", true), ("True", true), ("false", false)] {
        let server = server(move |_, _, _| {
            Answer::json(&rows(1, None)).header("x-ms-tenant-subscription-limit-hit", value)
        })
        .await;
        assert_eq!(first(&server).await.expect("rows").limited, limited);
    }
}

#[tokio::test]
async fn the_reason_of_a_refusal_stands_in_the_details() {
    for (code, kind) in [
        ("DisallowedLogicalTableName", FailureKind::NotAvailable),
        ("InvalidQuery", FailureKind::Rejected),
    ] {
        let server = server(move |_, _, _| refusal(code)).await;
        let failure = first(&server).await.expect_err("a refusal");
        assert_eq!((failure.kind, failure.code.as_deref()), (kind, Some(code)));
        assert_eq!(failure.message, format!("{code} happened."));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let server = server(|number, _, _| match number {
        0 => Answer::error(429, "RateLimiting").header("retry-after", "0.01"),
        _ => Answer::json(&rows(2, None)),
    })
    .await;
    let page = first(&server).await.expect("rows");
    assert_eq!((page.rows.len(), page.retries), (2, 1));
}

#[tokio::test]
async fn what_holds_no_rows_is_a_failure() {
    for body in [
        json!({ "error": { "code": "InternalServerError", "message": "m" } }),
        json!({ "totalRecords": 1, "count": 1, "data": { "columns": [], "rows": [] } }),
        json!({ "totalRecords": 0, "count": 0, "resultTruncated": "false" }),
        json!([]),
    ] {
        let server = server(move |_, _, _| Answer::json(&body).header("x-ms-request-id", "r-1"));
        let server = server.await;
        let failure = first(&server).await.expect_err("no rows");
        assert_eq!(
            (failure.kind, failure.status, failure.request_id.as_deref()),
            (FailureKind::InvalidReply, Some(200), Some("r-1"))
        );
    }
}

#[tokio::test]
async fn rows_keep_every_byte() {
    let server = server(|_, _, _| {
        let body = r#"{"data":[{"b": 1.50, "a":"\u00e9"}],"resultTruncated":"false"}"#;
        Answer::Reply(200, Vec::new(), body.to_owned())
    })
    .await;
    let page = first(&server).await.expect("rows");
    assert_eq!(page.rows[0].get(), r#"{"b": 1.50, "a":"\u00e9"}"#);
    assert_eq!(page.total, 1, "without a count it is what came");
}
