//! Lists are followed to their end, and nowhere else.

use azure::{Client, Failure, FailureKind, Service};
use serde_json::json;

use crate::server::{Answer, Server};

/// Item counts of all pages, and the failure that ended them.
async fn read(client: &Client, first: &str) -> (Vec<usize>, Option<Failure>) {
    let mut pages = client.pages(Service::Arm, first);
    let mut counts = Vec::new();
    let mut failed = None;
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => counts.push(page.items.len()),
            Err(failure) => failed = Some(failure),
        }
    }
    (counts, failed)
}

fn origin(host: &str) -> String {
    format!("http://{host}")
}

#[tokio::test]
async fn next_links_are_followed_byte_for_byte() {
    let second = "/things?api-version=1&%24skiptoken=a%2Bb%3d%3D&$top=2&x=";
    let server = Server::start(move |request| {
        let here = origin(&request.headers["host"]);
        match request.target.as_str() {
            "/things?api-version=1" => Some(Answer::json(
                &json!({ "value": [1, 2], "nextLink": format!("{here}{second}") }),
            )),
            target if target == second => Some(Answer::json(
                &json!({ "value": [3], "@odata.nextLink": format!("{here}/last") }),
            )),
            "/last" => Some(Answer::json(&json!([4, 5, 6]))),
            _ => None,
        }
    })
    .await;
    let client = server.client();
    let (counts, failed) = read(&client, "/things?api-version=1").await;
    assert_eq!((counts, failed), (vec![2, 1, 3], None));

    let stored = format!("{}{}", server.url.as_str().trim_end_matches('/'), second);
    let (counts, failed) = read(&client, &stored).await;
    assert_eq!(
        (counts, failed),
        (vec![1, 3], None),
        "a stored link goes on"
    );
}

#[tokio::test]
async fn a_link_to_another_origin_is_not_followed() {
    let other = Server::start(|_| None).await;
    let foreign = other.url.clone();
    let server = Server::start(move |request| {
        (request.target == "/things").then(|| {
            Answer::json(&json!({ "value": [1], "nextLink": format!("{foreign}steal?sig=hush") }))
        })
    })
    .await;
    let (counts, failed) = read(&server.client(), "/things").await;
    let failed = failed.expect("a failure");
    assert_eq!((counts, failed.kind), (vec![1], FailureKind::ForeignLink));
    assert!(!failed.to_string().contains("hush"));
    assert!(other.requests().is_empty() && other.sign_ins().is_empty());
}

#[tokio::test]
async fn a_list_that_leads_back_ends() {
    let server = Server::start(|request| {
        let here = origin(&request.headers["host"]);
        let next = match request.target.as_str() {
            "/a" => "/b",
            "/b" => "/a",
            _ => return None,
        };
        Some(Answer::json(
            &json!({ "value": [1], "nextLink": format!("{here}{next}") }),
        ))
    })
    .await;
    let (counts, failed) = read(&server.client(), "/a").await;
    assert_eq!(counts, [1, 1]);
    assert_eq!(failed.expect("a loop").kind, FailureKind::InvalidReply);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_page_that_is_no_list_keeps_the_pages_before() {
    let server = Server::start(|request| {
        let here = origin(&request.headers["host"]);
        match request.target.as_str() {
            "/a" => Some(Answer::json(
                &json!({ "value": [1], "nextLink": format!("{here}/b") }),
            )),
            "/b" => Some(Answer::json(&json!({ "value": "odd" })).header("request-id", "r-3")),
            _ => None,
        }
    })
    .await;
    let (counts, failed) = read(&server.client(), "/a").await;
    let failed = failed.expect("no list");
    assert_eq!((counts, failed.kind), (vec![1], FailureKind::InvalidReply));
    assert_eq!(
        (failed.status, failed.request_id.as_deref()),
        (Some(200), Some("r-3"))
    );
}

#[tokio::test]
async fn a_page_link_that_died_ends_the_list_at_once() {
    let codes = [
        (400, "Directory_ExpiredPageToken"),
        (400, "InvalidSkipToken"),
        (410, "resyncRequired"),
    ];
    for (status, code) in codes {
        let server = Server::start(move |request| {
            let here = origin(&request.headers["host"]);
            match request.target.as_str() {
                "/a" => Some(Answer::json(
                    &json!({ "value": [1, 2], "nextLink": format!("{here}/b") }),
                )),
                "/b" => Some(Answer::error(status, code)),
                _ => None,
            }
        })
        .await;
        let (counts, failed) = read(&server.client(), "/a").await;
        let failed = failed.expect("an expired page");
        assert_eq!((counts, failed.kind), (vec![2], FailureKind::ExpiredPage));
        assert_eq!((failed.status, failed.retries), (Some(status), 0));
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_place_in_a_list_that_is_gone_is_no_list_that_is_gone() {
    let server = Server::start(|request| {
        request
            .target
            .starts_with("/a")
            .then(|| Answer::error(410, "Gone"))
    })
    .await;
    for (link, kind) in [
        ("/a?api-version=1&%24skipToken=x", FailureKind::ExpiredPage),
        ("/a?$skiptoken=x", FailureKind::ExpiredPage),
        ("/a?api-version=1", FailureKind::NotFound),
    ] {
        let (_, failed) = read(&server.client(), link).await;
        assert_eq!(failed.expect("410").kind, kind, "{link}");
    }
}
