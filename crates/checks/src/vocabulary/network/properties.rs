//! The interval evaluator against the packet walk, on random groups of rules.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::addresses::Addresses;
use super::exposure::admitted;
use super::packet::{self, Packet};
use super::rule::{PROTOCOLS, Rules};
use super::{Options, internet_can_reach, internet_rules, malformed_rules};

/// Sources that overlap, touch, contain one another, and some that are nobody's.
pub(super) const SOURCES: [&str; 28] = [
    "*",
    "Internet",
    "INTERNET",
    "Any",
    "0.0.0.0/0",
    "::/0",
    "0.0.0.0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "8.0.0.0/7",
    "8.8.8.8",
    "8.8.8.77/24",
    "8.8.9.0/24",
    "8.8.8.250-8.8.9.3",
    "203.0.113.0/25",
    "172.16.0.0/11",
    "10.0.0.0/8",
    "168.63.129.16",
    "168.63.128.0/23",
    "2000::/3",
    "2001:db8::1",
    "2001:db8::/47",
    "2001:db8:1::7/48",
    "fd00::/8",
    "VirtualNetwork",
    "azureloadbalancer",
    "AzureCloud",
    "12345",
];
/// Addresses that no rule spells out.
pub(super) const ELSEWHERE: [&str; 5] = [
    "1.1.1.1",
    "127.0.0.1",
    "240.0.0.1",
    "2606:4700::1111",
    "fe80::1",
];
const DESTINATIONS: [&str; 11] = [
    "*",
    "VirtualNetwork",
    "virtualnetwork",
    "10.0.0.4",
    "10.0.0.0/24",
    "10.0.0.9/29",
    "10.0.0.3-10.0.0.9",
    "fd00::4",
    "0.0.0.0",
    "Internet",
    "nonsense!",
];
const PORTS: [&str; 11] = [
    "*", "22", "20-25", "0-65535", "22-", "abc", "25-20", "3389", "23-65535", "0-22", "65536",
];
const SOURCE_PORTS: [&str; 5] = ["*", "1024-65535", "0-1023", "53", "x"];
pub(super) const ASKED: u16 = 22;

/// Nothing, null, one text, or a list under the plural name, or both.
fn field(
    name: &'static str,
    plural: &'static str,
    values: &'static [&'static str],
    widest: u32,
) -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![widest => Just(values[0]), 5 => select(values)];
    let list = subsequence(values, 0..4.min(values.len()));
    prop_oneof![
        1 => Just(json!({})),
        1 => Just(json!({name: null, plural: null})),
        6 => value.prop_map(move |value| json!({name: value, plural: []})),
        3 => list.clone().prop_map(move |list| json!({plural: list})),
        1 => list.prop_map(move |list| json!({name: values[1], plural: list})),
    ]
    .prop_map(|value| value.as_object().cloned().unwrap_or_default())
}

fn groups() -> impl Strategy<Value = Map<String, Value>> {
    let some = subsequence(vec!["/asg/web", "/asg/DB", "/ASG/web"], 1..3);
    prop_oneof![
        4 => Just(json!({})),
        1 => Just(json!({"destinationApplicationSecurityGroups": null})),
        1 => Just(json!({"sourceApplicationSecurityGroups": [{"id": "/asg/db"}]})),
        3 => some.prop_map(|ids| {
            let ids: Vec<Value> = ids.into_iter().map(|id| json!({"id": id})).collect();
            json!({"destinationApplicationSecurityGroups": ids})
        }),
    ]
    .prop_map(|value| value.as_object().cloned().unwrap_or_default())
}

