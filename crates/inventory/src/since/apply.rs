//! What the feeds told, entered into the copy of the earlier snapshot.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Changes, Scope};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use super::activity_log::Told;
use super::delta::{Followed, News};
use super::editor::{Editor, feed_of};
use super::effects::Effect;
use super::resource_changes::Changed;
use super::{ids, prepared::Counts, reads};
use crate::cursors;
use crate::format::SnapshotError;
use crate::ledger::{self, Source, scope_key};
use crate::writer::{self, Record};

/// How old a document may get that no feed tells of.
pub(super) const AGE: SignedDuration = SignedDuration::from_hours(24);

/// What Resource Graph told.
pub(super) struct Resources {
    pub(super) changed: Changed,
    /// The changed documents that are still there.
    pub(super) found: Vec<Record>,
    /// Types (in lower case) of which so much changed that listing them takes less.
    pub(super) listed_again: BTreeSet<String>,
}

/// Everything that was told.
pub(super) struct Gathered {
    /// Or why nothing is known.
    pub(super) resources: Result<Resources, String>,
    pub(super) told: Told,
    pub(super) news: Vec<(Followed, News)>,
}

/// Takes out what this collection is not about: types that are not in the plan or were read in another
/// way, and subscriptions that are out of scope.
pub(super) fn prune(
    editor: &Editor<'_>,
    alike: &[String],
    scopes: &[Scope],
) -> Result<(), SnapshotError> {
    let connection = editor.connection;
    for known in reads::types(connection)? {
        if !alike.contains(&known) {
            editor.drop_type(&known)?;
        }
    }
    for known in reads::scopes(connection)? {
        if known != Scope::Tenant && !scopes.contains(&known) {
            reads::drop_scope(connection, &known)?;
            let end = format!(":{}", scope_key(&known));
            for (name, _) in cursors::all(connection, "children:")? {
                if name.ends_with(&end) {
                    cursors::set(connection, &name, None)?;
                }
            }
        }
    }
    Ok(())
}

/// Makes pending what is read anew whatever the feeds say. Returns when the oldest was read of what is
/// kept though no feed tells of it.
pub(super) fn age(
    editor: &Editor<'_>,
    started: Timestamp,
) -> Result<Option<Timestamp>, SnapshotError> {
    // What an earlier try left half-read has changed since; it begins anew.
    reads::reopen(editor.connection, "outcome = 'pending'", &[])?;
    editor.reopen_where(
        "outcome NOT IN ('read', 'absent', 'not_needed', 'pending')",
        &[],
    )?;
    editor.judge_again()?;
    let mut oldest = None;
    let types: Vec<(String, bool)> = editor
        .entries()
        .filter_map(|entry| match feed_of(entry) {
            Changes::Always => Some((entry.name.key(), false)),
            Changes::Aged => Some((entry.name.key(), true)),
            _ => None,
        })
        .collect();
    for (document_type, may_age) in types {
        if !may_age {
            editor.reopen_type(&document_type)?;
            continue;
        }
        for row in ledger::select(
            editor.connection,
            "type = ?1 AND outcome <> 'pending'",
            &[&document_type],
        )? {
            match row.ended {
                Some(ended) if ended <= started && started.duration_since(ended) < AGE => {
                    oldest = Some(oldest.map_or(ended, |oldest: Timestamp| oldest.min(ended)));
                }
                _ => {
                    editor.reopen_old(&row)?;
                }
            }
        }
    }
    Ok(oldest)
}

