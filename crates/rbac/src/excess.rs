//! What a permission allows beyond reading: wildcards are judged by what they let in.

use crate::actions::READS;
use crate::pattern::{covers, ending_in};
use crate::permission::Permission;

/// A pattern that lets more in than wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess<'a> {
    /// The pattern, as the role has it.
    pub pattern: &'a str,
    /// What it is about.
    pub plane: Plane,
    /// The part of it that is too much, by kind of operation: of `*` in a role that keeps deletion out
    /// that is `*/write` and `*/action`. At least one.
    pub allows: Vec<String>,
}

/// The two kinds of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plane {
    /// Operations of Resource Manager.
    Control,
    /// Operations on the data inside of resources.
    Data,
}

const READ: &str = "/read";
/// What operations that change or reveal something end in.
const CHANGES: [&str; 3] = ["/write", "/delete", "/action"];

impl Permission {
    /// What it permits beyond `*/read` and `allowed` (operations, or patterns of them). Of operations on
    /// data nothing is wanted but what is in `allowed`, reading included.
    ///
    /// A `notActions` pattern counts where it takes the whole of a part away.
    pub fn excess<T: AsRef<str>>(&self, allowed: &[T]) -> Vec<Excess<'_>> {
        let mut wanted: Vec<&str> = allowed.iter().map(AsRef::as_ref).collect();
        let data = excess(
            &self.data_actions,
            &self.not_data_actions,
            &wanted,
            Plane::Data,
        );
        wanted.push(READS);
        let mut all = excess(&self.actions, &self.not_actions, &wanted, Plane::Control);
        all.extend(data);
        all
    }
}

fn excess<'a>(
    patterns: &'a [String],
    taken: &[String],
    wanted: &[&str],
    plane: Plane,
) -> Vec<Excess<'a>> {
    let is_wanted = |part: &String| wanted.iter().any(|wanted| covers(wanted, part));
    let is_taken = |part: &String| taken.iter().any(|taken| covers(taken.trim(), part));
    let of = |pattern: &'a String| {
        let mut allows = parts(pattern.trim());
        allows.retain(|part| !is_wanted(part) && !is_taken(part));
        (!allows.is_empty()).then_some(Excess {
            pattern,
            plane,
            allows,
        })
    };
    patterns.iter().filter_map(of).collect()
}

/// The pattern by kinds of operation; the pattern itself when it is of no known kind.
fn parts(pattern: &str) -> Vec<String> {
    let kinds = [READ].into_iter().chain(CHANGES);
    let parts: Vec<String> = kinds.flat_map(|kind| ending_in(pattern, kind)).collect();
    match parts.is_empty() && !pattern.is_empty() {
        true => vec![pattern.to_owned()],
        false => parts,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::pattern::matches;

    const LIST_KEYS: &str = "Microsoft.Web/sites/host/listkeys/action";

    fn block(value: Value) -> Permission {
        serde_json::from_value(value).unwrap()
    }

    fn too_much(value: Value) -> Vec<String> {
        let block = block(value);
        let excess = block.excess(&[LIST_KEYS]);
        excess.into_iter().flat_map(|one| one.allows).collect()
    }

    #[test]
    fn reading_and_what_is_allowed_is_not_too_much() {
        for actions in [
            json!(["*/read"]),
            json!([
                "Microsoft.Web/*/read",
                "microsoft.web/SITES/host/listKeys/Action"
            ]),
            json!([]),
            json!([""]),
        ] {
            assert!(
                too_much(json!({"actions": actions})).is_empty(),
                "{actions}"
            );
        }
    }

    #[test]
    fn wildcards_are_judged_by_what_they_let_in() {
        for (actions, expected) in [
            (json!(["*"]), vec!["*/write", "*/delete", "*/action"]),
            (
                json!(["Microsoft.Web/sites/write"]),
                vec!["Microsoft.Web/sites/write"],
            ),
            (
                json!(["Microsoft.Web/sites/host/*/action"]),
                vec!["Microsoft.Web/sites/host/*/action"],
            ),
            (json!(["*/Action"]), vec!["*/Action"]),
            (json!(["Microsoft.Web/odd"]), vec!["Microsoft.Web/odd"]),
        ] {
            assert_eq!(too_much(json!({"actions": actions})), expected);
        }
    }

    #[test]
    fn what_is_taken_away_is_not_too_much() {
        assert_eq!(
            too_much(json!({"actions": ["*"], "notActions": ["*/DELETE", "*/write"]})),
            ["*/action"]
        );
        assert_eq!(
            too_much(
                json!({"actions": ["*"], "notActions": ["*/delete", "*/action", "Microsoft.Web/*"]})
            ),
            ["*/write"]
        );
        assert!(too_much(json!({"actions": ["A/*"], "notActions": ["A/*"]})).is_empty());
    }

    #[test]
    fn all_data_is_too_much() {
        let block = block(
            json!({"dataActions": ["A/b/read", "*"], "notDataActions": ["*/delete", "*/action"]}),
        );
        let excess = block.excess::<&str>(&[]);
        assert!(excess.iter().all(|one| one.plane == Plane::Data));
        assert_eq!(excess[0].allows, ["A/b/read"]);
        assert_eq!(excess[1].allows, ["*/read", "*/write"]);
        assert!(block.excess(&["A/b/read", "*/read", "*/write"]).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_that_changes_goes_unseen(
            actions in prop::collection::vec("[ab/*]{0,4}(/write|/read|\\*)?", 0..3),
            taken in prop::collection::vec("[ab/*]{0,4}(/write|\\*)?", 0..2),
            name in "[ab/]{0,5}",
        ) {
            let block = block(json!({"actions": actions, "notActions": taken}));
            let operation = format!("{name}/write");
            if block.permits(&operation) {
                let excess = block.excess::<&str>(&[]);
                let seen = excess.iter().flat_map(|one| &one.allows).any(|part| matches(part, &operation));
                prop_assert!(seen, "{:?}", excess);
            }
        }
    }
}
