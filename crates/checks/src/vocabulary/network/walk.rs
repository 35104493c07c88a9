//! The walk along the rules, for all packets at once.

use std::collections::{BTreeSet, HashSet};

use super::intervals::{Intervals, Number};
use super::rule::Rule;

/// For each rule, the addresses of `public` that it lets through to some destination from some
/// source port. Rules must be in walking order and all match the port and protocol asked for.
///
/// Two packets whose destinations and source ports match the same rules meet the same fate, so
/// the walk is made once for each such set of rules, with sets of source addresses.
pub(super) fn admitted<T: Number>(
    rules: &[&Rule],
    public: &Intervals<T>,
    source: fn(&Rule) -> &Intervals<T>,
    destination: fn(&Rule) -> &Intervals<T>,
) -> Vec<Intervals<T>> {
    let sources: Vec<_> = rules
        .iter()
        .map(|rule| source(rule).intersection(public))
        .collect();
    let relevant: Vec<usize> = (0..rules.len())
        .filter(|&rule| !sources[rule].is_empty())
        .collect();
    let mut admitted = vec![Intervals::default(); rules.len()];
    for path in paths(rules, &relevant, destination) {
        let mut undecided = public.clone();
        for rule in path {
            if rules[rule].allows {
                let through = undecided.intersection(&sources[rule]);
                admitted[rule] = admitted[rule].union(&through);
            }
            undecided = undecided.difference(&sources[rule]);
            if undecided.is_empty() {
                break;
            }
        }
    }
    admitted
}

/// The different ways to walk: for every kind of destination and source port, which of the
/// `relevant` rules match, in order.
///
/// A destination is an address of a network card and the application security groups that the
/// card is in. One group at a time is enough: a card in more groups matches more rules, and if
/// one of them lets a packet in, a card in that rule's group alone gets it too.
pub(super) fn paths<T: Number>(
    rules: &[&Rule],
    relevant: &[usize],
    destination: fn(&Rule) -> &Intervals<T>,
) -> HashSet<Vec<usize>> {
    let addresses = representatives(relevant.iter().map(|&rule| destination(rules[rule])));
    let ports = representatives(relevant.iter().map(|&rule| &rules[rule].source_ports));
    let groups: BTreeSet<&str> = relevant
        .iter()
        .flat_map(|&rule| rules[rule].groups.iter().map(String::as_str))
        .collect();
    let cards: Vec<Option<&str>> = std::iter::once(None)
        .chain(groups.into_iter().map(Some))
        .collect();

    let mut paths = HashSet::new();
    for &address in &addresses {
        for &card in &cards {
            for &port in &ports {
                let matching = relevant.iter().copied().filter(|&rule| {
                    let rule = rules[rule];
                    let in_group = card.is_some_and(|card| rule.groups.iter().any(|g| g == card));
                    (in_group || destination(rule).contains(address))
                        && rule.source_ports.contains(port)
                });
                paths.insert(matching.collect());
            }
        }
    }
    paths
}

/// One number of every part into which the ends of the ranges cut the numbers.
pub(super) fn representatives<'a, T: Number + 'a>(
    sets: impl Iterator<Item = &'a Intervals<T>>,
) -> BTreeSet<T> {
    let mut numbers = BTreeSet::from([T::MIN]);
    for (low, high) in sets.flat_map(Intervals::ranges) {
        numbers.insert(*low);
        numbers.extend(high.next());
    }
    numbers
}