fn frame() -> impl Strategy<Value = Map<String, Value>> {
    let access = select(vec![
        "Allow", "Allow", "allow", "Deny", "DENY", "deny", "maybe",
    ]);
    let direction = select(vec!["Inbound", "Inbound", "Inbound", "INBOUND", "Outbound"]);
    let protocol = prop_oneof![
        6 => select(vec!["Tcp", "tcp", "TCP", "*"]).prop_map(Value::from),
        2 => select(vec!["Udp", "Icmp", "Esp", "Ah", "bogus"]).prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    // Few numbers, so that some rules share theirs.
    let priority = prop_oneof![9 => (100u32..104).prop_map(Value::from), 1 => Just(Value::Null)];
    (access, direction, protocol, priority).prop_map(|(access, direction, protocol, priority)| {
        let frame = json!({
            "access": access, "direction": direction, "protocol": protocol, "priority": priority,
        });
        frame.as_object().cloned().unwrap_or_default()
    })
}

/// Mostly the protocol that most rules name.
fn asked() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just("tcp"), 1 => select(PROTOCOLS.to_vec())]
}

fn rule() -> impl Strategy<Value = Map<String, Value>> {
    (
        frame(),
        field("destinationPortRange", "destinationPortRanges", &PORTS, 15),
        field("sourcePortRange", "sourcePortRanges", &SOURCE_PORTS, 5),
        field("sourceAddressPrefix", "sourceAddressPrefixes", &SOURCES, 5),
        field(
            "destinationAddressPrefix",
            "destinationAddressPrefixes",
            &DESTINATIONS,
            5,
        ),
        groups(),
    )
        .prop_map(
            |(mut rule, ports, source_ports, sources, destinations, groups)| {
                for part in [ports, source_ports, sources, destinations, groups] {
                    rule.extend(part);
                }
                rule
            },
        )
}

pub(super) fn nsg() -> impl Strategy<Value = Value> {
    let broken = prop_oneof![
        Just(json!({})),
        Just(Value::Null),
        Just(json!({"properties": null}))
    ];
    let defaults = prop_oneof![
        Just(Value::Null),
        Just(json!([{"name": "DenyAllInBound", "properties": {
            "priority": 65500, "direction": "Inbound", "access": "Deny", "protocol": "*",
            "sourceAddressPrefix": "*", "sourcePortRange": "*",
            "destinationAddressPrefix": "*", "destinationPortRange": "*",
        }}])),
    ];
    let broken = prop::option::weighted(0.1, broken);
    (prop::collection::vec(rule(), 0..7), broken, defaults).prop_map(|(rules, broken, defaults)| {
        let named = rules.into_iter().enumerate();
        let mut rules: Vec<Value> = named
            .map(|(number, rule)| json!({"name": format!("rule-{number}"), "properties": rule}))
            .collect();
        rules.extend(broken);
        json!({"properties": {"securityRules": rules, "defaultSecurityRules": defaults}})
    })
}

/// Both ends of everything spelled out, and their neighbours outside.
pub(super) fn boundaries(written: &[&str], more: &[&str]) -> Vec<IpAddr> {
    let mut found: BTreeSet<IpAddr> = more.iter().map(|text| text.parse().unwrap()).collect();
    for text in written {
        let ends: Vec<IpAddr> = match text.parse::<IpNet>() {
            Ok(block) => vec![block.network(), block.broadcast()],
            Err(_) => text.split('-').filter_map(|end| end.parse().ok()).collect(),
        };
        for end in ends {
            found.insert(end);
            match end {
                IpAddr::V4(v4) => {
                    found.insert(Ipv4Addr::from_bits(v4.to_bits().saturating_add(1)).into());
                    found.insert(Ipv4Addr::from_bits(v4.to_bits().saturating_sub(1)).into());
                }
                IpAddr::V6(v6) => {
                    found.insert(Ipv6Addr::from_bits(v6.to_bits().saturating_add(1)).into());
                    found.insert(Ipv6Addr::from_bits(v6.to_bits().saturating_sub(1)).into());
                }
            }
        }
    }
    found.into_iter().collect()
}

pub(super) fn holds(set: &Addresses, address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => set.v4.contains(address.to_bits()),
        IpAddr::V6(address) => set.v6.contains(address.to_bits()),
    }
}

