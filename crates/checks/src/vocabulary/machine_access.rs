//! Who gets into virtual machines through Azure's own roles.

use std::collections::{HashMap, HashSet};

use rbac::Permission;
use serde_json::Value;

use super::application_credentials::person;
use super::conditional_access::Groups;
use super::json::{at, has, in_order, is, items, key, text, texts};

/// Built-in roles that let a user into a machine or run commands on it, by id. They count even where the list of role
/// definitions leaves out what Microsoft ships.
///
/// Source: <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/compute>
const BUILT_IN: [(&str, &str); 7] = [
    ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner"),
    ("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor"),
    (
        "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
        "Virtual Machine Contributor",
    ),
    (
        "1c0163c0-47e6-4577-8991-ea5c82e286e4",
        "Virtual Machine Administrator Login",
    ),
    (
        "fb879df8-f326-4884-b1cf-06f3ad86be52",
        "Virtual Machine User Login",
    ),
    (
        "602da2ba-a5c2-41da-b01d-5360126ab525",
        "Virtual Machine Local User Login",
    ),
    (
        "a6333a3e-0164-44c3-b281-7a577aff287f",
        "Windows Admin Center Administrator Login",
    ),
];

/// What opens a machine: running a command or an extension on it as its administrator.
const ACTIONS: [&str; 3] = [
    "Microsoft.Compute/virtualMachines/runCommand/action",
    "Microsoft.Compute/virtualMachines/runCommands/write",
    "Microsoft.Compute/virtualMachines/extensions/write",
];

/// Signing in to it.
const DATA_ACTIONS: [&str; 2] = [
    "Microsoft.Compute/virtualMachines/login/action",
    "Microsoft.Compute/virtualMachines/loginAsAdmin/action",
];

