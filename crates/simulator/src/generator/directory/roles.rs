//! Directory roles: those that are activated, their members, and the same as assignments of role definitions.

use serde_json::{Value, json};

use super::groups::PRIVILEGED;
use super::{Directory, member, service_principal};
use crate::generator::random::Random;
use crate::generator::scene::group_object;
use crate::store::Store;

/// A role: its template, name, how many people hold it among the first fifty thousand, and its group, if it has one.
///
/// Templates: <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>
struct Role(&'static str, &'static str, usize, Option<usize>);

const ROLES: [Role; 18] = [
    Role(
        "62e90394-69f5-4237-9190-012177145e10",
        "Global Administrator",
        4,
        Some(1),
    ),
    Role(
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "Privileged Role Administrator",
        1,
        Some(8),
    ),
    Role(
        "194ae4cb-b126-40b2-bd5b-6091b380977d",
        "Security Administrator",
        2,
        Some(2),
    ),
    Role(
        "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
        "Conditional Access Administrator",
        2,
        None,
    ),
    Role(
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "Application Administrator",
        2,
        Some(4),
    ),
    Role(
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "Cloud Application Administrator",
        1,
        None,
    ),
    Role(
        "fe930be7-5e62-47db-91af-98c3a49a38b1",
        "User Administrator",
        3,
        Some(5),
    ),
    Role(
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",
        "Helpdesk Administrator",
        4,
        Some(3),
    ),
    Role(
        "29232cdf-9323-42fd-ade2-1d097af3e4de",
        "Exchange Administrator",
        2,
        Some(6),
    ),
    Role(
        "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
        "SharePoint Administrator",
        2,
        None,
    ),
    Role(
        "69091246-20e8-4a56-aa4d-066075b2a7a8",
        "Teams Administrator",
        2,
        None,
    ),
    Role(
        "3a2c62db-5318-420d-8d74-23affee5d9d5",
        "Intune Administrator",
        2,
        None,
    ),
    Role(
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "Privileged Authentication Administrator",
        1,
        None,
    ),
    Role(
        "c4e39bd9-1100-46d3-8c65-fb160da0071f",
        "Authentication Administrator",
        2,
        None,
    ),
    Role(
        "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
        "Hybrid Identity Administrator",
        1,
        None,
    ),
    Role(
        "5d6b6bb7-de71-4623-b4af-96380a352509",
        "Security Reader",
        3,
        None,
    ),
    Role(
        "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
        "Global Reader",
        3,
        Some(7),
    ),
    Role(
        "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
        "Directory Readers",
        0,
        None,
    ),
];

pub(super) fn write(directory: Directory<'_>, store: &mut Store) {
    let mut roles = Vec::new();
    let mut definitions = Vec::new();
    let mut assignments = Vec::new();
    for (number, role) in ROLES.iter().enumerate() {
        let Role(template, name, ..) = role;
        let mut random = Random::of(directory.seed, "directory role", number);
        let id = random.guid();
        roles.push(json!({"id": id, "deletedDateTime": null, "description": format!("{name}."), "displayName": name,
            "roleTemplateId": template}));
        definitions.push(json!({"id": template, "description": format!("{name}."), "displayName": name,
            "isBuiltIn": true, "isEnabled": true, "isPrivileged": number < 10, "resourceScopes": ["/"],
            "templateId": template, "version": "1",
            "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/users/standard/read"], "condition": null}]}));
        let members = members(directory, number, role, &mut random);
        assignments.extend(members.iter().map(|member| {
            json!({"id": random.hex(43), "principalId": member["id"], "roleDefinitionId": template,
                "directoryScopeId": "/", "appScopeId": null})
        }));
        store.load(
            &format!("/v1.0/directoryRoles/{id}/members"),
            json!({"value": members}),
        );
    }
    store.load("/v1.0/directoryRoles", json!({"value": roles}));
    store.load(
        "/v1.0/roleManagement/directory/roleDefinitions",
        json!({"value": definitions}),
    );
    store.load(
        "/v1.0/roleManagement/directory/roleAssignments",
        json!({"value": assignments}),
    );
}

fn members(
    directory: Directory<'_>,
    number: usize,
    role: &Role,
    random: &mut Random,
) -> Vec<Value> {
    let Role(_, _, holders, group) = role;
    let mut numbers: Vec<usize> = Vec::new();
    if number == 0 {
        numbers.extend([0, 1]);
    }
    for place in 0..*holders {
        // Most administer with a second account, a few with their own, and one is a guest.
        let admin = random.below(1 + directory.users / 50) * 50 + 2;
        let who = if random.chance(75) {
            admin
        } else {
            place * 8 + 5 + number * 16
        };
        numbers.push(who % directory.users.max(1));
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers.retain(|number| *number < directory.users);
    let mut members: Vec<Value> = numbers
        .iter()
        .map(|who| member(&directory.person(*who)))
        .collect();
    if let Some(group) = group {
        members.push(json!({"@odata.type": "#microsoft.graph.group", "id": group_object(directory.seed, *group),
            "displayName": PRIVILEGED[*group], "isAssignableToRole": true, "securityEnabled": true,
            "mailEnabled": false, "groupTypes": []}));
    }
    // Synchronisation and a few tools hold roles as well.
    if matches!(number, 0 | 6 | 17) {
        let application = (number + 3) % directory.applications();
        members.push(json!({"@odata.type": "#microsoft.graph.servicePrincipal",
            "id": service_principal(directory.seed, application), "displayName": super::applications::name(application),
            "servicePrincipalType": "Application"}));
    }
    members
}
