//! The security groups that stand before an address of a network card.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::Value;

use super::super::super::json::{at, items, text};
use super::super::addresses::{self, Addresses};
use super::super::exposure;
use super::super::options::Options;
use super::super::rule::{Rule, Rules};
use super::super::walk::representatives;
use super::super::width::{is_wide, wide_part};
use super::entrance::{Entrance, WithoutGroup};
use super::lookup::{name_of, parent, with_id};
use super::{Asked, Inventory};

/// What becomes of packets for one port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Closed,
    /// Let in by these rules, each as `group/rule`.
    Open(Vec<String>),
    /// Let in as far as is known, but not all is known.
    Unknown(Vec<String>),
}

/// One security group.
struct Group {
    name: String,
    rules: Vec<Rule>,
}

/// All that stands before one address.
pub(super) struct Filter {
    groups: Vec<Group>,
    /// What stands there and could not be found: it may close what else is open.
    missing: Vec<String>,
    /// Groups with rules that cannot be read: they may open what else is closed.
    defects: Vec<String>,
    /// The private address that the rules see, if it is known.
    address: Option<IpAddr>,
    /// The application security groups that the address is in, in lower case.
    memberships: Vec<String>,
}

impl Filter {
    /// The groups of the card and of the subnet that the address is in.
    pub(super) fn of(card: &Value, configuration: &Value, inventory: &Inventory<'_>) -> Self {
        let mut filter = Self {
            groups: Vec::new(),
            missing: Vec::new(),
            defects: Vec::new(),
            address: text(configuration, "properties.privateIPAddress")
                .and_then(|address| address.parse().ok()),
            memberships: items(at(configuration, "properties.applicationSecurityGroups"))
                .iter()
                .filter_map(|group| text(group, "id"))
                .map(str::to_ascii_lowercase)
                .collect(),
        };
        filter.add(text(card, "properties.networkSecurityGroup.id"), inventory);
        let Some(subnet) = text(configuration, "properties.subnet.id") else {
            filter
                .missing
                .push("an address came without its subnet".to_owned());
            return filter;
        };
        let network = parent(subnet).and_then(|id| with_id(inventory.networks, id));
        let document =
            network.and_then(|network| with_id(at(network, "properties.subnets"), subnet));
        match document {
            Some(document) => filter.add(
                text(document, "properties.networkSecurityGroup.id"),
                inventory,
            ),
            None => filter.missing.push(format!(
                "the subnet {} is not among those that were read",
                name_of(subnet)
            )),
        }
        filter
    }

    fn add(&mut self, id: Option<&str>, inventory: &Inventory<'_>) {
        let Some(id) = id else { return };
        let name = name_of(id).to_owned();
        let Some(document) = with_id(inventory.groups, id) else {
            self.missing.push(format!(
                "the security group {name} is not among those that were read"
            ));
            return;
        };
        if at(document, "properties").is_null() {
            self.missing
                .push(format!("the security group {name} came without its rules"));
            return;
        }
        let read = Rules::of(document);
        if !read.defects.is_empty() {
            self.defects.push(format!(
                "the security group {name} has rules that cannot be read"
            ));
        }
        let rules = read.rules;
        self.groups.push(Group { name, rules });
    }

    /// What becomes of packets that come through an entrance for a port of the machine.
    pub(super) fn outcome(&self, entrance: &Entrance, asked: Asked, options: &Options) -> Outcome {
        let admitted = self.admitted(entrance.v6, asked);
        if !is_wide(&admitted, options) {
            return match self.defects.is_empty() {
                true => Outcome::Closed,
                false => Outcome::Unknown(self.defects.clone()),
            };
        }
        if !self.missing.is_empty() {
            return Outcome::Unknown(self.missing.clone());
        }
        if self.groups.is_empty() {
            return match entrance.without_group {
                WithoutGroup::Open => Outcome::Open(Vec::new()),
                WithoutGroup::Closed => Outcome::Closed,
                WithoutGroup::Unknown => Outcome::Unknown(vec![format!(
                    "whether the {} lets anything in without a security group",
                    entrance.label
                )]),
            };
        }
        Outcome::Open(self.rules(&wide_part(&admitted, options), asked))
    }

