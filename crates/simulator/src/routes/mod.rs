//! One module for each service, all on one origin and told apart by the shape of the path.

mod arm;
mod arm_access;
mod arm_actions;
mod arm_containers;
mod arm_lists;
mod batch;
mod changes;
mod dispatch;
mod graph;
mod graph_derived;
mod graph_lists;
mod login;
mod management_groups;
mod metadata;
mod resource_graph;
mod resource_rows;
mod writes;

pub(crate) use dispatch::route;
