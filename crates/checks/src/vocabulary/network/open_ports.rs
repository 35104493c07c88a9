//! Which ports a security group opens to the internet: the question about one port, asked for all of
//! them.

use serde_json::Value;

use super::exposure::exposing;
use super::intervals::Intervals;
use super::options::Options;
use super::rule::Rules;
use super::walk::representatives;

/// What a security group opens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Openings {
    open: Intervals<u16>,
    /// The names of the rules through which the internet gets in on any port at all; each once, in the order in which
    /// Azure walks them.
    pub rules: Vec<String>,
}

impl Openings {
    /// The open ports in order, as ranges `low-high` or as single ports.
    pub fn ranges(&self) -> Vec<String> {
        let text = |(low, high): &(u16, u16)| match low == high {
            true => low.to_string(),
            false => format!("{low}-{high}"),
        };
        self.open.ranges().iter().map(text).collect()
    }

    /// How many ports are open.
    pub fn count(&self) -> u32 {
        let size = |(low, high): &(u16, u16)| u32::from(*high) - u32::from(*low) + 1;
        self.open.ranges().iter().map(size).sum()
    }
}

/// The destination ports on which the public internet gets in over `protocol`. A port is among them exactly when
/// [`internet_can_reach`](super::internet_can_reach) is true for it: rules that open the ports in
/// pieces add up, and what an earlier rule denies is left out.
///
/// Two ports that the same rules match meet the same fate, so that one port of every part into which the rules cut the
/// ports is enough.
pub fn internet_openings(nsg: &Value, protocol: &str, options: &Options) -> Openings {
    let rules = Rules::of(nsg).rules;
    let starts: Vec<u16> = representatives(rules.iter().map(|rule| &rule.ports))
        .into_iter()
        .collect();
    let mut ranges = Vec::new();
    let mut names: Vec<(u32, String)> = Vec::new();
    for (index, &start) in starts.iter().enumerate() {
        let exposing = exposing(&rules, start, protocol, options);
        if exposing.is_empty() {
            continue;
        }
        let end = starts.get(index + 1).map_or(u16::MAX, |next| next - 1);
        ranges.push((start, end));
        for rule in exposing {
            let named = (rule.priority, rule.name);
            if !names.contains(&named) {
                names.push(named);
            }
        }
    }
    names.sort();
    let names = names.into_iter().map(|(_, name)| name).collect();
    Openings {
        open: Intervals::of(ranges),
        rules: names,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::json;

    use super::super::{exposed_ports, exposing_rules, internet_can_reach};
    use super::*;

    fn rule(name: &str, priority: u32, access: &str, source: &str, ports: &str) -> Value {
        json!({"name": name, "properties": {
            "priority": priority, "access": access, "direction": "Inbound", "protocol": "*",
            "sourceAddressPrefix": source, "sourcePortRange": "*",
            "destinationAddressPrefix": "*", "destinationPortRange": ports,
        }})
    }

    fn nsg(rules: Vec<Value>) -> Value {
        json!({"properties": {"securityRules": rules}})
    }

    fn ports(rules: Vec<Value>) -> Vec<String> {
        internet_openings(&nsg(rules), "Tcp", &Options::default()).ranges()
    }

    #[test]
    fn everything_is_one_range() {
        assert_eq!(
            ports(vec![rule("all", 100, "Allow", "*", "*")]),
            ["0-65535"]
        );
        let all = nsg(vec![rule("all", 100, "Allow", "*", "*")]);
        let all = internet_openings(&all, "Udp", &Options::default());
        assert_eq!(all.count(), 65536);
    }

    #[test]
    fn pieces_add_up_and_denies_cut() {
        let halves = vec![
            rule("low", 100, "Allow", "Internet", "0-30000"),
            rule("high", 110, "Allow", "0.0.0.0/0", "30001-65535"),
        ];
        assert_eq!(ports(halves.clone()), ["0-65535"]);
        assert_eq!(
            internet_openings(&nsg(halves.clone()), "Tcp", &Options::default()).rules,
            ["low", "high"]
        );
        let mut cut = halves;
        cut.push(rule("no-ssh", 90, "Deny", "*", "22"));
        assert_eq!(ports(cut.clone()), ["0-21", "23-65535"]);
        assert_eq!(
            internet_openings(&nsg(cut), "Tcp", &Options::default()).count(),
            65535
        );
    }

    #[test]
    fn a_single_port_is_written_alone() {
        let rules = vec![
            rule("web", 100, "Allow", "*", "443"),
            rule("inside", 110, "Allow", "VirtualNetwork", "*"),
        ];
        assert_eq!(ports(rules), ["443"]);
    }

    #[test]
    fn nothing_is_open_where_nothing_is_known() {
        for document in [Value::Null, json!({}), json!({"properties": null})] {
            for protocol in ["Tcp", "*"] {
                let openings = internet_openings(&document, protocol, &Options::default());
                assert_eq!(openings, Openings::default());
            }
        }
    }

    fn any_rule() -> impl Strategy<Value = Value> {
        let ranges = select(vec![
            "*",
            "22",
            "0",
            "65535",
            "20-25",
            "0-100",
            "100-65535",
            "22-",
            "3389",
        ]);
        let sources = select(vec![
            "*",
            "Internet",
            "0.0.0.0/1",
            "128.0.0.0/1",
            "::/0",
            "10.0.0.0/8",
            "203.0.113.0/25",
        ]);
        let access = select(vec!["Allow", "Allow", "Deny"]);
        (ranges, sources, access, 100u32..106).prop_map(|(ports, source, access, priority)| {
            rule(&format!("r{priority}"), priority, access, source, ports)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        #[test]
        fn a_port_is_listed_exactly_when_it_can_be_reached(
            rules in prop::collection::vec(any_rule(), 0..6),
            ports in prop::collection::vec(prop_oneof![any::<u16>(), 0u16..30, 65530u16..=65535], 8),
        ) {
            let nsg = nsg(rules);
            let options = Options::default();
            let Openings { open, rules: names } = internet_openings(&nsg, "Tcp", &options);
            for port in ports {
                prop_assert_eq!(
                    open.contains(port),
                    internet_can_reach(&nsg, port, "Tcp", &options),
                    "{}", port
                );
            }
            prop_assert_eq!(open.is_empty(), names.is_empty());
        }

        #[test]
        fn several_ports_are_answered_like_each_alone(
            rules in prop::collection::vec(any_rule(), 0..6),
            ports in prop::collection::vec(prop_oneof![any::<u16>(), 0u16..30], 0..8),
        ) {
            let nsg = nsg(rules);
            let options = Options::default();
            let alone = |port: &u16| (*port, exposing_rules(&nsg, *port, "Tcp", &options));
            let exposed: Vec<_> = ports.iter().map(alone).filter(|(_, rules)| !rules.is_empty()).collect();
            prop_assert_eq!(exposed_ports(&nsg, &ports, "Tcp", &options), exposed);
        }
    }
}
