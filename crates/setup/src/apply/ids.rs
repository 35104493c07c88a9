//! Ids that are the same in every run, so that the same request names the same thing.

use uuid::Uuid;

/// The namespace of the ids: a random one, made for this.
const OURS: Uuid = Uuid::from_u128(0x7b0f_3c1e_52d4_4e0a_9c86_0d2f_66b1_a3e7);

/// The GUID of the custom role's definition in a tenant.
pub(crate) fn role_guid(tenant: &str, name: &str) -> String {
    guid(&[tenant, name])
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
        assert_ne!(role_guid("t", "n"), role_guid("t", "m"));
    }
}
