//! How many rows of a query to ask for at once.

/// Resource Graph takes no more
/// (<https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data#paging-results>).
const LARGEST: u16 = 1000;
/// Pages that must fit before a larger one is tried. A page that does not fit costs a query, and the
/// heavy rows are often neighbours.
const TRUST_AFTER: u16 = 4;

/// The number of rows: halved when a page weighs too much, doubled again when several did not.
#[derive(Debug)]
pub(super) struct PageSize {
    most: u16,
    now: u16,
    fitted: u16,
}

impl PageSize {
    pub fn new(wanted: u16) -> Self {
        let most = wanted.clamp(1, LARGEST);
        Self {
            most,
            now: most,
            fitted: 0,
        }
    }

    /// Rows to ask for now.
    pub fn now(&self) -> u16 {
        self.now
    }

    /// Halves the page; says no when it is a single row already.
    pub fn halve(&mut self) -> bool {
        self.fitted = 0;
        if self.now == 1 {
            return false;
        }
        self.now /= 2;
        true
    }

    /// A page of this size came.
    pub fn fitted(&mut self) {
        self.fitted += 1;
        if self.fitted >= TRUST_AFTER {
            self.fitted = 0;
            self.now = self.now.saturating_mul(2).min(self.most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_one_to_a_thousand_rows() {
        assert_eq!(PageSize::new(0).now(), 1);
        assert_eq!(PageSize::new(40).now(), 40);
        assert_eq!(PageSize::new(u16::MAX).now(), 1000);
    }

    #[test]
    fn it_is_halved_down_to_one_row() {
        let mut size = PageSize::new(10);
        let mut seen = Vec::new();
        while size.halve() {
            seen.push(size.now());
        }
        assert_eq!(seen, [5, 2, 1]);
        assert_eq!(size.now(), 1);
    }

    #[test]
    fn it_grows_back_slowly_and_never_beyond_what_was_wanted() {
        let mut size = PageSize::new(100);
        size.halve();
        size.halve();
        let sizes: Vec<u16> = (0..13)
            .map(|_| {
                size.fitted();
                size.now()
            })
            .collect();
        assert_eq!(
            sizes,
            [25, 25, 25, 50, 50, 50, 50, 100, 100, 100, 100, 100, 100]
        );
    }

    #[test]
    fn a_page_that_does_not_fit_ends_the_trust() {
        let mut size = PageSize::new(100);
        size.halve();
        for _ in 0..3 {
            size.fitted();
        }
        size.halve();
        size.fitted();
        assert_eq!(size.now(), 25);
    }
}
