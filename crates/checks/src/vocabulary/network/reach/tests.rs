//! Examples, one for every way in and every way of being closed.

use serde_json::{Value, json};

use super::*;

const VM: &str =
    "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm";
const NETWORK: &str = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network";

/// A small world: one machine with one card in one subnet.
struct World {
    vm: Value,
    cards: Value,
    addresses: Value,
    balancers: Value,
    groups: Value,
    networks: Value,
}

fn rule(name: &str, priority: u32, access: &str, source: &str, port: &str) -> Value {
    json!({"name": name, "properties": {
        "priority": priority, "access": access, "direction": "Inbound", "protocol": "*",
        "sourceAddressPrefix": source, "sourcePortRange": "*",
        "destinationAddressPrefix": "*", "destinationPortRange": port,
    }})
}

fn group(name: &str, rules: Vec<Value>) -> Value {
    json!({"id": format!("{NETWORK}/networkSecurityGroups/{name}"), "name": name,
        "properties": {"securityRules": rules}})
}

fn world() -> World {
    World {
        vm: json!({"id": VM, "properties": {"networkProfile": {"networkInterfaces": [
            {"id": format!("{NETWORK}/networkInterfaces/nic")}]}}}),
        cards: json!([{"id": format!("{NETWORK}/networkInterfaces/nic"), "name": "nic", "properties": {
            "virtualMachine": {"id": VM},
            "ipConfigurations": [{"id": format!("{NETWORK}/networkInterfaces/nic/ipConfigurations/one"), "properties": {
                "privateIPAddress": "10.0.0.4",
                "subnet": {"id": format!("{NETWORK}/virtualNetworks/net/subnets/default")},
            }}],
        }}]),
        addresses: json!([{"id": format!("{NETWORK}/publicIPAddresses/pip"), "name": "pip",
            "sku": {"name": "Standard"}, "properties": {"ipAddress": "203.0.113.4"}}]),
        balancers: json!([{"id": format!("{NETWORK}/loadBalancers/lb"), "name": "lb", "sku": {"name": "Standard"},
        "properties": {
            "frontendIPConfigurations": [
                {"id": format!("{NETWORK}/loadBalancers/lb/frontendIPConfigurations/public"),
                 "properties": {"publicIPAddress": {"id": format!("{NETWORK}/publicIPAddresses/pip")}}},
                {"id": format!("{NETWORK}/loadBalancers/lb/frontendIPConfigurations/private"),
                 "properties": {"privateIPAddress": "10.0.0.9"}},
            ],
            "backendAddressPools": [{"id": format!("{NETWORK}/loadBalancers/lb/backendAddressPools/pool"), "properties": {}}],
            "loadBalancingRules": [], "inboundNatRules": [],
        }}]),
        groups: json!([group("nsg", vec![rule("ssh", 100, "Allow", "*", "22")])]),
        networks: json!([{"id": format!("{NETWORK}/virtualNetworks/net"), "properties": {"subnets": [
            {"id": format!("{NETWORK}/virtualNetworks/net/subnets/default"), "properties": {}}]}}]),
    }
}

impl World {
    fn address(&mut self) -> &mut Value {
        &mut self.cards[0]["properties"]["ipConfigurations"][0]["properties"]
    }

    fn with_public_address(mut self) -> Self {
        self.address()["publicIPAddress"] =
            json!({"id": format!("{NETWORK}/PUBLICIPADDRESSES/PIP")});
        self
    }

    fn with_card_group(mut self, name: &str) -> Self {
        self.cards[0]["properties"]["networkSecurityGroup"] =
            json!({"id": format!("{NETWORK}/networkSecurityGroups/{name}")});
        self
    }

    fn with_subnet_group(mut self, name: &str) -> Self {
        self.networks[0]["properties"]["subnets"][0]["properties"]["networkSecurityGroup"] =
            json!({"id": format!("{NETWORK}/networkSecurityGroups/{name}")});
        self
    }

    fn in_pool(mut self) -> Self {
        self.address()["loadBalancerBackendAddressPools"] =
            json!([{"id": format!("{NETWORK}/loadBalancers/lb/backendAddressPools/pool")}]);
        self
    }

