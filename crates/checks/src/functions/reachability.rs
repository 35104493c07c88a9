//! What the internet reaches, and where names lead.

use expression::{Function, Value};
use serde_json::Value as Json;

use crate::vocabulary::host_names::{Lead, dns_leads};
use crate::vocabulary::network::{Asked, Inventory, Opening, Options, Reach, vm_reach};

/// The functions that follow references from document to document.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "dns_leads",
        parameters: &["zones", "owned"],
        optional: 0,
        summary: "The records of DNS zones that lead to names which Azure gives to resources, each with `id`, `name`, `type`, `target`, `service` and whether the target is `found` among what is owned.",
        example: "dns_leads(zones, sites.map(site, site.properties.defaultHostName)).all(lead, lead.found)",
        call: |arguments| {
            let leads = dns_leads(&arguments[0].to_json(), &arguments[1].to_json());
            Ok(Value::list(leads.into_iter().map(lead).collect()))
        },
    },
    Function {
        name: "vm_reach",
        parameters: &[
            "vm",
            "cards",
            "addresses",
            "balancers",
            "groups",
            "networks",
            "params",
        ],
        optional: 0,
        summary: "How the internet reaches a virtual machine: `entrances`, what is `open` on the ports of params.tcp_ports and params.udp_ports (`ports`, `rules`), and what is `unknown`.",
        example: "size(vm_reach(resource, cards, addresses, balancers, groups, networks, params).open) == 0",
        call: |arguments| {
            let documents: Vec<_> = arguments.iter().map(Value::to_json).collect();
            let inventory = Inventory {
                cards: &documents[1],
                addresses: &documents[2],
                balancers: &documents[3],
                groups: &documents[4],
                networks: &documents[5],
            };
            let params = &documents[6];
            let mut asked = ports(params, "tcp_ports", "tcp")?;
            asked.extend(ports(params, "udp_ports", "udp")?);
            let options = Options::from_params(params);
            let found = vm_reach(&documents[0], &inventory, &asked, &options);
            Ok(reach(&arguments[0], found))
        },
    },
];

/// The ports in a list of a check's parameters.
fn ports(params: &Json, name: &str, protocol: &'static str) -> Result<Vec<Asked>, String> {
    let list = params.get(name).and_then(Json::as_array);
    let port = |value: &Json| {
        let number = value.as_u64().and_then(|number| u16::try_from(number).ok());
        number
            .map(|port| Asked { protocol, port })
            .ok_or_else(|| format!("{value} in {name} is no port"))
    };
    list.into_iter().flatten().map(port).collect()
}

fn map<'a>(members: Vec<(&str, Value<'a>)>) -> Value<'a> {
    let members = members.into_iter();
    Value::Map(std::rc::Rc::new(
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    ))
}

/// What is known of a machine, with the machine's own id and name, so that it can be an item of `each`.
fn reach<'a>(vm: &Value<'a>, reach: Reach) -> Value<'a> {
    let mut ports: Vec<Asked> = reach.open.iter().map(|opening| opening.asked).collect();
    ports.sort_unstable();
    ports.dedup();
    let mut rules: Vec<String> = Vec::new();
    for rule in reach.open.iter().flat_map(|opening| &opening.rules) {
        if !rules.contains(rule) {
            rules.push(rule.clone());
        }
    }
    map(vec![
        ("id", vm.member("id")),
        ("name", vm.member("name")),
        ("entrances", Value::texts(reach.entrances)),
        ("open", Value::texts(reach.open.iter().map(opening))),
        ("ports", Value::texts(ports.into_iter().map(port))),
        ("rules", Value::texts(rules)),
        ("unknown", Value::texts(reach.unknown)),
    ])
}

fn port(asked: Asked) -> String {
    format!("{} {}", asked.protocol.to_ascii_uppercase(), asked.port)
}

fn opening(opening: &Opening) -> String {
    let through = match opening.rules.is_empty() {
        true => "no security group stands in the way".to_owned(),
        false => format!("let in by {}", opening.rules.join(", ")),
    };
    format!("{} by {}: {through}", port(opening.asked), opening.entrance)
}

fn lead<'a>(lead: Lead) -> Value<'a> {
    let record_type = if lead.service.is_some() { "CNAME" } else { "A" };
    map(vec![
        ("id", Value::text(lead.id)),
        ("name", Value::text(lead.name)),
        (
            "type",
            Value::text(format!("Microsoft.Network/dnsZones/{record_type}")),
        ),
        ("target", Value::text(lead.target)),
        ("service", lead.service.map_or(Value::Null, Value::text)),
        ("found", Value::Bool(lead.found)),
    ])
}
