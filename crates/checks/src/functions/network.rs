//! Network reachability.

use expression::{Function, Value};

use super::argument::{port, ports, text};
use crate::vocabulary::network::{self, ExposingRule, Options};

/// The functions on security groups.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "internet_can_reach",
        parameters: &["nsg", "port", "protocol", "params"],
        optional: 1,
        summary: "Whether the rules of a security group let the public internet in on a port, or on one of a list of ports.",
        example: "internet_can_reach(resource, 22, \"Tcp\")",
        call: |arguments| Ok(Value::Bool(!exposing(arguments)?.is_empty())),
    },
    Function {
        name: "internet_open_ports",
        parameters: &["nsg", "ports", "protocol", "params"],
        optional: 1,
        summary: "Those of a list of ports on which the rules of a security group let the public internet in.",
        example: "internet_open_ports(resource, [1433, 5432], \"Tcp\", params).join()",
        call: |arguments| {
            let open = exposing(arguments)?.into_iter();
            Ok(Value::list(
                open.map(|(port, _)| Value::Int(port.into())).collect(),
            ))
        },
    },
    Function {
        name: "internet_port_count",
        parameters: &["nsg", "protocol", "params"],
        optional: 1,
        summary: "How many ports the rules of a security group open to the public internet.",
        example: "internet_port_count(resource, \"Tcp\") < 60000",
        call: |arguments| {
            let count = network::internet_port_count(
                &arguments[0].to_json(),
                text(arguments, 1)?,
                &options_at(arguments, 2),
            );
            Ok(Value::Int(count.into()))
        },
    },
    Function {
        name: "internet_port_rules",
        parameters: &["nsg", "protocol", "params"],
        optional: 1,
        summary: "The names of the rules that let the public internet in on any port.",
        example: "internet_port_rules(resource, \"Udp\").join()",
        call: |arguments| {
            Ok(Value::texts(network::internet_port_rules(
                &arguments[0].to_json(),
                text(arguments, 1)?,
                &options_at(arguments, 2),
            )))
        },
    },
    Function {
        name: "internet_ports",
        parameters: &["nsg", "protocol", "params"],
        optional: 1,
        summary: "The ports that the rules of a security group open to the public internet, as ranges such as `80` or `0-65535`.",
        example: "size(internet_ports(resource, \"Udp\")) == 0",
        call: |arguments| {
            Ok(Value::texts(network::internet_ports(
                &arguments[0].to_json(),
                text(arguments, 1)?,
                &options_at(arguments, 2),
            )))
        },
    },
    Function {
        name: "internet_rules",
        parameters: &["nsg", "port", "protocol", "params"],
        optional: 1,
        summary: "The names of the rules that let the public internet in on a port, or on one of a list of ports.",
        example: "size(internet_rules(resource, 22, \"Tcp\")) == 0",
        call: |arguments| {
            let mut rules: Vec<_> = exposing(arguments)?
                .into_iter()
                .flat_map(|(_, rules)| rules)
                .collect();
            rules.sort_by_key(|rule| rule.priority);
            Ok(Value::texts(once(rules.into_iter().map(|rule| rule.name))))
        },
    },
    Function {
        name: "internet_sources",
        parameters: &["nsg", "port", "protocol", "params"],
        optional: 1,
        summary: "The sources, as the rules write them, that let the public internet in on a port, or on one of a list of ports.",
        example: "internet_sources(resource, 3389, \"Tcp\", params).join()",
        call: |arguments| {
            let rules = exposing(arguments)?
                .into_iter()
                .flat_map(|(_, rules)| rules);
            Ok(Value::texts(once(rules.flat_map(|rule| rule.sources))))
        },
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

/// The ports among those of the second argument on which the internet gets in, with the rules.
fn exposing(arguments: &[Value<'_>]) -> Result<Vec<(u16, Vec<ExposingRule>)>, String> {
    let (nsg, options) = (arguments[0].to_json(), options_at(arguments, 3));
    let protocol = text(arguments, 2)?;
    let ports = ports(arguments, 1)?;
    Ok(network::exposed_ports(&nsg, &ports, protocol, &options))
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
