//! Which rules match a question, and what of a document is not understood.

use serde_json::{Value, json};

use super::super::*;
use super::{nsg, rule, ssh, with};

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
