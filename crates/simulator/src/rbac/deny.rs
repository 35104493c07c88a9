//! Deny assignments: what a caller may not do, whatever its roles.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/deny-assignments>

use serde_json::Value;

use super::identity::Identity;
use super::scope;
use crate::roles::Permission;
use crate::store::Document;

/// The id that stands for everyone.
const EVERYONE: &str = "00000000-0000-0000-0000-000000000000";

/// What is denied to one caller at a scope.
#[derive(Debug, Clone)]
pub(super) struct Deny {
    /// In lower case.
    pub(super) scope: String,
    /// True when scopes beneath its own are left alone.
    pub(super) only_here: bool,
    /// In lower case.
    blocks: Vec<Permission>,
}

impl Deny {
    /// Reads a deny assignment; `None` where it is not meant for the caller.
    pub(super) fn of(document: &Document, caller: &Identity) -> Option<Self> {
        let body = document.alone();
        let properties = &body["properties"];
        if !names(&properties["principals"], caller)
            || excludes(&properties["excludePrincipals"], caller)
        {
            return None;
        }
        let blocks = Permission::all_of(&body);
        Some(Self {
            scope: scope::home_of(&document.path),
            only_here: properties["doNotApplyToChildScopes"].as_bool() == Some(true),
            blocks: blocks.iter().map(Permission::lowered).collect(),
        })
    }

    /// True when it takes an action away. The action in lower case.
    pub(super) fn stops(&self, action: &str) -> bool {
        self.blocks.iter().any(|block| block.fits(action))
    }

    /// True when it holds at a scope, given the management groups at or above that. All in lower case.
    pub(super) fn holds_at(&self, wanted: &str, groups: &[String]) -> bool {
        if self.only_here {
            return self.scope == wanted;
        }
        scope::covers(&self.scope, wanted) || groups.contains(&self.scope)
    }
}

fn principals(list: &Value) -> impl Iterator<Item = (&str, &str)> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|one| {
        (
            one["id"].as_str().unwrap_or_default(),
            one["type"].as_str().unwrap_or_default(),
        )
    })
}

fn names(list: &Value, caller: &Identity) -> bool {
    principals(list).any(|(id, kind)| {
        let everyone = id == EVERYONE || kind.eq_ignore_ascii_case("SystemDefined");
        everyone || caller.is(id)
    })
}

fn excludes(list: &Value, caller: &Identity) -> bool {
    principals(list).any(|(id, _)| caller.is(id))
}
