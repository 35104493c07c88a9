//! Inbound security rules, read out of a network security group's document.

use serde_json::Value;

use super::super::json::{at, items, text};
use super::addresses::{self, Addresses, Prefix};
use super::intervals::Intervals;
use super::ports;

/// Custom rules have priorities up to 4096. One whose priority is missing comes after them and
/// before the default rules: there it can shadow nothing that is known to come first.
const AFTER_CUSTOM_RULES: u32 = 4097;

/// The protocols a rule can name; `*` stands for these and all others.
pub(super) const PROTOCOLS: [&str; 5] = ["tcp", "udp", "icmp", "esp", "ah"];

/// One inbound rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) priority: u32,
    pub(super) allows: bool,
    /// One of [`PROTOCOLS`]; `None` means any.
    pub(super) protocol: Option<&'static str>,
    pub(super) ports: Intervals<u16>,
    pub(super) source_ports: Intervals<u16>,
    /// The addresses of all sources that are known by address.
    pub(super) source: Addresses,
    /// The source service tags whose addresses only Microsoft knows.
    pub(super) tags: Vec<String>,
    /// The sources as written, each with its addresses.
    pub(super) written: Vec<(String, Addresses)>,
    pub(super) destination: Addresses,
    /// The application security groups among the destinations, in lower case.
    pub(super) groups: Vec<String>,
}

/// The inbound rules of a group in the order in which Azure walks them, and what could not be
/// understood.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) rules: Vec<Rule>,
    /// `rule: what is wrong with it`, in document order.
    pub(super) defects: Vec<String>,
}

impl Rules {
    /// Reads custom and default rules. Azure refuses two rules of one priority; where a document
    /// has them all the same, the allowing one is walked first, which errs on the safe side.
    ///
    /// Without `defaultSecurityRules` nothing is lost: of Azure's three inbound defaults, two
    /// allow the virtual network and the load balancer's probes, which are not the internet, and
    /// the third denies, as does the end of the list.
    pub(super) fn of(nsg: &Value) -> Self {
        let mut read = Self::default();
        for list in [
            "properties.securityRules",
            "properties.defaultSecurityRules",
        ] {
            for document in items(at(nsg, list)) {
                read.add(document);
            }
        }
        read.rules.sort_by_key(|rule| (rule.priority, !rule.allows));
        read
    }

