//! The client against a small server on loopback that misbehaves on request.

mod arm_batch;
mod arm_batch_refused;
mod batch;
mod discovery;
mod errors;
mod limits;
mod paging;
mod resource_graph;
mod resource_graph_size;
mod retry;
mod server;
mod sign_in;
mod trust;
mod write;
