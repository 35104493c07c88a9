//! One thing that is taken away.

use serde_json::Value;

use crate::journal::Made;

/// One thing that is taken away, with what it is in words.
#[derive(Debug, Clone, PartialEq)]
pub struct RemovalStep {
    /// What is done.
    pub what: What,
    /// It in words: `the assignment of Reader on subscription Production`.
    pub words: String,
}

/// What is done.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A role assignment is deleted.
    Assignment(String),
    /// The custom role is deleted.
    Role(String),
    /// The custom role is put back to what it was.
    RestoreRole {
        /// The definition's full id.
        id: String,
        /// Its body as it was.
        before: Value,
    },
    /// A consent is taken back, where the service principal stays.
    Consent {
        /// The assignment's id.
        id: String,
        /// The permission.
        permission: String,
    },
    /// A certificate is taken away, where the application stays.
    Certificate(Made),
    /// A secret is taken away, where the application stays.
    Secret(Made),
    /// A federated credential is taken away, where the application stays.
    Federated(Made),
    /// Permissions that the registration asked for are taken out of it again.
    AskedFor(Vec<String>),
    /// The service principal is disabled, as it was.
    Disable(String),
    /// The service principal is deleted, and its consents with it.
    Principal(String),
    /// The application is deleted, and its proofs with it.
    Application {
        /// The object id.
        id: String,
        /// The application (client) id.
        application_id: String,
    },
    /// What Entra ID would keep for 30 days is deleted for good.
    Purge(String),
}

impl RemovalStep {
    /// What the step is known by in the journal, the same in every run.
    pub fn id(&self) -> String {
        let id = match &self.what {
            What::Assignment(id) => format!("remove-assignment:{id}"),
            What::Role(id) => format!("remove-role:{id}"),
            What::RestoreRole { id, .. } => format!("restore-role:{id}"),
            What::Consent { permission, .. } => format!("remove-consent:{permission}"),
            What::Certificate(made) | What::Secret(made) | What::Federated(made) => {
                format!("remove-proof:{}", made.key())
            }
            What::AskedFor(_) => "remove-ask-for".to_owned(),
            What::Disable(_) => "disable-principal".to_owned(),
            What::Principal(_) => "remove-principal".to_owned(),
            What::Application { .. } => "remove-application".to_owned(),
            What::Purge(id) => format!("purge:{id}"),
        };
        id.to_lowercase()
    }

    /// What is not there any more after it, as the journal knows it.
    pub fn unmade(&self) -> Option<Made> {
        match &self.what {
            What::Assignment(id) => Some(Made::Assignment { id: id.clone() }),
            What::Role(id) => Some(Made::Role { id: id.clone() }),
            What::RestoreRole { id, before } => Some(Made::RoleChanged {
                id: id.clone(),
                before: before.clone(),
            }),
            What::Consent { id, permission } => Some(Made::Consent {
                id: id.clone(),
                permission: permission.clone(),
            }),
            What::Certificate(made) | What::Secret(made) | What::Federated(made) => {
                Some(made.clone())
            }
            What::AskedFor(permissions) => Some(Made::AskedFor {
                permissions: permissions.clone(),
            }),
            What::Disable(id) => Some(Made::Enabled { id: id.clone() }),
            What::Principal(id) => Some(Made::Principal { id: id.clone() }),
            What::Application { id, application_id } => Some(Made::Application {
                id: id.clone(),
                application_id: application_id.clone(),
            }),
            What::Purge(_) => None,
        }
    }

    /// Who may do it, for those who may not.
    pub fn needs(&self) -> &'static str {
        match &self.what {
            What::Assignment(_) => {
                "Owner, User Access Administrator or Role Based Access Control Administrator on that scope"
            }
            What::Role(_) | What::RestoreRole { .. } => {
                "Owner or User Access Administrator on every scope that the role can be assigned on"
            }
            What::Consent { .. } => "Privileged Role Administrator or Global Administrator",
            _ => {
                "Application Administrator, Cloud Application Administrator, Global Administrator, or the application's owner"
            }
        }
    }
}
