//! What a deny takes away, and what it leaves.

use serde_json::{Value, json};

use super::super::*;
use super::{nsg, rule, ssh, with};

#[test]
fn an_earlier_deny_shadows_and_a_later_one_does_not() {
    let allow = || rule("open", 200, "Allow", "*", "22");
    assert!(ssh([allow(), rule("deny", 100, "deny", "*", "*")]).is_empty());
    assert!(ssh([allow(), rule("deny", 100, "Deny", "Internet", "0-1023")]).is_empty());
    assert_eq!(
        ssh([rule("deny", 300, "Deny", "*", "*"), allow()]),
        ["open"]
    );
}

#[test]
fn a_deny_shadows_only_what_it_covers() {
    let allow = || rule("open", 200, "Allow", "*", "22");
    let deny = || rule("deny", 100, "Deny", "*", "22");
    for changes in [
        json!({"destinationPortRange": "23-100"}),
        json!({"protocol": "Udp"}),
        json!({"sourceAddressPrefix": "0.0.0.0/0"}),
        json!({"sourceAddressPrefix": "8.0.0.0/8"}),
        json!({"sourceAddressPrefix": "0.0.0.0"}),
        json!({"sourceAddressPrefix": "AzureCloud"}),
        json!({"sourceAddressPrefix": "VirtualNetwork"}),
        json!({"destinationAddressPrefix": "10.0.0.4"}),
        json!({"destinationAddressPrefix": "Internet"}),
        json!({"destinationAddressPrefix": "0.0.0.0"}),
        json!({"destinationAddressPrefix": null, "destinationApplicationSecurityGroups": [{"id": "/a"}]}),
        json!({"sourceAddressPrefix": null, "sourceApplicationSecurityGroups": [{"id": "/a"}]}),
        json!({"sourcePortRange": "1024-65535"}),
        json!({"direction": "Outbound"}),
        json!({"access": "perhaps"}),
        json!({"priority": null}),
    ] {
        assert_eq!(
            ssh([allow(), with(deny(), changes.clone())]),
            ["open"],
            "{changes}"
        );
    }
    assert!(
        ssh([
            allow(),
            with(
                deny(),
                json!({"destinationAddressPrefix": "VirtualNetwork"})
            )
        ])
        .is_empty()
    );
}

#[test]
fn a_deny_for_the_same_destination_shadows() {
    let to = |rule: Value, destination: &str| {
        with(rule, json!({"destinationAddressPrefix": destination}))
    };
    let allow = to(rule("open", 200, "Allow", "*", "22"), "10.0.0.4");
    let deny = to(rule("deny", 100, "Deny", "*", "22"), "10.0.0.0/24");
    assert!(ssh([allow.clone(), deny]).is_empty());
    let other = to(rule("deny", 100, "Deny", "*", "22"), "10.0.1.0/24");
    assert_eq!(ssh([allow, other]), ["open"]);

    let group = |rule: Value, id: &str| {
        with(
            rule,
            json!({
                "destinationAddressPrefix": null, "destinationApplicationSecurityGroups": [{"id": id}],
            }),
        )
    };
    let allow = group(rule("open", 200, "Allow", "*", "22"), "/asg/Web");
    let deny = group(rule("deny", 100, "Deny", "*", "22"), "/ASG/web");
    assert!(ssh([allow.clone(), deny]).is_empty());
    let other = group(rule("deny", 100, "Deny", "*", "22"), "/asg/db");
    assert_eq!(ssh([allow, other]), ["open"]);
}

#[test]
fn two_denies_of_one_half_each_close_the_group() {
    let allow = rule("open", 200, "Allow", "0.0.0.0/0", "22");
    let low = rule("low", 100, "Deny", "0.0.0.0/1", "22");
    let high = rule("high", 101, "Deny", "128.0.0.0/1", "22");
    assert!(ssh([allow.clone(), low.clone(), high]).is_empty());
    assert_eq!(ssh([allow, low]), ["open"]);
}

#[test]
fn a_rule_behind_one_that_takes_everything_is_not_named() {
    let second = rule("second", 200, "Allow", "Internet", "22");
    assert_eq!(
        ssh([second, rule("first", 100, "Allow", "*", "*")]),
        ["first"]
    );
}

#[test]
fn default_rules_take_part() {
    let mut group = nsg([]);
    group["properties"]["defaultSecurityRules"] = json!([
        with(
            rule("AllowVnetInBound", 65000, "Allow", "VirtualNetwork", "*"),
            json!({"protocol": "*"})
        ),
        rule(
            "AllowAzureLoadBalancerInBound",
            65001,
            "Allow",
            "AzureLoadBalancer",
            "*"
        ),
        rule("DenyAllInBound", 65500, "Deny", "*", "*"),
    ]);
    assert!(!internet_can_reach(&group, 22, "Tcp", &Options::default()));
}

#[test]
fn an_allow_without_priority_still_comes_before_the_defaults() {
    let mut group = nsg([with(
        rule("odd", 0, "Allow", "*", "22"),
        json!({"priority": null}),
    )]);
    group["properties"]["defaultSecurityRules"] =
        json!([rule("DenyAllInBound", 65500, "Deny", "*", "*")]);
    assert_eq!(
        internet_rules(&group, 22, "Tcp", &Options::default()),
        ["odd"]
    );
}

#[test]
fn of_two_rules_with_one_priority_the_allow_comes_first() {
    let deny = rule("deny", 100, "Deny", "*", "*");
    let allow = rule("open", 100, "Allow", "*", "22");
    assert_eq!(ssh([deny.clone(), allow.clone()]), ["open"]);
    assert_eq!(ssh([allow, deny]), ["open"]);
}

#[test]
fn what_a_deny_leaves_of_an_overlapping_destination_stays_open() {
    let to = |rule: Value, range: &str| with(rule, json!({"destinationAddressPrefix": range}));
    let deny = to(rule("deny", 100, "Deny", "*", "22"), "0.0.0.0-10.0.0.5");
    let allow = |range| to(rule("open", 200, "Allow", "*", "22"), range);
    assert_eq!(ssh([deny.clone(), allow("10.0.0.4-10.0.0.6")]), ["open"]);
    assert!(ssh([deny, allow("10.0.0.4-10.0.0.5")]).is_empty());

    let from = |rule: Value, range: &str| with(rule, json!({"sourcePortRange": range}));
    let deny = from(rule("deny", 100, "Deny", "*", "22"), "0-1023");
    let allow = |range| from(rule("open", 200, "Allow", "*", "22"), range);
    assert_eq!(ssh([deny.clone(), allow("*")]), ["open"]);
    assert!(ssh([deny, allow("53")]).is_empty());
}

#[test]
fn a_deny_of_the_unspecified_address_shadows_nobody() {
    let allow = || rule("open", 200, "Allow", "8.0.0.0/8", "22");
    for changes in [
        json!({"sourceAddressPrefix": "0.0.0.0"}),
        json!({"sourceAddressPrefix": "/0"}),
        json!({"destinationAddressPrefix": "0.0.0.0"}),
    ] {
        let deny = with(rule("deny", 100, "Deny", "*", "22"), changes.clone());
        assert_eq!(ssh([allow(), deny]), ["open"], "{changes}");
    }
    let deny = rule("deny", 100, "Deny", "0.0.0.0/0", "22");
    assert!(ssh([allow(), deny]).is_empty());
}