/// The users that a role in Azure lets into virtual machines, one object each: `id` (`/users/…`), `type`, `userId`,
/// `displayName`, `userPrincipalName`, `userType`, `accountEnabled`, and `roles`, the names of the roles.
///
/// * `assignments`: of Azure roles, of all subscriptions. One to a group is one to everybody in it, at any depth. It
///   counts at a subscription or above, and below if a machine is there.
/// * `definitions`: a role counts by what it permits, custom ones included.
/// * `machines`: virtual machines; only their ids are read.
/// * `users`: in the order of their ids.
/// * `groups`: with `transitiveMembers` and `members`.
pub fn people_with_machine_access(
    assignments: &Value,
    definitions: &Value,
    machines: &Value,
    users: &Value,
    groups: &Value,
) -> Vec<Value> {
    let opening = opening_roles(definitions);
    let machines: Vec<String> = items(machines)
        .iter()
        .filter_map(|machine| text(machine, "id").map(key))
        .collect();
    let groups = Groups::new(groups);
    let mut roles: HashMap<String, Vec<String>> = HashMap::new();
    let mut seen: HashSet<(String, String)> = HashSet::new();
    for assignment in items(assignments) {
        let (Some(principal), Some(role)) = (
            text(assignment, "properties.principalId"),
            text(assignment, "properties.roleDefinitionId"),
        ) else {
            continue;
        };
        let role = key(role.rsplit('/').next().unwrap_or(role));
        let Some(name) = opening.get(&role) else {
            continue;
        };
        let scope = key(text(assignment, "properties.scope").unwrap_or_default());
        if !reaches_machine(&scope, &machines) || !seen.insert((key(principal), role)) {
            continue;
        }
        let mut holders = vec![key(principal)];
        if is(assignment, "properties.principalType", "Group") {
            holders = groups.members(principal);
        }
        for holder in holders {
            let names = roles.entry(holder).or_default();
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    let mut ids: Vec<String> = roles.keys().cloned().collect();
    ids.sort();
    ids.into_iter()
        .filter_map(|id| {
            let user = in_order(items(users), &id)?;
            Some(person(user, "roles", roles.remove(&id)?))
        })
        .collect()
}

/// The roles that open machines, by the last segment of their id.
fn opening_roles(definitions: &Value) -> HashMap<String, String> {
    let built_in = BUILT_IN
        .iter()
        .map(|(id, name)| ((*id).to_owned(), (*name).to_owned()));
    let mut roles: HashMap<String, String> = built_in.collect();
    for definition in items(definitions) {
        let id = text(definition, "name").or_else(|| text(definition, "id")?.rsplit('/').next());
        let blocks = items(at(definition, "properties.permissions"));
        if let Some(id) = id.filter(|_| blocks.iter().any(opens)) {
            let name = text(definition, "properties.roleName").unwrap_or(id);
            roles.entry(key(id)).or_insert_with(|| name.to_owned());
        }
    }
    roles
}

fn opens(block: &Value) -> bool {
    let list = |name: &str| texts(block, name).into_iter().map(str::to_owned).collect();
    let permission = Permission {
        actions: list("actions"),
        not_actions: list("notActions"),
        data_actions: list("dataActions"),
        not_data_actions: list("notDataActions"),
        ..Permission::default()
    };
    ACTIONS.iter().any(|action| permission.permits(action))
        || DATA_ACTIONS
            .iter()
            .any(|action| permission.permits_data(action))
}

/// Whether a machine is at or below a scope; any subscription and what is above it counts.
fn reaches_machine(scope: &str, machines: &[String]) -> bool {
    let segments: Vec<&str> = scope
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let above = segments.len() <= 2 || has(&segments[..2.min(segments.len())], "providers");
    above
        || machines.iter().any(|machine| {
            machine
                .strip_prefix(scope.trim_end_matches('/'))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SUBSCRIPTION: &str = "/subscriptions/S";

    fn assignment(principal: &str, kind: &str, role: &str, scope: &str) -> Value {
        json!({"properties": {"principalId": principal, "principalType": kind, "scope": scope,
            "roleDefinitionId": format!("/subscriptions/S/providers/Microsoft.Authorization/roleDefinitions/{role}")}})
    }

    fn with_access(assignments: Vec<Value>) -> Vec<String> {
        let definitions = json!([
            {"name": "run", "properties": {"roleName": "Runs commands", "permissions": [
                {"actions": ["Microsoft.Compute/virtualMachines/*"], "notActions": ["*/write"]}]}},
            {"name": "login", "properties": {"roleName": "Signs in", "permissions": [
                {"actions": [], "dataActions": ["Microsoft.Compute/*/login/action"]}]}},
            {"name": "read", "properties": {"roleName": "Reads", "permissions": [{"actions": ["*/read"]}]}},
        ]);
        let machines = json!([{"id": "/subscriptions/s/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/vm"}]);
        let users =
            json!([{"id": "ann", "displayName": "Ann"}, {"id": "bob", "displayName": "Bob"}]);
        let groups = json!([
            {"id": "g", "securityEnabled": true, "members": [{"id": "inner"}]},
            {"id": "inner", "securityEnabled": true, "members": [{"id": "bob"}]},
        ]);
        people_with_machine_access(
            &Value::from(assignments),
            &definitions,
            &machines,
            &users,
            &groups,
        )
        .iter()
        .map(|person| format!("{} {}", person["displayName"], person["roles"]).replace('"', ""))
        .collect()
    }

    #[test]
    fn roles_count_by_what_they_permit() {
        let of = |role: &str| with_access(vec![assignment("Ann", "User", role, SUBSCRIPTION)]);
        assert_eq!(of("run"), ["Ann [Runs commands]"]);
        assert_eq!(of("LOGIN"), ["Ann [Signs in]"]);
        assert_eq!(of(BUILT_IN[1].0), ["Ann [Contributor]"]);
        assert!(of("read").is_empty());
        assert!(of("unheard-of").is_empty());
    }

    #[test]
    fn groups_are_resolved_and_others_are_no_people() {
        let found = with_access(vec![
            assignment("g", "Group", "run", SUBSCRIPTION),
            assignment("G", "Group", BUILT_IN[0].0, "/"),
            assignment("sp", "ServicePrincipal", "run", SUBSCRIPTION),
        ]);
        assert_eq!(found, ["Bob [Runs commands,Owner]"]);
    }

    #[test]
    fn a_scope_counts_if_a_machine_is_there() {
        let at =
            |scope: &str| !with_access(vec![assignment("ann", "User", "run", scope)]).is_empty();
        assert!(at("/providers/Microsoft.Management/managementGroups/root"));
        assert!(at("/subscriptions/S/resourceGroups/rg"));
        assert!(at(
            "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/VM"
        ));
        assert!(!at("/subscriptions/S/resourceGroups/r"));
        assert!(!at("/subscriptions/S/resourceGroups/other"));
        assert!(!at(
            "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/x"
        ));
    }

    #[test]
    fn odd_documents_open_nothing() {
        assert!(
            with_access(vec![
                Value::Null,
                json!({"properties": null}),
                json!({"properties": {"principalId": "ann"}})
            ])
            .is_empty()
        );
    }
}
