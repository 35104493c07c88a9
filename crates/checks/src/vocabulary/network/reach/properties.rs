//! Random groups on the card and on the subnet, against packets that are walked one by one.

use std::net::IpAddr;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::super::packet::{self, Packet};
use super::super::properties::{ASKED, ELSEWHERE, SOURCES, boundaries, holds, nsg};
use super::entrance;
use super::filter::{Filter, Outcome};
use super::*;

const ASK: Asked = Asked {
    protocol: "tcp",
    port: ASKED,
};

/// A card with a public address, and up to two groups before it.
#[derive(Debug, Clone)]
struct Small {
    on_card: Option<Value>,
    on_subnet: Option<Value>,
    memberships: Vec<String>,
    address: &'static str,
    sku: &'static str,
}

impl Small {
    fn documents(&self) -> (Value, Value, Value, Value) {
        let v6 = self.address.contains(':');
        let mut groups = Vec::new();
        let mut subnet = json!({"id": "/net/n/subnets/s", "properties": {}});
        let asgs: Vec<Value> = self
            .memberships
            .iter()
            .map(|id| json!({"id": id}))
            .collect();
        let mut card = json!({"id": "/nic/c", "properties": {"virtualMachine": {"id": "/vm"},
        "ipConfigurations": [{"properties": {
            "privateIPAddress": self.address, "applicationSecurityGroups": asgs,
            "subnet": {"id": "/net/n/subnets/s"}, "publicIPAddress": {"id": "/pip/p"},
        }}]}});
        if let Some(group) = &self.on_card {
            let mut group = group.clone();
            group["id"] = json!("/nsg/card");
            card["properties"]["networkSecurityGroup"] = json!({"id": "/NSG/card"});
            groups.push(group);
        }
        if let Some(group) = &self.on_subnet {
            let mut group = group.clone();
            group["id"] = json!("/nsg/subnet");
            subnet["properties"]["networkSecurityGroup"] = json!({"id": "/nsg/SUBNET"});
            groups.push(group);
        }
        let version = if v6 { "IPv6" } else { "IPv4" };
        let addresses = json!([{"id": "/pip/p", "sku": {"name": self.sku},
            "properties": {"publicIPAddressVersion": version}}]);
        let networks = json!([{"id": "/net/n", "properties": {"subnets": [subnet]}}]);
        (json!([card]), addresses, Value::Array(groups), networks)
    }

    fn reach(&self) -> Reach {
        let (cards, addresses, groups, networks) = self.documents();
        let inventory = Inventory {
            cards: &cards,
            addresses: &addresses,
            balancers: &Value::Null,
            groups: &groups,
            networks: &networks,
        };
        vm_reach(
            &json!({"id": "/vm"}),
            &inventory,
            &[ASK],
            &Options::default(),
        )
    }

    /// Whether a packet of this source gets to the card: every group that is there lets it in.
    fn walked(&self, source: IpAddr) -> bool {
        let lets_in = |group: &Option<Value>, packet: &Packet| match group {
            Some(group) => packet::allowed_by(&packet::in_order(group), packet).is_some(),
            None => true,
        };
        [53, 1023, 1024].into_iter().any(|source_port| {
            let packet = Packet {
                protocol: "tcp",
                source,
                source_port,
                destination: self.address.parse().unwrap(),
                groups: self.memberships.clone(),
                port: ASKED,
            };
            lets_in(&self.on_card, &packet) && lets_in(&self.on_subnet, &packet)
        })
    }
}

