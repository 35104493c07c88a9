//! One block of permissions, of a role or of a deny assignment.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/role-definitions#role-definition-properties>

use serde::{Deserialize, Serialize};

use crate::lenient;
use crate::pattern::matches;

/// What `actions` match and `notActions` do not, and the same of data actions. Also what Resource Manager
/// lists as the caller's own permissions (<https://learn.microsoft.com/rest/api/authorization/permissions>).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Permission {
    /// Operations of the control plane, with `*` for any text.
    #[serde(deserialize_with = "lenient::texts")]
    pub actions: Vec<String>,
    /// What is taken out of `actions` again.
    #[serde(deserialize_with = "lenient::texts")]
    pub not_actions: Vec<String>,
    /// Operations on the data inside of resources.
    #[serde(deserialize_with = "lenient::texts")]
    pub data_actions: Vec<String>,
    /// What is taken out of `data_actions` again.
    #[serde(deserialize_with = "lenient::texts")]
    pub not_data_actions: Vec<String>,
    /// Some built-in roles limit what they permit by a condition of their own.
    #[serde(
        deserialize_with = "lenient::some_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub condition: Option<String>,
}

impl Permission {
    /// Whether it permits an operation of the control plane, such as `Microsoft.Web/sites/read`.
    pub fn permits(&self, action: &str) -> bool {
        allows(&self.actions, &self.not_actions, action.trim())
    }

    /// Whether it permits an operation on data, such as
    /// `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read`.
    pub fn permits_data(&self, action: &str) -> bool {
        allows(&self.data_actions, &self.not_data_actions, action.trim())
    }

    /// Whether `actions` name an operation of the control plane that `notActions` take away.
    pub fn takes_away(&self, action: &str) -> bool {
        any(&self.actions, action.trim()) && !self.permits(action)
    }

    /// Whether `data_actions` name an operation on data that `not_data_actions` take away.
    pub fn takes_away_data(&self, action: &str) -> bool {
        any(&self.data_actions, action.trim()) && !self.permits_data(action)
    }
}

/// Whether any of the blocks permits an operation of the control plane: what they permit adds up.
pub fn permits(permissions: &[Permission], action: &str) -> bool {
    permissions.iter().any(|block| block.permits(action))
}

fn allows(listed: &[String], taken: &[String], action: &str) -> bool {
    any(listed, action) && !any(taken, action)
}

fn any(patterns: &[String], action: &str) -> bool {
    patterns
        .iter()
        .any(|pattern| matches(pattern.trim(), action))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn block(value: Value) -> Permission {
        serde_json::from_value(value).unwrap()
    }

    const DELETE: &str = "Microsoft.Authorization/locks/delete";

    #[test]
    fn not_actions_take_away_within_their_block() {
        let all =
            block(json!({"actions": ["*"], "notActions": ["microsoft.authorization/*/Delete"]}));
        assert!(!all.permits(DELETE));
        assert!(all.takes_away(DELETE));
        assert!(all.permits("Microsoft.Web/sites/write"));
        let one = block(json!({"actions": ["Microsoft.Authorization/locks/*"]}));
        assert!(one.permits(DELETE) && !one.takes_away(DELETE));
        assert!(permits(&[all, one], DELETE));
    }

    #[test]
    fn data_is_a_plane_of_its_own() {
        let data = block(json!({"dataActions": ["*"], "notDataActions": ["*/delete"]}));
        assert!(!data.permits("Microsoft.Storage/x/read"));
        assert!(data.permits_data("Microsoft.Storage/x/read"));
        assert!(!data.permits_data("Microsoft.Storage/x/delete"));
        assert!(data.takes_away_data("Microsoft.Storage/x/delete"));
        assert!(!block(json!({"actions": ["*"]})).permits_data("Microsoft.Storage/x/read"));
    }

    #[test]
    fn null_and_absent_lists_are_empty() {
        for value in [
            json!({}),
            json!({"actions": null, "notActions": null, "condition": null}),
            json!({"actions": [null, 3], "dataActions": {}, "more": true}),
        ] {
            assert_eq!(block(value), Permission::default());
        }
        assert!(!Permission::default().permits(DELETE));
        assert!(!block(json!({"actions": ["*"]})).permits(" "));
    }

    #[test]
    fn it_is_written_as_azure_writes_it() {
        let value = json!({"actions": ["*/read"], "notActions": [], "dataActions": [], "notDataActions": []});
        assert_eq!(serde_json::to_value(block(value.clone())).unwrap(), value);
    }
}
