//! Flags that several commands share.

mod connection;
mod output;
mod reading;
mod scope;
mod selection;
mod severity;

pub use connection::ConnectionArgs;
pub use output::{OutputArgs, VerdictArgs};
pub use reading::ReadingArgs;
pub use scope::ScopeArgs;
pub use selection::{ContentArgs, SelectionArgs};
pub use severity::severities;
