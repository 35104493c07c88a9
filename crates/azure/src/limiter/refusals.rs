//! Whether the refusals of a bucket's requests are many enough to call it empty.

/// Refusals that show a bucket to be empty that ours believes is not, and the share of the replies
/// that they have to be. A single one may mean anything.
const LEAST: u32 = 3;
const SHARE: f64 = 0.05;
/// Replies after which older ones count half.
const REPLIES: u32 = 64;

/// Recent replies, and the refusals among them.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    replies: u32,
    refused: u32,
}

impl Refusals {
    /// A request was served.
    pub fn served(&mut self) {
        self.count(0);
    }

    /// A request was refused. Says whether that makes too many, and then begins to count anew.
    pub fn refused(&mut self) -> bool {
        self.count(1);
        let many =
            self.refused >= LEAST && f64::from(self.refused) > f64::from(self.replies) * SHARE;
        if many {
            *self = Self::default();
        }
        many
    }

    fn count(&mut self, refused: u32) {
        if self.replies >= REPLIES {
            self.replies /= 2;
            self.refused /= 2;
        }
        self.replies += 1;
        self.refused += refused;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_in_a_row_are_many_and_one_in_a_hundred_is_not() {
        let mut refusals = Refusals::default();
        for _ in 0..10 {
            (0..99).for_each(|_| refusals.served());
            assert!(!refusals.refused());
        }
        assert!(!refusals.refused());
        assert_eq!([refusals.refused(), refusals.refused()], [true, false]);
    }
}
