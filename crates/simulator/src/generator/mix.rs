//! How many resources of each type a tenant of a given size has.

/// A type in the mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    /// How many of 20,000; 0 for what comes once with each of another type.
    pub(super) weight: u32,
    /// The type that it comes once with.
    pub(super) each_of: Option<usize>,
    /// The type that it lies below.
    pub(super) below: Option<usize>,
}

/// Numbers that add up to `total`, each type at least once where that is possible.
pub(super) fn numbers(shares: &[Share], total: usize) -> Vec<usize> {
    let cost = costs(shares);
    let weighed: u64 = sum(shares
        .iter()
        .zip(&cost)
        .map(|(share, cost)| u64::from(share.weight) * *cost as u64));
    let mut counts: Vec<usize> = shares
        .iter()
        .map(|share| {
            if share.weight == 0 {
                return 0;
            }
            let part = u64::from(share.weight) * total as u64 / weighed.max(1);
            usize::try_from(part).unwrap_or(0).max(1)
        })
        .collect();
    let mut order: Vec<usize> = (0..shares.len())
        .filter(|at| shares[*at].weight > 0)
        .collect();
    let rank = ranks(shares);
    order.sort_by_key(|at| (std::cmp::Reverse(rank[*at]), *at));
    let spent = |counts: &[usize]| -> usize {
        counts
            .iter()
            .zip(&cost)
            .map(|(count, cost)| count * cost)
            .sum()
    };
    shrink(&mut counts, &order, &cost, total, spent);
    grow(&mut counts, &order, &cost, total, spent);
    for (at, share) in shares.iter().enumerate() {
        if let Some(parent) = share.each_of {
            counts[at] = counts[parent];
        }
    }
    counts
}

/// What one more of a type costs: itself and what comes with it.
fn costs(shares: &[Share]) -> Vec<usize> {
    let mut cost: Vec<usize> = shares
        .iter()
        .map(|share| usize::from(share.weight > 0))
        .collect();
    for parent in shares.iter().filter_map(|share| share.each_of) {
        cost[parent] += 1;
    }
    cost
}

/// The weights, where a parent ranks with the heaviest of what lies below it: it must be there as long as that is.
fn ranks(shares: &[Share]) -> Vec<u32> {
    let mut ranks: Vec<u32> = shares.iter().map(|share| share.weight).collect();
    // Children stand behind their parents.
    for (at, share) in shares.iter().enumerate().rev() {
        if let Some(parent) = share.below {
            ranks[parent] = ranks[parent].max(ranks[at]);
        }
    }
    ranks
}

fn sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.sum()
}

/// Takes from the largest types first, and drops the rarest when there is not one for each.
fn shrink(
    counts: &mut [usize],
    order: &[usize],
    cost: &[usize],
    total: usize,
    spent: impl Fn(&[usize]) -> usize,
) {
    let mut over = spent(counts).saturating_sub(total);
    while over > 0 {
        let before = over;
        for &at in order.iter().filter(|at| cost[**at] == 1) {
            let take = (counts[at].saturating_sub(1))
                .min(over)
                .min(counts[at] / 8 + 1);
            counts[at] -= take;
            over -= take;
        }
        if over == before {
            break;
        }
    }
    for &at in order.iter().rev() {
        if over == 0 {
            return;
        }
        let take = counts[at].min(over.div_ceil(cost[at]));
        counts[at] -= take;
        over = over.saturating_sub(take * cost[at]);
    }
}

/// Gives what rounding has left to the largest types.
fn grow(
    counts: &mut [usize],
    order: &[usize],
    cost: &[usize],
    total: usize,
    spent: impl Fn(&[usize]) -> usize,
) {
    let mut left = total.saturating_sub(spent(counts));
    while left > 0 {
        let before = left;
        for &at in order.iter().filter(|at| cost[**at] == 1) {
            if left == 0 {
                return;
            }
            counts[at] += 1;
            left -= 1;
        }
        if left == before {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares() -> Vec<Share> {
        let of = |weight, each_of, below| Share {
            weight,
            each_of,
            below,
        };
        vec![
            of(1_000, None, None),
            of(100, None, None),
            of(0, Some(1), Some(1)),
            of(3, None, None),
            of(1, None, None),
        ]
    }

    #[test]
    fn numbers_add_up_whatever_the_size() {
        for total in [1, 2, 3, 4, 5, 6, 7, 20, 99, 1_204, 1_205, 20_000, 1_000_000] {
            let counts = numbers(&shares(), total);
            assert_eq!(counts.iter().sum::<usize>(), total, "{total}: {counts:?}");
            assert_eq!(counts[1], counts[2]);
        }
    }

    #[test]
    fn every_type_is_there_when_there_is_room_for_it() {
        assert!(numbers(&shares(), 5).iter().all(|count| *count == 1));
        assert_eq!(numbers(&shares(), 1), [1, 0, 0, 0, 0]);
    }

    #[test]
    fn the_mix_is_kept_as_it_grows() {
        let counts = numbers(&shares(), 12_040);
        assert!((9_990..=10_010).contains(&counts[0]), "{counts:?}");
        assert_eq!(counts[1], 1_000);
    }

    #[test]
    fn what_lies_below_another_is_dropped_before_it() {
        let of = |weight, below| Share {
            weight,
            each_of: None,
            below,
        };
        let shares = [of(50, None), of(1, None), of(90, Some(1))];
        assert_eq!(numbers(&shares, 2), [0, 1, 1]);
        assert_eq!(numbers(&shares, 1), [0, 1, 0]);
    }
}
