//! Whom the access restrictions of an app let in.

use serde_json::{Value, json};

use super::super::json::{at, has, is, items, text};
use super::super::network::{self, Options};

/// The two sites that every app has, each with rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What visitors see.
    Main,
    /// The deployment site, also called SCM or Kudu.
    Scm,
}

/// What stands for the behaviour when no rule matches.
const UNMATCHED: &str = "unmatched requests";

/// The rules through which the public internet reaches a part of an app; empty when it does not.
///
/// * An app whose `publicNetworkAccess` is `Disabled` answers private endpoints only. Where the setting
///   is null, an approved private endpoint closes the public one.
/// * An app in an App Service Environment with an internal load balancer has only private inbound
///   addresses.
/// * Rules are walked by priority, those of one priority in the order of the list; the first that matches
///   decides. What matches none is let in where no rule is written, and kept out where one is, unless the
///   default action says otherwise.
/// * `scmIpSecurityRestrictionsUseMain` gives the deployment site the rules of the main site.
/// * Subnets, `AnyVnets` and service tags other than `Internet` are not the public internet. A condition on
///   headers restricts nobody, because callers write their headers themselves.
/// * A source that cannot be read may let anyone in.
///
/// `endpoints` are the app's private endpoint connections, where they are known beside the document.
///
/// Source: <https://learn.microsoft.com/azure/app-service/overview-access-restrictions>
pub fn internet_rules(
    site: &Value,
    config: &Value,
    endpoints: &Value,
    part: Part,
    options: &Options,
) -> Vec<String> {
    if is_closed(site, config, endpoints) {
        return Vec::new();
    }
    let part = match part {
        Part::Scm if at(config, "properties.scmIpSecurityRestrictionsUseMain") == true => {
            Part::Main
        }
        part => part,
    };
    let (rules, default) = match part {
        Part::Main => (
            "properties.ipSecurityRestrictions",
            "properties.ipSecurityRestrictionsDefaultAction",
        ),
        Part::Scm => (
            "properties.scmIpSecurityRestrictions",
            "properties.scmIpSecurityRestrictionsDefaultAction",
        ),
    };
    let group = as_security_group(items(at(config, rules)), text(config, default));
    let mut open = network::internet_rules(&group, 443, "Tcp", options);
    open.extend(network::malformed_rules(&group));
    open
}

/// Whether nothing answers under a public address.
fn is_closed(site: &Value, config: &Value, endpoints: &Value) -> bool {
    let setting = text(site, "properties.publicNetworkAccess")
        .or_else(|| text(config, "properties.publicNetworkAccess"));
    if let Some(setting) = setting
        && setting.eq_ignore_ascii_case("Disabled")
    {
        return true;
    }
    if setting.is_none()
        && (approved(at(site, "properties.privateEndpointConnections")) || approved(endpoints))
    {
        return true;
    }
    let inbound = text(site, "properties.inboundIpAddress").unwrap_or_default();
    let mut addresses = inbound
        .split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .peekable();
    addresses.peek().is_some() && addresses.all(is_private)
}

fn approved(connections: &Value) -> bool {
    let status = "properties.privateLinkServiceConnectionState.status";
    items(connections)
        .iter()
        .any(|connection| is(connection, status, "Approved"))
}

/// With every public block counted as the internet, a single address is open exactly when it is public.
fn is_private(address: &str) -> bool {
    let single = Options {
        widest_ipv4: 32,
        widest_ipv6: 128,
    };
    let wide = |length: u8| format!("{address}/{length}");
    let Ok(parsed) = address.parse::<std::net::IpAddr>() else {
        return false;
    };
    // A block one bit wider than the address is as public as the address.
    let block = if parsed.is_ipv4() {
        wide(31)
    } else {
        wide(127)
    };
    network::internet_ranges([block.as_str()], &single).is_empty()
}

/// The rules as a network security group, which is walked in the same way.
fn as_security_group(written: &[Value], default: Option<&str>) -> Value {
    let mut sorted: Vec<&Value> = written.iter().filter(|rule| rule.is_object()).collect();
    sorted.sort_by_key(|rule| at(rule, "priority").as_i64().unwrap_or(i64::MAX));
    let mut rules: Vec<Value> = Vec::new();
    for rule in &sorted {
        let denies = is(rule, "action", "Deny");
        let has_headers = at(rule, "headers")
            .as_object()
            .is_some_and(|headers| !headers.is_empty());
        // A deny on some headers lets the others through.
        if denies && has_headers {
            continue;
        }
        let name = text(rule, "name")
            .or_else(|| text(rule, "ipAddress"))
            .unwrap_or("(unnamed)");
        let access = if denies { "Deny" } else { "Allow" };
        rules.push(security_rule(name, rules.len(), access, &sources(rule)));
    }
    let admits = match default {
        Some(action) => !action.eq_ignore_ascii_case("Deny"),
        None => sorted.is_empty(),
    };
    let access = if admits { "Allow" } else { "Deny" };
    rules.push(security_rule(
        UNMATCHED,
        rules.len(),
        access,
        &["*".to_owned()],
    ));
    json!({ "properties": { "securityRules": rules } })
}

