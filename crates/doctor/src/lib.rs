//! The diagnosis: who signed in, what that identity may do, what each missing grant costs, and what it
//! has too much of.
//!
//! Everything is computed from what Azure says of itself (tokens, role assignments, policies) and
//! proven with the very calls that a scan makes. What cannot be read is said where it would stand,
//! with what would allow it. Nothing here prints, and nothing writes to Azure.

mod ask;
mod azure_access;
mod commands;
mod conditional_access;
mod consent;
mod credentials;
mod diagnose;
mod diagnosis;
mod directory_roles;
mod excess;
mod graph;
mod identity;
mod judgement;
mod lack;
mod locks;
mod probe;
mod proof;
mod readiness;
mod reading;
mod remedy;
mod rights;
mod scope;
mod sign_in;
mod text;

pub use conditional_access::{AccessPolicy, Applies, PolicyState};
pub use credentials::{ApplicationCredential, CredentialKind, CredentialState, SOON, Used};
pub use diagnose::{Request, diagnose};
pub use diagnosis::{Diagnosis, ManagementGroup, SignedIn, Tenant};
pub use directory_roles::DirectoryRole;
pub use excess::{Excess, ExcessKind};
pub use graph::{GraphPermission, GraphPermissions};
pub use identity::{Group, Identity, IdentityKind};
pub use lack::{Lack, LackKind};
pub use locks::{Lock, LockedRead};
pub use proof::Proof;
pub use readiness::CheckReadiness;
pub use reading::{Reading, Unread};
pub use remedy::{Remedy, RemedyKind};
pub use rights::{ActionRight, AssignedRole, Denied, Reach, SubscriptionRights};
pub use scope::{Missing, MissingKind};
pub use sign_in::SignInProblem;
