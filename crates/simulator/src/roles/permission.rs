//! One permission block of a role: actions, and what they leave out.

use serde_json::{Value, json};

use crate::glob;

/// What one permission block of a role allows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) actions: Vec<String>,
    pub(crate) not_actions: Vec<String>,
    pub(crate) data_actions: Vec<String>,
    pub(crate) not_data_actions: Vec<String>,
}

impl Permission {
    /// Reads a block of a stored definition or deny assignment; lists that are missing are empty.
    pub(crate) fn of(block: &Value) -> Self {
        let strings = |name: &str| -> Vec<String> {
            let items = block[name].as_array().map(Vec::as_slice);
            let items = items.unwrap_or_default().iter();
            items
                .filter_map(|item| item.as_str().map(str::to_owned))
                .collect()
        };
        Self {
            actions: strings("actions"),
            not_actions: strings("notActions"),
            data_actions: strings("dataActions"),
            not_data_actions: strings("notDataActions"),
        }
    }

    /// Every block in a document's `properties.permissions`.
    pub(crate) fn all_of(document: &Value) -> Vec<Self> {
        let blocks = document["properties"]["permissions"].as_array();
        let blocks = blocks.map(Vec::as_slice).unwrap_or_default();
        blocks.iter().map(Self::of).collect()
    }

    /// True when an action is within the actions and outside the exclusions. No case.
    #[cfg(test)]
    pub(crate) fn allows(&self, action: &str) -> bool {
        self.lowered().fits(&action.to_lowercase())
    }

    /// As `allows`, where both this block and the action are in lower case already.
    pub(crate) fn fits(&self, action: &str) -> bool {
        let fits = |pattern: &String| glob::matches(pattern, action);
        self.actions.iter().any(fits) && !self.not_actions.iter().any(fits)
    }

    /// The block in lower case.
    pub(crate) fn lowered(&self) -> Self {
        let lower = |list: &[String]| list.iter().map(|action| action.to_lowercase()).collect();
        Self {
            actions: lower(&self.actions),
            not_actions: lower(&self.not_actions),
            data_actions: lower(&self.data_actions),
            not_data_actions: lower(&self.not_data_actions),
        }
    }

    /// The block as Azure writes it.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "actions": self.actions,
            "notActions": self.not_actions,
            "dataActions": self.data_actions,
            "notDataActions": self.not_data_actions,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exclusions_take_away_within_their_block() {
        let block = Permission::of(&json!({"actions": ["A.B/*"], "notActions": ["a.b/c/WRITE"]}));
        assert!(block.allows("a.b/c/read"));
        assert!(!block.allows("A.B/C/write"));
        assert!(!block.allows("A.C/d/read"));
    }

    #[test]
    fn data_actions_are_shown_and_permit_nothing_in_arm() {
        let body = json!({"dataActions": ["A.B/*"], "actions": null});
        let block = Permission::of(&body);
        assert!(!block.allows("A.B/c/read"));
        assert_eq!(block.to_json()["dataActions"], body["dataActions"]);
        assert_eq!(block.to_json()["actions"], json!([]));
    }
}