    fn with_rule(mut self, list: &str, rule: Value) -> Self {
        let rules = &mut self.balancers[0]["properties"][list];
        rules.as_array_mut().unwrap().push(rule);
        self
    }

    fn reach(&self) -> Reach {
        let inventory = Inventory {
            cards: &self.cards,
            addresses: &self.addresses,
            balancers: &self.balancers,
            groups: &self.groups,
            networks: &self.networks,
        };
        let asked = [22, 3389].map(|port| Asked {
            protocol: "tcp",
            port,
        });
        vm_reach(&self.vm, &inventory, &asked, &Options::default())
    }

    fn open_ports(&self) -> Vec<u16> {
        let reach = self.reach();
        assert!(reach.unknown.is_empty(), "{:?}", reach.unknown);
        reach
            .open
            .iter()
            .map(|opening| opening.asked.port)
            .collect()
    }
}

fn balancing(name: &str, frontend: &str, outside: u16, inside: u16) -> Value {
    json!({"id": format!("{NETWORK}/loadBalancers/lb/loadBalancingRules/{name}"), "name": name, "properties": {
        "frontendIPConfiguration": {"id": format!("{NETWORK}/loadBalancers/lb/frontendIPConfigurations/{frontend}")},
        "backendAddressPool": {"id": format!("{NETWORK}/loadBalancers/lb/backendAddressPools/pool")},
        "protocol": "Tcp", "frontendPort": outside, "backendPort": inside,
    }})
}

#[test]
fn without_an_entrance_no_group_matters() {
    let reach = world().with_card_group("elsewhere").reach();
    assert_eq!(reach, Reach::default());
}

#[test]
fn a_standard_address_is_closed_and_a_basic_one_open_without_groups() {
    let mut world = world().with_public_address();
    assert!(world.open_ports().is_empty());
    world.addresses[0]["sku"] = json!({"name": "StandardV2"});
    assert!(world.open_ports().is_empty());
    world.addresses[0]["sku"] = json!({"name": "Basic"});
    assert_eq!(world.open_ports(), [22, 3389]);
    world.addresses[0]["sku"] = Value::Null;
    assert_eq!(world.open_ports(), [22, 3389]);
    assert!(world.reach().open[0].rules.is_empty());
    world.addresses[0]["sku"] = json!({"name": "Deluxe"});
    assert_eq!(world.reach().unknown.len(), 1);
}

#[test]
fn one_group_decides_alone_and_two_must_both_let_in() {
    let mut world = world().with_public_address();
    world = world.with_card_group("nsg");
    assert_eq!(world.open_ports(), [22]);
    let opening = &world.reach().open[0];
    assert_eq!(opening.entrance, "public address pip (203.0.113.4)");
    assert_eq!(opening.rules, ["nsg/ssh"]);

    let groups = world.groups.as_array_mut().unwrap();
    groups.push(group("closed", vec![]));
    groups.push(group(
        "all",
        vec![rule("everything", 200, "Allow", "Internet", "*")],
    ));
    let world = world.with_subnet_group("closed");
    assert!(world.open_ports().is_empty());
    let world = world.with_subnet_group("all");
    assert_eq!(world.open_ports(), [22]);
    assert_eq!(world.reach().open[0].rules, ["nsg/ssh", "all/everything"]);
}

#[test]
fn both_groups_must_let_the_same_addresses_in() {
    let mut world = world().with_public_address();
    world.groups = json!([
        group("low", vec![rule("a", 100, "Allow", "0.0.0.0/1", "22")]),
        group("high", vec![rule("b", 100, "Allow", "128.0.0.0/1", "22")]),
    ]);
    let world = world.with_card_group("low").with_subnet_group("high");
    assert!(world.open_ports().is_empty());
    let world = world.with_subnet_group("low");
    assert_eq!(world.open_ports(), [22]);
}

