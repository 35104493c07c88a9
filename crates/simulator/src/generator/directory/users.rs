//! Users with their authentication methods, and the report on who registered for what.

use serde_json::{Value, json};

use super::Directory;
use crate::generator::dates;
use crate::generator::people::{Person, Role};
use crate::generator::random::Random;
use crate::generator::words::{COMPANY, DEPARTMENTS, DOMAINS, OFFICES, TITLES};
use crate::store::Store;

/// Every password has this id.
///
/// Source: <https://learn.microsoft.com/graph/api/resources/passwordauthenticationmethod>
const PASSWORD: &str = "28c10230-6103-485e-b985-444c60001490";

pub(super) fn write(directory: Directory<'_>, store: &mut Store) {
    let mut users = Vec::with_capacity(directory.users);
    let mut report = Vec::with_capacity(directory.users);
    for number in 0..directory.users {
        let person = directory.person(number);
        let mut random = Random::of(directory.seed, "user's details", number);
        users.push(user(&person, &mut random));
        let factors = factors(&person, &mut random);
        let methods = methods(&factors, &mut random);
        let at = format!("/v1.0/users/{}/authentication/methods", person.id);
        store.load(&at, json!({"value": methods}));
        // New people are missing from the report for a day.
        if !random.chance(1) {
            report.push(registration(&person, &factors, &mut random));
        }
    }
    store.load("/v1.0/users", json!({"value": users}));
    let at = "/v1.0/reports/authenticationMethods/userRegistrationDetails";
    store.load(at, json!({"value": report}));
}

fn user(person: &Person, random: &mut Random) -> Value {
    let guest = person.role == Role::Guest;
    let works_here = person.role == Role::Member;
    let synced = works_here && random.chance(85);
    let mail = match person.role {
        Role::Member => json!(person.principal_name),
        Role::Guest => json!(
            person
                .principal_name
                .replace("_partner.example#EXT#", "@partner.example")
                .split("@north")
                .next()
        ),
        _ => Value::Null,
    };
    let pick = |list: &[&str], random: &mut Random| json!(random.one(list));
    let detail = |list: &[&str], random: &mut Random| {
        if works_here {
            pick(list, random)
        } else {
            Value::Null
        }
    };
    let seen = match random.below(10) {
        0 => dates::days("stale", random),
        _ => dates::days("recent", random),
    };
    let activity = if person.role == Role::BreakGlass || random.chance(6) {
        Value::Null
    } else {
        let seen = dates::moment(seen.unwrap_or(-1), random);
        json!({"lastSignInDateTime": seen, "lastSignInRequestId": random.guid(),
            "lastNonInteractiveSignInDateTime": seen, "lastNonInteractiveSignInRequestId": random.guid(),
            "lastSuccessfulSignInDateTime": seen, "lastSuccessfulSignInRequestId": random.guid()})
    };
    json!({
        "id": person.id,
        "deletedDateTime": null,
        "displayName": person.shown,
        "givenName": if person.role == Role::BreakGlass { Value::Null } else { json!(person.given) },
        "surname": if person.role == Role::BreakGlass { Value::Null } else { json!(person.family) },
        "userPrincipalName": person.principal_name,
        "mail": mail,
        "jobTitle": detail(&TITLES, random),
        "department": detail(&DEPARTMENTS, random),
        "companyName": if guest { Value::Null } else { json!(COMPANY) },
        "officeLocation": detail(&OFFICES, random),
        "usageLocation": pick(&["NL", "IE", "GB", "DE", "US", "SG", "BE"], random),
        "preferredLanguage": null,
        "mobilePhone": null,
        "businessPhones": [],
        "accountEnabled": person.enabled,
        "userType": if guest { "Guest" } else { "Member" },
        "createdDateTime": past(random),
        "creationType": if guest { json!("Invitation") } else { Value::Null },
        "externalUserState": if guest { pick(&["Accepted", "PendingAcceptance"], random) } else { Value::Null },
        "onPremisesSyncEnabled": if synced { json!(true) } else { Value::Null },
        "onPremisesImmutableId": if synced { json!(random.hex(24)) } else { Value::Null },
        "lastPasswordChangeDateTime": past(random),
        "passwordPolicies": if random.chance(4) { json!("DisablePasswordExpiration") } else { Value::Null },
        "assignedLicenses": if works_here { json!([{"disabledPlans": [], "skuId": "06ebc4ee-1bb5-47dd-8120-11324bc54e06"}]) } else { json!([]) },
        "identities": [{"signInType": "userPrincipalName", "issuer": DOMAINS[1], "issuerAssignedId": person.principal_name}],
        "signInActivity": activity,
    })
}

