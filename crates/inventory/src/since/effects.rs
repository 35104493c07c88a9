//! From events of the activity log to what has to be read again.

use std::collections::BTreeSet;

use super::event::{Deed, Event};
use super::ids;
use super::watched::{Seen, Watched};

/// What an event does to a snapshot. A set of them does the same in any order and however often each
/// was told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effect {
    /// One read has to be made again.
    Reread {
        /// The type, in lower case.
        document_type: String,
        /// The subscription, in lower case.
        subscription: String,
        /// The parent's id in lower case; empty for a list of its own.
        parent: String,
        /// Only if Resource Manager gave it.
        arm_only: bool,
    },
    /// What was read below this id is of something that is gone, or that changed as a whole.
    Forget(String),
    /// Whatever was listed by Resource Manager and lies below this id is gone.
    Emptied(String),
    /// What lies below this id may be somewhere else now.
    Moved(String),
}

/// The effects of one event.
pub(super) fn of(watched: &[Watched], event: &Event) -> BTreeSet<Effect> {
    let Some(subscription) = ids::subscription(&event.resource) else {
        return BTreeSet::new();
    };
    let seen = Seen::new(event);
    let mut effects: BTreeSet<Effect> = watched
        .iter()
        .flat_map(|watched| {
            watched
                .touched(&seen)
                .into_iter()
                .map(|parent| Effect::Reread {
                    document_type: watched.document_type.clone(),
                    subscription: subscription.to_owned(),
                    parent: parent.to_owned(),
                    arm_only: watched.arm_only,
                })
        })
        .collect();
    match event.deed {
        Deed::Written => {}
        Deed::Deleted => {
            effects.insert(Effect::Forget(event.resource.clone()));
            if ids::type_of(&event.resource) == "microsoft.resources/subscriptions/resourcegroups" {
                effects.insert(Effect::Emptied(event.resource.clone()));
            }
        }
        Deed::MovedAway => {
            effects.insert(Effect::Moved(event.resource.clone()));
        }
        Deed::Swapped => {
            effects.insert(Effect::Forget(site_of(&event.resource).to_owned()));
        }
    }
    effects
}

/// The site that a slot belongs to: both sides of a swap lie below it.
fn site_of(id: &str) -> &str {
    match id.split_once("/slots/") {
        Some((site, _)) => site,
        None => id,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use catalog::{Catalog, Plan};
    use proptest::prelude::*;

    use super::*;

    const SITE: &str = "/subscriptions/s/resourcegroups/g/providers/microsoft.web/sites/x";

    static WATCHED: LazyLock<Vec<Watched>> = LazyLock::new(|| {
        Watched::of(&Plan::everything(&Catalog::builtin().unwrap(), &[]).unwrap())
    });

    fn event(deed: Deed, resource: &str) -> Event {
        Event {
            deed,
            resource: resource.to_owned(),
            document_type: ids::type_of(resource),
        }
    }

    #[test]
    fn what_was_deleted_is_forgotten_though_it_may_be_back() {
        let effects = of(&WATCHED, &event(Deed::Deleted, SITE));
        assert!(effects.contains(&Effect::Forget(SITE.to_owned())));
        assert!(!effects.contains(&Effect::Emptied(SITE.to_owned())));
        let group = "/subscriptions/s/resourcegroups/g";
        let effects = of(&WATCHED, &event(Deed::Deleted, group));
        assert!(effects.contains(&Effect::Emptied(group.to_owned())));
    }

    #[test]
    fn both_sides_of_a_swap_are_read_again() {
        let effects = of(
            &WATCHED,
            &event(Deed::Swapped, &format!("{SITE}/slots/blue")),
        );
        assert!(effects.contains(&Effect::Forget(SITE.to_owned())));
    }

    #[test]
    fn a_move_tells_where_from() {
        let group = "/subscriptions/s/resourcegroups/g";
        let effects = of(&[], &event(Deed::MovedAway, group));
        assert_eq!(Vec::from_iter(effects), [Effect::Moved(group.to_owned())]);
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let deed = prop_oneof![
            Just(Deed::Written),
            Just(Deed::Deleted),
            Just(Deed::Swapped),
            Just(Deed::MovedAway)
        ];
        let resource = prop_oneof![
            Just(SITE.to_owned()),
            Just(format!("{SITE}/config/web")),
            Just("/subscriptions/s/resourcegroups/g".to_owned()),
            Just(
                "/subscriptions/s/providers/microsoft.security/securitycontacts/default".to_owned()
            ),
            "/subscriptions/s/resourcegroups/[a-c]/providers/microsoft\\.(web|sql|storage)/(sites|servers|storageaccounts)/[a-c](/(config|blobservices|databases)/[a-c])?",
        ];
        (deed, resource).prop_map(|(deed, resource)| event(deed, &resource))
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(events in prop::collection::vec(any_event(), 0..12), seed in any::<u64>()) {
            let all = |events: &[Event]| -> BTreeSet<Effect> {
                events.iter().flat_map(|event| of(&WATCHED, event)).collect()
            };
            let expected = all(&events);
            let mut other = events.clone();
            other.extend(events.iter().take(events.len() / 2).cloned());
            if !other.is_empty() {
                let at = usize::try_from(seed % other.len() as u64).unwrap();
                other.rotate_left(at);
                other.reverse();
            }
            prop_assert_eq!(all(&other), expected);
        }
    }
}
