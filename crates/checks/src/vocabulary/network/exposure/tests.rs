//! Examples, one for every kind of rule. What they share is here.

use serde_json::{Value, json};

use super::{Options, internet_rules};

mod matching;
mod shadowing;
mod verdict;

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
