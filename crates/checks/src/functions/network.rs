//! Network reachability.

use expression::{Function, Value};
use serde_json::json;

use super::argument::{made, port, ports, text};
use crate::vocabulary::network::{self, ExposingRule, Options};

/// The functions on security groups.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "internet_exposure",
        parameters: &["nsg", "port", "protocol", "params"],
        optional: 1,
        summary: "How the rules of a security group let the public internet in on a port, or on those of a list of ports: whether it is `open`, on which `ports`, by the names of which `rules`, and from which `sources` as these write them.",
        example: "!internet_exposure(resource, 22, \"Tcp\").open",
        call: exposure,
    },
    Function {
        name: "internet_openings",
        parameters: &["nsg", "protocol", "params"],
        optional: 1,
        summary: "All ports that the rules of a security group open to the public internet: their `count`, their `ranges` such as `80` or `0-65535`, and the names of the `rules`.",
        example: "internet_openings(resource, \"Tcp\").count < 60000",
        call: openings,
    },
    Function {
        name: "malformed_rules",
        parameters: &["nsg"],
        optional: 0,
        summary: "The parts of inbound rules that cannot be read, each as `rule: what is wrong`.",
        example: "size(malformed_rules(resource)) == 0",
        call: |arguments| {
            Ok(Value::texts(network::malformed_rules(
                &arguments[0].to_json(),
            )))
        },
    },
    Function {
        name: "service_tag_rules",
        parameters: &["nsg", "port", "protocol"],
        optional: 0,
        summary: "The rules that let in a service tag whose addresses only Microsoft knows, each as `rule: tag`.",
        example: "service_tag_rules(resource, 443, \"Tcp\")",
        call: |arguments| {
            let rules = network::service_tag_rules(
                &arguments[0].to_json(),
                port(arguments, 1)?,
                text(arguments, 2)?,
            );
            Ok(Value::texts(rules))
        },
    },
];

fn exposure<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, String> {
    let (nsg, options) = (arguments[0].to_json(), options_at(arguments, 3));
    let (ports, protocol) = (ports(arguments, 1)?, text(arguments, 2)?);
    let exposed = network::exposed_ports(&nsg, &ports, protocol, &options);
    let (ports, rules): (Vec<u16>, Vec<_>) = exposed.into_iter().unzip();
    let mut rules: Vec<ExposingRule> = rules.into_iter().flatten().collect();
    let sources = once(rules.iter().flat_map(|rule| rule.sources.clone()));
    rules.sort_by_key(|rule| rule.priority);
    let rules = once(rules.into_iter().map(|rule| rule.name));
    Ok(made(json!({
        "open": !ports.is_empty(), "ports": ports, "rules": rules, "sources": sources,
    })))
}

fn openings<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, String> {
    let openings = network::internet_openings(
        &arguments[0].to_json(),
        text(arguments, 1)?,
        &options_at(arguments, 2),
    );
    Ok(made(json!({
        "count": openings.count(), "ranges": openings.ranges(), "rules": openings.rules,
    })))
}

/// Each text once, where it stands first.
fn once(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts {
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

fn options_at(arguments: &[Value<'_>], index: usize) -> Options {
    arguments
        .get(index)
        .map(|params| Options::from_params(&params.to_json()))
        .unwrap_or_default()
}
