//! Groups and who is in them: security groups, some that hold directory roles, some within others, Microsoft 365 groups.

use serde_json::{Value, json};

use super::{Directory, member, service_principal};
use crate::generator::dates;
use crate::generator::random::Random;
use crate::generator::scene::group_object;
use crate::generator::words::{DEPARTMENTS, DOMAINS, ENVIRONMENTS, WORKLOADS, in_address};
use crate::store::Store;

/// Groups that directory roles are given to, and what they are called.
pub(super) const PRIVILEGED: [&str; 9] = [
    "sg-ca-emergency-access",
    "sg-entra-global-admins",
    "sg-entra-security-admins",
    "sg-entra-helpdesk",
    "sg-entra-application-admins",
    "sg-entra-user-admins",
    "sg-entra-exchange-admins",
    "sg-entra-readers",
    "sg-entra-privileged-role-admins",
];

/// How many groups there are: enough for the role assignments of small tenants, too.
fn count(users: usize) -> usize {
    40 + users / 12
}

pub(super) fn write(directory: Directory<'_>, store: &mut Store) {
    let groups = count(directory.users);
    let mut list = Vec::with_capacity(groups);
    for number in 0..groups {
        let mut random = Random::of(directory.seed, "group's details", number);
        let id = group_object(directory.seed, number);
        let dynamic = number >= PRIVILEGED.len() && number % 20 == 11;
        list.push(group(number, &id, dynamic, &mut random));
        let members = members(directory, number, groups, &mut random);
        store.load(
            &format!("/v1.0/groups/{id}/members"),
            json!({"value": members}),
        );
        let owners: Vec<Value> = if number >= PRIVILEGED.len() && random.chance(70) {
            vec![member(&directory.someone(random.below(directory.users)))]
        } else {
            Vec::new()
        };
        store.load(
            &format!("/v1.0/groups/{id}/owners"),
            json!({"value": owners}),
        );
    }
    store.load("/v1.0/groups", json!({"value": list}));
}

fn name(number: usize) -> String {
    if let Some(name) = PRIVILEGED.get(number) {
        return (*name).to_owned();
    }
    let workload = WORKLOADS[number * 7 % WORKLOADS.len()];
    let (environment, _, _) = ENVIRONMENTS[number % ENVIRONMENTS.len()];
    match number % 5 {
        0 => format!("sg-az-{workload}-{environment}-contributors"),
        1 => format!("sg-az-{workload}-{environment}-readers"),
        2 => format!("sg-app-{workload}-users-{number:03}"),
        3 => format!("{} {number:03}", DEPARTMENTS[number % DEPARTMENTS.len()]),
        _ => format!("sg-dl-{workload}-{number:03}"),
    }
}

fn group(number: usize, id: &str, dynamic: bool, random: &mut Random) -> Value {
    let name = name(number);
    let unified = number >= PRIVILEGED.len() && number % 5 == 3;
    let mut types = Vec::new();
    if unified {
        types.push("Unified");
    }
    if dynamic {
        types.push("DynamicMembership");
    }
    let created = dates::days("past", random).unwrap_or(-1);
    json!({
        "id": id,
        "deletedDateTime": null,
        "classification": null,
        "createdDateTime": dates::moment(created, random),
        "creationOptions": [],
        "description": if random.chance(60) { json!(format!("{name}, see the access catalogue")) } else { Value::Null },
        "displayName": name,
        "expirationDateTime": null,
        "groupTypes": types,
        "isAssignableToRole": if number < PRIVILEGED.len() { json!(true) } else { Value::Null },
        "mail": if unified { json!(format!("{}@{}", in_address(&name), DOMAINS[0])) } else { Value::Null },
        "mailEnabled": unified,
        "mailNickname": in_address(&name),
        "membershipRule": if dynamic { json!("(user.accountEnabled -eq true)") } else { Value::Null },
        "membershipRuleProcessingState": if dynamic { json!("On") } else { Value::Null },
        "onPremisesSyncEnabled": if !unified && random.chance(30) { json!(true) } else { Value::Null },
        "proxyAddresses": [],
        "renewedDateTime": dates::moment(created, random),
        "securityEnabled": !unified || random.chance(10),
        "visibility": if unified && random.chance(40) { "Public" } else { "Private" },
    })
}

fn members(
    directory: Directory<'_>,
    number: usize,
    groups: usize,
    random: &mut Random,
) -> Vec<Value> {
    if number == 0 {
        return vec![member(&directory.someone(0)), member(&directory.someone(1))];
    }
    let size = match number {
        0..9 => random.between(2, 5),
        _ if number % 50 == 17 => random.between(80, 250),
        _ => random.between(0, 16),
    } as usize;
    let mut chosen: Vec<usize> = Vec::new();
    for _ in 0..size.min(directory.users) {
        let anyone = random.below(directory.users);
        // Administrators' accounts are those whose number is two past a multiple of fifty.
        let admin = (anyone / 50 * 50 + 2).min(directory.users.saturating_sub(1));
        let who = if number < PRIVILEGED.len() && random.chance(70) {
            admin
        } else {
            anyone
        };
        if !chosen.contains(&who) {
            chosen.push(who);
        }
    }
    let mut found: Vec<Value> = chosen
        .iter()
        .map(|who| member(&directory.person(*who)))
        .collect();
    // Some groups hold a later one, so that no group is within itself.
    let inner = number + 1 + random.below(20);
    if inner < groups && inner >= PRIVILEGED.len() && (number % 9 == 4 || number == 3) {
        found.push(json!({"@odata.type": "#microsoft.graph.group", "id": group_object(directory.seed, inner),
            "displayName": name(inner), "securityEnabled": true, "mailEnabled": false, "groupTypes": []}));
    }
    if number % 13 == 6 {
        let application = random.below(directory.applications());
        found.push(json!({"@odata.type": "#microsoft.graph.servicePrincipal",
            "id": service_principal(directory.seed, application), "displayName": super::applications::name(application),
            "servicePrincipalType": "Application"}));
    }
    found
}
