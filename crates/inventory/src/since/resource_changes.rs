//! What Resource Graph says has changed.
//!
//! Only which resources a change is about is taken from here, and whether one was gone for a while:
//! what they are now is asked of their own table, so that the order of changes does not matter.
//! <https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes>

use std::collections::{BTreeMap, BTreeSet};

use azure::{Client, Query};
use futures::future::try_join_all;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::ids;
use super::window::Window;
use crate::resource_graph;

/// Subscriptions of one query.
/// <https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests>
pub(super) const SUBSCRIPTIONS: usize = 300;

/// Which subscriptions Resource Graph knows.
const KNOWN: &str = "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project id | order by id asc";

/// Resource groups take everything in them along.
const GROUPS: &str = "microsoft.resources/subscriptions/resourcegroups";

/// What changed. Ids and types in lower case.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    /// The ids that changes are about, by type.
    pub(super) by_type: BTreeMap<String, BTreeSet<String>>,
    /// What was deleted at some time, though it may be back: nothing below it is what it was.
    pub(super) deleted: BTreeSet<String>,
    /// The subscriptions that Resource Graph knows. Of others it tells nothing, not even that.
    pub(super) visible: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Container {
    id: String,
}

#[derive(Deserialize)]
struct Change {
    target: String,
    of: String,
    kind: String,
}

impl Changed {
    fn add(&mut self, row: &RawValue) -> Result<(), String> {
        let change: Change = serde_json::from_str(row.get())
            .map_err(|error| format!("a row of the changes is no change: {error}"))?;
        // A change without a target says that something changed, and not what.
        let target = ids::normal(&change.target).ok_or("a change names no resource")?;
        if change.kind.eq_ignore_ascii_case("delete") {
            self.deleted.insert(target.clone());
        }
        self.by_type
            .entry(change.of.to_lowercase())
            .or_default()
            .insert(target);
        Ok(())
    }

    fn know(&mut self, row: &RawValue) -> Result<(), String> {
        let container: Container = serde_json::from_str(row.get())
            .map_err(|error| format!("a row of subscriptions is none: {error}"))?;
        let id = ids::normal(&container.id).ok_or("a subscription has no id")?;
        self.visible
            .extend(ids::subscription(&id).map(str::to_owned));
        Ok(())
    }

    /// The resource groups that were deleted at some time.
    pub(super) fn deleted_groups(&self) -> impl Iterator<Item = &String> {
        let groups = self.by_type.get(GROUPS);
        groups
            .into_iter()
            .flatten()
            .filter(|group| self.deleted.contains(*group))
    }
}

/// Reads the changes of these types (as rows have them) in a window.
///
/// # Errors
/// Why what changed is not known; then everything that only this feed tells of has to be read again.
pub(super) async fn read(
    client: &Client,
    types: &[String],
    subscriptions: &[String],
    window: Window,
    most: u64,
) -> Result<Changed, String> {
    let mut queries = vec![("resourcecontainers", KNOWN.to_owned())];
    queries.extend(tables(types).map(|(table, types)| (table, text(table, &types, window))));
    let rows = queries.iter().flat_map(|(table, text)| {
        subscriptions.chunks(SUBSCRIPTIONS).map(move |chunk| {
            rows(
                client,
                resource_graph::query(table, text.clone(), chunk),
                most,
            )
        })
    });
    let mut changed = Changed::default();
    for (index, rows) in try_join_all(rows).await?.into_iter().enumerate() {
        let of_known = index < subscriptions.chunks(SUBSCRIPTIONS).len();
        for row in rows {
            if of_known {
                changed.know(&row)?
            } else {
                changed.add(&row)?
            }
        }
    }
    Ok(changed)
}

async fn rows(client: &Client, query: Query, most: u64) -> Result<Vec<Box<RawValue>>, String> {
    let mut rows = Vec::new();
    let mut pages = client.query(query, None);
    while let Some(page) = pages.next().await {
        let page = page.map_err(|failure| failure.to_string())?;
        if page.truncated || page.limited {
            return Err("Resource Graph left out some of the changes".to_owned());
        }
        if page.total > most {
            return Err(format!(
                "{} changes: reading everything again takes less",
                page.total
            ));
        }
        rows.extend(page.rows);
    }
    Ok(rows)
}

