//! From nothing to a working, least-privilege identity: the scanner's application, its proof, its
//! permissions in Microsoft Graph and its roles in Azure.
//!
//! A [`Request`] says what is wanted, [`Present`] what is there. The plan is the difference, as
//! [`Step`]s: it can be shown, applied, journalled and undone. Nothing here prints.

mod administrator;
mod discover;
mod plan;
mod present;
mod read;
mod request;
mod resolve;
mod step;

pub mod apply;
pub mod change;
pub mod export;
pub mod journal;
pub mod proof;
pub mod remove;
pub mod renew;
pub mod verify;

pub use administrator::{
    Administrator, AzureAuthority, DirectoryAuthority, DirectoryRole, Right, Standing,
    administrator,
};
pub use discover::{DiscoverError, GRAPH, discover};

pub use plan::{Lack, Plan, PlannedStep, Terms, plan};
pub use present::{
    Application, Consent, DefinedRole, FederatedProof, GraphService, OtherConsent, Present,
    PresentProof, ProofKind, RoleAssignment, ServicePrincipal,
};
pub use request::{Audience, Federation, Place, Proof, Request, Scopes};
pub use resolve::{ResolveError, Resolved, Where, resolve};
pub use step::{Part, Role, Speaker, Step};
