//! One thing that setup changes in the tenant.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