/// Where a rule's requests come from. A subnet is in a virtual network.
fn sources(rule: &Value) -> Vec<String> {
    let Some(addresses) = text(rule, "ipAddress") else {
        return vec!["VirtualNetwork".to_owned()];
    };
    let parts = addresses.split(',').map(str::trim);
    let mask = text(rule, "subnetMask").and_then(|mask| mask.parse::<std::net::Ipv4Addr>().ok());
    parts
        .filter(|part| !part.is_empty())
        .map(|part| match mask {
            _ if has(&["Any"], part) => "*".to_owned(),
            _ if has(&["AnyVnets"], part) => "VirtualNetwork".to_owned(),
            Some(mask) if !part.contains('/') => {
                format!("{part}/{}", mask.to_bits().leading_ones())
            }
            _ => part.to_owned(),
        })
        .collect()
}

fn security_rule(name: &str, turn: usize, access: &str, sources: &[String]) -> Value {
    json!({
        "name": name,
        "properties": {
            "priority": turn + 1,
            "direction": "Inbound",
            "access": access,
            "protocol": "*",
            "sourceAddressPrefixes": sources,
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": "*",
        },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn main_rules(site: Value, config: Value) -> Vec<String> {
        let (site, config) = (json!({"properties": site}), json!({"properties": config}));
        internet_rules(
            &site,
            &config,
            &Value::Null,
            Part::Main,
            &Options::default(),
        )
    }

    fn rule(priority: i64, action: &str, address: &str) -> Value {
        json!({"ipAddress": address, "action": action, "priority": priority, "name": format!("{action} {address}")})
    }

    #[test]
    fn without_rules_everyone_is_let_in() {
        for config in [
            json!({}),
            json!({"ipSecurityRestrictions": null, "ipSecurityRestrictionsDefaultAction": null}),
            json!({"ipSecurityRestrictions": []}),
            json!({"ipSecurityRestrictions": [], "ipSecurityRestrictionsDefaultAction": "Allow"}),
        ] {
            assert_eq!(main_rules(json!({}), config), [UNMATCHED]);
        }
        let listed = rule(2_147_483_647, "Allow", "Any");
        assert_eq!(
            main_rules(json!({}), json!({"ipSecurityRestrictions": [listed]})),
            ["Allow Any"]
        );
    }

    #[test]
    fn a_written_rule_keeps_the_others_out() {
        let office = rule(100, "Allow", "203.0.113.0/28");
        let only = json!({"ipSecurityRestrictions": [office]});
        assert!(main_rules(json!({}), only).is_empty());
        let denied =
            json!({"ipSecurityRestrictions": [], "ipSecurityRestrictionsDefaultAction": "Deny"});
        assert!(main_rules(json!({}), denied).is_empty());
        let open = json!({"ipSecurityRestrictions": [rule(100, "Deny", "203.0.113.9/32")], "ipSecurityRestrictionsDefaultAction": "allow"});
        assert_eq!(main_rules(json!({}), open), [UNMATCHED]);
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        let rules = json!([rule(200, "Allow", "0.0.0.0/0"), rule(100, "Deny", "Any")]);
        assert!(main_rules(json!({}), json!({"ipSecurityRestrictions": rules})).is_empty());
        let rules = json!([rule(100, "Allow", "0.0.0.0/0"), rule(100, "Deny", "Any")]);
        assert_eq!(
            main_rules(json!({}), json!({"ipSecurityRestrictions": rules})),
            ["Allow 0.0.0.0/0"]
        );
    }

    #[test]
    fn networks_and_tags_are_not_the_internet_and_headers_are_no_restriction() {
        let quiet = json!([
            {"vnetSubnetResourceId": "/subscriptions/s/x", "action": "Allow", "priority": 1, "name": "subnet"},
            rule(2, "Allow", "AnyVnets"),
            {"ipAddress": "AzureFrontDoor.Backend", "tag": "ServiceTag", "action": "Allow", "priority": 3, "headers": {"x-azure-fdid": ["x"]}},
            {"ipAddress": "203.0.113.0", "subnetMask": "255.255.255.0", "action": "Allow", "priority": 4},
        ]);
        assert!(main_rules(json!({}), json!({"ipSecurityRestrictions": quiet})).is_empty());
        let loud = json!([
            {"ipAddress": "Any", "action": "Allow", "priority": 3, "name": "door", "headers": {"x-azure-fdid": ["x"]}},
        ]);
        assert_eq!(
            main_rules(json!({}), json!({"ipSecurityRestrictions": loud})),
            ["door"]
        );
        let hidden = json!([
            {"ipAddress": "Any", "action": "Deny", "priority": 1, "headers": {"x-forwarded-host": ["x"]}},
            rule(2, "Allow", "Internet"),
        ]);
        assert_eq!(
            main_rules(json!({}), json!({"ipSecurityRestrictions": hidden})),
            ["Allow Internet"]
        );
        let everyone = json!([{"ipAddress": "0.0.0.0", "subnetMask": "0.0.0.0", "action": "Allow", "name": "old"}]);
        assert!(!main_rules(json!({}), json!({"ipSecurityRestrictions": everyone})).is_empty());
    }

    #[test]
    fn what_cannot_be_read_may_let_anyone_in() {
        let odd = json!([rule(1, "Allow", "300.1.2.3/8")]);
        assert!(!main_rules(json!({}), json!({"ipSecurityRestrictions": odd})).is_empty());
    }

    #[test]
    fn closed_apps() {
        let endpoint = |status: &str| json!([{"properties": {"privateLinkServiceConnectionState": {"status": status}}}]);
        for closed in [
            json!({"publicNetworkAccess": "disabled"}),
            json!({"publicNetworkAccess": null, "privateEndpointConnections": endpoint("Approved")}),
            json!({"inboundIpAddress": "10.1.2.3"}),
            json!({"inboundIpAddress": "10.1.2.3, fd00::1"}),
        ] {
            assert!(main_rules(closed.clone(), json!({})).is_empty(), "{closed}");
        }
        for open in [
            json!({"publicNetworkAccess": "Enabled", "privateEndpointConnections": endpoint("Approved")}),
            json!({"privateEndpointConnections": endpoint("Pending")}),
            json!({"publicNetworkAccess": "SomethingNew"}),
            json!({"inboundIpAddress": "20.107.224.32,20.107.224.44"}),
            json!({"inboundIpAddress": "10.1.2.3, 20.1.2.3"}),
            json!({"inboundIpAddress": ""}),
        ] {
            assert!(!main_rules(open.clone(), json!({})).is_empty(), "{open}");
        }
        let beside = internet_rules(
            &json!({}),
            &Value::Null,
            &endpoint("Approved"),
            Part::Main,
            &Options::default(),
        );
        assert!(beside.is_empty());
    }

    #[test]
    fn the_deployment_site_has_rules_of_its_own_or_the_main_ones() {
        let config = |uses_main: bool| {
            json!({"properties": {
                "ipSecurityRestrictions": [rule(1, "Allow", "203.0.113.7/32")],
                "scmIpSecurityRestrictions": [rule(1, "Allow", "Any")],
                "scmIpSecurityRestrictionsUseMain": uses_main,
            }})
        };
        let scm = |config: &Value| {
            internet_rules(
                &json!({}),
                config,
                &Value::Null,
                Part::Scm,
                &Options::default(),
            )
        };
        assert_eq!(scm(&config(false)), ["Allow Any"]);
        assert!(scm(&config(true)).is_empty());
        assert_eq!(scm(&Value::Null), [UNMATCHED]);
    }

    proptest! {
        #[test]
        fn a_deny_of_everyone_in_front_closes_any_list(
            addresses in proptest::collection::vec("(Any|0\\.0\\.0\\.0/0|[1-9][0-9]?\\.0\\.0\\.0/8|Internet)", 0..6),
        ) {
            let mut rules = vec![rule(0, "Deny", "Any")];
            rules.extend(addresses.iter().enumerate().map(|(turn, address)| rule(turn as i64 + 1, "Allow", address)));
            let config = json!({"ipSecurityRestrictions": rules, "ipSecurityRestrictionsDefaultAction": "Allow"});
            let site = json!({});
            prop_assert!(main_rules(site, config).is_empty());
        }

        #[test]
        fn any_text_is_taken(address in ".*", action in ".*", inbound in ".*") {
            let config = json!({"ipSecurityRestrictions": [rule(1, &action, &address), null, 3]});
            let _ = main_rules(json!({"inboundIpAddress": inbound}), config);
        }
    }
}
