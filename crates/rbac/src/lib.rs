//! Azure's role-based access control as Microsoft documents it, without a network: what role
//! definitions permit, which assignments hold for a principal at a scope, and what deny assignments
//! take away.
//!
//! The answer for one action at one scope comes from an [`Access`], which a [`Policy`] (everything that
//! is assigned) gives for a [`Principal`] at a [`Scope`]:
//!
//! * a deny assignment wins over every role;
//! * a role permits what any of its permission blocks does, and the roles add up;
//! * `notActions` take away within their own block, never from another role;
//! * what is assigned at a scope holds at every scope below it;
//! * a condition limits data actions and the assigning of roles, nothing else.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/overview#how-azure-rbac-determines-if-a-user-has-access-to-a-resource>

mod access;
pub mod actions;
mod ancestry;
mod assignment;
mod deny;
mod excess;
mod grant;
mod lenient;
mod pattern;
mod permission;
mod policy;
mod principal;
mod role;
mod scope;
#[cfg(test)]
mod tests;
mod verdict;

pub use access::Access;
pub use ancestry::Ancestry;
pub use assignment::Assignment;
pub use deny::{DenyAssignment, Subject};
pub use excess::{Excess, Plane};
pub use grant::Grant;
pub use pattern::{covers, matches};
pub use permission::{Permission, permits};
pub use policy::Policy;
pub use principal::{Principal, Via};
pub use role::RoleDefinition;
pub use scope::{Level, Scope};
pub use verdict::Verdict;
