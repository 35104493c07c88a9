//! What leads from the internet to an address of a network card.

use serde_json::Value;

use super::super::super::json::{at, is, items, text};
use super::super::intervals::Intervals;
use super::lookup::{name_of, parent, same_id, with_id};
use super::{Asked, Inventory};

/// Whether packets get in where no security group stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WithoutGroup {
    /// Basic: open unless something closes it.
    Open,
    /// Standard: closed unless something opens it.
    Closed,
    /// The document, or the meaning of its SKU, is not known.
    Unknown,
}

/// A way in.
#[derive(Debug, Clone)]
pub(super) struct Entrance {
    /// For people: `public address pip-web (203.0.113.4)`.
    pub(super) label: String,
    pub(super) without_group: WithoutGroup,
    /// Whether it carries IPv6 rather than IPv4.
    pub(super) v6: bool,
    /// The protocol that it passes on; `None` means any.
    protocol: Option<String>,
    /// The ports of the machine that it leads to.
    ports: Intervals<u16>,
}

impl Entrance {
    /// Whether packets for that port of the machine come through.
    pub(super) fn leads_to(&self, asked: Asked) -> bool {
        let passes = |own: &String| own.eq_ignore_ascii_case(asked.protocol);
        self.protocol.as_ref().is_none_or(passes) && self.ports.contains(asked.port)
    }
}

/// The entrances of an address of a card, and what could not be followed.
pub(super) fn of(configuration: &Value, inventory: &Inventory<'_>) -> (Vec<Entrance>, Vec<String>) {
    let mut found = (Vec::new(), Vec::new());
    if let Some(id) = text(configuration, "properties.publicIPAddress.id") {
        found.0.push(public_address(id, configuration, inventory));
    }
    for rule in items(at(configuration, "properties.loadBalancerInboundNatRules")) {
        if let Some(id) = text(rule, "id") {
            nat_rule(id, inventory, &mut found);
        }
    }
    let mut pools: Vec<&str> = Vec::new();
    for pool in items(at(
        configuration,
        "properties.loadBalancerBackendAddressPools",
    )) {
        pools.extend(text(pool, "id"));
    }
    for pool in &pools {
        let known = parent(pool).and_then(|id| with_id(inventory.balancers, id));
        if known.is_none() {
            found.1.push(unread_balancer(pool));
        }
    }
    for balancer in items(inventory.balancers) {
        for pool in items(at(balancer, "properties.backendAddressPools")) {
            let Some(id) = text(pool, "id") else { continue };
            let named = pools.iter().any(|own| same_id(own, id));
            if named || holds(pool, configuration) {
                behind_pool(balancer, id, inventory, &mut found.0);
            }
        }
    }
    (found.0, found.1)
}

fn public_address(id: &str, configuration: &Value, inventory: &Inventory<'_>) -> Entrance {
    let document = with_id(inventory.addresses, id);
    let address = document.and_then(|document| text(document, "properties.ipAddress"));
    let version = match document {
        Some(document) => is(document, "properties.publicIPAddressVersion", "IPv6"),
        None => is(configuration, "properties.privateIPAddressVersion", "IPv6"),
    };
    let name = document
        .and_then(|document| text(document, "name"))
        .unwrap_or_else(|| name_of(id));
    Entrance {
        label: match address {
            Some(address) => format!("public address {name} ({address})"),
            None => format!("public address {name}"),
        },
        without_group: document.map_or(WithoutGroup::Unknown, without_group),
        v6: version,
        protocol: None,
        ports: Intervals::everything(),
    }
}

/// What the SKU of an address or a load balancer says. Documents without one are as old as Basic.
fn without_group(document: &Value) -> WithoutGroup {
    let sku = text(document, "sku.name").map(str::to_ascii_lowercase);
    match sku.as_deref() {
        None | Some("basic") => WithoutGroup::Open,
        Some(sku) if sku.starts_with("standard") => WithoutGroup::Closed,
        Some(_) => WithoutGroup::Unknown,
    }
}

fn unread_balancer(id: &str) -> String {
    let balancer = parent(id).map_or(id, name_of);
    format!("the load balancer {balancer} is not among those that were read")
}