/// The tables of changes with the types that each tells of. Deleted groups are always asked for.
fn tables(types: &[String]) -> [(&'static str, Vec<&str>); 2] {
    let is_container = |of: &&str| {
        of.starts_with("microsoft.resources/subscriptions")
            || of.starts_with("microsoft.management/")
    };
    let (mut containers, resources): (Vec<&str>, Vec<&str>) =
        types.iter().map(String::as_str).partition(is_container);
    if !containers.contains(&GROUPS) {
        containers.push(GROUPS);
    }
    [
        ("resourcechanges", resources),
        ("resourcecontainerchanges", containers),
    ]
}

fn text(table: &str, types: &[&str], window: Window) -> String {
    let types: Vec<String> = types.iter().map(|of| format!("'{of}'")).collect();
    format!(
        "{table} | extend at = todatetime(properties.changeAttributes.timestamp), \
         target = tostring(properties.targetResourceId), of = tostring(properties.targetResourceType), \
         kind = tostring(properties.changeType) \
         | where at >= datetime({}) and at <= datetime({}) and of in~ ({}) \
         | project id, target, of, kind | order by id asc",
        window.from,
        window.until,
        types.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VAULT: &str = "/subscriptions/S/resourceGroups/G/providers/Microsoft.KeyVault/vaults/V";

    fn row(target: &str, kind: &str) -> Box<RawValue> {
        let text = serde_json::json!({"id": "x", "target": target, "of": "microsoft.keyvault/vaults", "kind": kind});
        RawValue::from_string(text.to_string()).unwrap()
    }

    fn changed(rows: &[Box<RawValue>]) -> Changed {
        let mut changed = Changed::default();
        for row in rows {
            changed.add(row).unwrap();
        }
        changed
    }

    #[test]
    fn changes_of_one_resource_are_one_and_a_deletion_is_remembered() {
        let found = changed(&[
            row(VAULT, "Delete"),
            row(&VAULT.to_lowercase(), "Create"),
            row(VAULT, "Update"),
        ]);
        let key = VAULT.to_lowercase();
        assert_eq!(
            found.by_type["microsoft.keyvault/vaults"],
            BTreeSet::from([key.clone()])
        );
        assert_eq!(found.deleted, BTreeSet::from([key]));
    }

    #[test]
    fn a_row_that_does_not_say_what_changed_spoils_the_feed() {
        let mut found = Changed::default();
        assert!(found.add(&row("", "Update")).is_err());
        assert!(
            found
                .add(&RawValue::from_string("{}".to_owned()).unwrap())
                .is_err()
        );
    }

    #[test]
    fn groups_are_asked_for_in_the_table_of_containers() {
        let types = ["microsoft.keyvault/vaults".to_owned()];
        let [resources, containers] = tables(&types);
        assert_eq!(
            resources,
            ("resourcechanges", vec!["microsoft.keyvault/vaults"])
        );
        assert_eq!(containers, ("resourcecontainerchanges", vec![GROUPS]));
    }

    #[test]
    fn the_query_names_its_window() {
        let at = |text: &str| text.parse().unwrap();
        let window = Window {
            from: at("2026-03-01T00:00:00Z"),
            until: at("2026-03-01T01:00:00.5Z"),
        };
        let text = text("resourcechanges", &["a/b", "c/d"], window);
        assert!(
            text.contains(
                "at >= datetime(2026-03-01T00:00:00Z) and at <= datetime(2026-03-01T01:00:00.5Z)"
            ),
            "{text}"
        );
        assert!(text.contains("of in~ ('a/b', 'c/d')"), "{text}");
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(picks in prop::collection::vec((0_usize..3, 0_usize..3), 0..12)) {
            let rows: Vec<Box<RawValue>> = picks
                .iter()
                .map(|(name, kind)| row(&format!("{VAULT}{name}"), ["Create", "Update", "Delete"][*kind]))
                .collect();
            let mut other: Vec<Box<RawValue>> = rows.iter().rev().cloned().collect();
            other.extend(rows.iter().take(3).cloned());
            prop_assert_eq!(changed(&other), changed(&rows));
        }
    }
}
