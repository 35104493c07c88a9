//! What is there of the identity that is asked for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

/// What is there. Everything is empty in a tenant that never saw the scanner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Present {
    /// The tenant's id.
    pub tenant_id: String,
    /// The application, when there is one in this tenant.
    pub application: Option<Application>,
    /// Its service principal.
    pub principal: Option<ServicePrincipal>,
    /// Microsoft Graph in this tenant.
    pub graph: GraphService,
    /// The application permissions that the service principal holds on Microsoft Graph.
    pub consents: Vec<Consent>,
    /// Application permissions that it holds on other services, which no scan uses.
    pub other_consents: Vec<OtherConsent>,
    /// Names of the roles of Entra ID that it holds, which no scan uses.
    pub directory_roles: Vec<String>,
    /// The custom role, as far as it can be seen from the scopes asked for.
    pub role: Option<DefinedRole>,
    /// Azure roles that the service principal was given itself, wherever they can be seen.
    pub assignments: Vec<RoleAssignment>,
    /// The management groups above each of the scopes asked for, as far as they matter to what is
    /// there; paths of both in lower case.
    pub above: BTreeMap<String, BTreeSet<String>>,
    /// What could not be read and is not needed to go on, in words with the reason.
    pub unread: Vec<String>,
}

impl Present {
    /// Whether what is assigned at `outer` holds at `scope` too; both are ARM paths.
    pub fn reaches(&self, outer: &str, scope: &str) -> bool {
        let (outer, scope) = (key(outer), key(scope));
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        scope.strip_prefix(&outer).is_some_and(below)
            || self
                .above
                .get(&scope)
                .is_some_and(|groups| groups.contains(&outer))
    }
}

/// A path of ARM as paths are compared: in lower case, without a slash at the end.
pub(crate) fn key(path: &str) -> String {
    path.trim_end_matches('/').to_lowercase()
}

/// An application registration (<https://learn.microsoft.com/graph/api/resources/application>).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Application {
    /// The object id.
    pub id: String,
    /// The application (client) id.
    pub application_id: String,
    /// The display name.
    pub name: String,
    /// `signInAudience`.
    pub audience: String,
    /// Application permissions of Microsoft Graph that the registration asks for: ids of app roles.
    pub asks_for: Vec<String>,
    /// Secrets and certificates.
    pub proofs: Vec<PresentProof>,
    /// Federated credentials.
    pub federated: Vec<FederatedProof>,
}

/// Whether a proof is a secret or a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofKind {
    /// `passwordCredentials`
    Secret,
    /// `keyCredentials`
    Certificate,
}

/// A secret or certificate of the application; never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentProof {
    /// Which of the two.
    pub kind: ProofKind,
    /// `keyId`.
    pub key_id: String,
    /// `displayName`.
    pub name: Option<String>,
    /// A certificate's SHA-1 thumbprint in hex, where Graph gives it (`customKeyIdentifier`).
    pub thumbprint: Option<String>,
    /// When it begins to hold.
    pub starts: Option<Timestamp>,
    /// When it ends.
    pub ends: Option<Timestamp>,
}

/// A federated credential
/// (<https://learn.microsoft.com/graph/api/resources/federatedidentitycredential>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FederatedProof {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose tokens.
    pub issuer: String,
    /// For which subject.
    pub subject: String,
}

/// A service principal (<https://learn.microsoft.com/graph/api/resources/serviceprincipal>).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServicePrincipal {
    /// The object id, which roles are assigned to.
    pub id: String,
    /// The application (client) id.
    pub application_id: String,
    /// Whether it may sign in.
    pub enabled: bool,
}

/// Microsoft Graph's service principal in this tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GraphService {
    /// Its object id.
    pub id: String,
    /// Ids of its app roles by their values, `Directory.Read.All`.
    pub roles: BTreeMap<String, String>,
}

/// An application permission that was consented to
/// (<https://learn.microsoft.com/graph/api/resources/approleassignment>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The assignment's id.
    pub id: String,
    /// The app role's value, or its id where Graph's service principal does not list it.
    pub permission: String,
}

/// An application permission on another service than Microsoft Graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherConsent {
    /// The assignment's id.
    pub id: String,
    /// The service's display name.
    pub service: String,
    /// The id of the app role.
    pub role: String,
}

/// The custom role as it is defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinedRole {
    /// The definition's full id.
    pub id: String,
    /// The GUID in it.
    pub guid: String,
    /// Its description.
    pub description: String,
    /// Its actions.
    pub actions: Vec<String>,
    /// Whether it has `notActions` or data actions, which ours has none of.
    pub has_more: bool,
    /// Where it can be assigned.
    pub assignable_scopes: Vec<String>,
    /// The definition as Azure gave it, to go back to.
    pub body: serde_json::Value,
}

/// An Azure role of the service principal's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleAssignment {
    /// The assignment's full id.
    pub id: String,
    /// The scope.
    pub scope: String,
    /// The GUID of the role's definition.
    pub role: String,
    /// The role's name, where it could be read.
    pub name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_assigned_above_reaches_below() {
        let group = "/providers/Microsoft.Management/managementGroups/Root";
        let mut present = Present::default();
        assert!(!present.reaches(group, "/subscriptions/a"));
        let groups = BTreeSet::from([key(group)]);
        present.above.insert("/subscriptions/a".to_owned(), groups);
        assert!(present.reaches(group, "/subscriptions/A"));
        assert!(!present.reaches(group, "/subscriptions/b"));
        assert!(present.reaches("/", "/subscriptions/b"));
        assert!(present.reaches("/subscriptions/A/", "/subscriptions/a/resourceGroups/g"));
        assert!(!present.reaches("/subscriptions/a", "/subscriptions/ab"));
        assert!(!present.reaches("/subscriptions/a/resourceGroups/g", "/subscriptions/a"));
    }
}
