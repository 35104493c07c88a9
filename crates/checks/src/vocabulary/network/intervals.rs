//! Sets of numbers kept as sorted, disjoint, inclusive ranges.

/// A number that has neighbours: a port, an IPv4 address, an IPv6 address.
pub(super) trait Number: Copy + Ord {
    /// The smallest value.
    const MIN: Self;
    /// The largest value.
    const MAX: Self;
    /// The next value up; `None` at the top.
    fn next(self) -> Option<Self>;
    /// The next value down; `None` at the bottom.
    fn previous(self) -> Option<Self>;
}

macro_rules! number {
    ($($kind:ty),+) => {$(
        impl Number for $kind {
            const MIN: Self = <$kind>::MIN;
            const MAX: Self = <$kind>::MAX;
            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }
            fn previous(self) -> Option<Self> {
                self.checked_sub(1)
            }
        }
    )+};
}

number!(u16, u32, u128);

/// A set of numbers. Two sets with the same members are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Intervals<T> {
    ranges: Vec<(T, T)>,
}

impl<T> Default for Intervals<T> {
    fn default() -> Self {
        Self { ranges: Vec::new() }
    }
}

impl<T: Number> Intervals<T> {
    /// Every number.
    pub(super) fn everything() -> Self {
        Self {
            ranges: vec![(T::MIN, T::MAX)],
        }
    }

    /// The numbers in any of these inclusive ranges; a range with its ends swapped is empty.
    pub(super) fn of(ranges: impl IntoIterator<Item = (T, T)>) -> Self {
        let mut sorted: Vec<_> = ranges
            .into_iter()
            .filter(|(low, high)| low <= high)
            .collect();
        sorted.sort_unstable();
        let mut merged: Vec<(T, T)> = Vec::with_capacity(sorted.len());
        for (low, high) in sorted {
            match merged.last_mut() {
                Some(last) if last.1.next().is_none_or(|after| low <= after) => {
                    last.1 = last.1.max(high);
                }
                _ => merged.push((low, high)),
            }
        }
        Self { ranges: merged }
    }

    /// The ranges, in order, not touching one another.
    pub(super) fn ranges(&self) -> &[(T, T)] {
        &self.ranges
    }

    /// Whether the set has no member.
    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether `value` is a member.
    pub(super) fn contains(&self, value: T) -> bool {
        let after = self.ranges.partition_point(|(low, _)| *low <= value);
        after > 0 && value <= self.ranges[after - 1].1
    }

    /// The members of either.
    pub(super) fn union(&self, other: &Self) -> Self {
        Self::of(self.ranges.iter().chain(&other.ranges).copied())
    }

    /// The members of both.
    pub(super) fn intersection(&self, other: &Self) -> Self {
        let (mut ours, mut theirs) = (
            self.ranges.iter().peekable(),
            other.ranges.iter().peekable(),
        );
        let mut common = Vec::new();
        while let (Some(a), Some(b)) = (ours.peek(), theirs.peek()) {
            let (low, high) = (a.0.max(b.0), a.1.min(b.1));
            if low <= high {
                common.push((low, high));
            }
            if a.1 < b.1 {
                ours.next();
            } else {
                theirs.next();
            }
        }
        Self { ranges: common }
    }

    /// The members that `other` does not have.
    pub(super) fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    /// Whether every member of `other` is a member.
    pub(super) fn covers(&self, other: &Self) -> bool {
        other.difference(self).is_empty()
    }

    fn complement(&self) -> Self {
        let mut gaps = Vec::with_capacity(self.ranges.len() + 1);
        let mut start = Some(T::MIN);
        for (low, high) in &self.ranges {
            if let (Some(from), Some(to)) = (start, low.previous())
                && from <= to
            {
                gaps.push((from, to));
            }
            start = high.next();
        }
        if let Some(from) = start {
            gaps.push((from, T::MAX));
        }
        Self { ranges: gaps }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Ranges near both ends of the ports, where overflow would show.
    fn ranges() -> impl Strategy<Value = Vec<(u16, u16)>> {
        let edge = prop_oneof![0u16..40, (u16::MAX - 40)..=u16::MAX];
        prop::collection::vec((edge.clone(), edge), 0..8)
    }

    fn members(set: &Intervals<u16>) -> BTreeSet<u16> {
        let all = set.ranges().iter().flat_map(|(low, high)| *low..=*high);
        all.collect()
    }

    #[test]
    fn touching_and_overlapping_ranges_merge() {
        let set = Intervals::of([(5u16, 9), (1, 4), (9, 12), (14, 13), (65535, 65535)]);
        assert_eq!(set.ranges(), [(1, 12), (65535, 65535)]);
    }

    #[test]
    fn everything_has_both_ends() {
        let all = Intervals::<u128>::everything();
        assert!(all.contains(0) && all.contains(u128::MAX));
        assert!(all.complement().is_empty());
        assert_eq!(Intervals::<u128>::default().complement(), all);
    }

    proptest! {
        #[test]
        fn sets_agree_with_a_set_of_single_numbers(ours in ranges(), theirs in ranges()) {
            let (a, b) = (Intervals::of(ours), Intervals::of(theirs));
            let (x, y) = (members(&a), members(&b));
            prop_assert_eq!(members(&a.union(&b)), &x | &y);
            prop_assert_eq!(members(&a.intersection(&b)), &x & &y);
            prop_assert_eq!(members(&a.difference(&b)), &x - &y);
            prop_assert_eq!(a.covers(&b), y.is_subset(&x));
            for port in (0..80).chain(u16::MAX - 80..=u16::MAX) {
                prop_assert_eq!(a.contains(port), x.contains(&port));
            }
        }

        #[test]
        fn a_set_is_equal_to_itself_rebuilt(list in ranges()) {
            let set = Intervals::of(list);
            prop_assert_eq!(Intervals::of(set.ranges().to_vec()), set.clone());
            prop_assert_eq!(set.complement().complement(), set);
        }
    }
}
