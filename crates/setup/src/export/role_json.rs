//! ThreatDefenceRole alone, in the form that the portal's "Start from JSON" reads
//! (<https://learn.microsoft.com/azure/role-based-access-control/custom-roles-portal#start-from-json>).

use catalog::Contract;
use serde_json::{Value, json};

use super::Refused;
use crate::request::{Request, Scopes};

/// The definition, ready to be uploaded.
///
/// # Errors
/// No role or no scope is asked for.
pub fn definition(request: &Request, contract: &Contract) -> Result<String, Refused> {
    if !request.custom_role || request.scopes == Scopes::Directory {
        return Err(Refused::NoRole);
    }
    Ok(format!("{:#}\n", body(request, contract)))
}

/// The definition as the portal has it.
pub fn body(request: &Request, contract: &Contract) -> Value {
    let role = &contract.azure.role;
    json!({
        "properties": {
            "roleName": role.name,
            "description": role.description,
            "assignableScopes": request.scopes.paths(),
            "permissions": [{
                "actions": role.actions,
                "notActions": [],
                "dataActions": [],
                "notDataActions": [],
            }],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::samples;

    #[test]
    fn the_portal_gets_two_actions_and_the_scopes() {
        let request = Request {
            scopes: samples::subscriptions(&[samples::SUBSCRIPTION, samples::OTHER]),
            ..samples::certificate()
        };
        let text = definition(&request, &samples::contract()).unwrap();
        let read: Value = serde_json::from_str(&text).unwrap();
        let properties = &read["properties"];
        assert_eq!(properties["roleName"], "ThreatDefenceRole");
        assert_eq!(
            properties["permissions"][0]["actions"],
            json!([
                "Microsoft.Web/sites/host/listkeys/action",
                "Microsoft.Web/sites/config/list/Action"
            ])
        );
        assert_eq!(properties["permissions"][0]["dataActions"], json!([]));
        assert_eq!(
            properties["assignableScopes"],
            json!([
                format!("/subscriptions/{}", samples::SUBSCRIPTION),
                format!("/subscriptions/{}", samples::OTHER)
            ])
        );
    }

    #[test]
    fn a_management_group_has_its_long_name() {
        let request = Request {
            scopes: samples::management_group("contoso-root"),
            ..samples::certificate()
        };
        let text = definition(&request, &samples::contract()).unwrap();
        assert!(text.contains("\"/providers/Microsoft.Management/managementGroups/contoso-root\""));
    }

    #[test]
    fn without_a_role_or_a_scope_there_is_nothing_to_write() {
        for change in [
            (|of| of.scopes = Scopes::Directory) as fn(&mut Request),
            |of| of.custom_role = false,
        ] {
            let mut request = samples::certificate();
            change(&mut request);
            let refused = definition(&request, &samples::contract());
            assert_eq!(refused, Err(Refused::NoRole));
        }
    }
}
