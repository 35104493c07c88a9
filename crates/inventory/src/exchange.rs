//! How children are asked for: one by one, or many in one request.
//!
//! Microsoft Graph takes twenty in a batch. Resource Manager has a batch too, which Azure's portal
//! uses and nothing documents: it may be refused, and whether it is faster is measured as the
//! collection goes.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use catalog::{Method, Service, Shape};
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::batch;
use crate::below::Child;
use crate::collect::Context;
use crate::format::SnapshotError;
use crate::read;

/// Both services take at most this many requests in one batch.
/// <https://learn.microsoft.com/graph/json-batching>
const BATCH: usize = 20;

/// Batches of one list that are under way at once.
const AT_ONCE: usize = 4;

/// Each way is tried this often before the faster one is chosen.
const TRIALS: u64 = 3;

/// The way that is not chosen is tried again once in so many times: networks change.
const AGAIN: u64 = 64;

/// How children of resources are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChildReads {
    /// In whichever way is faster, as measured.
    #[default]
    Measured,
    /// One by one.
    Single,
    /// Twenty in one request, unless Azure refuses that.
    Batch,
}

/// One of the two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Single,
    Batch,
}

/// Knows how long each way takes, and chooses.
pub(crate) struct Exchange(Mutex<Measured>);

struct Measured {
    asked: ChildReads,
    refused: bool,
    choices: u64,
    single: Pace,
    batch: Pace,
}

/// The time that requests take, as a moving mean.
#[derive(Debug, Default, Clone, Copy)]
struct Pace {
    requests: u64,
    seconds: f64,
}

impl Pace {
    fn note(&mut self, elapsed: Duration) {
        /// The weight of the latest request: about the last fifty count.
        const WEIGHT: f64 = 0.04;
        let seconds = elapsed.as_secs_f64();
        self.seconds = match self.requests {
            0 => seconds,
            _ => self.seconds + WEIGHT * (seconds - self.seconds),
        };
        self.requests += 1;
    }
}

impl Exchange {
    pub(crate) fn new(asked: ChildReads) -> Self {
        Self(Mutex::new(Measured {
            asked,
            refused: false,
            choices: 0,
            single: Pace::default(),
            batch: Pace::default(),
        }))
    }

    /// The way for so many children.
    fn choose(&self, children: usize) -> Way {
        self.with(|measured| measured.choose(children))
    }

    fn note(&self, way: Way, elapsed: Duration) {
        self.with(|measured| match way {
            Way::Single => measured.single.note(elapsed),
            Way::Batch => measured.batch.note(elapsed),
        });
    }

    /// Azure does not take batches.
    fn refuse(&self) {
        self.with(|measured| measured.refused = true);
    }

