//! Writes beside reads.

use super::*;
use crate::call::Write;

#[tokio::test(start_paused = true)]
async fn writes_and_deletes_wait_in_buckets_of_their_own() {
    let limiter = Limiter::new(1_000);
    let read = arm("/subscriptions/s1/resourceGroups");
    let put = Call::write(Service::Arm, Write::Put, read.url.clone(), None);
    let delete = Call::write(Service::Arm, Write::Delete, read.url.clone(), None);
    assert_eq!(seconds_for(&limiter, &put, 196).await, 0);
    assert_eq!(seconds_for(&limiter, &put, 20).await, 2);
    assert_eq!(seconds_for(&limiter, &delete, 196).await, 0);
    assert_eq!(seconds_for(&limiter, &read, 1).await, 0);
    limiter.refused(&put, Some(Duration::from_secs(9)), true);
    assert_eq!(seconds_for(&limiter, &read, 1).await, 0);
    assert_eq!(seconds_for(&limiter, &delete, 1).await, 0);
    assert_eq!(seconds_for(&limiter, &put, 1).await, 9);
}

#[tokio::test(start_paused = true)]
async fn a_refused_change_of_the_directory_stops_changes_alone() {
    let limiter = Limiter::new(10);
    let read = graph("/v1.0/applications");
    let create = Call::write(Service::Graph, Write::Post, read.url.clone(), None);
    limiter.refused(&create, Some(Duration::from_secs(6)), false);
    assert_eq!(seconds_for(&limiter, &read, 1).await, 0);
    assert_eq!(seconds_for(&limiter, &create, 1).await, 6);
}

#[tokio::test(start_paused = true)]
async fn what_a_change_cost_says_nothing_of_reads() {
    let limiter = Limiter::new(10);
    let read = graph("/v1.0/servicePrincipals");
    let create = Call::write(Service::Graph, Write::Post, read.url.clone(), None);
    limiter.learn(&create, &headers(&[("x-ms-resource-unit", "5")]));
    limiter.turn(&read).await;
    let uses = limiter.uses();
    let units = uses
        .iter()
        .find(|limit| limit.name == "Microsoft Graph resource units");
    assert_eq!(units.map(|limit| limit.requests), Some(1));
}
