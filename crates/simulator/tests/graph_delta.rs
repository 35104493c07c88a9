//! Delta queries and writes of Microsoft Graph, over real sockets.

mod support;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use support::{Answer, GRAPH, Sim, answer};

async fn write(sim: &Sim, method: Method, path: &str, body: Value) -> Answer {
    let token = sim.token(3, GRAPH).await;
    answer(sim.request(method, path, &token).json(&body)).await
}

/// The values of a round and the link to the next one.
async fn round(sim: &Sim, first: &str) -> (Vec<Value>, String) {
    let token = sim.token(1, GRAPH).await;
    let mut url = if first.starts_with("http") {
        first.to_owned()
    } else {
        sim.url(first)
    };
    let mut values = Vec::new();
    loop {
        let page = answer(sim.client.get(&url).bearer_auth(&token)).await;
        assert_eq!(page.status, 200, "{:?}", page.body);
        values.extend(page.body["value"].as_array().unwrap().clone());
        if let Some(last) = page.body["@odata.deltaLink"].as_str() {
            return (values, last.to_owned());
        }
        page.body["@odata.nextLink"]
            .as_str()
            .unwrap()
            .clone_into(&mut url);
    }
}

fn ids(values: &[Value]) -> Vec<&str> {
    values.iter().filter_map(|one| one["id"].as_str()).collect()
}

#[tokio::test]
async fn everything_is_told_once_and_then_only_changes() {
    let sim = Sim::start(Options {
        page_size: Some(2),
        ..Options::default()
    })
    .await;
    let (all, link) = round(&sim, "/v1.0/users/delta").await;
    assert_eq!(ids(&all), ["u1", "u2", "u3"]);
    assert_eq!(all[0]["displayName"], "Ada");
    write(
        &sim,
        Method::PATCH,
        "/v1.0/users/u1",
        json!({"jobTitle": "Engineer"}),
    )
    .await;
    write(&sim, Method::DELETE, "/v1.0/users/u2", json!({})).await;
    let new = json!({"displayName": "Dee", "accountEnabled": true});
    let created = write(&sim, Method::POST, "/v1.0/users", new.clone()).await;
    assert_eq!(created.status, 201);
    let passing = write(&sim, Method::POST, "/v1.0/users", new).await;
    let gone = format!("/v1.0/users/{}", passing.body["id"].as_str().unwrap());
    write(&sim, Method::DELETE, &gone, json!({})).await;
    let (changed, next) = round(&sim, &link).await;
    assert_eq!(changed.len(), 3);
    let of = |id: &str| changed.iter().find(|one| one["id"] == id).unwrap();
    assert_eq!(of("u1")["jobTitle"], "Engineer");
    assert_eq!(
        of("u2"),
        &json!({"id": "u2", "@removed": {"reason": "changed"}})
    );
    assert_eq!(
        of(created.body["id"].as_str().unwrap())["displayName"],
        "Dee"
    );
    assert!(round(&sim, &next).await.0.is_empty());
}

#[tokio::test]
async fn only_selected_properties_are_followed_from_now_on() {
    let sim = Sim::start(Options::default()).await;
    let first = "/v1.0/users/delta()?$deltatoken=latest&$select=id,displayName,accountEnabled";
    let (none, link) = round(&sim, first).await;
    assert!(none.is_empty() && !link.contains("select"));
    write(
        &sim,
        Method::PATCH,
        "/v1.0/users/u1",
        json!({"jobTitle": "Engineer"}),
    )
    .await;
    let (none, link) = round(&sim, &link).await;
    assert!(none.is_empty());
    let by_name = "/v1.0/users/ben@contoso.onmicrosoft.com";
    write(
        &sim,
        Method::PATCH,
        by_name,
        json!({"accountEnabled": true, "mail": "b"}),
    )
    .await;
    let (some, _) = round(&sim, &link).await;
    assert_eq!(ids(&some), ["u2"]);
    assert_eq!(some[0]["accountEnabled"], true);
    assert!(some[0].get("mail").is_none());
}

