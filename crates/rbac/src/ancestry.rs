//! Which management groups lie above a subscription or a management group: no path tells.
//!
//! <https://learn.microsoft.com/azure/governance/management-groups/overview>

use std::collections::HashMap;

use crate::scope::{Level, Scope};

/// The hierarchy of management groups, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ancestry {
    /// The management group above each one and above each subscription, all in lower case.
    parents: HashMap<Child, String>,
    /// Whether every management group counts as lying above everything.
    as_listed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Child {
    ManagementGroup(String),
    Subscription(String),
}

/// More levels than Azure allows (six below the root), so that a circle in what is told ends.
const LEVELS: usize = 32;

impl Ancestry {
    /// For assignments that Azure listed for one scope: it lists what holds there, so that a management
    /// group among them lies above it. The hierarchy itself may be hidden from who asks.
    ///
    /// <https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest>
    pub fn as_listed() -> Self {
        Self {
            as_listed: true,
            ..Self::default()
        }
    }

    /// Adds the ids of the management groups above a subscription or a management group, the nearest
    /// first, as Resource Graph's `managementGroupAncestorsChain` has them.
    #[must_use]
    pub fn with<T: AsRef<str>>(
        mut self,
        scope: &Scope,
        above: impl IntoIterator<Item = T>,
    ) -> Self {
        let mut child = child(scope);
        for parent in above {
            let parent = parent.as_ref().to_lowercase();
            let next = Child::ManagementGroup(parent.clone());
            if let Some(child) = child.replace(next) {
                self.parents.insert(child, parent);
            }
        }
        self
    }

    /// The ids of the known management groups above a scope in lower case, the nearest first.
    pub fn above(&self, scope: &Scope) -> Vec<&str> {
        let mut child = child(scope);
        let mut above = Vec::new();
        while let Some(parent) = child.as_ref().and_then(|child| self.parents.get(child)) {
            if above.len() >= LEVELS {
                break;
            }
            above.push(parent.as_str());
            child = Some(Child::ManagementGroup(parent.clone()));
        }
        above
    }

    /// Whether a management group lies above a scope.
    pub(crate) fn holds(&self, group: &str, scope: &Scope) -> bool {
        if self.as_listed {
            return scope.level() != Level::Tenant;
        }
        self.above(scope)
            .iter()
            .any(|above| above.eq_ignore_ascii_case(group))
    }
}

fn child(scope: &Scope) -> Option<Child> {
    if let Some(id) = scope.subscription_id() {
        return Some(Child::Subscription(id.to_lowercase()));
    }
    let id = scope.management_group_id()?;
    Some(Child::ManagementGroup(id.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_join() {
        let ancestry = Ancestry::default()
            .with(&Scope::subscription("S1"), ["Child"])
            .with(&Scope::management_group("child"), ["Middle", "Root"]);
        let above = ancestry.above(&Scope::resource_group("s1", "g"));
        assert_eq!(above, ["child", "middle", "root"]);
        assert!(ancestry.above(&Scope::subscription("s2")).is_empty());
        assert!(ancestry.above(&Scope::tenant()).is_empty());
    }

    #[test]
    fn a_circle_ends() {
        let ancestry = Ancestry::default().with(&Scope::management_group("a"), ["b", "a"]);
        assert_eq!(ancestry.above(&Scope::management_group("a")).len(), LEVELS);
    }

    #[test]
    fn what_azure_listed_holds() {
        let listed = Ancestry::as_listed();
        let group = Scope::management_group("anything");
        assert!(group.covers(&Scope::subscription("s"), &listed));
        assert!(!Scope::subscription("t").covers(&Scope::subscription("s"), &listed));
        assert!(!group.covers(&Scope::tenant(), &listed));
    }
}
