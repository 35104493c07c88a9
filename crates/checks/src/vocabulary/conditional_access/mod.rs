//! Conditional Access policies: what they demand, of whom, for what, and when.
//!
//! The questions come apart so that a check can ask each: a policy [`enforces_mfa`] for an application
//! when it [`requires_mfa`], [`covers_application`], [`covers_every_user`] and [`applies_everywhere`].
//!
//! Source: <https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy>

mod applications;
mod conditions;
mod enforcement;
mod grants;
mod users;

pub use applications::covers_application;
pub use conditions::applies_everywhere;
pub use enforcement::enforces_mfa;
pub use grants::requires_mfa;
pub use users::{
    USERS_EXCLUDED_AT_MOST, covers_every_user, excluded_groups, unresolved_exclusions,
};
