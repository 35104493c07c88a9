//! Ids that stay the same from run to run.

use std::fmt::Write;

use checks::Finding;
use ring::digest::{Context as Hash, SHA256};

/// Gives every finding an id made of its check and its resource.
///
/// A check that looks at the items of a resource may give several findings the same resource id.
/// They follow one another, so the second and later ones are told apart by their place, and
/// nothing but the last id must be remembered.
#[derive(Debug, Default)]
pub(crate) struct FindingUids {
    last: String,
    repeats: u32,
}

impl FindingUids {
    /// The id of the next finding of the stream.
    pub(crate) fn next(&mut self, finding: &Finding) -> String {
        let resource = finding.resource_id.to_lowercase();
        let first = digest(&[&finding.check_id, &resource]);
        if self.last != first {
            self.last.clone_from(&first);
            self.repeats = 0;
            return first;
        }
        self.repeats += 1;
        digest(&[&finding.check_id, &resource, &self.repeats.to_string()])
    }
}

/// The id of one statement of a finding: `time` is the run's.
pub(crate) fn event_uid(finding_uid: &str, time: i64) -> String {
    digest(&[finding_uid, &time.to_string()])
}

/// SHA-256 over the parts, each ended by a zero byte so that no two lists of parts are alike, in hexadecimal.
fn digest(parts: &[&str]) -> String {
    let mut hash = Hash::new(&SHA256);
    for part in parts {
        hash.update(part.as_bytes());
        hash.update(&[0]);
    }
    hash.finish()
        .as_ref()
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes any text");
            text
        })
}

#[cfg(test)]
mod tests {
    use checks::Status;

    use super::*;
    use crate::samples;

    #[test]
    fn the_same_finding_has_the_same_id_in_any_case() {
        let finding = samples::finding(Status::Fail);
        let mut shouted = finding.clone();
        shouted.resource_id = shouted.resource_id.to_uppercase();
        shouted.status = Status::Pass;
        assert_eq!(
            FindingUids::default().next(&finding),
            FindingUids::default().next(&shouted)
        );
    }

    #[test]
    fn items_of_one_resource_are_told_apart() {
        let finding = samples::finding(Status::Fail);
        let mut uids = FindingUids::default();
        let ids: Vec<String> = (0..3).map(|_| uids.next(&finding)).collect();
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
        let mut again = FindingUids::default();
        assert_eq!(
            ids,
            (0..3).map(|_| again.next(&finding)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_eq!(digest(&[]).len(), 64);
    }
}
