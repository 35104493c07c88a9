//! Everything that was found.

use inventory::Subscription;
use serde::Serialize;

use crate::conditional_access::AccessPolicy;
use crate::credentials::ApplicationCredential;
use crate::directory_roles::DirectoryRole;
use crate::excess::Excess;
use crate::graph::GraphPermissions;
use crate::identity::Identity;
use crate::locks::Lock;
use crate::readiness::CheckReadiness;
use crate::reading::Reading;
use crate::remedy::Remedy;
use crate::rights::SubscriptionRights;
use crate::scope::Missing;

/// Everything that was found. Serialised it is what `doctor --format json` prints.
#[derive(Debug, Clone, Serialize)]
pub struct Diagnosis {
    /// That somebody signed in, and how.
    pub sign_in: SignedIn,
    /// Whether every selected check can be assessed, but for those that need optional permissions, and everything asked
    /// for was there.
    pub complete: bool,
    /// The cloud's name.
    pub cloud: String,
    /// The tenant.
    pub tenant: Tenant,
    /// Who signed in.
    pub identity: Identity,
    /// Permissions in Microsoft Graph.
    pub graph: GraphPermissions,
    /// The application's credentials.
    pub credentials: Reading<ApplicationCredential>,
    /// The identity's directory roles.
    pub directory_roles: Reading<DirectoryRole>,
    /// What was asked for by name and is not there.
    pub missing: Vec<Missing>,
    /// Management groups that the identity sees.
    pub management_groups: Reading<ManagementGroup>,
    /// The subscriptions that a scan would read, with the rights in each.
    pub subscriptions: Vec<SubscriptionRights>,
    /// Subscriptions that it would skip because of their state.
    pub skipped_subscriptions: Vec<Subscription>,
    /// Subscriptions that should be read and cannot be seen, as scopes of ARM.
    pub unseen: Vec<String>,
    /// Read-only locks that make reads fail.
    pub locks: Vec<Lock>,
    /// Conditional Access policies that hold for this identity.
    pub conditional_access: Reading<AccessPolicy>,
    /// Every selected check.
    pub checks: Vec<CheckReadiness>,
    /// What the identity may do and no check needs.
    pub excess: Vec<Excess>,
    /// What to do, most valuable first.
    pub what_to_do: Vec<Remedy>,
}

/// A sign-in that worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignedIn {
    /// Always true; a [`SignInProblem`](crate::SignInProblem) says false.
    pub ok: bool,
    /// How, as `--auth` names it.
    pub method: &'static str,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tenant {
    /// Its id.
    pub id: String,
    /// Its name, where it could be read.
    pub name: Option<String>,
}

/// A management group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManagementGroup {
    /// Its id.
    pub id: String,
    /// What people see.
    pub name: String,
}

impl Diagnosis {
    /// How many of the selected checks can be assessed everywhere.
    pub fn ready(&self) -> usize {
        self.checks.iter().filter(|check| check.ready).count()
    }
}