fn past(random: &mut Random) -> String {
    let days = dates::days("past", random).unwrap_or(-1);
    dates::moment(days, random)
}

/// What somebody can prove who they are with, beside the password, as the report names it.
fn factors(person: &Person, random: &mut Random) -> Vec<&'static str> {
    let drawn = random.below(100);
    match person.role {
        Role::BreakGlass => vec!["fido2SecurityKey"],
        Role::Admin if drawn < 70 => vec!["fido2SecurityKey", "microsoftAuthenticatorPush"],
        Role::Admin if drawn < 92 => vec!["microsoftAuthenticatorPush"],
        Role::Guest if drawn < 60 => Vec::new(),
        Role::Member if drawn < 55 => vec!["microsoftAuthenticatorPush", "mobilePhone"],
        Role::Member if drawn < 70 => vec!["microsoftAuthenticatorPush", "windowsHelloForBusiness"],
        Role::Member if drawn < 82 => vec!["mobilePhone"],
        Role::Member if drawn < 86 => vec!["softwareOneTimePasscode"],
        Role::Guest => vec!["mobilePhone"],
        _ => Vec::new(),
    }
}

fn methods(factors: &[&str], random: &mut Random) -> Vec<Value> {
    let mut methods = vec![json!({
        "@odata.type": "#microsoft.graph.passwordAuthenticationMethod",
        "id": PASSWORD, "password": null, "createdDateTime": past(random),
    })];
    methods.extend(factors.iter().map(|factor| method(factor, random)));
    methods
}

fn method(factor: &str, random: &mut Random) -> Value {
    let id = random.guid();
    let created = past(random);
    match factor {
        "fido2SecurityKey" => {
            json!({"@odata.type": "#microsoft.graph.fido2AuthenticationMethod", "id": id,
            "displayName": "Security key", "createdDateTime": created, "aaGuid": "cb69481e-8ff7-4039-93ec-0a2729a154a8",
            "model": "YubiKey 5 Series", "attestationCertificates": [], "attestationLevel": "attested"})
        }
        "microsoftAuthenticatorPush" => {
            json!({"@odata.type": "#microsoft.graph.microsoftAuthenticatorAuthenticationMethod",
            "id": id, "displayName": "Phone", "deviceTag": "SoftwareTokenActivated", "phoneAppVersion": "6.2510.1",
            "createdDateTime": created})
        }
        "windowsHelloForBusiness" => {
            json!({"@odata.type": "#microsoft.graph.windowsHelloForBusinessAuthenticationMethod",
            "id": id, "displayName": "Laptop", "createdDateTime": created, "keyStrength": "normal"})
        }
        "softwareOneTimePasscode" => {
            json!({"@odata.type": "#microsoft.graph.softwareOathAuthenticationMethod",
            "id": id, "secretKey": null, "createdDateTime": created})
        }
        _ => json!({"@odata.type": "#microsoft.graph.phoneAuthenticationMethod",
            "id": "3179e48a-750b-4051-897c-87b9720928f7", "phoneNumber": format!("+31 6{:08}", random.below(100_000_000)),
            "phoneType": "mobile", "smsSignInState": "notAllowedByPolicy", "createdDateTime": created}),
    }
}

fn registration(person: &Person, factors: &[&str], random: &mut Random) -> Value {
    let capable = !factors.is_empty();
    let strong = factors
        .iter()
        .any(|factor| matches!(*factor, "fido2SecurityKey" | "windowsHelloForBusiness"));
    let admin = matches!(person.role, Role::BreakGlass | Role::Admin);
    json!({
        "id": person.id,
        "userPrincipalName": person.principal_name,
        "userDisplayName": person.shown,
        "userType": if person.role == Role::Guest { "guest" } else { "member" },
        "isAdmin": admin,
        "isSsprRegistered": capable,
        "isSsprEnabled": person.role == Role::Member,
        "isSsprCapable": capable && person.role == Role::Member,
        "isMfaRegistered": capable,
        "isMfaCapable": capable,
        "isPasswordlessCapable": strong,
        "methodsRegistered": factors,
        "isSystemPreferredAuthenticationMethodEnabled": true,
        "systemPreferredAuthenticationMethods": [],
        "userPreferredMethodForSecondaryAuthentication": if capable { "push" } else { "none" },
        "lastUpdatedDateTime": dates::moment(-1, random),
    })
}
