//! The roles of Entra ID that matter to setup.

/// A built-in role of Entra ID
/// (<https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DirectoryRole {
    /// Everything.
    GlobalAdministrator,
    /// Consents to permissions of Microsoft Graph.
    PrivilegedRoleAdministrator,
    /// Makes and changes every application.
    ApplicationAdministrator,
    /// The same without application proxy.
    CloudApplicationAdministrator,
    /// Registers applications of its own.
    ApplicationDeveloper,
}

impl DirectoryRole {
    /// Every one, the narrowest first.
    pub const ALL: [Self; 5] = [
        Self::ApplicationDeveloper,
        Self::CloudApplicationAdministrator,
        Self::ApplicationAdministrator,
        Self::PrivilegedRoleAdministrator,
        Self::GlobalAdministrator,
    ];

    /// The id of its template, the same in every tenant.
    pub fn template(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "62e90394-69f5-4237-9190-012177145e10",
            Self::PrivilegedRoleAdministrator => "e8611ab8-c189-46e8-94e1-60213ab1f814",
            Self::ApplicationAdministrator => "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
            Self::CloudApplicationAdministrator => "158c047a-c907-4556-b7ef-251551a6b5f7",
            Self::ApplicationDeveloper => "cf1c38e5-3621-4004-a7cb-879624dced7c",
        }
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "Global Administrator",
            Self::PrivilegedRoleAdministrator => "Privileged Role Administrator",
            Self::ApplicationAdministrator => "Application Administrator",
            Self::CloudApplicationAdministrator => "Cloud Application Administrator",
            Self::ApplicationDeveloper => "Application Developer",
        }
    }

    /// The role of a template.
    pub fn of_template(id: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|role| role.template().eq_ignore_ascii_case(id))
    }
}

/// Names with commas and a last "or".
pub(super) fn any_of(roles: &[DirectoryRole]) -> String {
    let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_known_in_any_case() {
        for role in DirectoryRole::ALL {
            let template = role.template().to_uppercase();
            assert_eq!(DirectoryRole::of_template(&template), Some(role));
        }
        assert_eq!(DirectoryRole::of_template("x"), None);
    }

    #[test]
    fn names_read_as_a_choice() {
        assert_eq!(
            any_of(&DirectoryRole::ALL[2..]),
            "Application Administrator, Privileged Role Administrator or Global Administrator"
        );
        assert_eq!(any_of(&DirectoryRole::ALL[..1]), "Application Developer");
    }
}