#[test]
fn rules_for_other_cards_do_not_open_this_one() {
    let mut world = world().with_public_address().with_card_group("nsg");
    let target = |world: &mut World, address: &str| {
        world.groups[0]["properties"]["securityRules"][0]["properties"]["destinationAddressPrefix"] =
            json!(address);
    };
    target(&mut world, "10.0.0.5");
    assert!(world.open_ports().is_empty());
    target(&mut world, "10.0.0.0/29");
    assert_eq!(world.open_ports(), [22]);
    let rule = &mut world.groups[0]["properties"]["securityRules"][0]["properties"];
    rule["destinationAddressPrefix"] = Value::Null;
    rule["destinationApplicationSecurityGroups"] = json!([{"id": "/asg/Web"}]);
    assert!(world.open_ports().is_empty());
    world.address()["applicationSecurityGroups"] = json!([{"id": "/ASG/web"}]);
    assert_eq!(world.open_ports(), [22]);
}

#[test]
fn an_address_that_is_not_given_yet_may_be_any() {
    let mut world = world().with_public_address().with_card_group("nsg");
    world.address()["privateIPAddress"] = Value::Null;
    assert_eq!(world.open_ports(), [22]);
    assert_eq!(world.reach().open[0].rules, ["nsg/ssh"]);
}

#[test]
fn a_balancing_rule_leads_to_its_backend_port() {
    let world = world().in_pool().with_card_group("nsg");
    assert!(world.reach().entrances.is_empty());
    let world = world.with_rule("loadBalancingRules", balancing("web", "public", 443, 443));
    assert_eq!(world.reach().entrances.len(), 1);
    assert!(world.open_ports().is_empty());
    let world = world.with_rule("loadBalancingRules", balancing("inner", "private", 22, 22));
    assert_eq!(world.reach().entrances.len(), 1);
    let world = world.with_rule(
        "loadBalancingRules",
        balancing("hidden", "public", 50022, 22),
    );
    assert_eq!(world.open_ports(), [22]);
    assert_eq!(
        world.reach().open[0].entrance,
        "rule hidden of load balancer lb at 203.0.113.4 port 50022"
    );
}

#[test]
fn outbound_rules_lead_nowhere() {
    let mut world = world().in_pool();
    world.balancers[0]["properties"]["outboundRules"] = json!([{"properties": {
        "backendAddressPool": {"id": format!("{NETWORK}/loadBalancers/lb/backendAddressPools/pool")},
        "frontendIPConfigurations": [{"id": format!("{NETWORK}/loadBalancers/lb/frontendIPConfigurations/public")}],
    }}]);
    assert_eq!(world.reach(), Reach::default());
}

#[test]
fn a_standard_balancer_is_closed_and_a_basic_one_open_without_groups() {
    let rule = balancing("ssh", "public", 22, 22);
    let mut world = world().in_pool().with_rule("loadBalancingRules", rule);
    assert!(world.open_ports().is_empty());
    world.balancers[0]["sku"] = json!({"name": "Basic"});
    assert_eq!(world.open_ports(), [22]);
}

#[test]
fn nat_rules_are_named_by_the_card_or_by_the_pool() {
    let nat = json!({"id": format!("{NETWORK}/loadBalancers/lb/inboundNatRules/rdp"), "name": "rdp", "properties": {
        "frontendIPConfiguration": {"id": format!("{NETWORK}/loadBalancers/lb/frontendIPConfigurations/public")},
        "protocol": "Tcp", "frontendPort": 50000, "backendPort": 22,
    }});
    let mut by_card = world()
        .with_card_group("nsg")
        .with_rule("inboundNatRules", nat.clone());
    assert!(by_card.open_ports().is_empty());
    by_card.address()["loadBalancerInboundNatRules"] =
        json!([{"id": format!("{NETWORK}/loadBalancers/LB/inboundNatRules/RDP")}]);
    assert_eq!(by_card.open_ports(), [22]);
    by_card.address()["loadBalancerInboundNatRules"] =
        json!([{"id": format!("{NETWORK}/loadBalancers/lb/inboundNatRules/gone")}]);
    assert_eq!(by_card.reach().unknown.len(), 1);

    let mut ranged = nat;
    ranged["properties"]["backendAddressPool"] =
        json!({"id": format!("{NETWORK}/loadBalancers/lb/backendAddressPools/pool")});
    ranged["properties"]["frontendPort"] = Value::Null;
    let by_pool = world()
        .in_pool()
        .with_card_group("nsg")
        .with_rule("inboundNatRules", ranged);
    assert_eq!(by_pool.open_ports(), [22]);
}

