//! One module for each service, all on one origin and told apart by the shape of the path.

mod activity_events;
mod activity_filter;
mod activity_log;
mod arm;
mod arm_access;
mod arm_actions;
mod arm_containers;
mod arm_lists;
mod authorization;
mod batch;
mod changes;
mod control;
mod directory;
mod dispatch;
mod entities;
mod graph;
mod graph_delta;
mod graph_delta_changes;
mod graph_delta_token;
mod graph_derived;
mod graph_lists;
mod graph_me;
mod graph_shape;
mod graph_writes;
mod issuer;
mod login;
mod management_groups;
mod memberships;
mod metadata;
mod resource_graph;
mod resource_rows;
mod resource_scope;
mod transitive;
mod writes;

pub(crate) use control::{answer as control, owns as is_control};
pub(crate) use dispatch::route;
pub(crate) use graph_lists::{is_collection, size as collection_size};
pub(crate) use memberships::Memberships;

/// The object of the directory with an id, stored or derived.
pub(crate) fn directory_object(
    tenant: &crate::tenant::Tenant,
    id: &str,
) -> Option<serde_json::Value> {
    graph_derived::object(tenant, id)
}

/// Subscriptions and resource groups, for whom else needs them.
pub(crate) mod containers {
    pub(crate) use super::arm_containers::{groups_of, subscription};
}
pub(crate) use writes::{Writer, is_resource};
