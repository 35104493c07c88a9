//! What the administrator may do in Entra ID, worked out from what is known of him.

use std::collections::BTreeSet;

use super::directory_role::{DirectoryRole, any_of};
use super::right::{Right, Standing};
use DirectoryRole::{
    ApplicationAdministrator, ApplicationDeveloper, CloudApplicationAdministrator,
    GlobalAdministrator, PrivilegedRoleAdministrator,
};

/// What is known of the administrator in Entra ID.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryAuthority {
    /// Whether a user signed in; a service principal otherwise.
    pub is_user: bool,
    /// The permissions on Microsoft Graph in the token: delegated ones of a user's client, application
    /// permissions of a service principal. `None` where the token does not say.
    pub permissions: Option<BTreeSet<String>>,
    /// Roles of Entra ID that are active for the whole directory.
    pub roles: BTreeSet<DirectoryRole>,
    /// What custom roles of Entra ID allow, such as `microsoft.directory/applications/create`.
    pub actions: BTreeSet<String>,
    /// Why the roles may not all be known.
    pub roles_unread: Option<String>,
    /// Roles of Entra ID that the administrator can activate.
    pub eligible: BTreeSet<DirectoryRole>,
    /// Whether he is a member of the tenant whom its policy lets register applications; `None` where it
    /// could not be read.
    pub may_register: Option<bool>,
    /// Whether the application that is there is his own.
    pub owns_application: bool,
}

/// Who has a right.
struct Rule {
    roles: &'static [DirectoryRole],
    /// Actions of custom roles, any of which is enough.
    actions: &'static [&'static str],
    /// Application permissions, any of which is enough for a service principal.
    application: &'static [&'static str],
    /// Delegated permissions, one of which the client of a user needs besides.
    delegated: &'static [&'static str],
}

const APPLICATIONS: &[&str] = &[
    "Application.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];

/// <https://learn.microsoft.com/graph/api/application-post-applications>
const CREATE: Rule = Rule {
    roles: &[
        ApplicationDeveloper,
        CloudApplicationAdministrator,
        ApplicationAdministrator,
        GlobalAdministrator,
    ],
    actions: &[
        "microsoft.directory/applications/create",
        "microsoft.directory/applications/createAsOwner",
    ],
    application: &[
        "Application.ReadWrite.OwnedBy",
        "Application.ReadWrite.All",
        "Directory.ReadWrite.All",
    ],
    delegated: APPLICATIONS,
};

/// <https://learn.microsoft.com/graph/api/application-update>
const CHANGE: Rule = Rule {
    roles: &[
        CloudApplicationAdministrator,
        ApplicationAdministrator,
        GlobalAdministrator,
    ],
    actions: &[
        "microsoft.directory/applications/allProperties/update",
        "microsoft.directory/applications/allProperties/allTasks",
    ],
    application: &["Application.ReadWrite.All", "Directory.ReadWrite.All"],
    delegated: APPLICATIONS,
};

/// <https://learn.microsoft.com/graph/api/serviceprincipal-post-serviceprincipals>
const CREATE_PRINCIPAL: Rule = Rule {
    actions: &["microsoft.directory/servicePrincipals/create"],
    ..CHANGE
};

/// <https://learn.microsoft.com/graph/api/serviceprincipal-update>
const CHANGE_PRINCIPAL: Rule = Rule {
    actions: &[
        "microsoft.directory/servicePrincipals/enable",
        "microsoft.directory/servicePrincipals/allProperties/allTasks",
    ],
    ..CHANGE
};

/// Application administrators consent to anything but the application permissions of Microsoft Graph
/// (<https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent>).
const CONSENT: Rule = Rule {
    roles: &[PrivilegedRoleAdministrator, GlobalAdministrator],
    actions: &[
        "microsoft.directory/servicePrincipals/managePermissionGrantsForAll.microsoft-company-admin",
    ],
    application: &["AppRoleAssignment.ReadWrite.All"],
    delegated: &[
        "AppRoleAssignment.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
};

impl DirectoryAuthority {
    /// Whether he has a right in Entra ID; `None` for rights in Azure.
    pub fn standing(&self, right: &Right) -> Option<Standing> {
        let rule = match right {
            Right::CreateApplication => &CREATE,
            Right::ChangeApplication => &CHANGE,
            Right::CreatePrincipal => &CREATE_PRINCIPAL,
            Right::ChangePrincipal => &CHANGE_PRINCIPAL,
            Right::Consent => &CONSENT,
            Right::DefineRole(_) | Right::AssignRoles(_) => return None,
        };
        Some(self.under(rule, right))
    }

    fn under(&self, rule: &Rule, right: &Right) -> Standing {
        let by_role = self.has_role(rule) || self.has_by_default(right);
        if self.is_user {
            return match by_role {
                true => self.through_client(rule),
                false => self.without(rule, right),
            };
        }
        let owned = self.owns_application && self.permits(&["Application.ReadWrite.OwnedBy"]);
        let owned = owned && matches!(right, Right::ChangeApplication | Right::CreatePrincipal);
        if by_role || owned || self.permits(rule.application) {
            return Standing::Has;
        }
        self.without(rule, right)
    }

    fn has_role(&self, rule: &Rule) -> bool {
        let allows = |of: &&&str| self.actions.iter().any(|own| own.eq_ignore_ascii_case(of));
        rule.roles.iter().any(|role| self.roles.contains(role))
            || rule.actions.iter().any(|of| allows(&of))
    }

    /// What a user has without any role
    /// (<https://learn.microsoft.com/entra/fundamentals/users-default-permissions>).
    fn has_by_default(&self, right: &Right) -> bool {
        match right {
            Right::CreateApplication => self.is_user && self.may_register == Some(true),
            Right::ChangeApplication | Right::CreatePrincipal => {
                self.is_user && self.owns_application
            }
            _ => false,
        }
    }

    fn permits(&self, any: &[&str]) -> bool {
        let own = self.permissions.iter().flatten();
        let mut own = own.filter(|own| any.iter().any(|of| own.eq_ignore_ascii_case(of)));
        own.next().is_some()
    }

    /// A user's role is of no use through a client that was not given the permission to use it.
    fn through_client(&self, rule: &Rule) -> Standing {
        if self.permissions.is_none() || self.permits(rule.delegated) {
            return Standing::Has;
        }
        Standing::Lacks {
            needs: format!(
                "a sign-in with {} (the Azure CLI has it)",
                rule.delegated[0]
            ),
            why: Some(
                "your role allows it, but the client that you signed in with was not given the \
                 delegated permission"
                    .to_owned(),
            ),
            activate: None,
        }
    }

    fn without(&self, rule: &Rule, right: &Right) -> Standing {
        let needs = self.needs(rule);
        let unread = match right {
            Right::CreateApplication if self.is_user && self.may_register.is_none() => {
                Some("whether members may register applications could not be read".to_owned())
            }
            _ => self.roles_unread.clone(),
        };
        if let Some(why) = unread {
            return Standing::Unknown { needs, why };
        }
        let eligible = rule.roles.iter().find(|role| self.eligible.contains(role));
        Standing::Lacks {
            needs,
            why: None,
            activate: eligible.map(|role| role.as_str().to_owned()),
        }
    }

    fn needs(&self, rule: &Rule) -> String {
        let roles = any_of(rule.roles);
        match self.is_user {
            true => roles,
            false => {
                let permission = rule.application[rule.application.len().min(2) - 1];
                format!("the application permission {permission}, or {roles}")
            }
        }
    }
}

#[cfg(test)]
#[path = "directory_tests.rs"]
mod tests;
