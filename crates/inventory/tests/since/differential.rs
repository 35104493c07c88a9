//! Random changes: going on is the same as reading everything.

use std::path::{Path, PathBuf};
use std::time::Duration;

use inventory::{Lists, Prepared, Since};

use crate::support::{World, contents, differences};

impl World {
    /// Makes random changes, goes on from `base`, reads everything, and finds no difference.
    async fn compare(&self, base: &Path, changes: usize, seed: u64) -> (PathBuf, Since) {
        let made = self.server.change(changes, seed);
        let (gone_on, since) = self.since(base, &format!("since-{seed}")).await;
        let full = self.full(&format!("full-{seed}")).await;
        let found = differences(
            &contents(&gone_on, &self.plan),
            &contents(&full, &self.plan),
        );
        let made = made.iter().map(|change| {
            format!(
                "{} {} {}",
                change.kind.name(),
                change.operation,
                change.path
            )
        });
        assert!(
            found.is_empty(),
            "{}\n\nafter (seed {seed})\n{}\n\n{since:?}",
            found.join("\n"),
            made.collect::<Vec<_>>().join("\n")
        );
        (gone_on, since)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_changes_leave_no_difference() {
    // More of them on request, to look for what these leave out.
    let seeds = std::env::var("DIFFERENTIAL_SEEDS")
        .ok()
        .and_then(|seeds| seeds.parse().ok())
        .unwrap_or(2);
    for seed in 1..=seeds {
        let world = World::new(seed).await;
        let mut base = world.full("base").await;
        for round in 0..2 {
            base = world.compare(&base, 30, seed * 1_000 + round).await.0;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_resource_manager_are_gone_on_with_by_the_activity_log() {
    let mut world = World::new(11).await;
    world.lists = Lists::Arm;
    let base = world.full("base").await;
    let (_, since) = world.compare(&base, 30, 11).await;
    assert!(since.counts.reads > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_that_have_expired_cost_a_list_and_no_truth() {
    let world = World::new(12).await;
    let base = world.full("base").await;
    world.server.age(Duration::from_secs(8 * 86_400));
    let (_, since) = world.compare(&base, 30, 12).await;
    assert!(
        since
            .counts
            .notes
            .iter()
            .any(|note| note.contains("graph/users")),
        "{since:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscriptions_come_and_go() {
    let world = World::new(13).await;
    let whole = world.scope().await;
    let mut part = whole.clone();
    part.subscriptions.remove(0);
    let base = world.full("base").await;
    let (without, _) = world.since_in(&part, &base, "without").await;
    let part_in_full = world.path("part");
    world
        .collect(&part, &part_in_full, world.manifest(), false)
        .await;
    let found = differences(
        &contents(&without, &world.plan),
        &contents(&part_in_full, &world.plan),
    );
    assert!(found.is_empty(), "{}", found.join("\n"));
    world.compare(&without, 10, 13).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_gone_on_from_leaves_nothing_behind() {
    let world = World::new(14).await;
    let base = world.full("base").await;
    let mut manifest = world.manifest();
    manifest.identity = "someone else".to_owned();
    let to = world.path("never");
    let prepared = world
        .prepare(&world.scope().await, &base, &to, &manifest)
        .await;
    assert!(matches!(prepared, Prepared::Full { reason } if reason.contains("collected as")));
    assert!(!to.exists());
}
