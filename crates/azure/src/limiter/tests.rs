//! The limiter as a whole, on a clock that stands still unless everybody waits.

mod writes;

use reqwest::header::HeaderName;

use super::*;

const READS: &str = "x-ms-ratelimit-remaining-subscription-reads";
const ROUTED: &str = "x-ms-routing-request-id";

fn arm(path: &str) -> Call {
    let url = Url::parse(&format!("https://management.azure.com{path}")).expect("a URL");
    Call::get(Service::Arm, url)
}

fn graph(path: &str) -> Call {
    let url = Url::parse(&format!("https://graph.microsoft.com{path}")).expect("a URL");
    Call::get(Service::Graph, url)
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pairs = pairs.iter().map(|(name, value)| {
        let name = HeaderName::from_static(name);
        (name, value.parse().expect("a value"))
    });
    pairs.collect()
}

/// The seconds, rounded, that so many calls take one after another.
async fn seconds_for(limiter: &Limiter, call: &Call, count: usize) -> u64 {
    let start = Instant::now();
    for _ in 0..count {
        limiter.turn(call).await;
    }
    start.elapsed().as_secs_f64().round() as u64
}

#[tokio::test(start_paused = true)]
async fn a_subscription_has_its_burst_at_once_and_then_25_a_second() {
    let limiter = Limiter::new(1_000);
    let one = arm("/subscriptions/S1/resourceGroups");
    assert_eq!(seconds_for(&limiter, &one, 245).await, 0);
    assert_eq!(seconds_for(&limiter, &one, 50).await, 2);
    let other = arm("/subscriptions/s2/resourceGroups");
    assert_eq!(seconds_for(&limiter, &other, 1).await, 0);
}

#[tokio::test(start_paused = true)]
async fn the_headers_of_azure_lower_the_bucket() {
    let limiter = Limiter::new(10);
    let one = arm("/subscriptions/s1/resourceGroups");
    limiter.learn(&one, &headers(&[(READS, "0")]));
    assert_eq!(seconds_for(&limiter, &one, 25).await, 1);
    limiter.learn(
        &one,
        &headers(&[("x-ms-ratelimit-remaining-subscription-global-reads", "0")]),
    );
    let start = Instant::now();
    limiter.turn(&one).await;
    assert!(!start.elapsed().is_zero());
}

#[tokio::test(start_paused = true)]
async fn each_region_has_a_bucket_and_the_first_one_takes_over_the_unknown() {
    let limiter = Limiter::new(10);
    let one = arm("/subscriptions/s1/resourceGroups");
    seconds_for(&limiter, &one, 245).await;
    let west = headers(&[(ROUTED, "WESTEUROPE:20250101T000000Z:1")]);
    limiter.learn(&one, &west);
    assert_eq!(seconds_for(&limiter, &one, 25).await, 1);
    let north = headers(&[(ROUTED, "NORTHEUROPE:20250101T000000Z:2")]);
    limiter.learn(&one, &north);
    assert_eq!(seconds_for(&limiter, &one, 245).await, 0);
    limiter.learn(&one, &west);
    assert_eq!(seconds_for(&limiter, &one, 25).await, 1);
    let uses = limiter.uses();
    let name = "Resource Manager reads, subscription s1";
    let reads: Vec<_> = uses.iter().filter(|limit| limit.name == name).collect();
    assert_eq!(reads.len(), 1);
    assert_eq!(reads[0].requests, 245 + 25 + 245 + 25);
}

