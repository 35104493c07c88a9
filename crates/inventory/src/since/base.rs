//! Whether a snapshot can be gone on from.

use std::collections::BTreeMap;

use catalog::{Entry, Plan};
use jiff::Timestamp;
use rusqlite::Connection;

use super::window::Window;
use crate::cursors;
use crate::format::SnapshotError;
use crate::manifest::Manifest;

/// In front of the name of a type: how it was read.
const HOW_READ: &str = "read:";

/// Why a collection cannot go on from a snapshot, or the window that its feeds are asked for.
pub(super) fn window(
    connection: &Connection,
    base: &Manifest,
    new: &Manifest,
) -> Result<Result<Window, String>, SnapshotError> {
    if let Some(reason) = differs(base, new) {
        return Ok(Err(reason));
    }
    let Some(cursor) = cursors::get(connection, cursors::CHANGES)? else {
        return Ok(Err(
            "the earlier snapshot does not say up to when it knows of changes".to_owned(),
        ));
    };
    let Ok(cursor) = cursor.parse::<Timestamp>() else {
        return Err(SnapshotError::Damaged(format!("`{cursor}` is no time")));
    };
    Ok(Window::since(cursor, new.started))
}

fn differs(base: &Manifest, new: &Manifest) -> Option<String> {
    let differs = |what: &str, before: &str, now: &str| {
        (!before.eq_ignore_ascii_case(now))
            .then(|| format!("the earlier snapshot is of {what} {before}, not {now}"))
    };
    differs("tenant", &base.tenant_id, &new.tenant_id)
        .or_else(|| differs("cloud", &base.cloud, &new.cloud))
        // Another identity may see other things; another program may keep other parts of them.
        .or_else(|| {
            (base.identity != new.identity)
                .then(|| format!("the earlier snapshot was collected as {}", base.identity))
        })
        .or_else(|| {
            (base.tool_version != new.tool_version).then(|| {
                format!(
                    "the earlier snapshot was collected by version {}",
                    base.tool_version
                )
            })
        })
        .or_else(|| {
            base.finished
                .is_none()
                .then(|| "the earlier snapshot is unfinished".to_owned())
        })
}

/// How each type of a plan is read, as far as its documents depend on it.
fn how_read(plan: &Plan) -> BTreeMap<String, String> {
    plan.all_steps()
        .into_iter()
        .map(|step| (step.entry.name.key(), text(&step.entry)))
        .collect()
}

/// What documents depend on, in words; compared and never taken apart.
fn text(entry: &Entry) -> String {
    format!(
        "{:?} {} {:?} {:?} {:?} {:?} {:?} {:?}",
        entry.method,
        entry.path,
        entry.query,
        entry.api_version,
        entry.select,
        entry.redaction,
        entry.errors,
        entry.resource_graph
    )
}

/// The types of the plan (in lower case) whose documents in the snapshot were read just as they would be now.
pub(super) fn alike(connection: &Connection, plan: &Plan) -> Result<Vec<String>, SnapshotError> {
    let before: BTreeMap<String, String> =
        cursors::all(connection, HOW_READ)?.into_iter().collect();
    Ok(how_read(plan)
        .into_iter()
        .filter(|(of, how)| before.get(&format!("{HOW_READ}{of}")) == Some(how))
        .map(|(of, _)| of)
        .collect())
}

/// Writes down how the types of a plan were read.
pub(super) fn remember(connection: &Connection, plan: &Plan) -> Result<(), SnapshotError> {
    for (name, _) in cursors::all(connection, HOW_READ)? {
        cursors::set(connection, &name, None)?;
    }
    for (of, how) in how_read(plan) {
        cursors::set(connection, &format!("{HOW_READ}{of}"), Some(&how))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use catalog::{Catalog, Requirement};

    use super::*;
    use crate::format;

    fn manifest(started: &str) -> Manifest {
        Manifest {
            tool_version: "1".to_owned(),
            tenant_id: "T".to_owned(),
            tenant_name: None,
            cloud: "AzureCloud".to_owned(),
            identity: "someone".to_owned(),
            started: started.parse().unwrap(),
            finished: Some(started.parse().unwrap()),
            subscriptions: vec![],
            skipped: vec![],
            resource_groups: vec![],
            everything: false,
            checks: vec![],
            requests: BTreeMap::new(),
            collect_seconds: 0.0,
        }
    }

    fn connection() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let connection = format::create(&folder.path().join("a.tdsnap")).unwrap();
        (folder, connection)
    }

    const BEFORE: &str = "2026-03-01T00:00:00Z";
    const NOW: &str = "2026-03-01T01:00:00Z";

    fn reason(change: impl FnOnce(&mut Manifest)) -> String {
        let (_folder, connection) = connection();
        cursors::set(&connection, cursors::CHANGES, Some(BEFORE)).unwrap();
        let mut base = manifest(BEFORE);
        change(&mut base);
        window(&connection, &base, &manifest(NOW))
            .unwrap()
            .err()
            .unwrap_or_default()
    }

    #[test]
    fn only_a_whole_snapshot_of_the_same_is_gone_on_from() {
        assert_eq!(
            reason(|base| base.tenant_id = "t".to_owned()),
            "",
            "ids in any case"
        );
        assert!(reason(|base| base.tenant_id = "U".to_owned()).contains("tenant U"));
        assert!(reason(|base| base.cloud = "AzureChinaCloud".to_owned()).contains("cloud"));
        assert!(reason(|base| base.identity = "another".to_owned()).contains("another"));
        assert!(reason(|base| base.tool_version = "0".to_owned()).contains("version 0"));
        assert!(reason(|base| base.finished = None).contains("unfinished"));
    }

    #[test]
    fn a_snapshot_without_a_cursor_is_not_gone_on_from() {
        let (_folder, connection) = connection();
        let reason = window(&connection, &manifest(BEFORE), &manifest(NOW))
            .unwrap()
            .unwrap_err();
        assert!(reason.contains("up to when"), "{reason}");
        cursors::set(&connection, cursors::CHANGES, Some("yesterday")).unwrap();
        assert!(window(&connection, &manifest(BEFORE), &manifest(NOW)).is_err());
    }

    #[test]
    fn a_type_that_is_read_in_another_way_is_not_alike() {
        let (_folder, connection) = connection();
        let catalog = Catalog::builtin().unwrap();
        let requirements =
            ["graph/users", "Microsoft.Web/sites"].map(|name| Requirement::always(name.into()));
        let mut plan = Plan::new(&catalog, &requirements).unwrap();
        assert!(alike(&connection, &plan).unwrap().is_empty());
        remember(&connection, &plan).unwrap();
        assert_eq!(
            alike(&connection, &plan).unwrap(),
            ["graph/users", "microsoft.web/sites"]
        );
        for step in &mut plan.steps {
            if step.entry.name.as_str() == "graph/users" {
                let mut entry = Entry::clone(&step.entry);
                entry.select.push("createdDateTime".to_owned());
                step.entry = std::sync::Arc::new(entry);
            }
        }
        assert_eq!(alike(&connection, &plan).unwrap(), ["microsoft.web/sites"]);
    }
}
