//! What Azure's roles can be given to: users, groups and service principals of the directory.

use crate::tenant::Tenant;

/// The kind of a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PrincipalKind {
    User,
    Group,
    ServicePrincipal,
}

impl PrincipalKind {
    /// The kind as role assignments name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::ServicePrincipal => "ServicePrincipal",
        }
    }
}

/// The kind of the directory's object with an id; `None` where there is no such principal.
pub(crate) fn kind_of(tenant: &Tenant, id: &str) -> Option<PrincipalKind> {
    let stored = [
        ("users", PrincipalKind::User),
        ("groups", PrincipalKind::Group),
        ("servicePrincipals", PrincipalKind::ServicePrincipal),
    ];
    let there = |list: &str| tenant.store.get(&format!("/v1.0/{list}/{id}")).is_some();
    let found = stored.iter().find(|(list, _)| there(list));
    if let Some((_, kind)) = found {
        return Some(*kind);
    }
    let mut applications = tenant.applications.iter();
    let signs_in = applications.any(|app| app.object_id.eq_ignore_ascii_case(id));
    signs_in.then_some(PrincipalKind::ServicePrincipal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn principals_are_users_groups_and_service_principals() {
        let file = "{ tenant_id: t, applications: [{ client_id: c, object_id: O }] }";
        let mut tenant = Tenant::new(serde_saphyr::from_str(file).unwrap());
        for (list, id) in [
            ("users", "u"),
            ("groups", "g"),
            ("servicePrincipals", "s"),
            ("applications", "a"),
        ] {
            let at = format!("/v1.0/{list}");
            tenant.store.load(&at, json!({"value": [{"id": id}]}));
        }
        let kind = |id: &str| kind_of(&tenant, id).map(PrincipalKind::name);
        assert_eq!(kind("U"), Some("User"));
        assert_eq!(kind("g"), Some("Group"));
        assert_eq!(kind("s"), Some("ServicePrincipal"));
        assert_eq!(kind("o"), Some("ServicePrincipal"));
        assert_eq!((kind("a"), kind("nobody")), (None, None));
    }
}
