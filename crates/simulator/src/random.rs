//! Random changes of a running tenant, such as people make in a day: each of them is told by a feed, or is of a type that
//! no feed tells of and that is always read anew. The same seed changes the same tenant in the same way.

mod access;
mod children;
mod containers;
mod directory;
mod draw;
mod flip;
mod pools;
mod resources;

use crate::change::Change;
use crate::history::Author;
use crate::ids;
use crate::rbac::Locks;
use crate::routes::Writer;
use crate::state::State;
use draw::Draw;
use pools::Pools;

/// What changes are made of: the tenant and what in it can be changed, and chance.
struct Scene<'a> {
    writer: Writer<'a>,
    draw: &'a mut Draw,
    pools: &'a Pools,
    locks: &'a Locks,
}

/// One kind of change; `None` when the tenant has nothing that it could be made of.
type Kind = fn(&mut Scene<'_>) -> Option<()>;

/// The kinds of changes, each as often as it is likely.
const KINDS: [(u64, Kind); 14] = [
    (26, resources::update),
    (9, resources::clone),
    (8, resources::delete),
    (6, resources::tag),
    (16, children::update),
    (6, children::diagnose),
    (3, containers::create),
    (2, containers::delete),
    (5, access::role_assignment),
    (4, access::policy_assignment),
    (6, directory::user),
    (4, directory::member),
    (2, directory::conditional_access),
    (3, directory::application),
];

/// Changes a tenant so many times; fewer when there is nothing to change.
pub(crate) fn make(state: &State, count: usize, seed: u64) -> Vec<Change> {
    let mut tenant = state.tenant_mut();
    let mut draw = Draw::new(seed);
    let mut made = Vec::new();
    let mut pools = Pools::of(&tenant);
    // No change makes one or takes one off.
    let locks = Locks::of(&tenant);
    for number in 0..count {
        // What was created can be changed too, but finding it costs a walk through everything.
        if number % 100 == 99 {
            pools = Pools::of(&tenant);
        }
        let author = Author {
            name: format!(
                "admin@{}",
                tenant.domains.first().map_or("contoso.com", String::as_str)
            ),
            is_user: true,
        };
        let mut scene = Scene {
            writer: Writer::new(&mut tenant, &state.history, author, ids::random_guid()),
            draw: &mut draw,
            pools: &pools,
            locks: &locks,
        };
        if !one(&mut scene) {
            break;
        }
        made.extend(scene.writer.changes());
    }
    made
}

/// Makes one change: the kind that chance wants, or else the next one that is possible.
fn one(scene: &mut Scene<'_>) -> bool {
    let total: u64 = KINDS.iter().map(|(weight, _)| weight).sum();
    let mut drawn = scene.draw.next() % total;
    let wanted = KINDS.iter().position(|(weight, _)| {
        let here = drawn < *weight;
        drawn = drawn.saturating_sub(*weight);
        here
    });
    let (before, from) = KINDS.split_at(wanted.unwrap_or(0));
    from.iter()
        .chain(before)
        .any(|(_, kind)| kind(scene).is_some())
}

impl Scene<'_> {
    /// One of some keys whose document still exists and that fits.
    fn pick(&mut self, keys: &[String], fits: impl Fn(&Scene<'_>, &str) -> bool) -> Option<String> {
        (0..24).find_map(|_| {
            let key = self.draw.one(keys)?.clone();
            (self.writer.tenant.store.get(&key).is_some() && fits(self, &key)).then_some(key)
        })
    }

    /// One of some keys by type: every type is as likely, however many documents it has.
    fn pick_by_type(
        &mut self,
        types: &[(String, Vec<String>)],
        fits: impl Fn(&Scene<'_>, &str) -> bool + Copy,
    ) -> Option<String> {
        (0..12).find_map(|_| {
            let at = self.draw.below(types.len())?;
            self.pick(&types[at].1, fits)
        })
    }

    /// The body of a document and the path with its case.
    fn document(&self, key: &str) -> Option<(String, serde_json::Value)> {
        let found = self.writer.tenant.store.get(key)?;
        Some((found.path.to_string(), found.alone().as_ref().clone()))
    }

    /// True when nothing keeps what is at a path from being removed: no lock, and no rights that a scan needs.
    fn is_removable(&self, at: &str) -> bool {
        self.locks.against("DELETE", at).is_empty() && !self.holds_rights(at)
    }

    /// True when something under a path gives one of the tenant's applications its rights: a scan must not lose them.
    fn holds_rights(&self, key: &str) -> bool {
        let tenant = &self.writer.tenant;
        let beneath = format!("{key}/");
        tenant.store.role_assignments().any(|assignment| {
            let at = crate::path::key(&assignment.path);
            let body = assignment.alone();
            let principal = body["properties"]["principalId"]
                .as_str()
                .unwrap_or_default();
            (at == key || at.starts_with(&beneath))
                && tenant
                    .applications
                    .iter()
                    .any(|app| app.object_id.eq_ignore_ascii_case(principal))
        })
    }
}
