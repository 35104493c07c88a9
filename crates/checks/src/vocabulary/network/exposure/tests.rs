//! Examples, one for every kind of rule.

use serde_json::{Value, json};

use super::*;

fn rule(name: &str, priority: u32, access: &str, source: &str, port: &str) -> Value {
    json!({"name": name, "properties": {
        "priority": priority, "access": access, "direction": "Inbound", "protocol": "Tcp",
        "sourceAddressPrefix": source, "sourcePortRange": "*",
        "destinationAddressPrefix": "*", "destinationPortRange": port,
    }})
}

fn with(mut rule: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        rule["properties"][name] = value.clone();
    }
    rule
}

fn nsg(rules: impl IntoIterator<Item = Value>) -> Value {
    json!({"properties": {"securityRules": rules.into_iter().collect::<Vec<_>>()}})
}

fn ssh(rules: impl IntoIterator<Item = Value>) -> Vec<String> {
    internet_rules(&nsg(rules), 22, "Tcp", &Options::default())
}

#[test]
fn a_group_without_rules_is_closed() {
    for empty in [
        Value::Null,
        json!({}),
        json!({"properties": null}),
        json!({"properties": {}}),
        json!({"properties": {"securityRules": null, "defaultSecurityRules": null}}),
        json!({"properties": {"securityRules": []}}),
        json!({"properties": {"securityRules": "none"}}),
        json!([1, 2]),
    ] {
        assert!(
            !internet_can_reach(&empty, 22, "Tcp", &Options::default()),
            "{empty}"
        );
        assert!(malformed_rules(&empty).is_empty());
    }
}

#[test]
fn every_way_to_write_the_internet_counts() {
    for source in [
        "*",
        "Internet",
        "INTERNET",
        "internet",
        "Any",
        "any",
        "0.0.0.0/0",
        "::/0",
        "0.0.0.0",
        "/0",
        "::",
        "1.2.3.4/0",
        "0.0.0.0-255.255.255.255",
        "8.0.0.0/8",
        "2001:db8::/32",
        " * ",
        "10.0.0.0/8,8.0.0.0/8",
    ] {
        assert_eq!(
            ssh([rule("open", 100, "Allow", source, "22")]),
            ["open"],
            "{source}"
        );
    }
}

#[test]
fn private_named_and_platform_sources_do_not() {
    for source in [
        "VirtualNetwork",
        "AzureLoadBalancer",
        "GatewayManager",
        "AzureCloud",
        "Storage.WestEurope",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/4",
        "168.63.129.16",
        "fd00::/8",
        "fe80::/10",
        "203.0.113.7",
        "203.0.113.0/24",
        "2001:db8::/48",
        "789",
        "",
    ] {
        assert!(
            ssh([rule("named", 100, "Allow", source, "22")]).is_empty(),
            "{source}"
        );
    }
}

#[test]
fn ports_match_single_in_ranges_and_in_lists() {
    for port in ["22", "*", "20-25", "0-65535", "22-22", "80,22"] {
        assert_eq!(
            ssh([rule("open", 100, "Allow", "*", port)]),
            ["open"],
            "{port}"
        );
    }
    for port in ["23", "0-21", "23-65535", "22-", "abc", ""] {
        assert!(
            ssh([rule("other", 100, "Allow", "*", port)]).is_empty(),
            "{port}"
        );
    }
    let plural = with(
        rule("open", 100, "Allow", "*", ""),
        json!({"destinationPortRange": null, "destinationPortRanges": ["80", "abc", "20-30"]}),
    );
    assert_eq!(ssh([plural]), ["open"]);
    let number = with(
        rule("open", 100, "Allow", "*", ""),
        json!({"destinationPortRange": 22}),
    );
    assert_eq!(ssh([number]), ["open"]);
}

#[test]
fn sources_match_in_the_plural() {
    let changes = json!({
        "sourceAddressPrefix": null,
        "sourceAddressPrefixes": ["10.0.0.0/8", "bogus!", "0.0.0.0/0"],
    });
    let plural = with(rule("open", 100, "Allow", "", "22"), changes);
    assert_eq!(ssh([plural]), ["open"]);
}

#[test]
fn protocols_match_in_any_case_and_by_star() {
    let options = Options::default();
    let of = |protocol: &str| {
        nsg([with(
            rule("r", 100, "Allow", "*", "*"),
            json!({"protocol": protocol}),
        )])
    };
    for (own, asked, expected) in [
        ("Tcp", "TCP", true),
        ("tcp", "udp", false),
        ("*", "Udp", true),
        ("Any", "Udp", true),
        ("Udp", "*", true),
        ("Icmp", "icmp", true),
        ("Esp", "Ah", false),
        ("*", "gre", false),
        ("gre", "*", false),
        ("Tcp", "", false),
    ] {
        assert_eq!(
            internet_can_reach(&of(own), 0, asked, &options),
            expected,
            "{own} {asked}"
        );
    }
}

#[test]
fn access_and_direction_match_in_any_case() {
    assert_eq!(
        ssh([with(
            rule("r", 1, "ALLOW", "*", "22"),
            json!({"direction": "INBOUND"})
        )]),
        ["r"]
    );
    assert!(
        ssh([with(
            rule("r", 1, "Allow", "*", "22"),
            json!({"direction": "Outbound"})
        )])
        .is_empty()
    );
}

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
fn halves_of_the_internet_are_the_internet() {
    let low = rule("low", 100, "Allow", "0.0.0.0/1", "22");
    let high = rule("high", 101, "Allow", "128.0.0.0/1", "22");
    assert_eq!(ssh([high, low]), ["low", "high"]);
}

