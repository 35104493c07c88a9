//! One entry of the catalogue: a document type and how it is read.

use std::collections::BTreeMap;

use crate::changes::Changes;
use crate::condition::Condition;
use crate::table::Table;
use crate::{DocumentType, Outcome, Redaction};

/// Which of Azure's services answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Azure Resource Manager.
    Arm,
    /// Microsoft Graph.
    Graph,
}

/// Where a type's documents belong, and so how often its list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScopeKind {
    /// Once for the directory.
    Tenant,
    /// Once for each subscription.
    Subscription,
}

/// Whether a read gives one document or a list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A list, in pages.
    List,
    /// One document.
    Single,
}

/// The HTTP method of a read. Some secrets' names are only told to a POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// An action that only reads.
    Post,
}

/// A document type and everything there is to know about reading it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The type.
    pub name: DocumentType,
    /// The type of the document this one hangs below, if any.
    pub parent: Option<DocumentType>,
    /// Who answers.
    pub service: Service,
    /// Where its documents belong.
    pub scope: ScopeKind,
    /// List or single document.
    pub shape: Shape,
    /// How it is asked for.
    pub method: Method,
    /// The path: absolute with `{subscription}` for a type of its own, relative to the parent's id
    /// for a child; empty for the parent's very document read alone.
    pub path: String,
    /// Query parameters beside those that follow from the fields below: `$filter=atScope()`.
    pub query: Option<String>,
    /// The api-version of ARM reads.
    pub api_version: Option<String>,
    /// The properties asked for with `$select`; all when empty.
    pub select: Vec<String>,
    /// Items asked for in one page with `$top`; the service's own size when absent.
    pub top: Option<u16>,
    /// The permission the read needs: an ARM action or a Graph application permission.
    pub permission: String,
    /// Whether a parent has such a child at all.
    pub when: Option<Condition>,
    /// What must not reach the snapshot.
    pub redaction: Redaction,
    /// What this API's own error codes mean.
    pub errors: BTreeMap<String, Outcome>,
    /// Known from resolving the scan's scope, at no request of its own.
    pub from_scope: bool,
    /// Where Resource Graph keeps such documents, if it does.
    pub resource_graph: Option<Table>,
    /// How a later collection learns what became of a document.
    pub changes: Changes,
}

impl Entry {
    /// The path and query of the list of a type of its own, in `subscription` where it needs one.
    pub fn list_path(&self, subscription: Option<&str>) -> String {
        let path = self
            .path
            .replace("{subscription}", subscription.unwrap_or_default());
        self.with_query(path)
    }

    /// The path and query of this child below the document with id `parent`.
    pub fn child_path(&self, parent: &str) -> String {
        let parent = parent.trim_end_matches('/');
        let version = match self.service {
            Service::Arm => "",
            Service::Graph => "/v1.0",
        };
        let mut path = format!("{version}{}", encode_path(parent));
        if !self.path.is_empty() {
            path.push('/');
            path.push_str(&self.path);
        }
        self.with_query(path)
    }

    /// The key by which a check on the parent type refers to this child.
    pub fn child_key(&self) -> Option<&str> {
        let parent = self.parent.as_ref()?;
        self.name.as_str().get(parent.as_str().len() + 1..)
    }

    fn with_query(&self, path: String) -> String {
        let mut query: Vec<String> = self.query.iter().cloned().collect();
        if let Some(version) = &self.api_version {
            query.push(format!("api-version={version}"));
        }
        if !self.select.is_empty() {
            query.push(format!("$select={}", self.select.join(",")));
        }
        if let Some(top) = self.top {
            query.push(format!("$top={top}"));
        }
        if query.is_empty() {
            return path;
        }
        format!("{path}?{}", query.join("&"))
    }
}

/// Percent-encodes what an id may hold but a path may not: names with `%`, `#`, `?` or spaces.
fn encode_path(id: &str) -> String {
    let mut encoded = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'%' | b'#' | b'?' | b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|'
            | b'}' => {
                encoded.push_str(&format!("%{byte:02X}"));
            }
            0x20..=0x7e => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::Catalog;

    use super::*;

    fn entry(name: &str) -> Arc<Entry> {
        Catalog::builtin()
            .unwrap()
            .entry(&DocumentType::from(name))
            .unwrap()
            .clone()
    }

    #[test]
    fn a_list_is_asked_for_in_its_subscription() {
        assert_eq!(
            entry("Microsoft.Storage/storageAccounts").list_path(Some("abc")),
            "/subscriptions/abc/providers/Microsoft.Storage/storageAccounts?api-version=2024-01-01"
        );
    }

    #[test]
    fn a_child_hangs_below_its_parents_id_whatever_characters_it_has() {
        let child = entry("Microsoft.Storage/storageAccounts/blobServices/default");
        assert_eq!(
            child.child_path("/subscriptions/s/resourceGroups/50% off/providers/Microsoft.Storage/storageAccounts/ä"),
            "/subscriptions/s/resourceGroups/50%25%20off/providers/Microsoft.Storage/storageAccounts/%C3%A4\
             /blobServices/default?api-version=2024-01-01"
        );
        assert_eq!(child.child_key(), Some("blobServices/default"));
    }

    #[test]
    fn a_child_of_a_directory_object_is_asked_of_graph() {
        assert_eq!(
            entry("graph/users/authentication/methods").child_path("/users/7"),
            "/v1.0/users/7/authentication/methods"
        );
    }

    #[test]
    fn only_what_checks_read_is_selected() {
        assert_eq!(
            entry("graph/groups/transitiveMembers").child_path("/groups/7"),
            "/v1.0/groups/7/transitiveMembers?$select=id,displayName&$top=999"
        );
    }
}
