//! The one HTTP stack to Azure. Every request, of reading and of writing, passes the same
//! layers, in this order:
//!
//! 1. `authentication`: the bearer token, and one renewal when Azure calls it expired;
//! 2. `retry`: what heals is asked again, at the time that Azure names;
//! 3. `limiter`: Azure's own token buckets, below retry so that retries are limited too;
//! 4. `transport`: one `reqwest` client, one set of trusted roots.
//!
//! The crate knows Resource Manager, Resource Graph and Microsoft Graph as protocols (errors, paging,
//! batches, throttling) and nothing about documents or checks.

mod address;
mod arm_batch;
mod authentication;
mod batch;
mod call;
mod claims;
mod classify;
mod client;
mod cloud;
mod credential;
mod envelope;
mod error;
mod failure;
mod followed;
mod graph_batch;
mod limiter;
mod options;
mod page;
mod pager;
mod reply;
mod resource_graph;
mod retry;
mod sign_in;
mod stack;
mod statistics;
mod transport;

pub use call::{Service, Write};
pub use claims::Claims;
pub use client::Client;
pub use cloud::Cloud;
pub use credential::Credential;
pub use error::Error;
pub use failure::{Details, Failure, FailureKind};
pub use limiter::Estimate;
pub use options::Options;
pub use page::Page;
pub use pager::Pager;
pub use reply::Reply;
pub use resource_graph::{Query, QueryPages, Rows};
pub use sign_in::{AuthMethod, SignIn};
pub use statistics::{HostStatistics, LimitUse, Statistics};
pub use transport::Transport;

/// A secret that neither `Debug` nor `Display` shows.
pub use azure_core::credentials::Secret;
/// What hands out access tokens; implemented by every credential of `azure_identity`.
pub use azure_core::credentials::TokenCredential;
