//! Items of a list that are no documents.

use catalog::Outcome;

use crate::ledger::LedgerRow;

/// What was wrong in a list that is being read. One such item leaves the read a gap, because
/// something was there that could not be kept; its neighbours are kept.
#[derive(Debug, Default)]
pub(crate) struct OddItems {
    count: u64,
    first: Option<String>,
}

impl OddItems {
    /// Enters an item.
    pub(crate) fn add(&mut self, reason: String) {
        self.count += 1;
        self.first.get_or_insert(reason);
    }

    /// Whether there was none.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The row of a list that came to its end.
    pub(crate) fn end(&self, row: LedgerRow) -> LedgerRow {
        let Some(first) = &self.first else {
            return LedgerRow {
                outcome: Outcome::Read,
                next: None,
                ..row
            };
        };
        let detail = match self.count {
            1 => first.clone(),
            count => format!("{count} items are no documents; the first: {first}"),
        };
        LedgerRow {
            outcome: Outcome::Failed,
            detail: Some(detail),
            next: None,
            ..row
        }
    }

    /// The row of a list that is not at its end. With an odd item behind it there is no going on
    /// from the middle: the resumed read would know nothing of the item.
    pub(crate) fn place(&self, row: LedgerRow) -> LedgerRow {
        if self.is_empty() {
            return row;
        }
        LedgerRow { next: None, ..row }
    }
}

#[cfg(test)]
mod tests {
    use catalog::{DocumentType, Scope};

    use super::*;

    fn row() -> LedgerRow {
        LedgerRow {
            next: Some("/next".to_owned()),
            documents: 2,
            ..LedgerRow::pending(DocumentType::from("graph/users"), Scope::Tenant, "")
        }
    }

    #[test]
    fn without_odd_items_a_list_is_read_and_can_go_on() {
        let none = OddItems::default();
        assert_eq!(none.end(row()).outcome, Outcome::Read);
        assert_eq!(none.place(row()), row());
    }

    #[test]
    fn an_odd_item_makes_a_gap_that_begins_anew() {
        let mut odd = OddItems::default();
        odd.add("17 is no object".to_owned());
        let ended = odd.end(row());
        assert_eq!((ended.outcome, ended.documents), (Outcome::Failed, 2));
        assert_eq!(ended.detail.as_deref(), Some("17 is no object"));
        assert_eq!(odd.place(row()).next, None);
        odd.add("null is no object".to_owned());
        let detail = odd.end(row()).detail.unwrap();
        assert!(
            detail.starts_with("2 items") && detail.ends_with("17 is no object"),
            "{detail}"
        );
    }
}
