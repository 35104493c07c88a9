//! Which types share a query: a page holds a thousand rows, whatever their types, and the number of
//! queries is what Resource Graph limits.

/// The largest page. <https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources>
pub(super) const PAGE: u64 = 1_000;

/// Parts `(item, rows)` into groups of at most a page each; an item of more rows is alone. Large
/// ones come first, so that those with the longest way begin first.
pub(super) fn pack<T>(mut items: Vec<(T, u64)>) -> Vec<Vec<T>> {
    items.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    let mut groups: Vec<(Vec<T>, u64)> = Vec::new();
    for (item, rows) in items {
        match groups.iter_mut().find(|(_, taken)| taken + rows <= PAGE) {
            Some((group, taken)) => {
                group.push(item);
                *taken += rows;
            }
            None => groups.push((vec![item], rows)),
        }
    }
    groups.into_iter().map(|(group, _)| group).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_types_share_a_page_and_large_ones_are_alone() {
        let packed = pack(vec![("a", 10), ("b", 2_500), ("c", 990), ("d", 1)]);
        assert_eq!(packed, [vec!["b"], vec!["c", "a"], vec!["d"]]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_shared_query_needs_a_second_page(rows in prop::collection::vec(0_u64..3_000, 0..60)) {
            let items: Vec<(usize, u64)> = rows.iter().copied().enumerate().collect();
            let packed = pack(items);
            for group in &packed {
                let sum: u64 = group.iter().map(|item| rows[*item]).sum();
                prop_assert!(group.len() == 1 || sum <= PAGE);
            }
            let mut all: Vec<usize> = packed.into_iter().flatten().collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..rows.len()).collect::<Vec<_>>());
        }
    }
}