#[test]
fn small_blocks_together_can_make_a_wide_one() {
    let first = rule("first", 100, "Allow", "203.0.112.0/24", "22");
    let second = rule("second", 101, "Allow", "203.0.113.0/24", "22");
    let office = rule("office", 102, "Allow", "198.51.100.7", "22");
    assert!(ssh([first.clone(), office.clone()]).is_empty());
    assert_eq!(ssh([first, second, office]), ["first", "second"]);
}

#[test]
fn a_restriction_beside_an_open_rule_is_not_named() {
    let office = rule("office", 100, "Allow", "203.0.113.7", "22");
    assert_eq!(
        ssh([office, rule("open", 200, "Allow", "*", "22")]),
        ["open"]
    );
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
fn the_widest_restriction_is_a_parameter() {
    let reached = |source: &str, params: Value| {
        let nsg = nsg([rule("r", 100, "Allow", source, "22")]);
        internet_can_reach(&nsg, 22, "Tcp", &Options::from_params(&params))
    };
    assert!(reached("203.0.0.0/16", json!({})));
    assert!(!reached("203.0.0.0/16", json!({"widest_ipv4": 16})));
    assert!(reached("203.0.113.0/24", json!({"widest_ipv4": 25})));
    assert!(reached("203.0.113.6/31", json!({"widest_ipv4": 32})));
    assert!(!reached("203.0.113.6", json!({"widest_ipv4": 32})));
    assert!(reached("2001:db8::/47", Value::Null));
    assert!(!reached("2001:db8::/47", json!({"widest_ipv6": 32})));
    for widest in 0..=32 {
        assert!(
            reached("*", json!({"widest_ipv4": widest, "widest_ipv6": widest})),
            "{widest}"
        );
    }
    assert!(!reached("8.0.0.0/8", json!({"widest_ipv4": 0})));
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
fn sources_are_named_as_written() {
    let changes = json!({
        "sourceAddressPrefix": "", "sourceAddressPrefixes": ["10.0.0.0/8", "8.0.0.0/8", "Internet"],
    });
    let group = nsg([
        with(rule("mixed", 100, "Allow", "", "22"), changes),
        rule("shadowed", 200, "Allow", "*", "22"),
    ]);
    let options = Options::default();
    assert_eq!(
        internet_sources(&group, 22, "Tcp", &options),
        ["8.0.0.0/8", "Internet"]
    );
    let rules = exposing_rules(&group, 22, "Tcp", &options);
    assert_eq!(rules.len(), 1);
    assert_eq!((rules[0].name.as_str(), rules[0].priority), ("mixed", 100));
}

#[test]
fn what_azure_would_refuse_is_named_and_disturbs_nothing() {
    let broken = [
        json!({"name": "bare"}),
        json!(null),
        with(rule("port", 101, "Allow", "*", "22-"), json!({})),
        with(rule("source", 102, "Allow", "789", "22"), json!({})),
        with(rule("access", 103, "?", "*", "22"), json!({})),
        with(
            rule("protocol", 104, "Allow", "*", "22"),
            json!({"protocol": "gre"}),
        ),
        with(
            rule("nowhere", 105, "Allow", "*", "22"),
            json!({"destinationAddressPrefix": "1.2.3"}),
        ),
        with(rule("nobody", 106, "Allow", "", "22"), json!({})),
        with(rule("no-port", 107, "Allow", "*", ""), json!({})),
        with(
            rule("from", 108, "Allow", "*", "22"),
            json!({"sourcePortRange": "x"}),
        ),
    ];
    let group = nsg(broken
        .into_iter()
        .chain([rule("open", 200, "Allow", "*", "22")]));
    assert_eq!(
        internet_rules(&group, 22, "Tcp", &Options::default()),
        ["open"]
    );
    let defects = malformed_rules(&group);
    assert_eq!(
        defects,
        [
            "bare: has no direction",
            "(unnamed): has no direction",
            "port: has the destination port \"22-\"",
            "source: has the source \"789\"",
            "access: neither allows nor denies",
            "protocol: has an unknown protocol",
            "nowhere: has the destination \"1.2.3\"",
            "nobody: has no source",
            "no-port: has no destination port",
            "from: has the source port \"x\"",
        ]
    );
}

#[test]
fn service_tags_are_reported_apart() {
    let tagged = |rules: Vec<Value>| service_tag_rules(&nsg(rules), 22, "Tcp");
    let cloud = || rule("cloud", 200, "Allow", "AzureCloud", "22");
    assert_eq!(tagged(vec![cloud()]), ["cloud: AzureCloud"]);
    assert_eq!(
        tagged(vec![cloud(), rule("deny", 100, "Deny", "10.0.0.0/8", "*")]),
        ["cloud: AzureCloud"]
    );
    for source in ["*", "Internet", "azurecloud", "0.0.0.0/0"] {
        assert!(
            tagged(vec![cloud(), rule("deny", 100, "Deny", source, "*")]).is_empty(),
            "{source}"
        );
    }
    let storage = || rule("storage", 200, "Allow", "Storage.WestEurope", "22");
    assert!(tagged(vec![storage(), rule("deny", 100, "Deny", "Storage", "*")]).is_empty());
    assert!(
        !tagged(vec![
            storage(),
            rule("deny", 100, "Deny", "Storage.West", "*")
        ])
        .is_empty()
    );
    assert!(tagged(vec![rule("probe", 100, "Allow", "AzureLoadBalancer", "*")]).is_empty());
    assert!(tagged(vec![rule("open", 100, "Allow", "*", "*"), cloud()]).is_empty());
}