#[tokio::test(start_paused = true)]
async fn a_pause_stops_those_that_already_wait() {
    let limiter = Arc::new(Limiter::new(10));
    let one = arm("/subscriptions/s1/resourceGroups");
    limiter.refused(&one, Some(Duration::from_secs(5)), true);
    let waiting = tokio::spawn({
        let (limiter, one) = (Arc::clone(&limiter), one.clone());
        async move { seconds_for(&limiter, &one, 1).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    limiter.refused(&one, Some(Duration::from_secs(9)), true);
    assert_eq!(waiting.await.expect("the task ends"), 10);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_provider_leaves_its_neighbours_alone() {
    let limiter = Limiter::new(10);
    let storage = arm("/subscriptions/s1/providers/Microsoft.Storage/storageAccounts");
    let sql = arm("/subscriptions/s1/providers/Microsoft.Sql/servers");
    let network = arm("/subscriptions/s1/providers/Microsoft.Network/networkWatchers");
    for call in [&storage, &sql] {
        limiter.refused(call, Some(Duration::from_secs(7)), false);
    }
    assert_eq!(seconds_for(&limiter, &network, 1).await, 0);
    assert_eq!(seconds_for(&limiter, &storage, 1).await, 7);
    assert_eq!(seconds_for(&limiter, &sql, 1).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_used_up_takes_nothing_from_the_subscription() {
    let limiter = Arc::new(Limiter::new(1_000));
    let lists = arm("/subscriptions/s1/providers/Microsoft.Storage/storageAccounts");
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let (limiter, lists) = (Arc::clone(&limiter), lists.clone());
            tokio::spawn(async move { drop(limiter.turn(&lists).await) })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    // About a hundred have gone out; the others wait for Storage and hold no tokens of s1.
    let one = arm("/subscriptions/s1/resourceGroups");
    assert_eq!(seconds_for(&limiter, &one, 145).await, 0);
    for task in tasks {
        task.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_waits_for_each_request_that_it_holds() {
    let limiter = Limiter::new(10);
    let inner = |id: &str| arm(&format!("/subscriptions/{id}/resourceGroups")).url;
    let batch = |inner: Vec<Url>| arm("/batch?api-version=2020-06-01").holding(inner);
    let twenty = batch((0..20).map(|_| inner("s1")).collect());
    assert_eq!(seconds_for(&limiter, &twenty, 12).await, 0);
    // 245 were there; 260 are owed.
    assert_eq!(seconds_for(&limiter, &twenty, 6).await, 5);
    assert_eq!(seconds_for(&limiter, &batch(vec![inner("s2")]), 1).await, 0);
    let uses = limiter.uses();
    let charged = |name: &str| {
        let limit = uses
            .iter()
            .find(|limit| limit.name == name)
            .expect("a limit");
        (limit.requests, limit.floor.as_secs_f64())
    };
    assert_eq!(
        charged("Resource Manager reads, subscription s1"),
        (360, 4.4)
    );
    assert_eq!(charged("Resource Manager reads, tenant"), (19, 0.0));
}

#[tokio::test(start_paused = true)]
async fn resource_graph_follows_its_window() {
    let limiter = Limiter::new(10);
    let query = arm("/providers/Microsoft.ResourceGraph/resources");
    limiter.turn(&query).await;
    let spent = [
        ("x-ms-user-quota-remaining", "0"),
        ("x-ms-user-quota-resets-after", "00:00:05"),
    ];
    limiter.learn(&query, &headers(&spent));
    let start = Instant::now();
    limiter.turn(&query).await;
    assert_eq!(start.elapsed().as_secs(), 5);
    assert_eq!(seconds_for(&limiter, &query, 14).await, 0);
    assert_eq!(seconds_for(&limiter, &query, 3).await, 1);
}

#[tokio::test(start_paused = true)]
async fn graph_has_its_classes() {
    let limiter = Limiter::new(10);
    let policies = graph("/v1.0/identity/conditionalAccess/policies");
    assert_eq!(seconds_for(&limiter, &policies, 4).await, 3);
    let reports = graph("/v1.0/reports/authenticationMethods/userRegistrationDetails");
    assert_eq!(seconds_for(&limiter, &reports, 6).await, 2);
    let users = graph("/v1.0/users");
    assert_eq!(seconds_for(&limiter, &users, 1_745).await, 0);
    assert_eq!(seconds_for(&limiter, &users, 350).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_large_tenant_has_more_resource_units() {
    let limiter = Limiter::new(10);
    limiter.tenant_has_users(10_000);
    let users = graph("/v1.0/users");
    assert_eq!(seconds_for(&limiter, &users, 3_995).await, 0);
    assert_eq!(seconds_for(&limiter, &users, 800).await, 2);
}

#[tokio::test(start_paused = true)]
async fn graph_tells_what_a_request_cost() {
    let limiter = Limiter::new(10);
    let organization = graph("/v1.0/organization");
    limiter.turn(&organization).await;
    let cost = headers(&[("x-ms-resource-unit", "5")]);
    limiter.learn(&organization, &cost);
    limiter.learn(&organization, &cost);
    limiter.turn(&organization).await;
    let units: Vec<u64> = limiter
        .uses()
        .iter()
        .filter(|limit| limit.name == "Microsoft Graph resource units")
        .map(|limit| limit.requests)
        .collect();
    assert_eq!(units, [10]);
}

#[tokio::test(start_paused = true)]
async fn conditional_access_names_no_time_and_gets_one_of_ours() {
    let limiter = Limiter::new(10);
    let policies = graph("/v1.0/identity/conditionalAccess/policies");
    let outcome = limiter.refused(&policies, None, true);
    assert_eq!(outcome, Outcome::Explained);
    assert_eq!(
        seconds_for(&limiter, &policies, 1).await,
        PROTECTION_PAUSE.as_secs()
    );
    assert_eq!(seconds_for(&limiter, &graph("/v1.0/users"), 1).await, 0);
}

#[tokio::test(start_paused = true)]
async fn the_first_refusal_makes_users_methods_reports() {
    let limiter = Limiter::new(10);
    let methods = graph("/v1.0/users/1/authentication/methods");
    assert_eq!(seconds_for(&limiter, &methods, 100).await, 0);
    limiter.refused(&methods, Some(Duration::from_secs(2)), true);
    assert_eq!(seconds_for(&limiter, &methods, 1).await, 2);
    assert_eq!(limiter.burst(&methods), 5);
    assert_eq!(seconds_for(&limiter, &methods, 10).await, 10);
    assert_eq!(seconds_for(&limiter, &graph("/v1.0/users"), 1).await, 0);
}

#[tokio::test(start_paused = true)]
async fn what_many_reads_take_is_known_before() {
    let limiter = Limiter::new(10);
    let methods = graph("/v1.0/users/1/authentication/methods");
    let estimate = limiter.estimate(&methods, 100_000);
    assert_eq!(
        (estimate.least.as_secs(), estimate.most.as_secs()),
        (275, 199_990)
    );
    limiter.tenant_has_users(100_000);
    assert_eq!(limiter.estimate(&methods, 100_000).least.as_secs(), 115);
    limiter.refused(&methods, Some(Duration::from_secs(2)), true);
    let estimate = limiter.estimate(&methods, 100_000);
    assert_eq!(estimate.least, estimate.most);
    let users = limiter.estimate(&graph("/v1.0/users?$select=id"), 101);
    assert_eq!((users.least, users.most), (Duration::ZERO, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn sign_in_activity_is_held_to_its_limit_once_it_is_refused() {
    let limiter = Limiter::new(10);
    let sign_ins = graph("/v1.0/users?$select=id,signInActivity");
    assert_eq!(seconds_for(&limiter, &sign_ins, 100).await, 0);
    limiter.refused(&sign_ins, Some(Duration::from_secs(2)), true);
    assert_eq!(seconds_for(&limiter, &sign_ins, 10).await, 2);
    // The bucket fills from the refusal on, two seconds ago.
    assert_eq!(seconds_for(&limiter, &sign_ins, 10).await, 58);
}

#[tokio::test(start_paused = true)]
async fn the_tenant_is_free_until_its_bucket_is_empty() {
    let limiter = Limiter::new(1_000);
    assert!(limiter.tenant_is_free());
    seconds_for(&limiter, &arm("/batch"), 245).await;
    assert!(!limiter.tenant_is_free());
    tokio::time::sleep(Duration::from_millis(41)).await;
    assert!(limiter.tenant_is_free());
}

#[tokio::test(start_paused = true)]
async fn no_more_are_in_flight_than_allowed() {
    let limiter = Arc::new(Limiter::new(1));
    let one = arm("/subscriptions/s1/resourceGroups");
    let first = limiter.turn(&one).await;
    let other = graph("/v1.0/users");
    let second = limiter.turn(&other);
    tokio::pin!(second);
    assert!(
        tokio::time::timeout(Duration::from_secs(1), &mut second)
            .await
            .is_err()
    );
    drop(first);
    second.await;
}

#[tokio::test(start_paused = true)]
async fn a_pause_does_not_hold_the_places_of_others() {
    let limiter = Limiter::new(1);
    let sql = arm("/subscriptions/s1/providers/Microsoft.Sql/servers");
    limiter.refused(&sql, Some(Duration::from_secs(60)), false);
    let waiting = limiter.turn(&sql);
    tokio::pin!(waiting);
    assert!(futures::poll!(&mut waiting).is_pending());
    let one = arm("/subscriptions/s1/resourceGroups");
    assert_eq!(seconds_for(&limiter, &one, 5).await, 0);
    waiting.await;
}

/// Requests in flight at most, and seconds taken, when so many calls meet a service that takes 200 ms
/// and fails as told.
async fn run(calls: usize, outcome: fn(usize) -> Outcome) -> (usize, u64) {
    let limiter = Arc::new(Limiter::new(256));
    let most = Arc::new(Mutex::new((0_usize, 0_usize)));
    let start = Instant::now();
    let tasks: Vec<_> = (0..calls)
        .map(|number| {
            let (limiter, most) = (Arc::clone(&limiter), Arc::clone(&most));
            tokio::spawn(async move {
                // Spread over subscriptions, so that no bucket is the bound.
                let id = number % 200;
                let call = arm(&format!(
                    "/subscriptions/s{id}/providers/Microsoft.Web/sites"
                ));
                let turn = limiter.turn(&call).await;
                {
                    let mut most = locked(&most);
                    most.0 += 1;
                    most.1 = most.1.max(most.0);
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
                locked(&most).0 -= 1;
                limiter.settle(&call, Some(turn), outcome(number));
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("the task ends");
    }
    let most = locked(&most).1;
    (most, start.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn a_healthy_service_gets_all_that_is_allowed() {
    let (most, seconds) = run(10_000, |_| Outcome::Answered).await;
    assert_eq!(most, 256);
    assert!(seconds <= 9, "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn one_fault_in_a_hundred_does_not_slow_it_down() {
    let (most, seconds) = run(10_000, |number| match number % 300 {
        0 => Outcome::Throttled,
        100 => Outcome::Unavailable,
        200 => Outcome::Broken,
        _ => Outcome::Answered,
    })
    .await;
    assert_eq!(most, 256);
    assert!(seconds <= 9, "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_breaks_under_load_is_asked_less() {
    let (_, healthy) = run(4_000, |_| Outcome::Answered).await;
    let (_, broken) = run(4_000, |number| match number % 2 {
        0 => Outcome::Broken,
        _ => Outcome::Answered,
    })
    .await;
    assert!(broken > 10 * healthy, "{broken} {healthy}");
}

#[test]
fn a_batch_should_hold_no_more_than_a_burst() {
    let limiter = Limiter::new(1);
    let burst = |call: Call| limiter.burst(&call);
    assert_eq!(burst(graph("/v1.0/auditLogs/signIns")), 5);
    assert_eq!(burst(graph("/v1.0/identity/conditionalAccess/policies")), 1);
    assert_eq!(burst(arm("/subscriptions/s/resourceGroups")), 245);
}

#[tokio::test]
async fn a_provider_refused_inside_a_batch_is_asked_less() {
    let limiter = Limiter::new(256);
    let sql = arm("/subscriptions/s1/providers/Microsoft.Sql/servers");
    for _ in 0..32 {
        let outcome = limiter.refused(&sql, None, false);
        limiter.settle(&sql, None, outcome);
    }
    let lane = Lane::Unpublished("s1".into(), "microsoft.sql".into());
    let gate = limiter.gates.provider(&lane).expect("a gate");
    assert!(gate.limit() < 16);
}
