//! What one principal may do at one scope.

use crate::deny::DenyAssignment;
use crate::excess::Excess;
use crate::grant::Grant;
use crate::permission::Permission;
use crate::verdict::Verdict;

/// The role assignments and deny assignments that hold for one principal at one scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access<'a> {
    /// Its own, those of its groups, and those from above.
    pub grants: Vec<Grant<'a>>,
    /// Those that concern it, whatever they deny.
    pub denials: Vec<&'a DenyAssignment>,
}

impl<'a> Access<'a> {
    /// Whether an operation of the control plane may be done, such as `Microsoft.Web/sites/read`.
    pub fn verdict(&self, action: &str) -> Verdict<'a> {
        self.judge(
            |denial| denial.denies(action),
            |grant| grant.permits(action),
            |block| block.takes_away(action),
        )
    }

    /// Whether an operation on data may be done.
    pub fn verdict_on_data(&self, action: &str) -> Verdict<'a> {
        self.judge(
            |denial| denial.denies_data(action),
            |grant| grant.permits_data(action),
            |block| block.takes_away_data(action),
        )
    }

    /// Whether an operation of the control plane may be done, if under a condition.
    pub fn permits(&self, action: &str) -> bool {
        self.verdict(action).is_granted()
    }

    /// The grants that permit more than to read and what is in `allowed` (operations, or patterns of
    /// them), and what of each is too much. Deny assignments are left out of account: they may go.
    pub fn excess<T: AsRef<str>>(&self, allowed: &[T]) -> Vec<(Grant<'a>, Vec<Excess<'a>>)> {
        let of = |grant: &Grant<'a>| {
            let role = grant.role?;
            let blocks = role.permissions.iter();
            let excess: Vec<_> = blocks.flat_map(|block| block.excess(allowed)).collect();
            (!excess.is_empty()).then_some((*grant, excess))
        };
        self.grants.iter().filter_map(of).collect()
    }

    /// The grants whose role definition is not known.
    pub fn unknown(&self) -> Vec<Grant<'a>> {
        self.grants_that(|grant| grant.role.is_none())
    }

    fn judge(
        &self,
        denies: impl Fn(&DenyAssignment) -> bool,
        permits: impl Fn(&Grant<'a>) -> bool,
        takes_away: impl Fn(&Permission) -> bool,
    ) -> Verdict<'a> {
        let denials: Vec<_> = self
            .denials
            .iter()
            .copied()
            .filter(|one| denies(one))
            .collect();
        let granted = self.grants_that(permits);
        if !denials.is_empty() {
            return Verdict::Denied {
                by: denials,
                despite: granted,
            };
        }
        if !granted.is_empty() {
            return Verdict::Granted { by: granted };
        }
        let unknown = self.unknown();
        if !unknown.is_empty() {
            return Verdict::Unknown { roles: unknown };
        }
        let taken = self.grants_that(|grant| grant.any_block(&takes_away));
        match taken.is_empty() {
            true => Verdict::NotGranted,
            false => Verdict::TakenAway { by: taken },
        }
    }

    fn grants_that(&self, are: impl Fn(&Grant<'a>) -> bool) -> Vec<Grant<'a>> {
        self.grants
            .iter()
            .copied()
            .filter(|grant| are(grant))
            .collect()
    }
}
