//! Making a snapshot: what to scan, the plan, and the collection that Ctrl-C can stop.

use std::path::Path;

use catalog::Plan;
use inventory::{
    Collection, Manifest, Prepared, ResolvedScope, ScopeError, ScopeRequest, Since, Snapshot,
    SnapshotError, Subscription,
};
use jiff::Timestamp;

use crate::args::ReadingArgs;
use crate::assess;
use crate::connect::Connection;
use crate::console::Console;
use crate::error::{CliError, nearest};
use crate::folder;
use crate::interrupt;
use crate::progress::CollectionProgress;

/// What a collection is asked to do.
pub struct Order<'a> {
    /// The way to Azure.
    pub connection: &'a Connection,
    /// What to scan.
    pub request: ScopeRequest,
    /// What to read of it.
    pub plan: &'a Plan,
    /// For which checks.
    pub checks: Vec<String>,
    /// Where to.
    pub snapshot: &'a Path,
    /// The manifest of the snapshot to go on with.
    pub earlier: Option<Manifest>,
    /// The snapshot, or the report folder with one, to go on from.
    pub since: Option<&'a Path>,
    /// Everything that the catalogue knows, not only what the checks read.
    pub everything: bool,
    /// How.
    pub reading: &'a ReadingArgs,
}

/// Collects; returns whether the end was reached.
///
/// # Errors
/// It is not clear what to scan, or the snapshot cannot be written.
pub async fn collect(order: Order<'_>, console: &Console) -> Result<bool, CliError> {
    refuse_another_tenant(&order)?;
    if let Some(base) = order.since {
        // What is wrong with it is said before anything is asked of Azure.
        assess::open(&folder::snapshot_in(base))?;
    }
    let scope = inventory::resolve(
        &order.connection.client,
        &order.connection.tenant_id,
        &order.request,
    )
    .await
    .map_err(unclear)?;
    introduce(&scope, console);
    let manifest = manifest(&order, &scope);
    let resume = order.earlier.is_some() || goes_on(&order, &scope, &manifest, console).await?;
    let progress = CollectionProgress::new(console);
    let collection = Collection {
        client: &order.connection.client,
        plan: order.plan,
        scope: &scope,
        manifest,
        path: order.snapshot,
        resume,
        lists: order.reading.source,
        children: order.reading.children,
        progress: &progress,
    };
    let ended = inventory::collect(collection, interrupt::pressed()).await;
    progress.finish();
    ended.map_err(|error| unwritable(&error, order.snapshot))
}

/// Makes the snapshot from the one of `--since`; whether there is now something to go on with.
async fn goes_on(
    order: &Order<'_>,
    scope: &ResolvedScope,
    manifest: &Manifest,
    console: &Console,
) -> Result<bool, CliError> {
    let Some(base) = order.since else {
        return Ok(false);
    };
    let base = folder::snapshot_in(base);
    let prepared = inventory::prepare(
        &order.connection.client,
        order.plan,
        scope,
        order.reading.source,
        &base,
        order.snapshot,
        manifest,
    )
    .await
    .map_err(|error| unwritable(&error, order.snapshot))?;
    match prepared {
        Prepared::Incremental(since) => {
            tell_changes(&since, console);
            Ok(true)
        }
        Prepared::Full { reason } => {
            console.warn(format!("reading everything anew: {reason}"));
            Ok(false)
        }
    }
}

fn tell_changes(since: &Since, console: &Console) {
    let counts = &since.counts;
    for note in &counts.notes {
        console.warn(note);
    }
    console.say(format!(
        "Changed since {}: {} resources, {} other reads, {} directory objects",
        since.window_start.strftime("%Y-%m-%d %H:%M UTC"),
        counts.resources,
        counts.reads,
        counts.objects
    ));
    if let Some(oldest) = since.oldest {
        console.say(format!(
            "Kept, though nothing reports its changes: what was read since {}",
            oldest.strftime("%Y-%m-%d %H:%M UTC")
        ));
    }
}

/// The manifest of a snapshot that a run goes on with.
///
/// # Errors
/// The snapshot cannot be used.
pub fn earlier(snapshot: &Path) -> Result<Manifest, CliError> {
    let opened = Snapshot::open(snapshot).map_err(|error| {
        let hint = match &error {
            SnapshotError::Newer { .. } => "upgrade threatdefence",
            _ => "give the folder or the snapshot that the cut-off run named",
        };
        CliError::failed(&error).hint(hint)
    })?;
    Ok(opened.manifest().clone())
}

