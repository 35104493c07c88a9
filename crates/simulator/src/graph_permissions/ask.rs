//! What a caller asks Microsoft Graph to do.

use serde_json::Value;

use crate::path;
use crate::principal::Principal;
use crate::tenant::Tenant;

/// Actions that are posted and change nothing.
const READING: [&str; 4] = [
    "getbyids",
    "getmembergroups",
    "checkmembergroups",
    "getmemberobjects",
];

/// What a caller asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) principal: &'a Principal,
    /// In capital letters.
    pub(crate) method: &'a str,
    /// Without its version, in lower case.
    pub(crate) path: &'a str,
    /// What was sent; null when nothing was.
    pub(crate) body: &'a Value,
}

impl Ask<'_> {
    /// True when nothing is changed.
    pub(super) fn is_reading(&self) -> bool {
        let read_by_post = READING.iter().any(|action| self.path.ends_with(action));
        matches!(self.method, "GET" | "HEAD") || read_by_post
    }

    /// The path's segments.
    pub(super) fn parts(&self) -> Vec<&str> {
        path::segments(self.path)
    }

    /// True when the path begins with the pattern, in which `*` is one segment at most.
    pub(super) fn is_at(&self, pattern: &str) -> bool {
        begins(self.path, pattern)
    }

    /// True when an object is to be made in one of the directory's lists.
    pub(super) fn creates_in(&self, list: &str) -> bool {
        self.method == "POST" && self.parts() == [list]
    }
}

/// True when a path begins with a pattern, segment by segment; the last one of the pattern may be a beginning.
pub(super) fn begins(at: &str, pattern: &str) -> bool {
    let wanted = path::segments(pattern);
    let have = path::segments(at);
    let last = wanted.len().saturating_sub(1);
    wanted.len() <= have.len()
        && wanted
            .iter()
            .zip(have)
            .enumerate()
            .all(|(place, (wanted, have))| {
                *wanted == "*" || have == *wanted || (place == last && have.starts_with(wanted))
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_segment_by_segment() {
        assert!(begins(
            "/serviceprincipals/1/approleassignedto/2",
            "/serviceprincipals/*/approleassign"
        ));
        assert!(!begins(
            "/serviceprincipals/1",
            "/serviceprincipals/*/approleassign"
        ));
        assert!(!begins(
            "/users/approleassignments",
            "/users/*/approleassignments"
        ));
        assert!(begins("/anything", ""));
    }
}
