//! How many requests were answered, and how.

use std::collections::BTreeMap;

use crate::state::RecordedRequest;

/// Requests counted by how they were answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// Requests that came over the wire; a batch is one.
    pub total: u64,
    /// Requests within batches.
    pub in_batch: u64,
    /// Both by status; 0 stands for a connection that was cut.
    pub by_status: BTreeMap<u16, u64>,
    /// Both that were told to come again later.
    pub throttled: u64,
}

impl RequestCounts {
    pub(crate) fn of(requests: &[RecordedRequest]) -> Self {
        let mut counts = Self::default();
        for request in requests {
            if request.in_batch {
                counts.in_batch += 1;
            } else {
                counts.total += 1;
            }
            *counts.by_status.entry(request.status).or_default() += 1;
            counts.throttled += u64::from(request.status == 429);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_in_batches_are_counted_apart() {
        let one = |status, in_batch| RecordedRequest {
            method: "GET".to_owned(),
            path: "/a".to_owned(),
            query: String::new(),
            status,
            in_batch,
        };
        let counts = RequestCounts::of(&[one(200, false), one(429, true), one(200, true)]);
        assert_eq!((counts.total, counts.in_batch, counts.throttled), (1, 2, 1));
        assert_eq!(counts.by_status, BTreeMap::from([(200, 2), (429, 1)]));
    }
}
