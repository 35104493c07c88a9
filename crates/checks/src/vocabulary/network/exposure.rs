//! The questions that checks ask of a network security group.

use std::collections::HashMap;

use serde_json::Value;

use super::addresses::{self, Addresses};
use super::options::Options;
use super::rule::{PROTOCOLS, Rule, Rules};
use super::walk;
use super::width::{is_wide, wide_part};

/// A rule through which the internet gets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExposingRule {
    /// The rule's name.
    pub name: String,
    /// Its priority; lower numbers are walked first.
    pub priority: u32,
    /// Those of its sources, as written, that let the internet in; a restriction among them is
    /// left out.
    pub sources: Vec<String>,
}

/// Whether the public internet can reach destination port `port` over `protocol` through the
/// inbound rules of a network security group.
///
/// * `protocol`: `Tcp`, `Udp`, `Icmp`, `Esp`, `Ah`, or `*` for any of them, in any case; another
///   word is reached by nobody. Protocols without ports are asked for with port 0.
/// * Rules are walked by priority; the first that matches a packet decides. An earlier deny takes
///   away exactly the source addresses, source ports and destinations that it covers: what it
///   denies to one destination stays open to the others.
/// * The internet is any block of public addresses wider than [`Options`] allows, taken over all
///   rules together. A named office is a restriction; `0.0.0.0/1` and `128.0.0.0/1` are not.
/// * `VirtualNetwork`, `AzureLoadBalancer`, application security groups and other service tags
///   are not the internet; see [`service_tag_rules`] for the last.
/// * Whether the group is attached to anything is not asked here.
///
/// Source: <https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview>
pub fn internet_can_reach(nsg: &Value, port: u16, protocol: &str, options: &Options) -> bool {
    !exposing_rules(nsg, port, protocol, options).is_empty()
}

/// The names of the allow rules through which the internet reaches `port`, in the order in which
/// Azure walks them; empty exactly when [`internet_can_reach`] is false.
///
/// A rule that lets in no more than a restriction is named only when it takes the rules together
/// to open a block that is too wide.
pub fn internet_rules(nsg: &Value, port: u16, protocol: &str, options: &Options) -> Vec<String> {
    exposing_rules(nsg, port, protocol, options)
        .into_iter()
        .map(|rule| rule.name)
        .collect()
}

