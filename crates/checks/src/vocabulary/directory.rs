//! Directory roles of Microsoft Entra and who holds them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::json::{at, in_order, is, items, key, text};

/// The built-in roles that Microsoft marks as privileged, by template id.
///
/// Source: <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>
const PRIVILEGED: [(&str, &str); 35] = [
    (
        "db506228-d27e-4b7d-95e5-295956d6615f",
        "Agent ID Administrator",
    ),
    ("d2562ede-74db-457e-a7b6-544e236ebb61", "AI Administrator"),
    ("1fe13547-53f6-408d-ac04-7f8eed167b38", "AI Reader"),
    (
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "Application Administrator",
    ),
    (
        "cf1c38e5-3621-4004-a7cb-879624dced7c",
        "Application Developer",
    ),
    (
        "ecb2c6bf-0ab6-418e-bd87-7986f8d63bbe",
        "Attribute Provisioning Administrator",
    ),
    (
        "422218e4-db15-4ef9-bbe0-8afb41546d79",
        "Attribute Provisioning Reader",
    ),
    (
        "c4e39bd9-1100-46d3-8c65-fb160da0071f",
        "Authentication Administrator",
    ),
    (
        "25a516ed-2fa0-40ea-a2d0-12923a21473a",
        "Authentication Extensibility Administrator",
    ),
    (
        "0b00bede-4072-4d22-b441-e7df02a1ef63",
        "Authentication Extensibility Password Administrator",
    ),
    (
        "aaf43236-0c0d-4d5f-883a-6955382ac081",
        "B2C IEF Keyset Administrator",
    ),
    (
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "Cloud Application Administrator",
    ),
    (
        "7698a772-787b-4ac8-901f-60d6b08affd2",
        "Cloud Device Administrator",
    ),
    (
        "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
        "Conditional Access Administrator",
    ),
    ("9360feb5-f418-4baa-8175-e2a00bac4301", "Directory Writers"),
    (
        "8329153b-31d0-4727-b945-745eb3bc5f31",
        "Domain Name Administrator",
    ),
    (
        "be2f45a1-457d-42af-a067-6ec1fa63bc45",
        "External Identity Provider Administrator",
    ),
    (
        "62e90394-69f5-4237-9190-012177145e10",
        "Global Administrator",
    ),
    ("f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"),
    (
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",
        "Helpdesk Administrator",
    ),
    (
        "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
        "Hybrid Identity Administrator",
    ),
    (
        "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e",
        "Identity Governance Administrator",
    ),
    (
        "3a2c62db-5318-420d-8d74-23affee5d9d5",
        "Intune Administrator",
    ),
    (
        "59d46f88-662b-457b-bceb-5c3809e5908f",
        "Lifecycle Workflows Administrator",
    ),
    (
        "4ba39ca4-527c-499a-b93d-d9b492c50246",
        "Partner Tier1 Support",
    ),
    (
        "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8",
        "Partner Tier2 Support",
    ),
    (
        "966707d0-3269-4727-9be2-8c3a10f19b9d",
        "Password Administrator",
    ),
    (
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "Privileged Authentication Administrator",
    ),
    (
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "Privileged Role Administrator",
    ),
    (
        "194ae4cb-b126-40b2-bd5b-6091b380977d",
        "Security Administrator",
    ),
    ("5f2222b1-57c3-48ba-8ad5-d4759f1fde6f", "Security Operator"),
    ("5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader"),
    ("fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator"),
    // What old tenants and old interfaces call two of the above.
    (
        "62e90394-69f5-4237-9190-012177145e10",
        "Company Administrator",
    ),
    (
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",
        "Helpdesk (Password) Administrator",
    ),
];

/// Whether a directory role (`graph/directoryRoles`) is one that Microsoft marks as privileged.
///
/// Told by `roleTemplateId`, which is the same in every tenant; by `displayName` only where a
/// document has no template id.
pub fn privileged_role(role: &Value) -> bool {
    match text(role, "roleTemplateId") {
        Some(id) => PRIVILEGED
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(id)),
        None => PRIVILEGED
            .iter()
            .any(|(_, name)| is(role, "displayName", name)),
    }
}

/// Whether that template id, which is also the id of a built-in role's definition, is of a privileged role.
pub(super) fn is_privileged_template(id: &str) -> bool {
    privileged_role_name(id).is_some()
}

/// What Microsoft calls a privileged role today.
pub(super) fn privileged_role_name(id: &str) -> Option<&'static str> {
    let known = PRIVILEGED
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(id.trim()));
    known.map(|(_, name)| *name)
}

/// Who holds which privileged roles: the names of the roles, each once and in the order of `roles`, by the holder's id in
/// lower case.
///
/// * `roles`: directory roles, each with its `members`.
/// * `groups`: groups with their `transitiveMembers`, in the order of their ids. A role held by a group is held by all of
///   them, however deep they are nested. Only the ids of members are read.
///
/// Roles for which somebody is merely eligible are not in `directoryRoles`.
pub fn directory_role_holders(roles: &Value, groups: &Value) -> RolesByHolder {
    let mut holders = RolesByHolder::default();
    for role in items(roles).iter().filter(|role| privileged_role(role)) {
        let name = role_name(role);
        for member in items(at(role, "members")) {
            let Some(id) = text(member, "id") else {
                continue;
            };
            holders.add_all(id, groups, &name);
        }
    }
    holders
}

