//! Whether the internet reaches a virtual machine, all the way: a machine has network cards, a card
//! has addresses, and into an address lead entrances (a public address, a rule of a public load
//! balancer). Behind each entrance the groups on the card and on its subnet must both let a packet
//! in; without any group a Standard address is closed and a Basic one open.
//!
//! Sources: <https://learn.microsoft.com/azure/virtual-network/network-security-group-how-it-works>,
//! <https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#sku>,
//! <https://learn.microsoft.com/azure/load-balancer/load-balancer-overview#securebydefault>.

mod entrance;
mod filter;
mod lookup;

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::json::{at, items, text};
use super::options::Options;
use entrance::Entrance;
use filter::{Filter, Outcome};
use lookup::{name_of, same_id, with_id};

/// The documents among which a machine stands: network cards, public addresses, load balancers,
/// security groups and virtual networks, each a list. Resource Manager wants all of them in the
/// machine's own subscription, load balancers and addresses behind them excepted.
#[derive(Debug, Clone, Copy)]
pub struct Inventory<'a> {
    /// `Microsoft.Network/networkInterfaces`
    pub cards: &'a Value,
    /// `Microsoft.Network/publicIPAddresses`
    pub addresses: &'a Value,
    /// `Microsoft.Network/loadBalancers`
    pub balancers: &'a Value,
    /// `Microsoft.Network/networkSecurityGroups`
    pub groups: &'a Value,
    /// `Microsoft.Network/virtualNetworks`
    pub networks: &'a Value,
}

/// A port that is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// `tcp` or `udp`.
    pub protocol: &'static str,
    /// The port on the machine itself, behind any load balancer.
    pub port: u16,
}

/// A port that the internet reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The port on the machine.
    pub asked: Asked,
    /// What leads there: `public address pip-web (203.0.113.4)`.
    pub entrance: String,
    /// The rules that let the packets in, each as `group/rule`; empty when no group stands in the way.
    pub rules: Vec<String>,
}

/// What is known of a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Everything that leads from the internet to the machine, open or not.
    pub entrances: Vec<String>,
    /// What of it is open on the ports that were asked about.
    pub open: Vec<Opening>,
    /// What could not be followed. A machine with nothing open is closed only if this is empty.
    pub unknown: Vec<String>,
}

/// What leads from the internet to a virtual machine, and on which of the ports that are `asked`
/// about it is let in. Nothing that the documents do not show counts as closed: it is `unknown`.
///
/// Not looked at: what Azure Firewall, an application gateway or a proxy passes on, security admin
/// rules of a Virtual Network Manager, and the firewall of the machine's own system.
pub fn vm_reach(
    vm: &Value,
    inventory: &Inventory<'_>,
    asked: &[Asked],
    options: &Options,
) -> Reach {
    let mut reach = Reach::default();
    let asked: BTreeSet<Asked> = asked.iter().copied().collect();
    for card in cards(vm, inventory, &mut reach) {
        for configuration in configurations(card, &mut reach) {
            follow(card, configuration, inventory, &asked, options, &mut reach);
        }
    }
    reach.unknown.sort();
    reach.unknown.dedup();
    reach
}

/// The network cards that a machine names, and those that name it.
fn cards<'a>(vm: &Value, inventory: &Inventory<'a>, reach: &mut Reach) -> Vec<&'a Value> {
    let mut found: Vec<&Value> = Vec::new();
    for reference in items(at(vm, "properties.networkProfile.networkInterfaces")) {
        let Some(id) = text(reference, "id") else {
            continue;
        };
        match with_id(inventory.cards, id) {
            Some(card) => found.push(card),
            None => reach.unknown.push(format!(
                "the network card {} is not among those that were read",
                name_of(id)
            )),
        }
    }
    if let Some(own) = text(vm, "id") {
        for card in items(inventory.cards) {
            let names_it =
                text(card, "properties.virtualMachine.id").is_some_and(|owner| same_id(owner, own));
            if names_it && !found.iter().any(|known| std::ptr::eq(*known, card)) {
                found.push(card);
            }
        }
    }
    if found.is_empty() && reach.unknown.is_empty() {
        reach
            .unknown
            .push("the machine came without its network cards".to_owned());
    }
    found
}

fn configurations<'a>(card: &'a Value, reach: &mut Reach) -> &'a [Value] {
    let configurations = items(at(card, "properties.ipConfigurations"));
    if configurations.is_empty() {
        let name = text(card, "name").unwrap_or("(unnamed)");
        reach.unknown.push(format!(
            "the network card {name} came without its addresses"
        ));
    }
    configurations
}

/// Walks through every entrance of one address.
fn follow(
    card: &Value,
    configuration: &Value,
    inventory: &Inventory<'_>,
    asked: &BTreeSet<Asked>,
    options: &Options,
    reach: &mut Reach,
) {
    let (entrances, lost) = entrance::of(configuration, inventory);
    reach.unknown.extend(lost);
    if entrances.is_empty() {
        return;
    }
    let filter = Filter::of(card, configuration, inventory);
    for entrance in entrances {
        if !reach.entrances.contains(&entrance.label) {
            reach.entrances.push(entrance.label.clone());
        }
        for &port in asked {
            if entrance.leads_to(port) {
                pass(&entrance, &filter, port, options, reach);
            }
        }
    }
}

fn pass(entrance: &Entrance, filter: &Filter, asked: Asked, options: &Options, reach: &mut Reach) {
    match filter.outcome(entrance, asked, options) {
        Outcome::Closed => {}
        Outcome::Open(rules) => reach.open.push(Opening {
            asked,
            entrance: entrance.label.clone(),
            rules,
        }),
        Outcome::Unknown(reasons) => reach.unknown.extend(reasons),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