/// Enters what the feeds told.
pub(super) fn feeds(
    editor: &Editor<'_>,
    subscriptions: &[String],
    gathered: Gathered,
) -> Result<Counts, SnapshotError> {
    let mut counts = Counts::default();
    let visible = match &gathered.resources {
        Ok(resources) => resources.changed.visible.clone(),
        Err(reason) => {
            counts.notes.push(format!(
                "Resource Graph does not tell what changed ({reason}): its lists are read again"
            ));
            BTreeSet::new()
        }
    };
    for subscription in subscriptions {
        let is_visible = visible.contains(subscription);
        if !is_visible {
            counts.reads += lost_resources(editor, subscription)?;
        }
        if let Some(reason) = gathered.told.lost.get(subscription) {
            counts.notes.push(format!(
                "subscription {subscription}: its activity log does not tell what changed ({reason}): what only it tells of is read again"
            ));
            counts.reads += lost_log(editor, subscription, is_visible)?;
        }
    }
    for effect in &gathered.told.effects {
        counts.reads += enter(editor, effect)?;
    }
    if let Ok(resources) = gathered.resources {
        counts.resources = enter_resources(editor, resources)?;
    }
    for (followed, news) in gathered.news {
        counts.objects += enter_news(editor, &followed, news, &mut counts.notes)?;
    }
    Ok(counts)
}

/// What Resource Graph gave in a subscription, when it does not tell of changes there.
fn lost_resources(editor: &Editor<'_>, subscription: &str) -> Result<u64, SnapshotError> {
    let mut reopened = 0;
    let types: Vec<String> = editor
        .fed_by(&Changes::ResourceGraph)
        .map(|entry| entry.name.key())
        .collect();
    for document_type in types {
        if reads::has_rows_of_tables(editor.connection, &document_type, subscription)? {
            reopened += editor.reopen_in(&document_type, subscription)?;
        }
    }
    Ok(reopened)
}

/// What the log of a subscription would have told of: all that no other feed does.
fn lost_log(
    editor: &Editor<'_>,
    subscription: &str,
    is_visible: bool,
) -> Result<u64, SnapshotError> {
    let mut reopened = 0;
    let logged: Vec<String> = editor
        .fed_by(&Changes::ActivityLog)
        .map(|entry| entry.name.key())
        .collect();
    for document_type in logged {
        reopened += editor.reopen_in(&document_type, subscription)?;
    }
    if is_visible {
        return Ok(reopened);
    }
    let listed: Vec<String> = editor
        .fed_by(&Changes::ResourceGraph)
        .map(|entry| entry.name.key())
        .collect();
    for document_type in listed {
        reopened += editor.reopen_in(&document_type, subscription)?;
    }
    Ok(reopened)
}

fn enter(editor: &Editor<'_>, effect: &Effect) -> Result<u64, SnapshotError> {
    match effect {
        Effect::Reread {
            document_type,
            subscription,
            parent,
            arm_only,
        } => {
            if *arm_only && !is_from_arm(editor.connection, document_type, subscription, parent)? {
                return Ok(0);
            }
            editor.reopen(document_type, subscription, parent)
        }
        Effect::Forget(id) => editor.forget_below(id),
        Effect::Emptied(id) => {
            editor.forget_below(id)?;
            reopen_lists_below(editor, id, true)
        }
        Effect::Moved(id) => {
            editor.forget_below(id)?;
            reopen_lists_below(editor, id, false)
        }
    }
}

fn is_from_arm(
    connection: &Connection,
    document_type: &str,
    subscription: &str,
    parent: &str,
) -> Result<bool, SnapshotError> {
    let row = ledger::get(
        connection,
        &document_type.into(),
        &Scope::subscription(subscription),
        parent,
    )?;
    Ok(row.is_some_and(|row| row.source == Some(Source::Arm)))
}

/// Lists that have documents at or below an id: those of Resource Manager in its subscription alone, or
/// all lists of such types, wherever their documents may have gone.
fn reopen_lists_below(editor: &Editor<'_>, id: &str, only_arm: bool) -> Result<u64, SnapshotError> {
    let subscription = ids::subscription(id).unwrap_or_default();
    let lists: Vec<String> = editor
        .entries()
        .filter(|entry| entry.parent.is_none())
        .map(|entry| entry.name.key())
        .collect();
    let mut reopened = 0;
    for document_type in lists {
        if reads::keys_below(editor.connection, &document_type, id)?.is_empty() {
            continue;
        }
        reopened += if !only_arm {
            editor.reopen_type(&document_type)?
        } else if is_from_arm(editor.connection, &document_type, subscription, "")? {
            editor.reopen(&document_type, subscription, "")?
        } else {
            0
        };
    }
    Ok(reopened)
}

