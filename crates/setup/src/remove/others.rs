//! Who else the custom role is assigned to.

use std::collections::BTreeSet;

use azure::{Client, Service};

use crate::discover::VERSION;
use crate::present::Present;
use crate::read::{list, text};

/// How many assignments of the custom role are of others than the scanner, as far as can be seen; `None`
/// where a scope of it may not be read.
pub async fn others_with_role(client: &Client, present: &Present) -> Option<usize> {
    let Some(role) = &present.role else {
        return Some(0);
    };
    let own = present.principal.as_ref().map(|of| of.id.as_str());
    let mut others = BTreeSet::new();
    for scope in &role.assignable_scopes {
        let scope = scope.trim_end_matches('/');
        let path = format!("{scope}/providers/Microsoft.Authorization/roleAssignments?{VERSION}");
        for body in list(client, Service::Arm, &path).await.ok()? {
            let definition = text(&body, &["properties", "roleDefinitionId"]).unwrap_or_default();
            let is_of_role = definition
                .rsplit('/')
                .next()
                .is_some_and(|guid| guid.eq_ignore_ascii_case(&role.guid));
            let holder = text(&body, &["properties", "principalId"]).unwrap_or_default();
            let is_own = own.is_some_and(|own| own.eq_ignore_ascii_case(holder));
            if is_of_role && !is_own {
                others.insert(text(&body, &["id"]).unwrap_or_default().to_lowercase());
            }
        }
    }
    Some(others.len())
}
