//! Web apps, function apps and their slots on Azure App Service.

mod access;
mod runtime;
mod slots;

pub use access::{Part, internet_rules};
pub use runtime::runtime_version;
pub use slots::{weaker_slot_settings, with_children};
