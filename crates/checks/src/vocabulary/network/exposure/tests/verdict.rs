//! What counts as the internet, and how it is named.

use serde_json::{Value, json};

use super::super::*;
use super::{nsg, rule, ssh, with};

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
fn a_restriction_among_the_sources_is_not_named() {
    let changes = json!({
        "sourceAddressPrefix": null, "sourceAddressPrefixes": ["203.0.113.7", "8.0.0.0/8"],
    });
    let group = nsg([with(rule("mixed", 100, "Allow", "", "22"), changes)]);
    assert_eq!(
        internet_sources(&group, 22, "Tcp", &Options::default()),
        ["8.0.0.0/8"]
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
