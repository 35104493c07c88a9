//! Tests of the limits as a client meets them.

use std::time::Duration;

use super::*;

const ACCOUNT: &str =
    "/subscriptions/S/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a";

fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    let found = headers.iter().find(|(have, _)| have == name);
    found.map_or("", |(_, value)| value)
}

fn code(verdict: &Verdict) -> String {
    let body = verdict.refusal.as_ref().map(Reply::value);
    body.map_or_else(String::new, |body| {
        body["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    })
}

fn asker(application: &str) -> Asker<'_> {
    Asker {
        application,
        tenant: "t",
        users: 1_000,
    }
}

#[test]
fn a_subscriptions_reads_are_counted_for_each_principal_and_for_all() {
    let throttle = Throttle::default();
    let now = Instant::now();
    let read = |who: &str| throttle.arm(who, "GET", "/subscriptions/S/x", now);
    let first = read("p").headers;
    assert_eq!(
        header(&first, "x-ms-ratelimit-remaining-subscription-reads"),
        "249"
    );
    let all = "x-ms-ratelimit-remaining-subscription-global-reads";
    assert_eq!(header(&first, all), "3749");
    for _ in 0..249 {
        assert!(read("p").refusal.is_none());
    }
    let refused = read("p");
    assert_eq!(code(&refused), "SubscriptionRequestsThrottled");
    let reply = refused.refusal.unwrap();
    assert_eq!(header(&reply.headers, "Retry-After"), "1");
    let other = read("q").headers;
    assert_eq!(
        header(&other, "x-ms-ratelimit-remaining-subscription-reads"),
        "249"
    );
    assert_eq!(header(&other, all), "3499");
    for who in 0..14 {
        for _ in 0..250 {
            read(&format!("r{who}"));
        }
    }
    assert_eq!(code(&read("new")), "SubscriptionRequestsThrottled");
}

#[test]
fn tenant_reads_writes_and_deletes_have_buckets_of_their_own() {
    let throttle = Throttle::default();
    let now = Instant::now();
    for (method, at, name, left) in [
        ("GET", "/tenants", "tenant-reads", "249"),
        ("POST", "/batch", "tenant-reads", "248"),
        ("PUT", "/subscriptions/s/x", "subscription-writes", "199"),
        ("POST", "/subscriptions/s/x", "subscription-writes", "198"),
        (
            "DELETE",
            "/subscriptions/s/x",
            "subscription-deletes",
            "199",
        ),
        ("GET", "/SUBSCRIPTIONS/S", "subscription-reads", "249"),
        ("GET", "/subscriptions/t", "subscription-reads", "249"),
    ] {
        let told = throttle.arm("p", method, at, now).headers;
        let name = format!("x-ms-ratelimit-remaining-{name}");
        assert_eq!(header(&told, &name), left, "{method} {at}");
    }
}

#[test]
fn queries_have_a_window_of_five_seconds() {
    let throttle = Throttle::default();
    let start = Instant::now();
    let at = "/providers/Microsoft.ResourceGraph/resources";
    let query = |now| throttle.arm("p", "POST", at, now);
    let told = query(start).headers;
    assert_eq!(header(&told, "x-ms-user-quota-remaining"), "14");
    assert_eq!(header(&told, "x-ms-user-quota-resets-after"), "00:00:05");
    for _ in 0..14 {
        query(start + Duration::from_secs(3));
    }
    let refused = query(start + Duration::from_millis(3_500));
    assert_eq!(code(&refused), "RateLimiting");
    assert_eq!(header(&refused.headers, "x-ms-user-quota-remaining"), "0");
    assert_eq!(
        header(&refused.headers, "x-ms-user-quota-resets-after"),
        "00:00:02"
    );
    let reply = refused.refusal.unwrap();
    assert_eq!(header(&reply.headers, "Retry-After"), "2");
    assert!(query(start + Duration::from_secs(5)).refusal.is_none());
}

#[test]
fn storage_counts_reads_and_lists_whoever_asks() {
    let throttle = Throttle::default();
    let now = Instant::now();
    let list = "/subscriptions/S/providers/Microsoft.Storage/storageAccounts";
    let left = "x-ms-ratelimit-remaining-resource";
    let told = throttle.arm("p", "GET", list, now).headers;
    assert_eq!(
        header(&told, left),
        "Microsoft.Storage/List_ObservationWindow_00:05:00;99"
    );
    let child = format!("{ACCOUNT}/blobServices/default");
    let told = throttle.arm("p", "GET", &child, now).headers;
    assert_eq!(
        header(&told, left),
        "Microsoft.Storage/Read_ObservationWindow_00:05:00;799"
    );
    let foreign = format!("{ACCOUNT}/providers/Microsoft.Insights/diagnosticSettings");
    assert_eq!(
        header(&throttle.arm("p", "GET", &foreign, now).headers, left),
        ""
    );
    for who in 0..4 {
        for _ in 0..200 {
            throttle.arm(&who.to_string(), "GET", &child, now);
        }
    }
    let refused = throttle.arm("q", "GET", &child, now);
    assert_eq!(code(&refused), "TooManyRequests");
    let reply = refused.refusal.unwrap();
    assert_eq!(header(&reply.headers, "Retry-After"), "300");
}

#[test]
fn compute_counts_lists_machines_and_each_machine() {
    let throttle = Throttle::default();
    let now = Instant::now();
    let machines = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines";
    let read = |name: &str| throttle.arm("p", "GET", &format!("{machines}/{name}"), now);
    let told = read("a").headers;
    assert_eq!(
        header(&told, "x-ms-ratelimit-remaining-resource"),
        "Microsoft.Compute/LowCostGetSubscriptionMaximum;23999,Microsoft.Compute/LowCostGetResource;35"
    );
    for _ in 0..35 {
        read("a");
    }
    assert_eq!(code(&read("A/instanceView")), "OperationNotAllowed");
    assert!(read("b").refusal.is_none());
}

#[test]
fn the_directory_counts_resource_units() {
    let throttle = Throttle::default();
    let now = Instant::now();
    let query = Query::default();
    let read = |path: &str| throttle.graph(asker("a"), "GET", path, &query, now);
    assert_eq!(header(&read("/users").headers, "x-ms-resource-unit"), "2");
    assert_eq!(
        header(&read("/users").headers, "x-ms-throttle-limit-percentage"),
        ""
    );
    for _ in 0..1_300 {
        read("/groups/1/transitivemembers");
    }
    let near = read("/organization").headers;
    assert_eq!(header(&near, "x-ms-throttle-limit-percentage"), "0.81");
    while read("/users").refusal.is_none() {}
    let refused = read("/users");
    assert_eq!(code(&refused), "TooManyRequests");
    let reply = refused.refusal.unwrap();
    assert_eq!(header(&reply.headers, "Retry-After"), "1");
    assert_eq!(
        header(&reply.headers, "x-ms-throttle-scope"),
        "Tenant_Application/ReadWrite/a/t"
    );
}

#[test]
fn reports_and_conditional_access_are_slow() {
    let throttle = Throttle::default();
    let now = Instant::now();
    let query = Query::default();
    let read = |who, path: &str, now| throttle.graph(asker(who), "GET", path, &query, now);
    for path in [
        "/reports/authenticationmethods/userregistrationdetails",
        "/auditlogs/signins",
        "/users/1/authentication/methods",
        "/auditlogs/directoryaudits",
        "/auditlogs/signins",
    ] {
        assert!(read("a", path, now).refusal.is_none(), "{path}");
    }
    let refused = read("a", "/auditlogs/signins", now).refusal.unwrap();
    assert_eq!(header(&refused.headers, "Retry-After"), "10");
    assert!(read("b", "/auditlogs/signins", now).refusal.is_none());

    let policies = "/identity/conditionalaccess/policies";
    assert!(read("a", policies, now).refusal.is_none());
    // All applications of a tenant share it, and nothing says when to come back.
    let refused = read("b", "/identityprotection/riskyusers", now)
        .refusal
        .unwrap();
    assert_eq!(header(&refused.headers, "Retry-After"), "");
    assert!(
        read("b", policies, now + Duration::from_secs(1))
            .refusal
            .is_none()
    );
}

#[test]
fn a_refused_request_is_not_charged_further_on() {
    let throttle = Throttle::default();
    let now = Instant::now();
    for _ in 0..300 {
        throttle.arm("p", "GET", ACCOUNT, now);
    }
    let told = throttle.arm("q", "GET", ACCOUNT, now).headers;
    let left = header(&told, "x-ms-ratelimit-remaining-resource");
    assert!(left.ends_with(";549"), "{left}");
}
