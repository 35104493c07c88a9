//! Whether a policy makes everyone use a second factor.

use serde_json::Value;

use super::{applies_everywhere, covers_application, covers_every_user, requires_mfa};

/// Whether a policy is enforced, asks for a second factor, is for the application with this id, and
/// leaves out neither people (see [`covers_every_user`]) nor situations (see [`applies_everywhere`]).
///
/// Source: <https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy>
pub fn enforces_mfa(
    policy: &Value,
    application: &str,
    emergency_accounts: &Value,
    excluded_at_most: usize,
) -> bool {
    requires_mfa(policy)
        && covers_application(policy, application)
        && applies_everywhere(policy)
        && covers_every_user(policy, emergency_accounts, excluded_at_most)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const APPLICATION: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";

    fn policy() -> Value {
        json!({
            "state": "enabled",
            "conditions": {
                "users": {"includeUsers": ["All"], "excludeGroups": []},
                "applications": {"includeApplications": ["All"]},
                "clientAppTypes": ["all"],
            },
            "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
        })
    }

    fn enforces(policy: &Value) -> bool {
        enforces_mfa(policy, APPLICATION, &json!(["breakglass"]), 0)
    }

    #[test]
    fn everyone_everywhere_is_enough() {
        assert!(enforces(&policy()));
    }

    #[test]
    fn each_part_can_break_it() {
        let changes = [
            ("/state", json!("enabledForReportingButNotEnforced")),
            ("/grantControls/builtInControls", json!(["compliantDevice"])),
            (
                "/conditions/applications/includeApplications",
                json!(["Office365"]),
            ),
            ("/conditions/clientAppTypes", json!(["browser"])),
            ("/conditions/users/excludeGroups", json!(["staff"])),
        ];
        for (path, value) in changes {
            let mut changed = policy();
            *changed.pointer_mut(path).unwrap() = value;
            assert!(!enforces(&changed), "{path}");
        }
    }

    #[test]
    fn an_emergency_group_may_be_left_out() {
        let mut changed = policy();
        changed["conditions"]["users"]["excludeGroups"] = json!(["BreakGlass"]);
        assert!(enforces(&changed));
    }

    #[test]
    fn nothing_enforces_nothing() {
        assert!(!enforces(&json!({})));
        assert!(!enforces(&Value::Null));
    }
}
