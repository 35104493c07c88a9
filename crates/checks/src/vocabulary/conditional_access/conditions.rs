//! Under which circumstances a policy applies.

use serde_json::Value;

use super::super::json::{at, has, items, texts, with_id};

/// The client applications that use modern authentication.
const MODERN_CLIENTS: [&str; 2] = ["browser", "mobileAppsAndDesktopClients"];

/// Conditions that make a policy wait for a risk. Any level is a narrowing: a sign-in of which
/// nothing is known has none.
const RISKS: [&str; 5] = [
    "signInRiskLevels",
    "userRiskLevels",
    "servicePrincipalRiskLevels",
    "insiderRiskLevels",
    "agentIdRiskLevels",
];

/// Whether a policy applies to every sign-in, however and from wherever it is made.
///
/// A condition that is absent, null or empty does not narrow. Otherwise:
///
/// * `clientAppTypes` must have `all`, or both `browser` and `mobileAppsAndDesktopClients`; the
///   rest are legacy protocols, which cannot answer a second factor and are blocked elsewhere.
/// * `platforms` must include `all` and exclude none; `locations` must include `All` and exclude
///   none, since trusted places too are where a stolen password is used.
/// * Risk levels, authentication flows, device filters and states, times, and workload
///   identities in place of users each narrow the policy.
///
/// State, users, applications and grants are not looked at.
///
/// Source: <https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset>
pub fn applies_everywhere(policy: &Value) -> bool {
    narrowed_by(policy).is_empty()
}

/// The conditions that narrow a policy to some sign-ins, as [`applies_everywhere`] reads them: their names in Graph
/// (`locations`, `signInRiskLevels`, `authenticationFlows`), in a fixed order.
pub fn narrowed_by(policy: &Value) -> Vec<&'static str> {
    let conditions = at(policy, "conditions");
    let risks = RISKS
        .iter()
        .map(|risk| (*risk, texts(conditions, risk).is_empty()));
    let others = [
        ("clientAppTypes", all_clients(conditions)),
        ("platforms", any_platform(conditions)),
        ("locations", any_location(conditions)),
        ("authenticationFlows", no_flow(conditions)),
        ("devices", any_device(conditions)),
        ("times", at(conditions, "times").is_null()),
        ("clientApplications", for_users(conditions)),
    ];
    others
        .into_iter()
        .chain(risks)
        .filter_map(|(name, whole)| (!whole).then_some(name))
        .collect()
}

/// Whether a policy reaches sign-ins of a kind of client: `browser`, `mobileAppsAndDesktopClients`,
/// `exchangeActiveSync` or `other`, the old protocols. No condition on clients, and `all`, reach each.
///
/// Source: <https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions#client-apps>
pub fn reaches_client(policy: &Value, client: &str) -> bool {
    let clients = texts(policy, "conditions.clientAppTypes");
    clients.is_empty() || has(&clients, "all") || has(&clients, client)
}

/// Whether a policy leaves out no place but trusted ones: `AllTrusted`, the multifactor trusted addresses, or named
/// locations that are marked as trusted.
pub fn leaves_out_trusted_places_only(policy: &Value, named_locations: &Value) -> bool {
    let locations = at(policy, "conditions.locations");
    let included = texts(locations, "includeLocations");
    let trusted = |id: &&str| {
        has(&["AllTrusted", "00000000-0000-0000-0000-000000000000"], id)
            || with_id(items(named_locations), id)
                .is_some_and(|place| at(place, "isTrusted").as_bool() == Some(true))
    };
    (included.is_empty() || has(&included, "All"))
        && texts(locations, "excludeLocations").iter().all(trusted)
}

fn any_platform(conditions: &Value) -> bool {
    let platforms = at(conditions, "platforms");
    everything(platforms, "includePlatforms", "excludePlatforms")
}

fn any_location(conditions: &Value) -> bool {
    let locations = at(conditions, "locations");
    everything(locations, "includeLocations", "excludeLocations")
}

fn all_clients(conditions: &Value) -> bool {
    let clients = texts(conditions, "clientAppTypes");
    clients.is_empty()
        || has(&clients, "all")
        || MODERN_CLIENTS.iter().all(|client| has(&clients, client))
}

/// Whether a condition with an include and an exclude list takes in everything.
fn everything(condition: &Value, include: &str, exclude: &str) -> bool {
    let included = texts(condition, include);
    texts(condition, exclude).is_empty() && (included.is_empty() || has(&included, "All"))
}

fn no_flow(conditions: &Value) -> bool {
    texts(conditions, "authenticationFlows.transferMethods")
        .iter()
        .all(|method| method.eq_ignore_ascii_case("none"))
}

fn any_device(conditions: &Value) -> bool {
    let devices = at(conditions, "devices");
    at(devices, "deviceFilter").is_null()
        && everything(devices, "includeDevices", "excludeDevices")
        && everything(devices, "includeDeviceStates", "excludeDeviceStates")
        && everything(
            at(conditions, "deviceStates"),
            "includeStates",
            "excludeStates",
        )
}

