//! Which ports a security group opens to the internet: the question about one port, asked for all of
//! them.

use serde_json::Value;

use super::exposure::exposing;
use super::intervals::Intervals;
use super::options::Options;
use super::rule::Rules;
use super::walk::representatives;

/// The destination ports on which the public internet gets in over `protocol`, as ranges in order,
/// each as `low-high` or as a single port. A port is among them exactly when
/// [`internet_can_reach`](super::internet_can_reach) is true for it: rules that open the ports in
/// pieces add up, and what an earlier rule denies is left out.
pub fn internet_ports(nsg: &Value, protocol: &str, options: &Options) -> Vec<String> {
    let text = |(low, high): &(u16, u16)| match low == high {
        true => low.to_string(),
        false => format!("{low}-{high}"),
    };
    let (open, _) = open(nsg, protocol, options);
    open.ranges().iter().map(text).collect()
}

/// How many ports [`internet_ports`] are.
pub fn internet_port_count(nsg: &Value, protocol: &str, options: &Options) -> u32 {
    let (open, _) = open(nsg, protocol, options);
    let size = |(low, high): &(u16, u16)| u32::from(*high) - u32::from(*low) + 1;
    open.ranges().iter().map(size).sum()
}

/// The names of the rules through which the internet gets in on any port at all; each once, in the
/// order in which Azure walks them.
pub fn internet_port_rules(nsg: &Value, protocol: &str, options: &Options) -> Vec<String> {
    open(nsg, protocol, options).1
}

/// The open ports and the rules that open them. Two ports that the same rules match meet the same
/// fate, so that one port of every part into which the rules cut the ports is enough.
fn open(nsg: &Value, protocol: &str, options: &Options) -> (Intervals<u16>, Vec<String>) {
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
    (Intervals::of(ranges), names)
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
        internet_ports(&nsg(rules), "Tcp", &Options::default())
    }

    #[test]
    fn everything_is_one_range() {
        assert_eq!(
            ports(vec![rule("all", 100, "Allow", "*", "*")]),
            ["0-65535"]
        );
        let all = nsg(vec![rule("all", 100, "Allow", "*", "*")]);
        assert_eq!(internet_port_count(&all, "Udp", &Options::default()), 65536);
    }

    #[test]
    fn pieces_add_up_and_denies_cut() {
        let halves = vec![
            rule("low", 100, "Allow", "Internet", "0-30000"),
            rule("high", 110, "Allow", "0.0.0.0/0", "30001-65535"),
        ];
        assert_eq!(ports(halves.clone()), ["0-65535"]);
        assert_eq!(
            internet_port_rules(&nsg(halves.clone()), "Tcp", &Options::default()),
            ["low", "high"]
        );
        let mut cut = halves;
        cut.push(rule("no-ssh", 90, "Deny", "*", "22"));
        assert_eq!(ports(cut.clone()), ["0-21", "23-65535"]);
        assert_eq!(
            internet_port_count(&nsg(cut), "Tcp", &Options::default()),
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
            assert!(internet_ports(&document, "Tcp", &Options::default()).is_empty());
            assert_eq!(internet_port_count(&document, "*", &Options::default()), 0);
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
            let (open, names) = open(&nsg, "Tcp", &options);
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
