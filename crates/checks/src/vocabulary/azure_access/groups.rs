//! Groups, followed down to those who are in them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::json::{at, items, text};
use super::key;

/// The groups of the directory by their id.
pub(super) struct Groups<'a>(HashMap<Cow<'a, str>, &'a Value>);

/// Somebody behind an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf<'a> {
    pub(super) id: &'a str,
    /// `User`, `ServicePrincipal` …, as far as it is said.
    pub(super) kind: Option<String>,
    /// The names of the groups on the way, the assigned one first.
    pub(super) via: Vec<String>,
}

impl<'a> Groups<'a> {
    /// Groups with their `transitiveMembers` or, where those were not read, their `members`.
    pub(super) fn new(groups: &'a Value) -> Self {
        let by_id = items(groups)
            .iter()
            .filter_map(|group| Some((key(text(group, "id")?), group)));
        Self(by_id.collect())
    }

    /// Whether there is a group of this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.contains_key(&key(id))
    }

    /// Those who hold what is assigned to `id`: itself, or everybody in the group that it is, through
    /// nested groups. A group that is not known stands for itself.
    pub(super) fn behind(&self, id: &'a str) -> Vec<Leaf<'a>> {
        let mut leaves = Vec::new();
        let mut seen = HashSet::new();
        self.descend(id, None, &[], &mut seen, &mut leaves);
        leaves
    }

    fn descend(
        &self,
        id: &'a str,
        kind: Option<String>,
        via: &[String],
        seen: &mut HashSet<String>,
        leaves: &mut Vec<Leaf<'a>>,
    ) {
        // A group may be in itself by way of others, and a user in two of them.
        if !seen.insert(key(id).into_owned()) {
            return;
        }
        let Some(group) = self.0.get(&key(id)) else {
            let via = via.to_vec();
            leaves.push(Leaf { id, kind, via });
            return;
        };
        let name = text(group, "displayName").unwrap_or(id).to_owned();
        let via: Vec<String> = via.iter().cloned().chain([name]).collect();
        for list in ["transitiveMembers", "members"] {
            for member in items(at(group, list)) {
                if let Some(id) = text(member, "id") {
                    self.descend(id, kind_of(member), &via, seen, leaves);
                }
            }
        }
    }
}

/// `#microsoft.graph.servicePrincipal` as `ServicePrincipal`.
fn kind_of(member: &Value) -> Option<String> {
    let odata = super::super::json::member(member, "@odata.type").as_str()?;
    let name = odata.rsplit('.').next()?;
    let mut letters = name.chars();
    let first = letters.next()?.to_ascii_uppercase();
    Some(std::iter::once(first).chain(letters).collect())
}
