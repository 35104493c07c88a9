//! The reference for tests: one packet walked along the rules of a document, text by text, the
//! way Azure's documentation tells it. Shares nothing with the interval evaluator.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

/// One inbound packet, after translation to the address of a network card.
#[derive(Debug, Clone)]
pub(super) struct Packet {
    pub(super) protocol: &'static str,
    pub(super) source: IpAddr,
    pub(super) source_port: u16,
    pub(super) destination: IpAddr,
    /// The application security groups of the card.
    pub(super) groups: Vec<String>,
    pub(super) port: u16,
}

/// The inbound rules of a document, in the order in which they are walked.
pub(super) fn in_order(nsg: &Value) -> Vec<&Value> {
    let mut rules: Vec<&Value> = Vec::new();
    for list in ["securityRules", "defaultSecurityRules"] {
        rules.extend(nsg["properties"][list].as_array().into_iter().flatten());
    }
    rules.retain(|rule| word(rule, "direction") == "inbound");
    rules.retain(|rule| ["allow", "deny"].contains(&word(rule, "access").as_str()));
    rules.sort_by_key(|rule| {
        let priority = rule["properties"]["priority"].as_u64().unwrap_or(4097);
        (priority, word(rule, "access") != "allow")
    });
    rules
}

/// The name of the rule that lets the packet in; `None` when it is denied.
pub(super) fn allowed_by(rules: &[&Value], packet: &Packet) -> Option<String> {
    let first = rules.iter().find(|rule| {
        let allows = word(rule, "access") == "allow";
        matches(&rule["properties"], packet, allows)
    })?;
    (word(first, "access") == "allow")
        .then(|| first["name"].as_str().unwrap_or_default().to_owned())
}

fn word(rule: &Value, name: &str) -> String {
    let text = rule["properties"][name].as_str().unwrap_or_default();
    text.trim().to_lowercase()
}

fn matches(rule: &Value, packet: &Packet, allows: bool) -> bool {
    let protocol = rule["protocol"]
        .as_str()
        .unwrap_or("*")
        .trim()
        .to_lowercase();
    if !["*", "any", packet.protocol].contains(&protocol.as_str()) {
        return false;
    }
    let ports = written(rule, "destinationPortRange", "destinationPortRanges");
    if !ports.iter().any(|text| port_in(text, packet.port)) {
        return false;
    }
    let ports = written(rule, "sourcePortRange", "sourcePortRanges");
    if !ports.is_empty() && !ports.iter().any(|text| port_in(text, packet.source_port)) {
        return false;
    }
    let sources = written(rule, "sourceAddressPrefix", "sourceAddressPrefixes");
    if !sources
        .iter()
        .any(|text| source_in(text, packet.source, allows))
    {
        return false;
    }
    let destinations = written(
        rule,
        "destinationAddressPrefix",
        "destinationAddressPrefixes",
    );
    let groups = rule["destinationApplicationSecurityGroups"].as_array();
    let groups: Vec<&str> = groups
        .into_iter()
        .flatten()
        .filter_map(|g| g["id"].as_str())
        .collect();
    if destinations.is_empty() && groups.is_empty() {
        return true;
    }
    groups.iter().any(|group| {
        packet
            .groups
            .iter()
            .any(|own| own.eq_ignore_ascii_case(group))
    }) || destinations
        .iter()
        .any(|text| destination_in(text, packet.destination, allows))
}

fn written(rule: &Value, singular: &str, plural: &str) -> Vec<String> {
    let mut all: Vec<&Value> = vec![&rule[singular]];
    all.extend(rule[plural].as_array().into_iter().flatten());
    all.iter()
        .filter_map(|value| value.as_str())
        .map(|text| text.trim().to_lowercase())
        .filter(|text| !text.is_empty())
        .collect()
}

fn port_in(text: &str, port: u16) -> bool {
    if text == "*" {
        return true;
    }
    let ends: Vec<Option<u16>> = text.split('-').map(|end| end.parse().ok()).collect();
    match ends[..] {
        [Some(one)] => one == port,
        [Some(low), Some(high)] => low <= port && port <= high,
        _ => false,
    }
}

fn source_in(text: &str, address: IpAddr, allows: bool) -> bool {
    match text {
        "*" | "any" => true,
        "internet" => is_public(address),
        "0.0.0.0" => allows && address.is_ipv4(),
        _ => address_in(text, address),
    }
}

fn destination_in(text: &str, address: IpAddr, allows: bool) -> bool {
    match text {
        "*" | "any" | "virtualnetwork" => true,
        "0.0.0.0" => allows && address.is_ipv4(),
        _ => address_in(text, address),
    }
}

fn address_in(text: &str, address: IpAddr) -> bool {
    if let Ok(one) = text.parse::<IpAddr>() {
        return one == address;
    }
    if let Ok(block) = text.parse::<IpNet>() {
        return block.contains(&address);
    }
    let Some((first, last)) = text.split_once('-') else {
        return false;
    };
    match (first.parse::<IpAddr>(), last.parse::<IpAddr>()) {
        (Ok(first), Ok(last)) => {
            first.is_ipv4() == address.is_ipv4()
                && last.is_ipv4() == address.is_ipv4()
                && first <= address
                && address <= last
        }
        _ => false,
    }
}

/// Whether an address is one of the public internet, by the rules of the standard library and
/// Azure's platform address.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let shared = first == 100 && (64..128).contains(&second);
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || shared)
                && first != 0
                && first < 224
                && v4.octets() != [168, 63, 129, 16]
        }
        IpAddr::V6(v6) => v6.segments()[0] >> 13 == 1,
    }
}
