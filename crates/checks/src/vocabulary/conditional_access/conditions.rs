//! Under which circumstances a policy applies.

use serde_json::Value;

use super::super::json::{at, has, items, texts};

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
    let conditions = at(policy, "conditions");
    all_clients(conditions)
        && everything(
            at(conditions, "platforms"),
            "includePlatforms",
            "excludePlatforms",
        )
        && everything(
            at(conditions, "locations"),
            "includeLocations",
            "excludeLocations",
        )
        && RISKS.iter().all(|risk| texts(conditions, risk).is_empty())
        && no_flow(conditions)
        && any_device(conditions)
        && at(conditions, "times").is_null()
        && for_users(conditions)
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