fn small() -> impl Strategy<Value = Small> {
    (
        prop::option::weighted(0.7, nsg()),
        prop::option::weighted(0.7, nsg()),
        subsequence(vec!["/asg/web".to_owned(), "/asg/db".to_owned()], 0..=2),
        select(vec!["10.0.0.4", "10.0.0.9", "192.168.7.7", "fd00::4"]),
        select(vec!["Basic", "Standard"]),
    )
        .prop_map(|(on_card, on_subnet, memberships, address, sku)| Small {
            on_card,
            on_subnet,
            memberships,
            address,
            sku,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn the_addresses_let_in_are_those_whose_packets_get_through(
        small in small(), sources in subsequence(boundaries(&SOURCES, &ELSEWHERE), 16),
    ) {
        let (cards, addresses, groups, networks) = small.documents();
        let inventory = Inventory {
            cards: &cards, addresses: &addresses, balancers: &Value::Null,
            groups: &groups, networks: &networks,
        };
        let configuration = &cards[0]["properties"]["ipConfigurations"][0];
        let filter = Filter::of(&cards[0], configuration, &inventory);
        let (entrances, lost) = entrance::of(configuration, &inventory);
        prop_assert!(lost.is_empty() && entrances.len() == 1);
        let v6 = small.address.contains(':');
        prop_assert_eq!(entrances[0].v6, v6);
        let admitted = filter.admitted(v6, ASK);
        for source in sources {
            let expected = packet::is_public(source) && source.is_ipv6() == v6 && small.walked(source);
            prop_assert_eq!(holds(&admitted, source), expected, "{}", source);
        }
        let outcome = filter.outcome(&entrances[0], ASK, &Options::default());
        if let Outcome::Open(rules) = &outcome {
            let grouped = small.on_card.is_some() || small.on_subnet.is_some();
            prop_assert_eq!(rules.is_empty(), !grouped);
            prop_assert!(grouped || small.sku == "Basic");
        }
    }

    #[test]
    fn one_more_group_opens_nothing(small in small()) {
        let mut fewer = small.clone();
        fewer.on_subnet = None;
        // A Standard address is closed by having no group at all.
        prop_assume!(fewer.on_card.is_some());
        let (with, without) = (small.reach(), fewer.reach());
        prop_assert!(with.open.is_empty() || !without.open.is_empty());
    }

    #[test]
    fn what_is_open_stays_open_and_nothing_closes_for_want_of_documents(small in small()) {
        let whole = small.reach();
        let (cards, addresses, groups, networks) = small.documents();
        let all = Inventory {
            cards: &cards, addresses: &addresses, balancers: &Value::Null,
            groups: &groups, networks: &networks,
        };
        for partial in [
            Inventory { cards: &Value::Null, ..all },
            Inventory { groups: &Value::Null, ..all },
            Inventory { networks: &Value::Null, ..all },
            Inventory { addresses: &Value::Null, ..all },
        ] {
            let vm = json!({"id": "/vm", "properties": {"networkProfile": {"networkInterfaces": [{"id": "/nic/c"}]}}});
            let seen = vm_reach(&vm, &partial, &[ASK], &Options::default());
            let judged_closed = seen.open.is_empty() && seen.unknown.is_empty();
            prop_assert!(whole.open.is_empty() || !judged_closed, "{:?}", seen);
        }
    }

    #[test]
    fn nothing_makes_it_panic(vm in odd(), cards in odd(), rest in odd()) {
        let inventory = Inventory {
            cards: &cards, addresses: &rest, balancers: &rest, groups: &rest, networks: &rest,
        };
        vm_reach(&vm, &inventory, &[ASK], &Options::default());
    }
}

/// Documents with the right names and the wrong values.
fn odd() -> impl Strategy<Value = Value> {
    let name = select(vec![
        "id",
        "name",
        "properties",
        "ipConfigurations",
        "networkProfile",
        "networkInterfaces",
        "subnets",
        "publicIPAddress",
        "networkSecurityGroup",
        "subnet",
        "backendAddressPools",
        "sku",
        "virtualMachine",
        "loadBalancerBackendAddressPools",
        "loadBalancingRules",
        "frontendIPConfiguration",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(json!("/a/b/c/d")),
        Just(json!("/")),
        Just(json!("")),
        Just(json!(7)),
    ];
    leaf.prop_recursive(6, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|members| {
                let members = members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Value::Object(members.collect())
            }),
        ]
    })
}