/// The names of roles by the id, in lower case, of who holds them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RolesByHolder(BTreeMap<String, Vec<String>>);

impl RolesByHolder {
    /// Somebody holds a role: itself, and if it is a group everybody in it.
    pub(super) fn add_all(&mut self, id: &str, groups: &Value, role: &str) {
        self.add(id, role);
        let group = in_order(items(groups), id);
        for member in group.map_or(&[][..], |group| items(at(group, "transitiveMembers"))) {
            if let Some(id) = text(member, "id") {
                self.add(id, role);
            }
        }
    }

    fn add(&mut self, id: &str, role: &str) {
        let roles = self.0.entry(key(id)).or_default();
        if !roles.iter().any(|known| known == role) {
            roles.push(role.to_owned());
        }
    }

    /// The roles of one holder.
    pub fn of(&self, id: &str) -> &[String] {
        self.0.get(&key(id)).map_or(&[], Vec::as_slice)
    }
}

impl From<RolesByHolder> for Value {
    fn from(holders: RolesByHolder) -> Self {
        let holders = holders.0.into_iter();
        Self::Object(holders.map(|(id, roles)| (id, roles.into())).collect())
    }
}

fn role_name(role: &Value) -> String {
    if let Some(name) = text(role, "displayName") {
        return name.to_owned();
    }
    let template = PRIVILEGED
        .iter()
        .find(|(id, _)| is(role, "roleTemplateId", id));
    template.map_or_else(String::new, |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";
    const READERS: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";

    #[test]
    fn the_template_decides_over_the_name() {
        assert!(privileged_role(
            &json!({"roleTemplateId": GLOBAL.to_uppercase(), "displayName": "x"})
        ));
        assert!(!privileged_role(
            &json!({"roleTemplateId": READERS, "displayName": "Global Administrator"})
        ));
    }

    #[test]
    fn the_name_decides_without_a_template() {
        for name in [
            "global administrator",
            "Company Administrator",
            "User Administrator",
        ] {
            assert!(
                privileged_role(&json!({"roleTemplateId": null, "displayName": name})),
                "{name}"
            );
        }
        for role in [
            json!({"displayName": "Directory Readers"}),
            json!({}),
            Value::Null,
            json!("x"),
        ] {
            assert!(!privileged_role(&role), "{role}");
        }
    }

    #[test]
    fn template_ids_are_guids() {
        for (id, name) in PRIVILEGED {
            let lengths: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{name}");
            assert!(
                id.chars()
                    .all(|c| c == '-' || matches!(c, '0'..='9' | 'a'..='f')),
                "{name}"
            );
        }
    }

    fn roles() -> Value {
        json!([
            {"displayName": "Global Administrator", "roleTemplateId": GLOBAL,
             "members": [{"id": "U-1"}, {"id": "g-1"}, null, {"id": null}]},
            {"displayName": "Directory Readers", "roleTemplateId": READERS, "members": [{"id": "u-1"}]},
            {"displayName": null, "roleTemplateId": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
             "members": {"value": [{"id": "g-1"}]}},
            {"displayName": "User Administrator", "members": null},
        ])
    }

    #[test]
    fn direct_members_hold_a_role() {
        assert_eq!(
            directory_role_holders(&roles(), &Value::Null).of("u-1"),
            ["Global Administrator"]
        );
        assert!(
            directory_role_holders(&roles(), &Value::Null)
                .of("u-2")
                .is_empty()
        );
    }

    #[test]
    fn members_of_a_group_hold_its_roles() {
        let groups = json!([
            {"id": "G-1", "transitiveMembers": [{"id": "u-2"}, {"id": "g-1"}, null]},
            {"id": "g-2", "transitiveMembers": null},
        ]);
        let holders = directory_role_holders(&roles(), &groups);
        assert_eq!(holders.of("U-2"), ["Global Administrator", "Global Reader"]);
        assert_eq!(holders.of("g-1"), ["Global Administrator", "Global Reader"]);
        assert!(holders.of("u-3").is_empty());
    }

    #[test]
    fn a_role_held_twice_is_named_once() {
        let twice = json!([
            {"displayName": "Global Administrator", "roleTemplateId": GLOBAL, "members": [{"id": "u"}]},
            {"displayName": "Global Administrator", "roleTemplateId": GLOBAL, "members": [{"id": "u"}]},
        ]);
        assert_eq!(
            directory_role_holders(&twice, &Value::Null).of("u"),
            ["Global Administrator"]
        );
    }

    #[test]
    fn odd_input_holds_nothing() {
        assert!(
            directory_role_holders(&roles(), &Value::Null)
                .of("")
                .is_empty()
        );
        let nobody = RolesByHolder::default();
        assert_eq!(directory_role_holders(&Value::Null, &json!({})), nobody);
        assert_eq!(
            directory_role_holders(&json!([null, 4]), &json!([null, "g"])),
            nobody
        );
    }
}
