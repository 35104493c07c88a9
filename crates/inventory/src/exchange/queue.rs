//! Children that wait to be read, by subscription, so that one that Azure throttles holds up no other.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use catalog::{Method, Service};

use super::{BATCH, Waiting};

/// Children of one subscription that are under way at once: what its bucket holds when it is full.
/// <https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>
const OF_ONE_SUBSCRIPTION: usize = 240;

/// What children may be asked for together: a batch of Resource Manager takes no actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Get,
    Action,
    Graph,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Get, Self::Action, Self::Graph];

    fn of(waiting: &Waiting) -> Self {
        let entry = &waiting.child.step.entry;
        match (entry.service, entry.method) {
            (Service::Graph, _) => Self::Graph,
            (Service::Arm, Method::Get) => Self::Get,
            (Service::Arm, Method::Post) => Self::Action,
        }
    }
}

/// The kind, and whose limits the read draws on: a subscription's, or none for the directory's.
type Lane = (Kind, String);

#[derive(Default)]
struct Line {
    waiting: VecDeque<Waiting>,
    under_way: Rc<Cell<usize>>,
}

impl Line {
    fn free(&self) -> usize {
        let free = OF_ONE_SUBSCRIPTION.saturating_sub(self.under_way.get());
        free.min(self.waiting.len())
    }
}

/// Children that wait.
#[derive(Default)]
pub(super) struct Queue(BTreeMap<Lane, Line>);

/// Children of one kind that are asked for together.
pub(super) struct Group {
    pub(super) kind: Kind,
    pub(super) children: Vec<Waiting>,
    /// Gives their places in their subscriptions back.
    pub(super) released: Vec<Place>,
}

/// A place among those under way.
pub(super) struct Place {
    line: Rc<Cell<usize>>,
    taken: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.line.set(self.line.get().saturating_sub(self.taken));
    }
}

impl Queue {
    pub(super) fn push(&mut self, waiting: Waiting) {
        let lane = (
            Kind::of(&waiting),
            waiting
                .child
                .row
                .scope
                .subscription_id()
                .unwrap_or_default()
                .to_owned(),
        );
        self.0.entry(lane).or_default().waiting.push_back(waiting);
    }

    /// Whether no child may begin now.
    pub(super) fn is_empty(&self) -> bool {
        self.0.values().all(|line| line.free() == 0)
    }

    /// A full group, if there is one.
    pub(super) fn full_group(&mut self) -> Option<Group> {
        Kind::ALL
            .into_iter()
            .find(|kind| self.free(*kind) >= BATCH)
            .map(|kind| self.take(kind))
    }

    /// A group of what there is, if anything.
    pub(super) fn any_group(&mut self) -> Option<Group> {
        Kind::ALL
            .into_iter()
            .find(|kind| self.free(*kind) > 0)
            .map(|kind| self.take(kind))
    }

    fn free(&self, kind: Kind) -> usize {
        let lines = self.0.iter().filter(|((of, _), _)| *of == kind);
        lines.map(|(_, line)| line.free()).sum()
    }

    /// Takes a group, first from where the least is under way.
    fn take(&mut self, kind: Kind) -> Group {
        let mut group = Group {
            kind,
            children: Vec::with_capacity(BATCH),
            released: Vec::new(),
        };
        while group.children.len() < BATCH {
            let next = self
                .0
                .iter_mut()
                .filter(|((of, _), line)| *of == kind && line.free() > 0)
                .min_by_key(|(_, line)| line.under_way.get());
            let Some((_, line)) = next else { break };
            let taken = line.free().min(BATCH - group.children.len());
            group.children.extend(line.waiting.drain(..taken));
            line.under_way.set(line.under_way.get() + taken);
            group.released.push(Place {
                line: Rc::clone(&line.under_way),
                taken,
            });
        }
        self.0
            .retain(|_, line| !line.waiting.is_empty() || line.under_way.get() > 0);
        group
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use catalog::{Catalog, DocumentType, Plan, Requirement, Scope};
    use tokio::sync::mpsc;

    use super::*;
    use crate::below::Child;
    use crate::ledger::LedgerRow;

    fn push(queue: &mut Queue, subscription: &str, count: usize) {
        let name = DocumentType::from("Microsoft.KeyVault/vaults/keys");
        let catalog = Catalog::builtin().unwrap();
        let plan = Plan::new(&catalog, &[Requirement::always(name.clone())]).unwrap();
        let step = Arc::new(plan.steps[0].children[0].clone());
        let (asked, _) = mpsc::channel(1);
        for index in 0..count {
            let parent = format!("/{subscription}/{index}");
            queue.push(Waiting {
                child: Child {
                    step: Arc::clone(&step),
                    row: LedgerRow::pending(
                        name.clone(),
                        Scope::subscription(subscription),
                        &parent,
                    ),
                    parent: Arc::from(parent),
                },
                _asked: asked.clone(),
            });
        }
    }

    fn of(group: &Group, subscription: &str) -> usize {
        let scope = Scope::subscription(subscription);
        let ours = group
            .children
            .iter()
            .filter(|of| of.child.row.scope == scope);
        ours.count()
    }

    #[test]
    fn lists_share_groups_and_the_rest_waits_for_more() {
        let mut queue = Queue::default();
        push(&mut queue, "a", 12);
        push(&mut queue, "b", 13);
        let full = queue.full_group().unwrap();
        assert_eq!(of(&full, "a") + of(&full, "b"), BATCH);
        assert!(queue.full_group().is_none());
        assert_eq!(queue.any_group().unwrap().children.len(), 5);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_large_subscription_leaves_room_for_the_others() {
        let mut queue = Queue::default();
        push(&mut queue, "large", 1_000);
        let mut groups = Vec::new();
        while let Some(group) = queue.full_group() {
            groups.push(group);
        }
        assert_eq!(groups.len(), OF_ONE_SUBSCRIPTION / BATCH);
        push(&mut queue, "small", BATCH);
        assert_eq!(of(&queue.full_group().unwrap(), "small"), BATCH);
        assert!(queue.full_group().is_none());
        groups.clear();
        assert_eq!(of(&queue.full_group().unwrap(), "large"), BATCH);
    }
}