/// The names of the rules that let `source` in to any destination from any source port.
fn walked(rules: &[&Value], protocol: &'static str, source: IpAddr) -> BTreeSet<String> {
    let cards = boundaries(&DESTINATIONS, &["192.168.7.7", "fd00::77"]);
    let mut names = BTreeSet::new();
    for destination in cards
        .into_iter()
        .filter(|card| card.is_ipv4() == source.is_ipv4())
    {
        for groups in [
            vec![],
            vec!["/asg/web"],
            vec!["/asg/db"],
            vec!["/asg/web", "/asg/db"],
        ] {
            for source_port in [53, 1023, 1024] {
                names.extend(packet::allowed_by(
                    rules,
                    &Packet {
                        protocol,
                        source,
                        source_port,
                        destination,
                        groups: groups.iter().copied().map(str::to_owned).collect(),
                        port: ASKED,
                    },
                ));
            }
        }
    }
    names
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn every_rule_admits_what_the_packet_walk_says(
        nsg in nsg(), protocol in asked(),
        sources in subsequence(boundaries(&SOURCES, &ELSEWHERE), 12),
    ) {
        let rules = Rules::of(&nsg).rules;
        let sets = admitted(&rules, ASKED, protocol);
        let ordered = packet::in_order(&nsg);
        for source in sources {
            let expected = match packet::is_public(source) {
                true => walked(&ordered, protocol, source),
                false => BTreeSet::new(),
            };
            let admitting: BTreeSet<String> = rules.iter().zip(&sets)
                .filter(|(_, set)| holds(set, source))
                .map(|(rule, _)| rule.name.clone())
                .collect();
            prop_assert_eq!(admitting, expected, "{}", source);
        }
    }

    #[test]
    fn verdict_and_names_agree(nsg in nsg(), v4 in 0u8..=32, v6 in 0u8..=128) {
        let options = Options { widest_ipv4: v4, widest_ipv6: v6 };
        for protocol in ["Tcp", "udp", "*"] {
            let names = internet_rules(&nsg, ASKED, protocol, &options);
            let reached = internet_can_reach(&nsg, ASKED, protocol, &options);
            prop_assert_eq!(reached, !names.is_empty());
        }
    }

    #[test]
    fn allowing_less_never_hides_the_internet(nsg in nsg(), v4 in 0u8..32, v6 in 0u8..128) {
        let loose = Options { widest_ipv4: v4, widest_ipv6: v6 };
        let strict = Options { widest_ipv4: v4 + 1, widest_ipv6: v6 + 1 };
        let reached = |options| internet_can_reach(&nsg, ASKED, "Tcp", options);
        prop_assert!(!reached(&loose) || reached(&strict));
    }

    #[test]
    fn a_first_deny_of_everything_closes_the_group(mut nsg in nsg()) {
        let deny = json!({"name": "deny", "properties": {
            "priority": 1, "direction": "Inbound", "access": "Deny", "protocol": "*",
            "sourceAddressPrefix": "*", "destinationPortRange": "*",
        }});
        nsg["properties"]["securityRules"].as_array_mut().unwrap().push(deny);
        prop_assert!(!internet_can_reach(&nsg, ASKED, "*", &Options::default()));
    }

    #[test]
    fn a_first_allow_of_everything_opens_it(mut nsg in nsg()) {
        let allow = json!({"name": "open", "properties": {
            "priority": 1, "direction": "Inbound", "access": "Allow", "protocol": "*",
            "sourceAddressPrefix": "*", "destinationPortRange": "*",
        }});
        nsg["properties"]["securityRules"].as_array_mut().unwrap().push(allow);
        prop_assert_eq!(internet_rules(&nsg, ASKED, "Tcp", &Options::default()), ["open"]);
    }

    #[test]
    fn the_order_in_the_document_does_not_matter(nsg in nsg()) {
        let mut turned = nsg.clone();
        turned["properties"]["securityRules"].as_array_mut().unwrap().reverse();
        let names = |nsg: &Value| {
            let names = internet_rules(nsg, ASKED, "*", &Options::default());
            names.is_empty()
        };
        prop_assert_eq!(names(&nsg), names(&turned));
        prop_assert_eq!(malformed_rules(&nsg).len(), malformed_rules(&turned).len());
    }
}
