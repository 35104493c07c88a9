//! The vocabulary: questions about Azure documents that a one-line expression cannot ask well.
//!
//! Every function is pure, takes documents as `&serde_json::Value`, reads a missing member and a
//! null member as absent, compares names, ids and enum values without case, and never panics.

pub mod alerts;
pub mod app_service;
pub mod application_credentials;
pub mod authentication;
pub mod azure_access;
pub mod backup;
pub mod conditional_access;
pub mod deployments;
pub mod diagnostics;
pub mod directory;
pub mod directory_roles;
pub mod graph_permissions;
pub mod host_names;
mod json;
pub mod kubernetes;
pub mod licences;
pub mod linked_services;
pub mod machine_access;
pub mod machine_backups;
pub mod membership_rules;
pub mod network;
pub mod roles;
pub mod secrets;
pub mod service_health;
pub mod time;
pub mod version;

/// The document with that id in a JSON list.
pub(crate) fn with_id<'a>(list: &'a serde_json::Value, id: &str) -> Option<&'a serde_json::Value> {
    json::with_id(json::items(list), id)
}
