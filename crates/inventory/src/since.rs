//! Going on from an earlier snapshot: what did not change since is kept, what changed is read again.
//!
//! Azure's feeds of changes tell what is to be read again; the copy of the earlier snapshot then is as a
//! collection that was cut off, and is gone on with as one. Whatever a feed cannot tell is read anew, so
//! that the result is that of reading everything.

mod activity_log;
mod apply;
mod base;
mod copy;
mod delta;
mod editor;
mod effects;
mod event;
mod finish;
mod ids;
mod kin;
mod places;
mod prepared;
mod reads;
mod requery;
mod resource_changes;
mod survey;
#[cfg(test)]
mod tests;
mod watched;
mod window;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use azure::Client;
use catalog::{Plan, Scope};
use futures::future::join_all;

use crate::collect::Lists;
use crate::cursors;
use crate::format::SnapshotError;
use crate::manifest::Manifest;
use crate::scope::ResolvedScope;
use apply::{Gathered, Resources};
use copy::Copy;
pub(crate) use delta::first_links;
use delta::{Followed, News};
use editor::Editor;
pub(crate) use finish::finish;
pub use prepared::{Counts, Prepared, Since};
use resource_changes::Changed;
use survey::Survey;
use watched::Watched;

/// The cursor that says since when a snapshot goes on from another.
const SINCE: &str = "since";

/// Makes the snapshot `to` from the snapshot `from`: what changed since is taken out of it and pending,
/// the rest is kept. The collection is then gone on with as one that was cut off. With
/// [`Prepared::Full`], nothing is made.
///
/// # Errors
/// `from` cannot be read or `to` cannot be written; what Azure refuses is read again instead.
pub async fn prepare(
    client: &Client,
    plan: &Plan,
    scope: &ResolvedScope,
    lists: Lists,
    from: &Path,
    to: &Path,
    manifest: &Manifest,
) -> Result<Prepared, SnapshotError> {
    let scopes = scopes(scope);
    let surveyed = {
        let (from, plan, scopes, manifest) = (
            from.to_owned(),
            plan.clone(),
            scopes.clone(),
            manifest.clone(),
        );
        blocking(move || survey::survey(&from, &plan, &scopes, &manifest)).await?
    };
    let survey = match surveyed {
        Ok(survey) => survey,
        Err(reason) => return Ok(Prepared::Full { reason }),
    };
    let (from, copied_to): (PathBuf, PathBuf) = (from.to_owned(), to.to_owned());
    let watched = Watched::of(plan);
    let (copy, changed, told, news) = futures::join!(
        blocking(move || Copy::make(&from, &copied_to)),
        changes(client, &survey, lists),
        activity_log::read(client, &watched, &survey.subscriptions, survey.window),
        follow(client, plan, &survey),
    );
    let resources = resources(client, &survey, copy.as_ref().ok(), changed).await?;
    let gathered = Gathered {
        resources,
        told,
        news,
    };
    let (plan, to, manifest) = (plan.clone(), to.to_owned(), manifest.clone());
    let copy = copy?;
    blocking(move || enter(copy, &plan, &scopes, &survey, gathered, &manifest, &to)).await
}

/// The subscriptions that are to be scanned, and those that should be and are not seen.
fn scopes(scope: &ResolvedScope) -> Vec<Scope> {
    let seen = scope
        .subscriptions
        .iter()
        .map(|(subscription, _)| Scope::subscription(&subscription.id));
    let unseen = scope.unseen.iter().map(|unseen| unseen.scope.clone());
    seen.chain(unseen).collect()
}

async fn changes(client: &Client, survey: &Survey, lists: Lists) -> Result<Changed, String> {
    if lists == Lists::Arm {
        return Err("lists are read from Resource Manager".to_owned());
    }
    let types = survey.row_types();
    resource_changes::read(
        client,
        &types,
        &survey.subscriptions,
        survey.window,
        survey.most_changes(),
    )
    .await
}

