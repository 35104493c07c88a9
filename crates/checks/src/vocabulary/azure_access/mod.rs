//! Who holds which power over Azure: role assignments with their roles, groups and people.
//!
//! Sources: <https://learn.microsoft.com/azure/role-based-access-control/overview>,
//! <https://learn.microsoft.com/azure/role-based-access-control/scope-overview>

mod groups;
mod holders;
mod orphans;
mod powers;
mod principals;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use holders::role_holders;
pub use orphans::orphaned_assignments;
pub use powers::role_powers;
pub use principals::with_principals;

/// An id as it is compared: in lower case, which nearly all of them are already.
fn key(id: &str) -> Cow<'_, str> {
    match id.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(id.to_ascii_lowercase()),
        false => Cow::Borrowed(id),
    }
}
