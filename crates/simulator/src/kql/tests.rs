//! Tests of queries over rows.

use serde_json::{Value, json};

use super::*;

fn run(query: &str) -> Vec<Value> {
    let rows = vec![
        json!({"id": "2", "type": "a/b", "name": "Two", "subscriptionId": "S", "properties": {"on": true, "n": 5}}),
        json!({"id": "1", "type": "a/c", "name": "One", "subscriptionId": "S", "properties": {"on": false}}),
        json!({"id": "3", "type": "a/b", "name": "Three", "subscriptionId": "T"}),
    ];
    parse(query).unwrap().run(Rows::of(rows)).values()
}

fn ids(query: &str) -> String {
    run(query)
        .iter()
        .map(|row| row["id"].as_str().unwrap_or("-").to_owned())
        .collect()
}

#[test]
fn rows_are_filtered_ordered_and_cut() {
    assert_eq!(
        ids("Resources | where type =~ 'A/B' | order by id desc"),
        "32"
    );
    assert_eq!(
        ids("resources\n| where type in~ ('a/B', \"x\") and subscriptionId == 'S'"),
        "2"
    );
    assert_eq!(ids("resources | where properties.on == true"), "2");
    assert_eq!(
        ids("resources | where properties['n'] > 4 or not(type =~ 'a/b')"),
        "21"
    );
    assert_eq!(
        ids("resources | where name has 'o' | sort by id asc | limit 1"),
        "1"
    );
    assert_eq!(ids("resources | top 2 by id desc"), "32");
    assert_eq!(
        ids("resources | where isempty(properties) // a comment\n"),
        "3"
    );
    assert_eq!(ids("resources | where type !in ('a/b')"), "1");
}

#[test]
fn columns_are_chosen_and_made() {
    let rows = run(
        "resources | where id == '2' | extend low = tolower(name) | project id, low, on = properties.on",
    );
    assert_eq!(rows, [json!({"id": "2", "low": "two", "on": true})]);
    let rows = run("resources | take 1 | project-away properties, name");
    assert_eq!(
        rows,
        [json!({"id": "2", "type": "a/b", "subscriptionId": "S"})]
    );
}

#[test]
fn times_are_compared() {
    let since = "resources | extend at = todatetime('2026-01-02T03:04:05Z')";
    assert_eq!(
        run(&format!(
            "{since} | where at > datetime(2026-01-02T03:04:04.9Z)"
        ))
        .len(),
        3
    );
    assert_eq!(
        run(&format!(
            "{since} | where at > datetime('2026-01-02 03:04:05')"
        ))
        .len(),
        0
    );
    assert_eq!(
        run(&format!("{since} | where at >= ago(1.5h) and at < now()")).len(),
        0
    );
    assert_eq!(
        run("resources | where now() > ago(15m) and name has 'o'").len(),
        2
    );
}

#[test]
fn rows_are_counted() {
    assert_eq!(run("resources | count"), [json!({"Count": 3})]);
    assert_eq!(
        run("resources | summarize count() by type"),
        [
            json!({"type": "a/b", "count_": 2}),
            json!({"type": "a/c", "count_": 1})
        ]
    );
    assert_eq!(
        run("resources | where id == '9' | summarize n = count()"),
        [json!({"n": 0})]
    );
    assert_eq!(run("resources | distinct subscriptionId").len(), 2);
}
