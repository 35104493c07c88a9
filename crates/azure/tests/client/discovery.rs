//! A cloud is found from its Resource Manager.

use azure::{Cloud, Error, Transport};
use serde_json::json;
use url::Url;

use crate::server::{Answer, Server};

fn description(arm: &str) -> serde_json::Value {
    json!({
        "name": "Simulated",
        "resourceManager": arm,
        "microsoftGraphResourceId": format!("{arm}/graph/"),
        "authentication": { "loginEndpoint": arm, "audiences": [arm] },
    })
}

async fn discover(list: bool) -> (Server, Cloud) {
    let server = Server::start(move |request| {
        (request.target == "/metadata/endpoints?api-version=2022-09-01").then(|| {
            let one = description(&format!("http://{}", request.headers["host"]));
            Answer::json(&if list { json!([one]) } else { one })
        })
    })
    .await;
    let transport = Transport::new(None).expect("a transport");
    let cloud = Cloud::discover(&server.url, &transport)
        .await
        .expect("a cloud");
    (server, cloud)
}

#[tokio::test]
async fn an_object_and_a_list_are_both_answers() {
    for list in [false, true] {
        let (server, cloud) = discover(list).await;
        assert_eq!(cloud.name, "Simulated");
        assert_eq!((&cloud.arm, &cloud.login), (&server.url, &server.url));
        assert_eq!(cloud.graph.path(), "/graph/");
        let requests = server.requests();
        assert!(!requests[0].headers.contains_key("authorization"));
        assert!(server.sign_ins().is_empty());
    }
}

#[tokio::test]
async fn a_host_that_knows_no_clouds_is_said_so() {
    let server = Server::start(|_| None).await;
    let transport = Transport::new(None).expect("a transport");
    let error = Cloud::discover(&server.url, &transport)
        .await
        .expect_err("404");
    assert!(matches!(error, Error::Discovery { .. }) && error.hint().is_some());
}

#[tokio::test]
async fn plain_http_beyond_this_machine_is_refused() {
    let transport = Transport::new(None).expect("a transport");
    let far = Url::parse("http://arm.example/").expect("a URL");
    let error = Cloud::discover(&far, &transport).await.expect_err("http");
    assert!(matches!(error, Error::Endpoint { .. }));
    assert_eq!(transport.statistics().requests(), 0);
}
