//! Ids that are the same in every run, so that the same request names the same thing.

use uuid::Uuid;

use crate::present::DefinedRole;

/// The namespace of the ids: a random one, made for this.
const OURS: Uuid = Uuid::from_u128(0x7b0f_3c1e_52d4_4e0a_9c86_0d2f_66b1_a3e7);

/// The GUID of the custom role's definition, made at a scope. A role of the name that was made elsewhere,
/// and cannot be seen, has another: it is refused by its name, and never written over.
pub(super) fn role_guid(name: &str, scope: &str) -> String {
    guid(&[name, scope.trim_end_matches('/')])
}

/// Whether setup made a role: its GUID is that of one of the scopes at which it can be assigned.
pub(crate) fn is_own_role(role: &DefinedRole, name: &str) -> bool {
    let mut scopes = role.assignable_scopes.iter();
    scopes.any(|scope| role.guid.eq_ignore_ascii_case(&role_guid(name, scope)))
}

/// The GUID of the assignment of a role to a principal at a scope.
pub(crate) fn assignment_guid(scope: &str, role: &str, principal: &str) -> String {
    guid(&[scope.trim_end_matches('/'), role, principal])
}

fn guid(parts: &[&str]) -> String {
    let name = parts.join("\n").to_lowercase();
    Uuid::new_v5(&OURS, name.as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_names_the_same_whatever_its_case() {
        let one = assignment_guid("/subscriptions/A", "r", "p");
        assert_eq!(one, assignment_guid("/SUBSCRIPTIONS/a/", "R", "P"));
        assert_ne!(one, assignment_guid("/subscriptions/B", "r", "p"));
        assert_ne!(
            role_guid("n", "/subscriptions/a"),
            role_guid("n", "/subscriptions/b")
        );
    }

    #[test]
    fn a_role_is_setup_s_own_by_its_guid() {
        let mut role = DefinedRole {
            id: String::new(),
            guid: role_guid("n", "/subscriptions/a"),
            description: String::new(),
            actions: Vec::new(),
            has_more: false,
            assignable_scopes: vec!["/subscriptions/b".to_owned()],
            body: serde_json::Value::Null,
        };
        assert!(!is_own_role(&role, "n"));
        role.assignable_scopes.push("/Subscriptions/A/".to_owned());
        assert!(is_own_role(&role, "n"));
        assert!(!is_own_role(&role, "m"));
    }
}
