//! Entra ID's built-in directory roles, by name and by the template id that tokens and assignments carry.
//!
//! Source: <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>.

/// What every member user's token carries beside its roles.
pub(crate) const MEMBER: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";
/// What every guest's token carries in its place.
pub(crate) const GUEST: &str = "10dae51f-b6af-4016-8d66-8c2a99b929b3";
/// What every application's token carries beside its roles.
pub(crate) const APPLICATION: &str = "0997a1d0-0d1d-4acb-b408-d5ca73121e90";

pub(crate) const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
pub(crate) const GLOBAL_READER: &str = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
pub(crate) const SECURITY_READER: &str = "5d6b6bb7-de71-4623-b4af-96380a352509";
pub(crate) const SECURITY_ADMINISTRATOR: &str = "194ae4cb-b126-40b2-bd5b-6091b380977d";
pub(crate) const PRIVILEGED_ROLE_ADMINISTRATOR: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";
pub(crate) const APPLICATION_ADMINISTRATOR: &str = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
pub(crate) const CLOUD_APPLICATION_ADMINISTRATOR: &str = "158c047a-c907-4556-b7ef-446551a6b5f7";
pub(crate) const APPLICATION_DEVELOPER: &str = "cf1c38e5-3621-4004-a7cb-879624dced7c";
pub(crate) const CONDITIONAL_ACCESS_ADMINISTRATOR: &str = "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9";
pub(crate) const USER_ADMINISTRATOR: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";
pub(crate) const GROUPS_ADMINISTRATOR: &str = "fdd7a751-b60b-444a-984c-02652fe8fa1c";
pub(crate) const AUTHENTICATION_ADMINISTRATOR: &str = "c4e39bd9-1100-46d3-8c65-fb160da0071f";
pub(crate) const PRIVILEGED_AUTHENTICATION_ADMINISTRATOR: &str =
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13";
pub(crate) const REPORTS_READER: &str = "4a5d8f65-41da-4de4-8968-e035b65339cf";
pub(crate) const INTUNE_ADMINISTRATOR: &str = "3a2c62db-5318-420d-8d74-23affee5d9d5";
pub(crate) const DIRECTORY_READERS: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
pub(crate) const DIRECTORY_WRITERS: &str = "9360feb5-f418-4baa-8175-e2a00bac4301";

/// Name and template id.
const ROLES: [(&str, &str); 22] = [
    ("Global Administrator", GLOBAL_ADMINISTRATOR),
    ("Global Reader", GLOBAL_READER),
    ("Security Reader", SECURITY_READER),
    ("Security Administrator", SECURITY_ADMINISTRATOR),
    (
        "Privileged Role Administrator",
        PRIVILEGED_ROLE_ADMINISTRATOR,
    ),
    ("Application Administrator", APPLICATION_ADMINISTRATOR),
    (
        "Cloud Application Administrator",
        CLOUD_APPLICATION_ADMINISTRATOR,
    ),
    ("Application Developer", APPLICATION_DEVELOPER),
    (
        "Conditional Access Administrator",
        CONDITIONAL_ACCESS_ADMINISTRATOR,
    ),
    ("User Administrator", USER_ADMINISTRATOR),
    ("Groups Administrator", GROUPS_ADMINISTRATOR),
    ("Authentication Administrator", AUTHENTICATION_ADMINISTRATOR),
    (
        "Privileged Authentication Administrator",
        PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
    ),
    ("Reports Reader", REPORTS_READER),
    ("Intune Administrator", INTUNE_ADMINISTRATOR),
    ("Directory Readers", DIRECTORY_READERS),
    ("Directory Writers", DIRECTORY_WRITERS),
    (
        "Helpdesk Administrator",
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    ),
    (
        "Exchange Administrator",
        "29232cdf-9323-42fd-ade2-1d097af3e4de",
    ),
    (
        "SharePoint Administrator",
        "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
    ),
    (
        "Billing Administrator",
        "b0f54661-2d74-4c50-afa3-1ec803f12efe",
    ),
    (
        "Password Administrator",
        "966707d0-3269-4727-9be2-8c3a10f19b9d",
    ),
];

/// Every role: name and template id.
pub(crate) const fn all() -> &'static [(&'static str, &'static str)] {
    &ROLES
}

/// The role with this name or template id, by its proper name and template id.
pub(crate) fn find(name_or_id: &str) -> Option<(&'static str, &'static str)> {
    ROLES.into_iter().find(|(name, id)| {
        name.eq_ignore_ascii_case(name_or_id) || id.eq_ignore_ascii_case(name_or_id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn roles_are_found_by_name_and_by_template_whatever_the_case() {
        let found = find("global administrator").unwrap();
        assert_eq!(found, ("Global Administrator", GLOBAL_ADMINISTRATOR));
        assert_eq!(
            find(&GLOBAL_READER.to_uppercase()).unwrap().0,
            "Global Reader"
        );
        assert!(find("Chief Cook").is_none());
    }

    #[test]
    fn no_two_roles_share_a_template() {
        let ids: HashSet<&str> = ROLES.iter().map(|(_, id)| *id).collect();
        assert_eq!(ids.len(), ROLES.len());
    }
}