fn enter_resources(editor: &Editor<'_>, resources: Resources) -> Result<u64, SnapshotError> {
    let Resources {
        changed,
        found,
        listed_again,
    } = resources;
    for id in &changed.deleted {
        editor.forget_below(id)?;
    }
    let mut found: BTreeMap<(String, String), Record> = found
        .into_iter()
        .map(|record| {
            (
                (record.name.to_lowercase(), record.id.to_lowercase()),
                record,
            )
        })
        .collect();
    for document_type in &listed_again {
        editor.reopen_type(document_type)?;
    }
    let mut count = BTreeSet::new();
    let entries: Vec<_> = editor.fed_by(&Changes::ResourceGraph).cloned().collect();
    for entry in entries {
        let document_type = entry.name.key();
        if listed_again.contains(&document_type) {
            continue;
        }
        for place in super::places::of(&entry, &changed) {
            count.insert(place.id.clone());
            let record = found.remove(&(document_type.clone(), place.id.clone()));
            enter_resource(editor, &entry, &place, record)?;
        }
    }
    Ok(count.len() as u64)
}

fn enter_resource(
    editor: &Editor<'_>,
    entry: &catalog::Entry,
    place: &super::places::Place,
    record: Option<Record>,
) -> Result<(), SnapshotError> {
    let (connection, document_type) = (editor.connection, entry.name.key());
    let scope = Scope::subscription(&place.subscription);
    let row = ledger::get(connection, &entry.name, &scope, &place.parent)?;
    let from_table = editor.table_was_read(entry, &place.subscription)?;
    match &row {
        // A list that was not read, or begins anew, tells by itself; so does a new parent's.
        None if !from_table => return Ok(()),
        Some(row) if row.outcome == catalog::Outcome::Pending && !from_table => return Ok(()),
        Some(row) if row.source != Some(Source::ResourceGraph) && row.outcome.is_known() => {
            editor.reopen(&document_type, &place.subscription, &place.parent)?;
            return Ok(());
        }
        _ => {}
    }
    reads::take_out(connection, &document_type, &place.subscription, &place.id)?;
    if let Some(record) = record {
        writer::put(connection, &record)?;
    }
    if row.is_some_and(|row| row.outcome == catalog::Outcome::Read) {
        reads::recount(
            connection,
            &document_type,
            &place.subscription,
            &place.parent,
        )?;
    }
    Ok(())
}

fn enter_news(
    editor: &Editor<'_>,
    followed: &Followed,
    news: News,
    notes: &mut Vec<String>,
) -> Result<u64, SnapshotError> {
    let connection = editor.connection;
    let document_type = followed.entry.name.key();
    match news {
        News::Anew { link, reason } => {
            cursors::set(connection, &followed.cursor(), link.as_deref())?;
            for child in &followed.below {
                editor.reopen_type(&child.name.key())?;
            }
            let reopened = editor.reopen_type(&document_type)?;
            if reopened > 0 {
                notes.push(format!("{} is listed again: {reason}", followed.entry.name));
            }
            Ok(0)
        }
        News::Changed {
            link,
            records,
            gone,
        } => {
            cursors::set(connection, &followed.cursor(), Some(&link))?;
            let row = ledger::get(connection, &followed.entry.name, &Scope::Tenant, "")?;
            if row.is_none_or(|row| row.outcome != catalog::Outcome::Read) {
                return Ok(0);
            }
            let mut count = records.len() as u64;
            for key in &gone {
                count += u64::from(reads::take_out(connection, &document_type, "", key)?);
            }
            for record in &records {
                writer::put(connection, record)?;
                for child in &followed.below {
                    editor.reopen(&child.name.key(), "", &record.id.to_lowercase())?;
                }
            }
            reads::recount(connection, &document_type, "", "")?;
            Ok(count)
        }
    }
}
