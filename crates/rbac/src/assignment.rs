//! Role assignments.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/role-assignments>

use serde::Deserialize;

use crate::lenient::{self, last_segment};
use crate::scope::Scope;

/// A role that a principal has at a scope, as Resource Manager and Resource Graph give it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Wire")]
pub struct Assignment {
    /// The whole resource id, which begins with the scope.
    pub id: String,
    /// Its GUID.
    pub name: String,
    /// Where it was made; it holds below as well.
    pub scope: Scope,
    /// The object id of whom it is for.
    pub principal_id: String,
    /// `User`, `Group`, `ServicePrincipal`, `ForeignGroup` or `Device`.
    pub principal_type: String,
    /// The role's resource id; its last segment is what counts.
    pub role_definition_id: String,
    /// What limits it, in Azure's language of attributes.
    pub condition: Option<String>,
    /// Why it was made.
    pub description: String,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default, deserialize_with = "lenient::text")]
    id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    name: String,
    #[serde(default)]
    properties: Option<Properties>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Properties {
    #[serde(deserialize_with = "lenient::some_text")]
    scope: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    principal_id: String,
    #[serde(deserialize_with = "lenient::text")]
    principal_type: String,
    #[serde(deserialize_with = "lenient::text")]
    role_definition_id: String,
    #[serde(deserialize_with = "lenient::some_text")]
    condition: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    description: String,
}

impl TryFrom<Wire> for Assignment {
    type Error = &'static str;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let properties = wire.properties.unwrap_or_default();
        let scope = Scope::of_assignment(properties.scope.as_deref(), &wire.id)
            .ok_or("a role assignment without a scope")?;
        let name = match wire.name.is_empty() {
            true => last_segment(&wire.id).to_owned(),
            false => wire.name,
        };
        Ok(Self {
            id: wire.id,
            name,
            scope,
            principal_id: properties.principal_id,
            principal_type: properties.principal_type,
            role_definition_id: properties.role_definition_id,
            condition: properties.condition,
            description: properties.description,
        })
    }
}

impl Assignment {
    /// The GUID of the role, as Azure gave it.
    pub fn role(&self) -> &str {
        last_segment(&self.role_definition_id)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(value: Value) -> Result<Assignment, serde_json::Error> {
        serde_json::from_value(value)
    }

    #[test]
    fn it_is_read_from_what_azure_gives() {
        let assignment = read(json!({
            "id": "/subscriptions/S/providers/Microsoft.Authorization/roleAssignments/a1",
            "name": "a1", "type": "Microsoft.Authorization/roleAssignments",
            "properties": {
                "roleDefinitionId": "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/R1",
                "principalId": "p", "principalType": "ServicePrincipal",
                "scope": "/subscriptions/s", "condition": null, "conditionVersion": null
            }
        }))
        .unwrap();
        assert_eq!(assignment.role(), "R1");
        assert_eq!(assignment.scope, Scope::subscription("S"));
        assert_eq!(assignment.condition, None);
    }

    #[test]
    fn the_scope_is_in_the_id_when_it_is_not_said() {
        let id =
            "/subscriptions/s/resourceGroups/g/providers/microsoft.authorization/RoleAssignments/a";
        assert_eq!(
            read(json!({"id": id})).unwrap().scope,
            Scope::resource_group("s", "g")
        );
        let id = "/providers/Microsoft.Authorization/roleAssignments/a";
        let assignment = read(json!({"id": id, "properties": null})).unwrap();
        assert_eq!(assignment.scope, Scope::tenant());
        assert_eq!(assignment.name, "a");
    }

    #[test]
    fn without_a_scope_it_says_nothing() {
        let error = read(json!({"properties": {"principalId": "p"}})).unwrap_err();
        assert!(error.to_string().contains("without a scope"), "{error}");
    }
}
