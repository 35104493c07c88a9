//! The lines of a journal.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::request::Request;

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    /// A run begins. The first line is always one.
    Run {
        /// The version of the form.
        journal: u32,
        /// The journal's own id.
        id: String,
        /// The tenant's id.
        tenant: String,
        /// The application's name.
        application: String,
        /// The command.
        command: String,
        /// What was asked for.
        request: Request,
        /// When.
        time: Timestamp,
        /// Who, in words.
        by: String,
    },
    /// Something about a step.
    Step {
        /// The step's name, the same in every run.
        step: String,
        /// What about it.
        state: State,
        /// What was made, or is there no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        made: Option<Made>,
        /// What is about to be made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        begun: Option<Begun>,
        /// Why it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// When.
        time: Timestamp,
        /// Who, in words.
        by: String,
    },
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It begins.
    Started,
    /// It is done.
    Done,
    /// It failed: nothing was made.
    Failed,
    /// It failed, and nobody knows whether it made something.
    Unclear,
    /// It was taken back.
    Undone,
}

/// What must be known of a step that is cut off, to go on with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Begun {
    /// A certificate in a file is about to be registered.
    Certificate {
        /// The file with its key.
        file: PathBuf,
        /// The certificate's SHA-1 thumbprint in hex.
        thumbprint: String,
        /// When it ends.
        ends: Timestamp,
    },
    /// A secret of this name is about to be made.
    Secret {
        /// Its display name, which no other has.
        name: String,
    },
    /// A role definition is about to be changed; its body as it was.
    Role {
        /// The definition as Azure gave it.
        before: Value,
    },
}

/// Something that setup made in the tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Made {
    /// The application.
    Application {
        /// Its object id.
        id: String,
        /// Its application (client) id.
        application_id: String,
    },
    /// Permissions that the registration asks for from then on.
    AskedFor {
        /// By name.
        permissions: Vec<String>,
    },
    /// The service principal.
    Principal {
        /// Its object id.
        id: String,
    },
    /// The service principal may sign in, which it might not before.
    Enabled {
        /// Its object id.
        id: String,
    },
    /// A certificate.
    Certificate {
        /// Its SHA-1 thumbprint in hex.
        thumbprint: String,
        /// The file with its key.
        file: PathBuf,
        /// When it ends.
        ends: Timestamp,
    },
    /// A client secret.
    Secret {
        /// `keyId`.
        key_id: String,
        /// The file that holds it, if it was written to one.
        file: Option<PathBuf>,
        /// When it ends.
        ends: Option<Timestamp>,
    },
    /// A federated credential.
    Federated {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
    },
    /// A consent to an application permission.
    Consent {
        /// The assignment's id.
        id: String,
        /// The permission's name.
        permission: String,
    },
    /// The custom role.
    Role {
        /// The definition's full id.
        id: String,
    },
    /// A change of the custom role.
    RoleChanged {
        /// The definition's full id.
        id: String,
        /// The definition as Azure gave it before.
        before: Value,
    },
    /// A role assignment.
    Assignment {
        /// Its full id.
        id: String,
    },
}

impl Made {
    /// What tells it from everything else that was made; ids compare without case.
    pub fn key(&self) -> String {
        let key = match self {
            Self::Application { id, .. } => format!("application {id}"),
            Self::AskedFor { permissions } => format!("asked for {}", permissions.join(" ")),
            Self::Principal { id } => format!("principal {id}"),
            Self::Enabled { id } => format!("enabled {id}"),
            Self::Certificate { thumbprint, .. } => format!("certificate {thumbprint}"),
            Self::Secret { key_id, .. } => format!("secret {key_id}"),
            Self::Federated { id, .. } => format!("federated {id}"),
            Self::Consent { id, .. } => format!("consent {id}"),
            Self::Role { id } => format!("role {}", guid(id)),
            Self::RoleChanged { id, .. } => format!("role changed {}", guid(id)),
            Self::Assignment { id } => format!("assignment {id}"),
        };
        key.to_lowercase()
    }
}

/// A definition is the same seen from whichever of its scopes.
fn guid(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}