    fn with<T>(&self, act: impl FnOnce(&mut Measured) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Measured {
    fn choose(&mut self, children: usize) -> Way {
        match self.asked {
            _ if self.refused || children < 2 => return Way::Single,
            ChildReads::Single => return Way::Single,
            ChildReads::Batch => return Way::Batch,
            ChildReads::Measured => {}
        }
        self.choices += 1;
        if self.choices <= 2 * TRIALS {
            return match self.choices.is_multiple_of(2) {
                true => Way::Single,
                false => Way::Batch,
            };
        }
        // Requests under way at once are what is scarce: a batch takes one place, single reads one each.
        let singly = self.single.seconds * f64::from(u32::try_from(children).unwrap_or(u32::MAX));
        let faster = match self.batch.requests > 0 && self.batch.seconds < singly {
            true => Way::Batch,
            false => Way::Single,
        };
        match (self.choices.is_multiple_of(AGAIN), faster) {
            (false, way) => way,
            (true, Way::Single) => Way::Batch,
            (true, Way::Batch) => Way::Single,
        }
    }
}

/// Reads children. Each ends its own read, whatever becomes of the others.
pub(crate) async fn read(context: &Context<'_>, children: Vec<Child>) -> Result<(), SnapshotError> {
    let (graph, arm): (Vec<Child>, Vec<Child>) = children
        .into_iter()
        .partition(|child| child.step.entry.service == Service::Graph);
    let (gets, posts): (Vec<Child>, Vec<Child>) = arm
        .into_iter()
        .partition(|child| child.step.entry.method == Method::Get);
    let graph = stream::iter(groups(graph))
        .map(Ok)
        .try_for_each_concurrent(AT_ONCE, |group| batch::read_graph(context, group));
    let gets = stream::iter(groups(gets))
        .map(Ok)
        .try_for_each_concurrent(AT_ONCE, |group| read_gets(context, group));
    futures::try_join!(graph, gets, read_singly(context, posts))?;
    Ok(())
}

fn groups(children: Vec<Child>) -> Vec<Vec<Child>> {
    let mut groups: Vec<Vec<Child>> = Vec::new();
    for child in children {
        match groups.last_mut() {
            Some(group) if group.len() < BATCH => group.push(child),
            _ => groups.push(vec![child]),
        }
    }
    groups
}

async fn read_gets(context: &Context<'_>, group: Vec<Child>) -> Result<(), SnapshotError> {
    if context.exchange.choose(group.len()) == Way::Single {
        return read_singly(context, group).await;
    }
    match batch::read_arm(context, group).await? {
        Ok(elapsed) => {
            context.exchange.note(Way::Batch, elapsed);
            Ok(())
        }
        Err(refused) => {
            if refused.for_good {
                context.exchange.refuse();
                context.progress.noted(&format!(
                    "Resource Manager takes no batches ({}): children are read one by one",
                    refused.reason
                ));
            }
            read_singly(context, refused.children).await
        }
    }
}

async fn read_singly(context: &Context<'_>, children: Vec<Child>) -> Result<(), SnapshotError> {
    stream::iter(children)
        .map(Ok)
        .try_for_each_concurrent(BATCH, |child| read_child(context, child))
        .await
}

async fn read_child(context: &Context<'_>, child: Child) -> Result<(), SnapshotError> {
    let entry = &child.step.entry;
    let parent = Some(child.parent.as_ref());
    let path = child.path();
    match entry.shape {
        Shape::List => read::list(context, entry, parent, &path, child.row).await,
        Shape::Single => {
            let elapsed = read::single(context, entry, parent, &path, child.row).await?;
            if entry.method == Method::Get {
                context.exchange.note(Way::Single, elapsed);
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(exchange: &Exchange, times: usize) -> Vec<Way> {
        (0..times).map(|_| exchange.choose(BATCH)).collect()
    }

    fn measured(single: u64, batch: u64) -> Exchange {
        let exchange = Exchange::new(ChildReads::Measured);
        ways(&exchange, 6);
        exchange.note(Way::Single, Duration::from_millis(single));
        exchange.note(Way::Batch, Duration::from_millis(batch));
        exchange
    }

    #[test]
    fn both_ways_are_tried_and_the_faster_one_is_taken() {
        let tried = ways(&Exchange::new(ChildReads::Measured), 6);
        assert!(tried.contains(&Way::Single) && tried.contains(&Way::Batch));
        assert_eq!(measured(200, 1_000).choose(BATCH), Way::Batch);
        assert_eq!(measured(200, 5_000).choose(BATCH), Way::Single);
        assert_eq!(measured(200, 1_000).choose(3), Way::Single);
    }

    #[test]
    fn the_other_way_gets_another_chance() {
        let later = ways(&measured(200, 1_000), 64);
        assert_eq!(later.iter().filter(|way| **way == Way::Single).count(), 1);
    }

    #[test]
    fn a_refusal_and_the_users_word_are_final() {
        let refused = Exchange::new(ChildReads::Batch);
        assert_eq!(refused.choose(BATCH), Way::Batch);
        assert_eq!(refused.choose(1), Way::Single);
        refused.refuse();
        assert_eq!(refused.choose(BATCH), Way::Single);
        let single = Exchange::new(ChildReads::Single);
        assert_eq!(ways(&single, 9), [Way::Single; 9]);
    }
}
