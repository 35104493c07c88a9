//! One read of a batch.

use crate::call::Call;
use crate::retry::Effort;

/// Neither Graph nor Resource Manager takes more in one batch that it answers at once
/// (<https://learn.microsoft.com/graph/json-batching>).
const LARGEST: usize = 20;

/// One read of a batch: where its result belongs, what it asks, and what it has cost.
#[derive(Debug)]
pub(crate) struct Member {
    pub position: usize,
    /// The read as it would be sent alone.
    pub call: Call,
    pub effort: Effort,
}

impl Member {
    pub fn new(position: usize, call: Call) -> Self {
        Self {
            position,
            call,
            effort: Effort::new(),
        }
    }

    /// What the request and its reply are known by inside the batch: a GUID, which is what Resource
    /// Manager's portal sends; Graph takes any text.
    pub fn name(&self) -> String {
        format!("00000000-0000-4000-8000-{:012}", self.position)
    }

    /// The path and the query, encoded as they are to be sent.
    pub fn path_and_query(&self) -> &str {
        &self.call.url[url::Position::BeforePath..url::Position::AfterQuery]
    }
}

/// Members that share a form, in numbers that a batch may hold. `burst` says how many reads like one
/// may go out at once: all of a batch arrive together, and the rest would only be refused.
pub(crate) fn chunks<F: Clone + PartialEq>(
    members: impl IntoIterator<Item = (F, Member)>,
    burst: impl Fn(&Call) -> usize,
) -> Vec<(F, Vec<Member>)> {
    let mut chunks: Vec<(F, Vec<Member>)> = Vec::new();
    for (form, member) in members {
        let room = room(&member, &burst);
        let open = chunks
            .iter_mut()
            .rev()
            .find(|(of, members)| *of == form && members.len() < room);
        match open {
            Some((_, members)) => members.push(member),
            None => chunks.push((form, vec![member])),
        }
    }
    chunks
}

/// How many of the members, from the first on, may still go out together: what a refusal taught may
/// leave room for fewer than the batch began with.
pub(crate) fn together(members: &[Member], burst: impl Fn(&Call) -> usize) -> usize {
    let fitting = members.iter().enumerate();
    fitting
        .take_while(|(before, member)| *before < room(member, &burst))
        .count()
}

/// The largest batch that the member may be in.
fn room(member: &Member, burst: impl Fn(&Call) -> usize) -> usize {
    burst(&member.call).clamp(1, LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Service;
    use url::Url;

    fn member(position: usize, url: &str) -> Member {
        let url = Url::parse(url).expect("a URL");
        Member::new(position, Call::get(Service::Arm, url))
    }

    #[test]
    fn members_are_split_by_form_and_by_twenty() {
        let members = (0..43).map(|n| {
            let form = if n == 1 { "other" } else { "one" };
            (form, member(n, "https://host/x"))
        });
        let sizes: Vec<(&str, usize)> = chunks(members, |_| 245)
            .into_iter()
            .map(|(form, members)| (form, members.len()))
            .collect();
        assert_eq!(sizes, [("one", 20), ("other", 1), ("one", 20), ("one", 2)]);
    }

    #[test]
    fn what_may_not_go_out_together_is_not_put_together() {
        let members = (0..12).map(|n| {
            let path = if n < 7 { "slow" } else { "quick" };
            ((), member(n, &format!("https://host/{path}")))
        });
        let burst = |call: &Call| if call.url.path() == "/slow" { 5 } else { 245 };
        let sizes: Vec<usize> = chunks(members, burst)
            .into_iter()
            .map(|(_, members)| members.len())
            .collect();
        assert_eq!(sizes, [5, 7]);
    }

    #[test]
    fn a_batch_shrinks_to_what_may_go_out_together() {
        let members: Vec<Member> = (0..12).map(|n| member(n, "https://host/x")).collect();
        assert_eq!(together(&members, |_| 245), 12);
        assert_eq!(together(&members, |_| 5), 5);
        assert_eq!(together(&members, |_| 0), 1);
        assert_eq!(together(&[], |_| 5), 0);
    }

    #[test]
    fn a_member_has_a_guid_and_keeps_its_encoding() {
        let member = member(7, "https://host:8080/a%20b?$filter=x%20eq%201&y=%2B");
        assert_eq!(member.name(), "00000000-0000-4000-8000-000000000007");
        assert_eq!(member.path_and_query(), "/a%20b?$filter=x%20eq%201&y=%2B");
    }
}