/// An inbound NAT rule that leads to one address.
fn nat_rule(id: &str, inventory: &Inventory<'_>, found: &mut (Vec<Entrance>, Vec<String>)) {
    let balancer = parent(id).and_then(|id| with_id(inventory.balancers, id));
    let Some(balancer) = balancer else {
        found.1.push(unread_balancer(id));
        return;
    };
    match with_id(at(balancer, "properties.inboundNatRules"), id) {
        Some(rule) => found.0.extend(rule_entrance(balancer, rule, inventory)),
        None => found.1.push(format!(
            "the load balancer {} came without its rule {}",
            text(balancer, "name").unwrap_or("(unnamed)"),
            name_of(id)
        )),
    }
}

/// The rules of a load balancer that lead to a backend pool. Outbound rules lead nowhere.
fn behind_pool(
    balancer: &Value,
    pool: &str,
    inventory: &Inventory<'_>,
    entrances: &mut Vec<Entrance>,
) {
    let leads = |rule: &&Value| {
        let one = text(rule, "properties.backendAddressPool.id");
        let several = items(at(rule, "properties.backendAddressPools"));
        one.into_iter()
            .chain(several.iter().filter_map(|pool| text(pool, "id")))
            .any(|id| same_id(id, pool))
    };
    for list in [
        "properties.loadBalancingRules",
        "properties.inboundNatRules",
    ] {
        for rule in items(at(balancer, list)).iter().filter(leads) {
            entrances.extend(rule_entrance(balancer, rule, inventory));
        }
    }
}

/// The entrance that a rule makes; none when its frontend is private.
fn rule_entrance(balancer: &Value, rule: &Value, inventory: &Inventory<'_>) -> Option<Entrance> {
    let id = text(rule, "properties.frontendIPConfiguration.id")?;
    let frontend = with_id(at(balancer, "properties.frontendIPConfigurations"), id)?;
    let address = text(frontend, "properties.publicIPAddress.id");
    let prefix = text(frontend, "properties.publicIPPrefix.id");
    let public = address.or(prefix)?;
    let document = with_id(inventory.addresses, public);
    let port = |name: &str| {
        at(rule, name)
            .as_u64()
            .and_then(|port| u16::try_from(port).ok())
    };
    let protocol = text(rule, "properties.protocol").filter(|own| !own.eq_ignore_ascii_case("all"));
    let outside = port("properties.frontendPort").filter(|port| *port != 0);
    let ports = match port("properties.backendPort") {
        // High availability ports: every port to the same one.
        None | Some(0) => Intervals::everything(),
        Some(port) => Intervals::of([(port, port)]),
    };
    let at_port = outside
        .map(|port| format!(" port {port}"))
        .unwrap_or_default();
    Some(Entrance {
        label: format!(
            "rule {} of load balancer {} at {}{at_port}",
            text(rule, "name").unwrap_or("(unnamed)"),
            text(balancer, "name").unwrap_or("(unnamed)"),
            document
                .and_then(|document| text(document, "properties.ipAddress"))
                .unwrap_or_else(|| name_of(public)),
        ),
        without_group: without_group(balancer),
        v6: document
            .is_some_and(|document| is(document, "properties.publicIPAddressVersion", "IPv6")),
        protocol: protocol.map(str::to_owned),
        ports,
    })
}

/// Whether a backend pool names an address by the address itself, which the card does not tell of.
fn holds(pool: &Value, configuration: &Value) -> bool {
    let own_id = text(configuration, "id");
    let own_address = text(configuration, "properties.privateIPAddress");
    let own_network = text(configuration, "properties.subnet.id").and_then(parent);
    items(at(pool, "properties.loadBalancerBackendAddresses"))
        .iter()
        .any(|entry| {
            let by_card = text(entry, "properties.networkInterfaceIPConfiguration.id");
            if let (Some(named), Some(own)) = (by_card, own_id) {
                return same_id(named, own);
            }
            let network = text(entry, "properties.virtualNetwork.id")
                .or_else(|| text(entry, "properties.subnet.id").and_then(parent))
                .or_else(|| text(pool, "properties.virtualNetwork.id"));
            let address = text(entry, "properties.ipAddress");
            address.is_some()
                && address == own_address
                && network
                    .zip(own_network)
                    .is_some_and(|(network, own)| same_id(network, own))
        })
}
