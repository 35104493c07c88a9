//! Assignments of directory roles, active and eligible.

use std::collections::HashSet;

use serde_json::Value;

use super::directory::{RolesByHolder, is_privileged_template, privileged_role_name};
use super::json::{at, is, items, key, text};

/// Roles whose holder can become Global Administrator, by template id: it assigns roles, takes over the credentials of
/// administrators or of applications with such rights, decides how sign-ins are proven, or turns off what protects them.
///
/// Source: <https://learn.microsoft.com/entra/identity/role-based-access-control/privileged-roles-permissions>
const TIER0: [(&str, &str); 10] = [
    (
        "62e90394-69f5-4237-9190-012177145e10",
        "Global Administrator",
    ),
    (
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "Privileged Role Administrator",
    ),
    (
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "Privileged Authentication Administrator",
    ),
    (
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "Application Administrator",
    ),
    (
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "Cloud Application Administrator",
    ),
    (
        "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
        "Hybrid Identity Administrator",
    ),
    (
        "8329153b-31d0-4727-b945-745eb3bc5f31",
        "Domain Name Administrator",
    ),
    (
        "be2f45a1-457d-42af-a067-6ec1fa63bc45",
        "External Identity Provider Administrator",
    ),
    (
        "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
        "Conditional Access Administrator",
    ),
    (
        "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8",
        "Partner Tier2 Support",
    ),
];

/// Whether a role, by its definition's id, leads to Global Administrator. The id of a built-in role's definition is
/// its template id in every tenant.
pub fn tier0_role(definition: &str) -> bool {
    TIER0
        .iter()
        .any(|(id, _)| id.eq_ignore_ascii_case(definition.trim()))
}

/// Who holds which of the roles among `assignments`, by itself or through a group; see [`RolesByHolder`].
///
/// * `assignments`: role assignments, or instances of eligible or active schedules: all have `principalId` and
///   `roleDefinitionId`. Those limited to an administrative unit or one application count too.
/// * `groups`: with `transitiveMembers`, in the order of their ids.
/// * `tier`: `privileged` for the roles that Microsoft marks so, `tier0` for those that lead to Global Administrator.
pub fn assigned_role_holders(assignments: &Value, groups: &Value, tier: &str) -> RolesByHolder {
    let counts = |role: &str| match tier {
        "tier0" => tier0_role(role),
        _ => is_privileged_template(role),
    };
    let mut holders = RolesByHolder::default();
    for assignment in items(assignments) {
        let (Some(role), Some(holder)) = (
            text(assignment, "roleDefinitionId"),
            text(assignment, "principalId"),
        ) else {
            continue;
        };
        if counts(role) {
            holders.add_all(holder, groups, privileged_role_name(role).unwrap_or(role));
        }
    }
    holders
}

/// The ids of everybody who holds a role, given by its template: users and service principals, each once, with groups
/// resolved to their members. A group without members has nobody in it. Sorted.
pub fn holders_of(role: &str, assignments: &Value, groups: &Value) -> Vec<String> {
    let mut holders: HashSet<String> = HashSet::new();
    for assignment in items(assignments) {
        let Some(principal) = text(assignment, "principalId") else {
            continue;
        };
        if !is(assignment, "roleDefinitionId", role.trim()) {
            continue;
        }
        match items(groups)
            .iter()
            .find(|group| is(group, "id", principal))
        {
            None => {
                holders.insert(key(principal));
            }
            Some(group) => {
                let members = items(at(group, "transitiveMembers")).iter();
                holders.extend(members.filter_map(|member| text(member, "id").map(key)));
            }
        }
    }
    let mut holders: Vec<String> = holders.into_iter().collect();
    holders.sort();
    holders
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const GLOBAL: &str = TIER0[0].0;
    const READER: &str = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
    const OTHER: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";

    fn groups() -> Value {
        json!([
            {"id": "empty", "isAssignableToRole": true, "transitiveMembers": []},
            {"id": "G", "isAssignableToRole": true, "transitiveMembers": [{"id": "u2"}, {"id": "U3"}]},
        ])
    }

    fn assignments() -> Value {
        json!([
            {"principalId": "U1", "roleDefinitionId": GLOBAL.to_uppercase(), "directoryScopeId": "/"},
            {"principalId": "g", "roleDefinitionId": READER, "directoryScopeId": "/administrativeUnits/x"},
            {"principalId": "g", "roleDefinitionId": GLOBAL},
            {"principalId": "u1", "roleDefinitionId": OTHER},
            {"principalId": "empty", "roleDefinitionId": GLOBAL},
            {"principalId": "sp", "roleDefinitionId": GLOBAL},
            {"principalId": null, "roleDefinitionId": GLOBAL},
            null,
        ])
    }

    #[test]
    fn roles_are_held_directly_and_through_groups() {
        let held = |who: &str, tier: &str| {
            assigned_role_holders(&assignments(), &groups(), tier)
                .of(who)
                .to_vec()
        };
        assert_eq!(held("u1", "privileged"), ["Global Administrator"]);
        assert_eq!(
            held("u3", "privileged"),
            ["Global Reader", "Global Administrator"]
        );
        assert_eq!(held("u3", "tier0"), ["Global Administrator"]);
        assert_eq!(held("SP", "tier0"), ["Global Administrator"]);
        assert!(held("u9", "privileged").is_empty());
        assert!(held("", "privileged").is_empty());
        let nobody = assigned_role_holders(&Value::Null, &Value::Null, "tier0");
        assert_eq!(nobody, RolesByHolder::default());
    }

    #[test]
    fn holders_are_counted_once() {
        assert_eq!(
            holders_of(GLOBAL, &assignments(), &groups()),
            ["sp", "u1", "u2", "u3"]
        );
        assert!(holders_of("none", &assignments(), &groups()).is_empty());
    }

    proptest! {
        #[test]
        fn holding_and_being_a_holder_agree(picks in prop::collection::vec((0_usize..5, any::<bool>()), 0..6)) {
            let principals = ["u1", "u2", "g", "empty", "sp"];
            let assignments: Vec<Value> = picks
                .iter()
                .map(|(who, global)| json!({"principalId": principals[*who],
                    "roleDefinitionId": if *global { GLOBAL } else { OTHER }}))
                .collect();
            let assignments = Value::from(assignments);
            let holders = holders_of(GLOBAL, &assignments, &groups());
            let table = assigned_role_holders(&assignments, &groups(), "tier0");
            for who in ["u1", "u2", "u3", "sp", "u4"] {
                let holds = !table.of(who).is_empty();
                prop_assert_eq!(holds, holders.contains(&who.to_owned()));
            }
        }
    }
}
