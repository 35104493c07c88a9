//! An Azure in a process: sign-in, Azure Resource Manager, Resource Graph and Microsoft Graph on one origin.
//!
//! A [`Tenant`] is data, read from a folder or one file; a [`Server`] serves it. Lists, paging, filters, authorisation,
//! throttling and faults are behaviour. The form of a tenant is in `docs/tenant-format.md`.

mod action;
mod assigned;
mod cache;
mod caches;
mod change;
mod clock;
mod containers_rows;
mod counts;
mod document_type;
mod documents;
mod faults;
mod filter;
mod generator;
mod glob;
mod graph_permissions;
mod history;
mod history_diff;
mod ids;
mod injected;
mod json;
mod kql;
mod kql_time;
mod listener;
mod load_error;
mod load_faults;
mod load_file;
mod load_folder;
mod options;
mod paging;
mod path;
mod principal;
mod proofs;
mod random;
mod rbac;
mod replication;
mod reply;
mod request;
mod request_counts;
mod resource_index;
mod resource_tables;
mod roles;
mod routes;
mod server;
mod state;
mod store;
mod tenant;
mod tenant_file;
mod throttle;
mod tls;
mod tokens;
mod wire;

pub use change::Change;
pub use faults::{FaultKind, FaultRule, Faults};
pub use generator::{Kind, Size, SizeError};
pub use history::ChangeKind;
pub use load_error::LoadError;
pub use options::Options;
pub use request_counts::RequestCounts;
pub use server::{Server, StartError};
pub use state::RecordedRequest;
pub use tenant::Tenant;