    /// The public addresses that all groups let in. With the same source port, because each packet
    /// has one for all of them.
    pub(super) fn admitted(&self, v6: bool, asked: Asked) -> Addresses {
        let public = addresses::public();
        let family = match v6 {
            true => Addresses {
                v6: public.v6.clone(),
                ..Addresses::default()
            },
            false => Addresses {
                v4: public.v4.clone(),
                ..Addresses::default()
            },
        };
        let source_ports = representatives(
            self.groups
                .iter()
                .flat_map(|group| &group.rules)
                .map(|rule| &rule.source_ports),
        );
        let mut admitted = Addresses::default();
        for source_port in source_ports {
            let through = self.groups.iter().fold(family.clone(), |left, group| {
                left.intersection(&self.through(&group.rules, asked, source_port))
            });
            admitted = admitted.union(&through);
        }
        admitted
    }

    /// The public addresses that one group lets in. Where the private address is not known yet, those
    /// that it lets in to any.
    fn through(&self, rules: &[Rule], asked: Asked, source_port: u16) -> Addresses {
        let Some(address) = self.address else {
            let admitted = exposure::admitted(rules, asked.port, asked.protocol);
            return admitted
                .iter()
                .fold(Addresses::default(), |all, own| all.union(own));
        };
        let public = addresses::public();
        let mut undecided = public.clone();
        let mut admitted = Addresses::default();
        for rule in rules {
            if !self.matches(rule, address, asked, source_port) {
                continue;
            }
            if rule.allows {
                admitted = admitted.union(&undecided.intersection(&rule.source));
            }
            undecided = Addresses {
                v4: undecided.v4.difference(&rule.source.v4),
                v6: undecided.v6.difference(&rule.source.v6),
            };
        }
        admitted
    }

    fn matches(&self, rule: &Rule, address: IpAddr, asked: Asked, source_port: u16) -> bool {
        let destination = match address {
            IpAddr::V4(address) => rule.destination.v4.contains(address.to_bits()),
            IpAddr::V6(address) => rule.destination.v6.contains(address.to_bits()),
        };
        let member = rule
            .groups
            .iter()
            .any(|group| self.memberships.contains(group));
        (destination || member)
            && rule.ports.contains(asked.port)
            && rule.source_ports.contains(source_port)
            && rule.protocol.is_none_or(|own| own == asked.protocol)
    }

    /// The allow rules that let some of these addresses in, each as `group/rule`.
    fn rules(&self, open: &Addresses, asked: Asked) -> Vec<String> {
        let mut named = Vec::new();
        for group in &self.groups {
            let ports = representatives(group.rules.iter().map(|rule| &rule.source_ports));
            for name in self.opening(group, open, asked, &ports) {
                let name = format!("{}/{name}", group.name);
                if !named.contains(&name) {
                    named.push(name);
                }
            }
        }
        named
    }

    fn opening(
        &self,
        group: &Group,
        open: &Addresses,
        asked: Asked,
        source_ports: &BTreeSet<u16>,
    ) -> Vec<String> {
        let Some(address) = self.address else {
            let admitted = exposure::admitted(&group.rules, asked.port, asked.protocol);
            let letting = group.rules.iter().zip(&admitted);
            return letting
                .filter(|(_, own)| !own.intersection(open).is_empty())
                .map(|(rule, _)| rule.name.clone())
                .collect();
        };
        let mut names = Vec::new();
        for &source_port in source_ports {
            let mut undecided = open.clone();
            for rule in &group.rules {
                if !self.matches(rule, address, asked, source_port) {
                    continue;
                }
                if rule.allows && !undecided.intersection(&rule.source).is_empty() {
                    names.push(rule.name.clone());
                }
                undecided = Addresses {
                    v4: undecided.v4.difference(&rule.source.v4),
                    v6: undecided.v6.difference(&rule.source.v6),
                };
            }
        }
        names
    }
}
