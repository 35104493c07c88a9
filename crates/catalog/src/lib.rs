//! The catalogue: which documents exist, how each is read, and the plan of a collection.
//!
//! One entry says everything about a document type. The plan, the permissions that a check needs
//! and the generated references all come from it.

mod catalog;
mod changes;
mod condition;
mod contract;
mod document;
mod documents;
mod entry;
mod lint;
mod load;
mod need;
mod outcome;
mod permission;
mod plan;
mod redaction;
mod shapes;
mod table;

pub use catalog::Catalog;
pub use changes::Changes;
pub use condition::Condition;
pub use contract::{
    AzureRoles, BuiltInRole, Contract, CustomRole, GraphPermission, GraphPermissions, Tier,
};
pub use document::{Document, DocumentType, Scope};
pub use documents::{Children, Documents, ReadState, SourceError};
pub use entry::{Entry, Method, ScopeKind, Service, Shape};
pub use lint::{EntryDefect, lint};
pub use load::CatalogError;
pub use need::Need;
pub use outcome::Outcome;
pub use plan::{Plan, Requirement, Step};
pub use redaction::{REDACTED, Redaction};
pub use shapes::Shapes;
pub use table::{COLUMNS, Table};