/// The sources, as written in the rules of [`internet_rules`], that let the internet in; each once,
/// in the order of the rules.
pub fn internet_sources(nsg: &Value, port: u16, protocol: &str, options: &Options) -> Vec<String> {
    let mut sources = Vec::new();
    for rule in exposing_rules(nsg, port, protocol, options) {
        for source in rule.sources {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
    }
    sources
}

/// The rules of [`internet_rules`] with priority and sources.
pub fn exposing_rules(
    nsg: &Value,
    port: u16,
    protocol: &str,
    options: &Options,
) -> Vec<ExposingRule> {
    exposing(&Rules::of(nsg).rules, port, protocol, options)
}

/// [`exposing_rules`] for several ports, those left out on which nobody gets in.
pub fn exposed_ports(
    nsg: &Value,
    ports: &[u16],
    protocol: &str,
    options: &Options,
) -> Vec<(u16, Vec<ExposingRule>)> {
    let rules = Rules::of(nsg).rules;
    // Ports that the same rules name meet the same fate.
    let mut fates: HashMap<Vec<bool>, Vec<ExposingRule>> = HashMap::new();
    let mut exposed = Vec::new();
    for &port in ports {
        let named = rules.iter().map(|rule| rule.ports.contains(port)).collect();
        let fate = fates.entry(named);
        let exposing = fate.or_insert_with(|| exposing(&rules, port, protocol, options));
        if !exposing.is_empty() {
            exposed.push((port, exposing.clone()));
        }
    }
    exposed
}

/// The same on rules that were read before.
pub(super) fn exposing(
    rules: &[Rule],
    port: u16,
    protocol: &str,
    options: &Options,
) -> Vec<ExposingRule> {
    let admitted = admitted(rules, port, protocol);
    let wide: Vec<bool> = admitted.iter().map(|set| is_wide(set, options)).collect();
    let narrow = || admitted.iter().zip(&wide).filter(|(_, wide)| !**wide);
    let together = narrow().fold(Addresses::default(), |all, (set, _)| all.union(set));
    let together = wide_part(&together, options);

    let opened = admitted
        .iter()
        .fold(Addresses::default(), |all, set| all.union(set));
    let opened = wide_part(&opened, options);

    let exposing = rules
        .iter()
        .zip(&admitted)
        .zip(wide)
        .filter(|((_, set), wide)| *wide || !set.intersection(&together).is_empty());
    exposing
        .map(|((rule, set), _)| ExposingRule {
            name: rule.name.clone(),
            priority: rule.priority,
            sources: public_sources(rule, &set.intersection(&opened)),
        })
        .collect()
}

/// The allow rules, in walking order, that let in a service tag whose addresses only Microsoft
/// knows, such as `AzureCloud`, which includes the machines of every other customer. They are not
/// the internet, and worth a look. Each as `rule: tag`.
pub fn service_tag_rules(nsg: &Value, port: u16, protocol: &str) -> Vec<String> {
    let rules = Rules::of(nsg).rules;
    let mut found: Vec<(usize, &str)> = Vec::new();
    for protocol in protocols(protocol) {
        let matching = matching(&rules, port, protocol);
        let walked: Vec<&Rule> = matching.iter().map(|&rule| &rules[rule]).collect();
        let all: Vec<usize> = (0..walked.len()).collect();
        let paths = walk::paths(&walked, &all, |rule| &rule.destination.v4);
        for tag in walked
            .iter()
            .flat_map(|rule| &rule.tags)
            .filter(|tag| is_service(tag))
        {
            for path in &paths {
                let first = path.iter().find(|&&rule| holds_tag(walked[rule], tag));
                if let Some(&first) = first.filter(|&&rule| walked[rule].allows) {
                    found.push((matching[first], tag));
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
        .into_iter()
        .filter(|(rule, tag)| rules[*rule].tags.iter().any(|own| own == tag))
        .map(|(rule, tag)| format!("{}: {tag}", rules[rule].name))
        .collect()
}

/// What the inbound rules hold that Azure would not accept, each as `rule: what is wrong`. Such a
/// part matches nothing and leaves the rest of its rule and all other rules as they are.
pub fn malformed_rules(nsg: &Value) -> Vec<String> {
    Rules::of(nsg).defects
}

/// For each rule, the public addresses that it lets through.
pub(super) fn admitted(rules: &[Rule], port: u16, protocol: &str) -> Vec<Addresses> {
    let public = addresses::public();
    let mut admitted = vec![Addresses::default(); rules.len()];
    for protocol in protocols(protocol) {
        let matching = matching(rules, port, protocol);
        let walked: Vec<&Rule> = matching.iter().map(|&rule| &rules[rule]).collect();
        let v4 = walk::admitted(&walked, &public.v4, |r| &r.source.v4, |r| &r.destination.v4);
        let v6 = walk::admitted(&walked, &public.v6, |r| &r.source.v6, |r| &r.destination.v6);
        for ((rule, v4), v6) in matching.into_iter().zip(v4).zip(v6) {
            admitted[rule] = admitted[rule].union(&Addresses { v4, v6 });
        }
    }
    admitted
}

/// The protocols that a question asks about.
fn protocols(asked: &str) -> Vec<&'static str> {
    let asked = asked.trim();
    let any = asked == "*" || asked.eq_ignore_ascii_case("any");
    PROTOCOLS
        .into_iter()
        .filter(|known| any || asked.eq_ignore_ascii_case(known))
        .collect()
}

fn matching(rules: &[Rule], port: u16, protocol: &str) -> Vec<usize> {
    let matches =
        |rule: &Rule| rule.ports.contains(port) && rule.protocol.is_none_or(|own| own == protocol);
    (0..rules.len())
        .filter(|&rule| matches(&rules[rule]))
        .collect()
}

/// Probes of Azure's load balancer come from one platform address.
fn is_service(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    !matches!(tag.as_str(), "azureloadbalancer" | "azure_loadbalancer")
}

/// Whether a rule matches every address of a service tag: it names the tag, or the tag without
/// its region, or all public addresses, among which Azure's own are.
fn holds_tag(rule: &Rule, tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let named = rule.tags.iter().any(|own| {
        let own = own.to_ascii_lowercase();
        let region = tag.strip_prefix(&own);
        region.is_some_and(|region| region.is_empty() || region.starts_with('.'))
    });
    named || rule.source.v4.covers(&addresses::public().v4)
}

fn public_sources(rule: &Rule, admitted: &Addresses) -> Vec<String> {
    let lets_in = |addresses: &Addresses| !addresses.intersection(admitted).is_empty();
    let written = rule
        .written
        .iter()
        .filter(|(_, addresses)| lets_in(addresses));
    written.map(|(text, _)| text.clone()).collect()
}

#[cfg(test)]
mod tests;
