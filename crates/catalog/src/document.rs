//! Documents and where they belong.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The name of a document type: `Microsoft.Storage/storageAccounts`, its child
/// `Microsoft.Storage/storageAccounts/blobServices/default`, or `graph/users`.
///
/// Azure writes type names in any case; two that differ only in case are equal.
/// Shown as the catalogue spells it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentType(String);

impl DocumentType {
    /// Wraps a type name, keeping its spelling.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name as the catalogue spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name in lower case: the form used as a key.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// The type of this type's child `name`.
    pub fn child(&self, name: &str) -> Self {
        Self(format!("{}/{name}", self.0))
    }

    /// Whether an id of Azure Resource Manager is that of such a document, or of something below one.
    pub fn holds(&self, id: &str) -> bool {
        let Some((_, path)) = id.split_once("/providers/") else {
            return false;
        };
        let mut segments = path.split('/');
        let provider = segments.next().into_iter();
        let mut types = provider.chain(segments.step_by(2));
        let mut own = self.0.split('/');
        own.all(|own| types.next().is_some_and(|of| own.eq_ignore_ascii_case(of)))
    }
}

impl PartialEq for DocumentType {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for DocumentType {}

impl Hash for DocumentType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for DocumentType {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DocumentType {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl fmt::Display for DocumentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DocumentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for DocumentType {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// What a document or a read belongs to: the whole tenant or one subscription.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The directory: Microsoft Graph, management groups.
    Tenant,
    /// One subscription, by its id in lower case.
    Subscription(String),
}

impl Scope {
    /// The scope of a subscription id in any case.
    pub fn subscription(id: &str) -> Self {
        Self::Subscription(id.to_lowercase())
    }

    /// The subscription id, unless this is the tenant.
    pub fn subscription_id(&self) -> Option<&str> {
        match self {
            Self::Tenant => None,
            Self::Subscription(id) => Some(id),
        }
    }
}

/// One JSON body as Azure's REST API gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What it is.
    pub document_type: DocumentType,
    /// Its id as Azure spells it: an ARM id (`/subscriptions/…`), or the path of a directory
    /// object (`/users/{object id}`, `/policies/authorizationPolicy`).
    pub id: String,
    /// Where it belongs.
    pub scope: Scope,
    /// The body. Secrets are already reduced as the catalogue says.
    pub body: Value,
}

#[cfg(test)]
mod tests {
    use super::DocumentType;

    #[test]
    fn a_type_holds_its_documents_and_what_lies_below_them() {
        let vaults = DocumentType::from("Microsoft.KeyVault/vaults");
        let at = |path: &str| format!("/subscriptions/s/resourceGroups/g/providers/{path}");
        for path in [
            "Microsoft.KeyVault/vaults/v",
            "microsoft.keyvault/VAULTS/v/keys/k",
            "Microsoft.KeyVault/vaults/v/providers/Microsoft.Insights/diagnosticSettings/d",
        ] {
            assert!(vaults.holds(&at(path)), "{path}");
        }
        for path in ["Microsoft.KeyVault/managedHSMs/v", "Microsoft.KeyVault", ""] {
            assert!(!vaults.holds(&at(path)), "{path}");
        }
        assert!(!vaults.holds("/users/u"));
        assert!(!DocumentType::from("").holds(&at("Microsoft.KeyVault/vaults/v")));
    }
}