    fn add(&mut self, document: &Value) {
        let name = text(document, "name").unwrap_or("(unnamed)");
        let properties = at(document, "properties");
        match text(properties, "direction")
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("inbound") => {}
            Some("outbound") => return,
            _ => return self.defect(name, "has no direction"),
        }
        let allows = match text(properties, "access")
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("allow") => true,
            Some("deny") => false,
            _ => return self.defect(name, "neither allows nor denies"),
        };
        let Some(protocol) = protocol(text(properties, "protocol")) else {
            return self.defect(name, "has an unknown protocol");
        };
        let mut rule = Rule {
            name: name.to_owned(),
            priority: priority(at(properties, "priority")),
            allows,
            protocol,
            ports: Intervals::default(),
            source_ports: Intervals::default(),
            source: Addresses::default(),
            tags: Vec::new(),
            written: Vec::new(),
            destination: Addresses::default(),
            groups: Vec::new(),
        };
        self.read_ports(&mut rule, properties);
        self.read_source(&mut rule, properties);
        self.read_destination(&mut rule, properties);
        self.rules.push(rule);
    }

    fn read_ports(&mut self, rule: &mut Rule, properties: &Value) {
        let entries = entries(properties, "destinationPortRange");
        if entries.is_empty() {
            self.defect(&rule.name, "has no destination port");
        }
        rule.ports = self.ports(&rule.name, "destination port", &entries);
        let entries = self::entries(properties, "sourcePortRange");
        rule.source_ports = match entries.is_empty() {
            true => ports::every(),
            false => self.ports(&rule.name, "source port", &entries),
        };
    }

    fn ports(&mut self, name: &str, what: &str, entries: &[String]) -> Intervals<u16> {
        let mut ranges = Vec::new();
        for entry in entries {
            match ports::parse(entry) {
                Ok(parsed) => ranges.extend(parsed),
                Err(part) => self.defect(name, &format!("has the {what} \"{part}\"")),
            }
        }
        Intervals::of(ranges)
    }

    /// Application security groups among the sources hold network cards in a virtual network,
    /// so they add no public address.
    fn read_source(&mut self, rule: &mut Rule, properties: &Value) {
        let entries = entries(properties, "sourceAddressPrefix");
        let groups = items(at(properties, "sourceApplicationSecurityGroups"));
        if entries.is_empty() && groups.is_empty() {
            self.defect(&rule.name, "has no source");
        }
        for entry in entries {
            let prefixes = match addresses::parse(&entry) {
                Ok(prefixes) => prefixes,
                Err(part) => {
                    self.defect(&rule.name, &format!("has the source \"{part}\""));
                    continue;
                }
            };
            let mut here = Addresses::default();
            for prefix in prefixes {
                match prefix {
                    Prefix::Everything => here = Addresses::everything(),
                    Prefix::Internet => here = here.union(addresses::public()),
                    Prefix::Literal(literal) => here = here.union(&literal),
                    Prefix::Unspecified(meant) if rule.allows => here = here.union(&meant),
                    Prefix::Tag(tag) => rule.tags.push(tag),
                    Prefix::VirtualNetwork | Prefix::Unspecified(_) => {}
                }
            }
            rule.source = rule.source.union(&here);
            rule.written.push((entry, here));
        }
    }

    /// A packet has been translated to the private address of a network card when the rules see
    /// it. That card is in the virtual network, so `VirtualNetwork` is any destination, and
    /// `Internet` or a service's tag is none.
    fn read_destination(&mut self, rule: &mut Rule, properties: &Value) {
        let entries = entries(properties, "destinationAddressPrefix");
        let groups = items(at(properties, "destinationApplicationSecurityGroups"));
        if entries.is_empty() && groups.is_empty() {
            rule.destination = Addresses::everything();
        }
        for (position, group) in groups.iter().enumerate() {
            let id = text(group, "id").map(str::to_ascii_lowercase);
            let unnamed = || format!("{}#{position}", rule.name);
            rule.groups.push(id.unwrap_or_else(unnamed));
        }
        for entry in entries {
            let prefixes = match addresses::parse(&entry) {
                Ok(prefixes) => prefixes,
                Err(part) => {
                    self.defect(&rule.name, &format!("has the destination \"{part}\""));
                    continue;
                }
            };
            for prefix in prefixes {
                match prefix {
                    Prefix::Everything | Prefix::VirtualNetwork => {
                        rule.destination = Addresses::everything();
                    }
                    Prefix::Literal(literal) => {
                        rule.destination = rule.destination.union(&literal);
                    }
                    Prefix::Unspecified(meant) if rule.allows => {
                        rule.destination = rule.destination.union(&meant);
                    }
                    Prefix::Internet | Prefix::Tag(_) | Prefix::Unspecified(_) => {}
                }
            }
        }
    }

    fn defect(&mut self, name: &str, what: &str) {
        self.defects.push(format!("{name}: {what}"));
    }
}

/// What the singular property `name` and its plural hold together. Azure fills one of them and
/// leaves the other out, empty or null.
fn entries(properties: &Value, name: &str) -> Vec<String> {
    let plural = match name.strip_suffix('x') {
        Some(stem) => format!("{stem}xes"),
        None => format!("{name}s"),
    };
    std::iter::once(at(properties, name))
        .chain(items(at(properties, &plural)))
        .filter_map(entry)
        .collect()
}

/// One port or prefix; a bare number is taken as its digits, an empty text as absent.
fn entry(value: &Value) -> Option<String> {
    let written = match value {
        Value::Null => return None,
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    (!written.is_empty()).then_some(written)
}

/// The protocol of a rule: the outer `None` when it is no protocol at all.
fn protocol(written: Option<&str>) -> Option<Option<&'static str>> {
    let Some(written) = written else {
        return Some(None);
    };
    if written == "*" || written.eq_ignore_ascii_case("any") {
        return Some(None);
    }
    let known = PROTOCOLS
        .into_iter()
        .find(|known| written.eq_ignore_ascii_case(known));
    known.map(Some)
}

fn priority(value: &Value) -> u32 {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64().and_then(|number| u32::try_from(number).ok()),
    };
    number.unwrap_or(AFTER_CUSTOM_RULES)
}