/// What the user is told when a collection was stopped.
pub fn stopped(snapshot: &Path, resume: &str) -> CliError {
    CliError::failed(format!(
        "stopped; what was read is kept in {}",
        snapshot.display()
    ))
    .hint(format!("go on with `{resume}`"))
}

fn introduce(scope: &ResolvedScope, console: &Console) {
    for skipped in &scope.skipped {
        console.warn(format!(
            "skipping subscription {} ({}): it is {}",
            skipped.name, skipped.id, skipped.state
        ));
    }
    if scope.none_visible {
        console.warn("no subscription is visible to this identity: only the directory can be read");
        console.say("  hint: assign Reader on a subscription or a management group, then wait a few minutes");
        return;
    }
    for unseen in &scope.unseen {
        let place = unseen.scope.subscription_id().unwrap_or(&scope.tenant_id);
        console.warn(format!("not scanned, {place}: {}", unseen.detail));
    }
    let tenant = scope.tenant_name.as_deref().unwrap_or(&scope.tenant_id);
    let count = scope.subscriptions.len();
    console.say(format!(
        "Reading {tenant}: {count} subscription{}",
        if count == 1 { "" } else { "s" }
    ));
}

/// A snapshot is of one tenant; its subscriptions would not be found in another.
fn refuse_another_tenant(order: &Order<'_>) -> Result<(), CliError> {
    let signed_in = &order.connection.tenant_id;
    match &order.earlier {
        Some(earlier) if !earlier.tenant_id.eq_ignore_ascii_case(signed_in) => {
            Err(CliError::usage(format!(
                "the snapshot is of tenant {}, and the sign-in is to tenant {signed_in}",
                earlier.tenant_id
            ))
            .hint("sign in to the tenant that the snapshot is of"))
        }
        _ => Ok(()),
    }
}

fn manifest(order: &Order<'_>, scope: &ResolvedScope) -> Manifest {
    if let Some(earlier) = &order.earlier {
        return earlier.clone();
    }
    Manifest {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        tenant_id: scope.tenant_id.clone(),
        tenant_name: scope.tenant_name.clone(),
        cloud: order.connection.cloud.name.clone(),
        identity: order.connection.identity.clone(),
        started: Timestamp::now(),
        finished: None,
        subscriptions: scope
            .subscriptions
            .iter()
            .map(|(subscription, _): &(Subscription, _)| subscription.clone())
            .collect(),
        skipped: scope.skipped.clone(),
        resource_groups: order.request.resource_groups.clone(),
        checks: order.checks.clone(),
        everything: order.everything,
        requests: Default::default(),
        collect_seconds: 0.0,
    }
}

/// What the user is told when it is not clear what to scan.
pub fn unclear(error: ScopeError) -> CliError {
    let hint = match &error {
        ScopeError::UnknownSubscription { asked, visible } => {
            match nearest(asked, visible.iter().map(String::as_str)).as_slice() {
                [] => "`threatdefence doctor` lists the subscriptions that this identity sees"
                    .to_owned(),
                near => format!("did you mean {}?", near.join(", ")),
            }
        }
        ScopeError::UnknownResourceGroup { asked, visible } => {
            match nearest(asked, visible.iter().map(String::as_str)).as_slice() {
                [] => "name one that the scanned subscriptions have, in any case".to_owned(),
                near => format!("did you mean {}?", near.join(", ")),
            }
        }
        ScopeError::AmbiguousSubscription { ids, .. } => {
            format!("give one of the ids: {}", ids.join(", "))
        }
        ScopeError::UnusableSubscription { .. } => {
            "only enabled subscriptions can be scanned".to_owned()
        }
        ScopeError::NothingLeft => {
            "look at --subscription, --management-group and --exclude-subscription".to_owned()
        }
        ScopeError::Unreadable { failure, .. } => match failure.hint {
            Some(hint) => hint.to_owned(),
            None => "`threatdefence doctor` shows what this identity can read".to_owned(),
        },
    };
    match &error {
        ScopeError::Unreadable { .. } => CliError::failed(&error).hint(hint),
        _ => CliError::usage(&error).hint(hint),
    }
}

fn unwritable(error: &SnapshotError, path: &Path) -> CliError {
    match error {
        SnapshotError::Exists(_) => {
            CliError::usage(error).hint("go on with it by --resume, or choose another file")
        }
        _ => CliError::failed(format!("{}: {error}", path.display())).hint(
            "free space or choose another place, then go on with --resume: what was read is kept",
        ),
    }
}