async fn follow(client: &Client, plan: &Plan, survey: &Survey) -> Vec<(Followed, News)> {
    let news = Followed::of(plan).into_iter().map(|followed| async move {
        let (link, documents) = survey
            .links
            .get(&followed.entry.name.key())
            .cloned()
            .unwrap_or_default();
        let news = followed.follow(client, link.as_deref(), documents).await;
        (followed, news)
    });
    join_all(news).await
}

/// The changed resources as they are now.
async fn resources(
    client: &Client,
    survey: &Survey,
    copy: Option<&Copy>,
    changed: Result<Changed, String>,
) -> Result<Result<Resources, String>, SnapshotError> {
    let (mut changed, Some(copy)) = (
        match changed {
            Ok(changed) => changed,
            Err(reason) => return Ok(Err(reason)),
        },
        copy,
    ) else {
        return Ok(Err(String::new()));
    };
    let tables = survey.tables.clone();
    let connection = copy.open()?;
    let mut within = BTreeMap::new();
    for group in changed.deleted_groups() {
        for (entry, _) in &tables {
            let Some(table) = &entry.resource_graph else {
                continue;
            };
            let keys = reads::keys_below(&connection, &entry.name.key(), group)?;
            within
                .entry(table.row_type.clone())
                .or_insert_with(BTreeSet::new)
                .extend(keys);
        }
    }
    drop(connection);
    for (row_type, keys) in within {
        changed.by_type.entry(row_type).or_default().extend(keys);
    }
    let (mut asked, mut listed_again) = (BTreeMap::new(), BTreeSet::new());
    for (entry, documents) in &tables {
        let places = places::of(entry, &changed);
        if is_cheaper_to_list(places.len() as u64, *documents) {
            listed_again.insert(entry.name.key());
            continue;
        }
        if let Some(table) = entry.resource_graph.as_ref().filter(|_| !places.is_empty()) {
            let asked = asked
                .entry(table.name.clone())
                .or_insert_with(|| requery::Asked {
                    table: table.name.clone(),
                    entries: Vec::new(),
                    ids: BTreeSet::new(),
                });
            asked.entries.push(entry.clone());
            asked.ids.extend(places.into_iter().map(|place| place.id));
        }
    }
    let asked: Vec<requery::Asked> = asked.into_values().collect();
    Ok(requery::read(client, &asked).await.map(|found| Resources {
        changed,
        found,
        listed_again,
    }))
}

/// Whether the pages of a list, of a thousand documents, are fewer than the queries for changed ones, of
/// a hundred ids.
fn is_cheaper_to_list(changed: u64, documents: u64) -> bool {
    changed.div_ceil(100) > documents.div_ceil(1_000).max(1) + 1
}

fn enter(
    copy: Copy,
    plan: &Plan,
    scopes: &[Scope],
    survey: &Survey,
    gathered: Gathered,
    manifest: &Manifest,
    to: &Path,
) -> Result<Prepared, SnapshotError> {
    let mut connection = copy.open()?;
    let edit = connection.transaction()?;
    let editor = Editor::new(&edit, plan);
    apply::prune(&editor, &survey.alike, scopes)?;
    let oldest = apply::age(&editor, manifest.started)?;
    let counts = apply::feeds(&editor, &survey.subscriptions, gathered)?;
    drop(editor);
    crate::writer::put_manifest(&edit, manifest)?;
    cursors::set(&edit, cursors::CHANGES, None)?;
    cursors::set(&edit, SINCE, Some(&survey.window.from.to_string()))?;
    edit.commit()?;
    copy.finish(connection, to)?;
    Ok(Prepared::Incremental(Since {
        window_start: survey.window.from,
        counts,
        oldest,
    }))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SnapshotError> + Send + 'static,
) -> Result<T, SnapshotError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| SnapshotError::Writer(error.to_string()))?
}
