//! One thing that setup changes in the tenant.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod describe;

pub use self::describe::Speaker;
pub(crate) use self::describe::day;
use crate::present::key;
use crate::request::Proof;

/// A role of Azure that is assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The built-in role.
    Reader,
    /// ThreatDefenceRole.
    Custom,
}

/// One thing to change. Ids that only come to be on the way (the application's, the service
/// principal's) are not in it: they are looked up in what is there when its turn comes, so that a run
/// that was cut off goes on with the same plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Register the application, asking for the permissions.
    CreateApplication,
    /// Ask for these further permissions in the registration, by name; the portal shows them there.
    AskFor(Vec<String>),
    /// Make the service principal: the application's presence in this tenant.
    CreatePrincipal,
    /// Let the service principal sign in again.
    EnablePrincipal,
    /// Give the application a proof.
    AddProof(Proof),
    /// Take a secret or certificate away that ends (or ended) at this time.
    RemoveProof {
        /// `keyId`.
        key_id: String,
        /// What it is, in words.
        what: String,
        /// When it ends.
        ends: Option<Timestamp>,
    },
    /// Consent to an application permission of Microsoft Graph, by name.
    Consent(String),
    /// Define ThreatDefenceRole, assignable at these scopes.
    CreateRole(Vec<String>),
    /// Bring ThreatDefenceRole back to its two actions, or let it be assigned at further scopes.
    ChangeRole {
        /// What is changed, in words.
        what: Vec<String>,
        /// Where it can be assigned from then on.
        assignable_scopes: Vec<String>,
    },
    /// Assign a role at a scope (ARM path).
    Assign {
        /// Which.
        role: Role,
        /// Where.
        scope: String,
    },
}

/// Where a step changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// In Entra ID.
    Entra,
    /// In Azure's roles.
    Azure,
}

impl Part {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entra => "Entra ID",
            Self::Azure => "Azure",
        }
    }
}

impl Role {
    /// The name of the role in ids of steps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Custom => "custom",
        }
    }
}

impl Step {
    /// What the step is known by, the same in every run: `consent:Directory.Read.All`.
    pub fn id(&self) -> String {
        match self {
            Self::CreateApplication => "application".to_owned(),
            Self::AskFor(_) => "ask-for".to_owned(),
            Self::CreatePrincipal => "principal".to_owned(),
            Self::EnablePrincipal => "enable-principal".to_owned(),
            Self::AddProof(Proof::Certificate { .. }) => "proof:certificate".to_owned(),
            Self::AddProof(Proof::Secret { .. }) => "proof:secret".to_owned(),
            Self::AddProof(Proof::Federated(of)) => {
                format!("proof:federated:{}:{}", of.issuer, of.subject)
            }
            Self::RemoveProof { key_id, .. } => format!("remove-proof:{}", key_id.to_lowercase()),
            Self::Consent(permission) => format!("consent:{permission}"),
            Self::CreateRole(_) => "role".to_owned(),
            Self::ChangeRole { .. } => "change-role".to_owned(),
            Self::Assign { role, scope } => format!("assign:{}:{}", role.as_str(), key(scope)),
        }
    }

    /// Where it changes something.
    pub fn part(&self) -> Part {
        match self {
            Self::CreateRole(_) | Self::ChangeRole { .. } | Self::Assign { .. } => Part::Azure,
            _ => Part::Entra,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_steps_apart_and_do_not_depend_on_case() {
        let assign = |role, scope: &str| Step::Assign {
            role,
            scope: scope.to_owned(),
        };
        let reader = assign(Role::Reader, "/subscriptions/A");
        assert_eq!(reader.id(), "assign:reader:/subscriptions/a");
        assert_eq!(reader.id(), assign(Role::Reader, "/subscriptions/a/").id());
        assert_ne!(reader.id(), assign(Role::Custom, "/subscriptions/a").id());
        assert_eq!(Step::Consent("A.Read".to_owned()).id(), "consent:A.Read");
        assert_eq!(
            (reader.part(), Step::CreatePrincipal.part()),
            (Part::Azure, Part::Entra)
        );
    }
}
