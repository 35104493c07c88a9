//! Who may reach what through a network security group.
//!
//! Azure walks the inbound rules of a group in the order of their priority and the first that
//! matches a packet decides. [`internet_can_reach`] does the same for every public address at
//! once, with interval sets in place of packets.
//!
//! Source: <https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview>

mod addresses;
mod exposure;
mod intervals;
mod open_ports;
mod options;
mod ports;
mod ranges;
mod reach;
mod rule;
mod walk;
mod width;

#[cfg(test)]
mod packet;
#[cfg(test)]
mod properties;

pub use exposure::{
    ExposingRule, exposed_ports, exposing_rules, internet_can_reach, internet_rules,
    internet_sources, malformed_rules, service_tag_rules,
};
pub use open_ports::{Openings, internet_openings};
pub use options::Options;
pub use ranges::internet_ranges;
pub use reach::{Asked, Inventory, Opening, Reach, vm_reach};