#[tokio::test]
async fn groups_tell_of_their_members() {
    let sim = Sim::start(Options::default()).await;
    let (all, link) = round(&sim, "/v1.0/groups/delta").await;
    assert_eq!(all[0]["members@delta"][0]["id"], "u1");
    let reference = json!({"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/u3"});
    let list = "/v1.0/groups/g1/members/$ref";
    assert_eq!(
        write(&sim, Method::POST, list, reference.clone())
            .await
            .status,
        204
    );
    assert_eq!(write(&sim, Method::POST, list, reference).await.status, 400);
    let unknown = json!({"@odata.id": "https://graph.microsoft.com/v1.0/users/none"});
    assert_eq!(write(&sim, Method::POST, list, unknown).await.status, 404);
    let one = "/v1.0/groups/g1/members/u1/$ref";
    assert_eq!(
        write(&sim, Method::DELETE, one, json!({})).await.status,
        204
    );
    assert_eq!(
        write(&sim, Method::DELETE, one, json!({})).await.status,
        404
    );
    let members = sim.graph("/v1.0/groups/g1/members").await;
    assert_eq!(members.each("id"), ["u3"]);
    let (changed, link) = round(&sim, &link).await;
    assert_eq!(ids(&changed), ["g1"]);
    let kind = "#microsoft.graph.user";
    assert_eq!(
        changed[0]["members@delta"],
        json!([
            {"@odata.type": kind, "id": "u1", "@removed": {"reason": "deleted"}},
            {"@odata.type": kind, "id": "u3"},
        ])
    );
    write(&sim, Method::DELETE, "/v1.0/users/u3", json!({})).await;
    let (changed, link) = round(&sim, &link).await;
    assert_eq!(
        changed[0]["members@delta"][0]["@removed"]["reason"],
        "deleted"
    );
    assert!(
        sim.graph("/v1.0/groups/g1/members")
            .await
            .each("id")
            .is_empty()
    );
    write(&sim, Method::DELETE, "/v1.0/groups/g1", json!({})).await;
    let (changed, _) = round(&sim, &link).await;
    assert_eq!(
        changed,
        [json!({"id": "g1", "@removed": {"reason": "deleted"}})]
    );
}

#[tokio::test]
async fn old_and_foreign_tokens_are_gone() {
    let sim = Sim::start(Options::default()).await;
    let gone = async |url: &str| {
        let token = sim.token(1, GRAPH).await;
        let reply = answer(sim.client.get(url).bearer_auth(token)).await;
        assert_eq!((reply.status, reply.code()), (410, "syncStateNotFound"));
        let location = reply.headers["location"].to_str().unwrap();
        assert!(
            location.ends_with("/users/delta?$deltatoken="),
            "{location}"
        );
    };
    let (_, link) = round(&sim, "/v1.0/users/delta?$deltatoken=latest").await;
    sim.server.age(Duration::from_secs(8 * 86_400));
    gone(&link).await;
    gone(&sim.url("/v1.0/users/delta?$deltatoken=nonsense")).await;
    let other = Sim::start(Options::default()).await;
    let (_, foreign) = round(&other, "/v1.0/users/delta?$deltatoken=latest").await;
    let (_, query) = foreign.split_once('?').unwrap();
    gone(&sim.url(&format!("/v1.0/users/delta?{query}"))).await;
    let (all, _) = round(&sim, "/v1.0/users/delta?$deltatoken=").await;
    assert_eq!(all.len(), 3);
}

#[tokio::test]
async fn what_delta_queries_cannot_do_is_refused() {
    let sim = Sim::start(Options::default()).await;
    for odd in [
        "$top=5",
        "$expand=manager",
        "$orderby=id",
        "$filter=id eq 'u1'",
    ] {
        let reply = sim.graph(&format!("/v1.0/users/delta?{odd}")).await;
        assert_eq!(
            (reply.status, reply.code()),
            (400, "Request_UnsupportedQuery")
        );
    }
    assert_eq!(sim.graph("/v1.0/domains/delta").await.status, 404);
    let token = sim.token(1, GRAPH).await;
    let path = "/v1.0/users/u1";
    let reader = answer(sim.request(Method::PATCH, path, &token).json(&json!({}))).await;
    assert_eq!(reader.status, 403);
    let list = "/v1.0/groups/g1/members/$ref";
    let reader = answer(sim.request(Method::POST, list, &token).json(&json!({}))).await;
    assert_eq!(reader.status, 403);
}