#[test]
fn pools_may_name_the_address_itself() {
    let rule = balancing("ssh", "public", 22, 22);
    let mut world = world()
        .with_card_group("nsg")
        .with_rule("loadBalancingRules", rule);
    let entries = |network: &str, address: &str| json!([{"properties": {"ipAddress": address, "virtualNetwork": {"id": network}}}]);
    let pool = |world: &mut World, entries: Value| {
        world.balancers[0]["properties"]["backendAddressPools"][0]["properties"]["loadBalancerBackendAddresses"] =
            entries;
    };
    let own = format!("{NETWORK}/virtualNetworks/NET");
    pool(&mut world, entries(&own, "10.0.0.5"));
    assert!(world.open_ports().is_empty());
    pool(&mut world, entries("/other", "10.0.0.4"));
    assert!(world.open_ports().is_empty());
    pool(&mut world, entries(&own, "10.0.0.4"));
    assert_eq!(world.open_ports(), [22]);
}

#[test]
fn protocols_of_rules_count() {
    let mut udp = balancing("dns", "public", 22, 22);
    udp["properties"]["protocol"] = json!("Udp");
    let world = world()
        .in_pool()
        .with_card_group("nsg")
        .with_rule("loadBalancingRules", udp);
    assert!(world.open_ports().is_empty());
    let mut all = balancing("every-port", "public", 0, 0);
    all["properties"]["protocol"] = json!("All");
    assert_eq!(
        world.with_rule("loadBalancingRules", all).open_ports(),
        [22]
    );
}

#[test]
fn a_group_that_lets_only_ipv6_in_closes_an_ipv4_address() {
    let mut world = world().with_public_address().with_card_group("nsg");
    world.groups[0]["properties"]["securityRules"][0]["properties"]["sourceAddressPrefix"] =
        json!("::/0");
    assert!(world.open_ports().is_empty());
    world.addresses[0]["properties"]["publicIPAddressVersion"] = json!("IPv6");
    world.address()["privateIPAddress"] = json!("fd00::4");
    assert_eq!(world.open_ports(), [22]);
}

#[test]
fn what_cannot_be_followed_is_unknown_unless_something_known_closes_it() {
    let unknown = |world: &World| {
        let reach = world.reach();
        assert!(reach.open.is_empty(), "{:?}", reach.open);
        reach.unknown.len()
    };
    let mut lost = world();
    lost.cards = json!([]);
    assert_eq!(unknown(&lost), 1);
    let mut bare = world();
    bare.vm = json!({});
    bare.cards = Value::Null;
    assert_eq!(unknown(&bare), 1);
    let mut empty = world();
    empty.cards[0]["properties"] = Value::Null;
    assert_eq!(unknown(&empty), 1);

    let mut no_network = world().with_public_address().with_card_group("nsg");
    no_network.networks = json!([]);
    assert_eq!(unknown(&no_network), 1);
    no_network.groups = json!([group("nsg", vec![])]);
    assert_eq!(unknown(&no_network), 0);

    let no_group = world().with_public_address().with_subnet_group("elsewhere");
    assert_eq!(unknown(&no_group), 1);
    let mut no_address = world().with_public_address();
    no_address.addresses = json!([]);
    assert_eq!(unknown(&no_address), 1);
    let mut no_balancer = world().in_pool();
    no_balancer.balancers = json!([]);
    assert_eq!(unknown(&no_balancer), 1);
    let mut odd = world().with_public_address().with_card_group("nsg");
    odd.groups[0]["properties"]["securityRules"][0]["properties"]["destinationPortRange"] =
        json!("22-");
    assert_eq!(unknown(&odd), 1);
    odd.groups[0]["properties"] = Value::Null;
    assert_eq!(unknown(&odd), 1);
}

#[test]
fn an_address_that_is_not_read_is_open_where_a_group_lets_in() {
    let mut world = world().with_public_address().with_card_group("nsg");
    world.addresses = Value::Null;
    assert_eq!(world.open_ports(), [22]);
}

#[test]
fn a_card_counts_that_names_the_machine_although_the_machine_does_not_name_it() {
    let mut world = world().with_public_address().with_card_group("nsg");
    world.vm = json!({"id": VM.to_ascii_uppercase(), "properties": {"networkProfile": null}});
    assert_eq!(world.open_ports(), [22]);
}
