//! The inventory: collecting a tenant into a snapshot, and reading the snapshot back.
//!
//! A snapshot is one SQLite file with every document that was read and a ledger with one row for
//! every read that was planned. Everything later is a function of it.

mod batch;
mod below;
mod cached;
mod collect;
mod cursors;
mod exchange;
mod format;
mod least_requests;
mod ledger;
mod listing;
mod lists;
mod manifest;
mod odd_items;
mod outcome;
mod outlook;
mod progress;
mod read;
mod record;
mod resource_graph;
mod scope;
mod scope_error;
mod since;
mod snapshot;
mod subscriptions;
mod unread;
mod writer;

pub use collect::{Collection, Lists, collect};
pub use exchange::ChildReads;
pub use format::{FORMAT_VERSION, SnapshotError};
pub use ledger::{LedgerGroup, LedgerRow, Source};
pub use manifest::{Manifest, Subscription};
pub use outcome::outcome_of;
pub use progress::{Progress, Unwatched};
pub use scope::{NO_SUBSCRIPTION, ResolvedScope, ScopeRequest, Unseen, resolve};
pub use scope_error::ScopeError;
pub use since::{Counts, Prepared, Since, prepare};
pub use snapshot::Snapshot;
