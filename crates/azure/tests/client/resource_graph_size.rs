//! Pages of Resource Graph that weigh more than it sends.

use azure::FailureKind;

use crate::resource_graph::{all, asked, first, query, refusal, rows, server};
use crate::server::Answer;

#[tokio::test]
async fn a_page_that_weighs_too_much_is_asked_for_in_halves() {
    let server = server(|_, top, token| match (token.as_deref(), top) {
        (None, 1000) => Answer::json(&rows(1000, Some("t1"))),
        (Some("t1"), 300..) => refusal("ResponsePayloadTooLarge"),
        (Some("t1"), _) => Answer::json(&rows(250, Some("t2"))),
        // The next pages go on with what fitted.
        (Some("t2"), 250) => Answer::json(&rows(1, None)),
        other => panic!("{other:?}"),
    })
    .await;
    let client = server.client();
    let (pages, failed) = all(client.query(query(), None)).await;
    assert_eq!(failed, None);
    let read: Vec<(usize, u32)> = pages
        .iter()
        .map(|page| (page.rows.len(), page.retries))
        .collect();
    assert_eq!(read, [(1000, 0), (250, 2), (1, 0)]);
    assert_eq!(client.statistics().retries, 2);
    let tops: Vec<u64> = server.requests().iter().map(|r| asked(r).1).collect();
    assert_eq!(tops, [1000, 1000, 500, 250, 250]);
}

#[tokio::test]
async fn one_row_that_weighs_too_much_is_a_failure() {
    let server = server(|_, _, _| refusal("ResponsePayloadTooLarge")).await;
    let failure = first(&server).await.expect_err("too large");
    assert_eq!(
        (failure.kind, failure.code.as_deref(), failure.retries),
        (FailureKind::Rejected, Some("ResponsePayloadTooLarge"), 9)
    );
    let last = server.requests().last().map(|request| asked(request).1);
    assert_eq!(last, Some(1));
}

#[tokio::test]
async fn pages_grow_again_after_the_heavy_rows() {
    let server = server(|number, top, token| match token {
        None if top > 500 => refusal("ResponsePayloadTooLarge"),
        _ if number == 6 => Answer::json(&rows(1, None)),
        _ => Answer::json(&rows(1, Some(&format!("t{number}")))),
    })
    .await;
    let (pages, failed) = all(server.client().query(query(), None)).await;
    assert_eq!((pages.len(), failed), (6, None));
    let tops: Vec<u64> = server.requests().iter().map(|r| asked(r).1).collect();
    assert_eq!(tops, [1000, 500, 500, 500, 500, 1000, 1000]);
}
