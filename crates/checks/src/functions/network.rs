//! Network reachability.

use expression::{Function, Value};

use super::argument::{port, text};
use crate::vocabulary::network::{self, Options};

/// The functions on security groups.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "internet_can_reach",
        parameters: &["nsg", "port", "protocol", "params"],
        optional: 1,
        summary: "Whether the rules of a security group let the public internet in on a port.",
        example: "internet_can_reach(resource, 22, \"Tcp\")",
        call: |arguments| {
            let reachable = network::internet_can_reach(
                &arguments[0].to_json(),
                port(arguments, 1)?,
                text(arguments, 2)?,
                &options(arguments),
            );
            Ok(Value::Bool(reachable))
        },
    },
    Function {
        name: "internet_rules",
        parameters: &["nsg", "port", "protocol", "params"],
        optional: 1,
        summary: "The names of the rules that let the public internet in on a port.",
        example: "size(internet_rules(resource, 22, \"Tcp\")) == 0",
        call: |arguments| {
            let rules = network::internet_rules(
                &arguments[0].to_json(),
                port(arguments, 1)?,
                text(arguments, 2)?,
                &options(arguments),
            );
            Ok(Value::texts(rules))
        },
    },
    Function {
        name: "internet_sources",
        parameters: &["nsg", "port", "protocol", "params"],
        optional: 1,
        summary: "The sources, as the rules write them, that let the public internet in on a port.",
        example: "internet_sources(resource, 3389, \"Tcp\", params).join()",
        call: |arguments| {
            let sources = network::internet_sources(
                &arguments[0].to_json(),
                port(arguments, 1)?,
                text(arguments, 2)?,
                &options(arguments),
            );
            Ok(Value::texts(sources))
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

fn options(arguments: &[Value<'_>]) -> Options {
    arguments
        .get(3)
        .map(|params| Options::from_params(&params.to_json()))
        .unwrap_or_default()
}
