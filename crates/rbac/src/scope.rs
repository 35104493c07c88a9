//! Where an assignment holds: the whole tenant, a management group, a subscription, a resource group or
//! a resource.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/scope-overview>

use std::fmt;

use crate::ancestry::Ancestry;

/// A scope. Two are equal when their paths are, without case.
#[derive(Debug, Clone)]
pub struct Scope {
    /// As Azure gave it.
    path: String,
    /// In lower case, without a slash at the end; the tenant root is empty.
    key: String,
}

/// What a scope is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// `/`.
    Tenant,
    /// `/providers/Microsoft.Management/managementGroups/{id}`.
    ManagementGroup,
    /// `/subscriptions/{id}`.
    Subscription,
    /// `/subscriptions/{id}/resourceGroups/{name}`.
    ResourceGroup,
    /// Anything below one of the others.
    Resource,
}

const MANAGEMENT_GROUPS: &str = "/providers/microsoft.management/managementgroups/";
const AUTHORIZATION: &str = "/providers/microsoft.authorization/";
const SUBSCRIPTIONS: &str = "/subscriptions/";

impl Scope {
    /// Reads a path, which begins with a slash; `None` for anything else.
    pub fn parse(path: &str) -> Option<Self> {
        let path = path.trim();
        if !path.starts_with('/') {
            return None;
        }
        let path = path.trim_end_matches('/');
        if path.split('/').skip(1).any(str::is_empty) {
            return None;
        }
        Some(Self {
            key: path.to_lowercase(),
            path: path.to_owned(),
        })
    }

    /// The root of the tenant, above every management group.
    pub fn tenant() -> Self {
        Self {
            path: String::new(),
            key: String::new(),
        }
    }

    /// A subscription by its id.
    pub fn subscription(id: &str) -> Self {
        Self::of(format!("/subscriptions/{id}"))
    }

    /// A management group by its id (the last segment, not the name that people see).
    pub fn management_group(id: &str) -> Self {
        Self::of(format!(
            "/providers/Microsoft.Management/managementGroups/{id}"
        ))
    }

    /// A resource group.
    pub fn resource_group(subscription: &str, name: &str) -> Self {
        Self::of(format!(
            "/subscriptions/{subscription}/resourceGroups/{name}"
        ))
    }

    fn of(path: String) -> Self {
        Self {
            key: path.to_lowercase(),
            path,
        }
    }

    /// The scope of an assignment: as it says, or else what its id begins with.
    pub(crate) fn of_assignment(said: Option<&str>, id: &str) -> Option<Self> {
        if let Some(scope) = said.and_then(Self::parse) {
            return Some(scope);
        }
        let at = id.to_lowercase().rfind(AUTHORIZATION)?;
        match id.get(..at)? {
            "" => Some(Self::tenant()),
            path => Self::parse(path),
        }
    }

    /// The path; `/` for the root of the tenant.
    pub fn as_str(&self) -> &str {
        match self.path.as_str() {
            "" => "/",
            path => path,
        }
    }

    /// What it is.
    pub fn level(&self) -> Level {
        if self.key.is_empty() {
            return Level::Tenant;
        }
        if let Some(rest) = self.key.strip_prefix(MANAGEMENT_GROUPS) {
            return match rest.contains('/') {
                false => Level::ManagementGroup,
                true => Level::Resource,
            };
        }
        let segments: Vec<&str> = self.key.split('/').skip(1).collect();
        match segments.as_slice() {
            ["subscriptions", _] => Level::Subscription,
            ["subscriptions", _, "resourcegroups", _] => Level::ResourceGroup,
            _ => Level::Resource,
        }
    }

    /// The id of the subscription that it is or lies in, as Azure gave it.
    pub fn subscription_id(&self) -> Option<&str> {
        self.after(SUBSCRIPTIONS)
    }

    /// The id of the management group that it is, or that it lies in by its path, as Azure gave it. The
    /// path of a subscription does not tell its management group.
    pub fn management_group_id(&self) -> Option<&str> {
        self.after(MANAGEMENT_GROUPS)
    }

    /// The segment after a beginning in lower case.
    fn after(&self, beginning: &str) -> Option<&str> {
        if !self.key.starts_with(beginning) {
            return None;
        }
        let rest = self.path.get(beginning.len()..)?;
        rest.split('/').next()
    }

    /// Whether what is assigned here holds at the other scope as well: at the same, and at every scope
    /// below. `ancestry` tells which management groups a subscription is in.
    pub fn covers(&self, other: &Self, ancestry: &Ancestry) -> bool {
        if self.key.is_empty() || self == other {
            return true;
        }
        let rest = other.key.strip_prefix(&self.key);
        if rest.is_some_and(|rest| rest.starts_with('/')) {
            return true;
        }
        if self.level() != Level::ManagementGroup {
            return false;
        }
        self.management_group_id()
            .is_some_and(|group| ancestry.holds(group, other))
    }
}

impl PartialEq for Scope {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Scope {}

impl std::hash::Hash for Scope {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
