//! What the administrator may do at one scope of Azure, worked out from what Azure says of him there.

use rbac::{Access, DenyAssignment, Permission, Verdict, actions, permits};

use super::right::{Right, Standing};

/// Who may assign roles
/// (<https://learn.microsoft.com/azure/role-based-access-control/role-assignments-steps>).
pub(super) const ASSIGN: &str =
    "Role Based Access Control Administrator, User Access Administrator or Owner";
/// Who may write custom roles
/// (<https://learn.microsoft.com/azure/role-based-access-control/custom-roles>).
pub(super) const DEFINE: &str = "User Access Administrator or Owner";

/// The roles that help, by the GUID of their definition.
const HELPFUL: [(&str, &str, bool); 3] = [
    (
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        false,
    ),
    (
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        true,
    ),
    ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", true),
];

/// What is known of the administrator at one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AzureAuthority {
    /// Whether he may assign roles.
    pub assign: Standing,
    /// Whether he may define custom roles.
    pub define: Standing,
    /// A condition that may forbid assigning these roles.
    pub condition: Option<String>,
}

/// What Azure said of the administrator at a scope.
#[derive(Debug, Default)]
pub(super) struct Said<'a> {
    /// His permissions as Azure sums them up, where it does: at subscriptions.
    pub summed: Option<Vec<Permission>>,
    /// His roles there, where they could be read.
    pub access: Option<Access<'a>>,
    /// Why the summary or the roles could not be read.
    pub unread: Option<String>,
    /// The GUIDs of roles that he can activate there.
    pub eligible: Vec<String>,
}

impl AzureAuthority {
    /// Weighs what Azure said.
    pub(super) fn of(said: &Said<'_>) -> Self {
        let standing = |action: &str, needs: &str, defines: bool| {
            let needs = format!("{needs} there");
            match said.verdict(action) {
                Decision::Yes => Standing::Has,
                Decision::No => Standing::Lacks {
                    needs,
                    why: None,
                    activate: activate(&said.eligible, defines),
                },
                Decision::Forbidden(why) => Standing::Lacks {
                    needs: "the deny assignment to be lifted by whoever made it".to_owned(),
                    why: Some(why),
                    activate: None,
                },
                Decision::Open(why) => Standing::Unknown { needs, why },
            }
        };
        Self {
            assign: standing(actions::ASSIGN_ROLES, ASSIGN, false),
            define: standing(actions::WRITE_ROLES, DEFINE, true),
            condition: said.condition(),
        }
    }

    /// Whether he has a right of Azure's.
    pub(super) fn standing(&self, right: &Right) -> Option<&Standing> {
        match right {
            Right::AssignRoles(_) => Some(&self.assign),
            Right::DefineRole(_) => Some(&self.define),
            _ => None,
        }
    }
}

enum Decision {
    Yes,
    No,
    /// By a deny assignment, which no role outweighs.
    Forbidden(String),
    Open(String),
}

impl Said<'_> {
    /// The summary leaves deny assignments out; the roles know of both, but some may be hidden from him.
    fn verdict(&self, action: &str) -> Decision {
        let verdict = self.access.as_ref().map(|access| access.verdict(action));
        if let Some(Verdict::Denied { by, .. }) = &verdict {
            return Decision::Forbidden(denied(by));
        }
        if let Some(summed) = &self.summed {
            return match permits(summed, action) {
                true => Decision::Yes,
                false => Decision::No,
            };
        }
        match verdict {
            Some(Verdict::Granted { .. }) => Decision::Yes,
            Some(Verdict::Unknown { roles }) => {
                let names: Vec<&str> = roles.iter().map(rbac::Grant::role_name).collect();
                Decision::Open(format!(
                    "the definition of your role {} could not be read",
                    names.join(", ")
                ))
            }
            Some(_) => Decision::No,
            None => Decision::Open(
                self.unread
                    .clone()
                    .unwrap_or_else(|| "your roles could not be read".to_owned()),
            ),
        }
    }

    /// The condition, when every role that allows assigning has one.
    fn condition(&self) -> Option<String> {
        let verdict = self.access.as_ref()?.verdict(actions::ASSIGN_ROLES);
        let Verdict::Granted { by } = verdict else {
            return None;
        };
        let mut limited = Vec::new();
        for grant in &by {
            grant.condition_on(actions::ASSIGN_ROLES)?;
            limited.push(grant.role_name());
        }
        limited.dedup();
        Some(format!(
            "your role {} is assigned under a condition, which may forbid assigning these roles",
            limited.join(" and ")
        ))
    }
}

fn denied(by: &[&DenyAssignment]) -> String {
    let names: Vec<String> = by.iter().map(|of| format!("`{}`", of.name)).collect();
    format!(
        "the deny assignment {} forbids it, whatever your roles are",
        names.join(", ")
    )
}

fn activate(eligible: &[String], defines: bool) -> Option<String> {
    let helps = HELPFUL
        .iter()
        .filter(|(.., both)| *both || !defines)
        .find(|(guid, ..)| eligible.iter().any(|of| of.eq_ignore_ascii_case(guid)));
    helps.map(|(_, name, _)| (*name).to_owned())
}

#[cfg(test)]
#[path = "azure_tests.rs"]
mod tests;
