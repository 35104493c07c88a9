//! The client against a small server on loopback that misbehaves on request.

mod arm_batch;
mod batch;
mod discovery;
mod errors;
mod paging;
mod resource_graph;
mod retry;
mod server;
mod sign_in;
mod trust;
