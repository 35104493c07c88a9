//! What Microsoft Graph shows of an object: `$select` and `$expand`.

use std::sync::Arc;

use serde::Serialize;
use serde::ser::SerializeMap;
use serde_json::Value;

use crate::request::Query;
use crate::routes::directory::{self, without_keys};
use crate::routes::graph::Address;
use crate::routes::graph_lists::{self, Directory};

/// Graph expands twenty objects at most.
const EXPANDED: usize = 20;

/// What a request asks to see of each object.
pub(super) struct Shape<'a> {
    select: Option<Vec<&'a str>>,
    expand: Option<&'a str>,
}

impl<'a> Shape<'a> {
    /// Reads `$select` and `$expand`.
    pub(super) fn of(query: &'a Query) -> Self {
        let select = query.get("$select").filter(|select| *select != "*");
        let expand = query.get("$expand");
        Self {
            select: select.map(|select| select.split(',').map(str::trim).collect()),
            expand: expand.map(|what| what.split('(').next().unwrap_or(what)),
        }
    }

    /// What is shown of an object of a collection.
    pub(super) fn of_item<'b>(
        &'b self,
        directory: Directory<'_>,
        list: &Address,
        item: &'b Value,
    ) -> Shaped<'b> {
        let expanded = self.expanded(directory, list, item);
        let instead = expanded.as_ref().map(|(name, _)| *name);
        let members = item.as_object().into_iter().flatten();
        let members = members
            .map(|(name, value)| (name.as_str(), value))
            .filter(|(name, _)| self.selects(name) && instead != Some(*name))
            .collect();
        Shaped { members, expanded }
    }

    /// True when a property is selected by its name.
    pub(super) fn names(&self, name: &str) -> bool {
        let mut select = self.select.iter().flatten();
        select.any(|wanted| wanted.eq_ignore_ascii_case(name))
    }

    fn selects(&self, name: &str) -> bool {
        self.select.as_ref().is_none_or(|select| {
            name.starts_with("@odata")
                || self.expand == Some(name)
                || select
                    .iter()
                    .any(|wanted| wanted.eq_ignore_ascii_case(name))
        })
    }

    /// The related objects; what an object is stored with is shown where there are none.
    fn expanded(
        &self,
        of: Directory<'_>,
        list: &Address,
        item: &Value,
    ) -> Option<(&'a str, Expanded)> {
        let what = self.expand?;
        if let Some(one) = directory::related(of.tenant, list, item, what) {
            return Some((what, Expanded::One(one)));
        }
        let mut nested = list.clone();
        nested.parts.push(item.get("id")?.as_str()?.to_owned());
        nested.parts.push(what.to_owned());
        let found = graph_lists::items(of, &nested)?;
        let found = found.iter().take(EXPANDED).map(without_keys).collect();
        Some((what, Expanded::Many(found)))
    }
}

/// An object as it is shown.
pub(super) struct Shaped<'a> {
    pub(super) members: Vec<(&'a str, &'a Value)>,
    pub(super) expanded: Option<(&'a str, Expanded)>,
}

/// What an object is related to.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Expanded {
    One(Value),
    Many(Vec<Arc<Value>>),
}

impl Serialize for Shaped<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.members {
            map.serialize_entry(name, value)?;
        }
        if let Some((name, found)) = &self.expanded {
            map.serialize_entry(name, found)?;
        }
        map.end()
    }
}