/// A policy for workload identities names service principals; it is not for users.
fn for_users(conditions: &Value) -> bool {
    let clients = at(conditions, "clientApplications");
    [
        "includeServicePrincipals",
        "includeAgentIdServicePrincipals",
    ]
    .iter()
    .all(|list| items(at(clients, list)).is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn applies(conditions: Value) -> bool {
        applies_everywhere(&json!({"conditions": conditions}))
    }

    #[test]
    fn what_narrows_is_named() {
        let policy = json!({"conditions": {
            "clientAppTypes": ["browser"], "userRiskLevels": ["high"],
            "authenticationFlows": {"transferMethods": "deviceCodeFlow,authenticationTransfer"},
            "locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
        }});
        assert_eq!(
            narrowed_by(&policy),
            [
                "clientAppTypes",
                "locations",
                "authenticationFlows",
                "userRiskLevels"
            ]
        );
        assert!(narrowed_by(&Value::Null).is_empty());
    }

    #[test]
    fn clients_are_reached_by_name_or_all() {
        let of = |clients: Value| json!({"conditions": {"clientAppTypes": clients}});
        assert!(reaches_client(
            &of(json!(["exchangeActiveSync", "OTHER"])),
            "other"
        ));
        assert!(!reaches_client(&of(json!(["exchangeActiveSync"])), "other"));
        assert!(reaches_client(&of(json!(["all"])), "other"));
        assert!(reaches_client(&of(Value::Null), "other"));
    }

    #[test]
    fn trusted_places_are_named_or_marked() {
        let places = json!([{"id": "office", "isTrusted": true}, {"id": "cafe", "isTrusted": false}, {"id": "country"}]);
        let leaves = |excluded: Value| {
            let policy = json!({"conditions": {"locations": {"includeLocations": ["All"], "excludeLocations": excluded}}});
            leaves_out_trusted_places_only(&policy, &places)
        };
        assert!(leaves(json!(["AllTrusted", "OFFICE"])));
        assert!(leaves(json!([])));
        for place in ["cafe", "country", "gone"] {
            assert!(!leaves(json!([place])), "{place}");
        }
        assert!(leaves_out_trusted_places_only(&json!({}), &places));
        let only = json!({"conditions": {"locations": {"includeLocations": ["cafe"]}}});
        assert!(!leaves_out_trusted_places_only(&only, &places));
    }

    #[test]
    fn what_is_not_configured_does_not_narrow() {
        assert!(applies_everywhere(&Value::Null));
        assert!(applies(json!({})));
        assert!(applies(json!({
            "clientAppTypes": ["all"], "platforms": null, "locations": null, "devices": null,
            "signInRiskLevels": [], "userRiskLevels": [], "servicePrincipalRiskLevels": [],
            "insiderRiskLevels": null, "authenticationFlows": null, "clientApplications": null,
            "times": null, "deviceStates": null,
        })));
        assert!(applies(json!({
            "clientAppTypes": [], "authenticationFlows": {"transferMethods": null},
            "locations": {"includeLocations": [], "excludeLocations": []},
            "devices": {"includeDevices": [], "deviceFilter": null},
        })));
    }

    #[test]
    fn what_takes_in_everything_does_not_narrow() {
        for conditions in [
            json!({"clientAppTypes": ["browser", "MobileAppsAndDesktopClients"]}),
            json!({"clientAppTypes": ["ALL"]}),
            json!({"platforms": {"includePlatforms": ["all"], "excludePlatforms": []}}),
            json!({"locations": {"includeLocations": ["All"], "excludeLocations": null}}),
            json!({"devices": {"includeDevices": ["All"]}}),
            json!({"authenticationFlows": {"transferMethods": "none"}}),
            json!({"clientApplications": {"includeServicePrincipals": []}}),
        ] {
            assert!(applies(conditions.clone()), "{conditions}");
        }
    }

    #[test]
    fn everything_else_narrows() {
        for conditions in [
            json!({"clientAppTypes": ["browser"]}),
            json!({"clientAppTypes": ["mobileAppsAndDesktopClients", "other"]}),
            json!({"clientAppTypes": ["exchangeActiveSync", "other"]}),
            json!({"platforms": {"includePlatforms": ["windows"]}}),
            json!({"platforms": {"includePlatforms": ["all"], "excludePlatforms": ["iOS"]}}),
            json!({"platforms": {"excludePlatforms": ["iOS"]}}),
            json!({"locations": {"includeLocations": ["AllTrusted"]}}),
            json!({"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}),
            json!({"locations": {"includeLocations": ["a", "b"]}}),
            json!({"signInRiskLevels": ["high"]}),
            json!({"userRiskLevels": ["low", "medium", "high"]}),
            json!({"servicePrincipalRiskLevels": ["high"]}),
            json!({"insiderRiskLevels": "minor,moderate"}),
            json!({"insiderRiskLevels": ["elevated"]}),
            json!({"agentIdRiskLevels": "high"}),
            json!({"authenticationFlows": {"transferMethods": "deviceCodeFlow,authenticationTransfer"}}),
            json!({"devices": {"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}}}),
            json!({"devices": {"includeDevices": ["All"], "excludeDevices": ["Compliant"]}}),
            json!({"devices": {"excludeDeviceStates": ["domainJoined"]}}),
            json!({"deviceStates": {"includeStates": ["All"], "excludeStates": ["Compliant"]}}),
            json!({"times": {"includedRanges": []}}),
            json!({"clientApplications": {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]}}),
        ] {
            assert!(!applies(conditions.clone()), "{conditions}");
        }
    }
}
