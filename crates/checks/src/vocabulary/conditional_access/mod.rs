//! Conditional Access policies: what they demand, of whom, for what, and when.
//!
//! The questions come apart so that a check can ask each: a policy [`enforces_mfa`] for an application
//! when it [`requires_mfa`], [`covers_application`], [`covers_every_user`] and [`applies_everywhere`]. Whom several
//! policies reach together is asked person by person: [`left_out`].
//!
//! Source: <https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy>

mod applications;
mod conditions;
mod coverage;
mod emergency;
mod enforcement;
mod gaps;
mod grants;
mod people;
mod reach;
mod users;

pub use applications::covers_application;
pub use conditions::{
    applies_everywhere, leaves_out_trusted_places_only, narrowed_by, reaches_client,
};
pub use coverage::Coverage;
pub use emergency::emergency_accounts;
pub use enforcement::enforces_mfa;
pub use gaps::{applications_left_out, excluded_without_fallback, unresolved_references};
pub use grants::{
    blocks, requires_any, requires_mfa, requires_phishing_resistant, stands_in_the_way,
};
pub(super) use people::Groups;
pub use reach::{guest_kinds_left_out, left_out, perhaps_left_out, policies_for, roles_left_out};
pub use users::{
    USERS_EXCLUDED_AT_MOST, covers_every_user, excluded_groups, unresolved_exclusions,
};
