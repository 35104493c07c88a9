//! Secrets and certificates of applications and service principals, and who owns them.

use serde_json::{Value, json};

use super::json::{at, has, is, items, member, text, with_id};
use super::time::days_between;

/// The secrets and certificates of an application, one object each: `id` (`/applications/…/passwordCredentials/…`),
/// `type`, `displayName`, `kind` (`secret` or `certificate`), `endDateTime`.
pub fn credentials_of(application: &Value) -> Vec<Value> {
    let owner = text(application, "id").unwrap_or_default();
    let lists = [
        ("passwordCredentials", "secret"),
        ("keyCredentials", "certificate"),
    ];
    let mut credentials = Vec::new();
    for (list, kind) in lists {
        for (index, credential) in items(at(application, list)).iter().enumerate() {
            if !credential.is_object() {
                continue;
            }
            let key_id = text(credential, "keyId").map_or_else(|| index.to_string(), str::to_owned);
            let name = text(credential, "displayName").unwrap_or(&key_id);
            credentials.push(json!({
                "id": format!("/applications/{owner}/{list}/{key_id}"),
                "type": "graph/applications",
                "displayName": format!("{} ({kind} {name})", text(application, "displayName").unwrap_or(owner)),
                "kind": kind,
                "endDateTime": at(credential, "endDateTime"),
            }));
        }
    }
    credentials
}

/// The credentials on a document with which somebody could still sign in as it: `secret` or `certificate` and the
/// name. Expired ones are not among them; one without an end is.
///
/// What SAML sign-on keeps on a service principal is not among them either: a certificate that signs tokens comes as a
/// pair with the usages `Sign` and `Verify` and a password, under one `customKeyIdentifier`.
///
/// Source: <https://learn.microsoft.com/graph/api/serviceprincipal-addtokensigningcertificate>
pub fn usable_credentials(document: &Value, now: &str) -> Vec<String> {
    let keys = items(at(document, "keyCredentials"));
    let saml = is(document, "preferredSingleSignOnMode", "saml");
    let signing: Vec<&str> = keys
        .iter()
        .filter(|key| saml && is(key, "usage", "Sign"))
        .flat_map(|key| [text(key, "customKeyIdentifier"), text(key, "keyId")])
        .flatten()
        .collect();
    let kinds = [
        ("secret", items(at(document, "passwordCredentials"))),
        ("certificate", keys),
    ];
    let mut usable = Vec::new();
    for (kind, credentials) in kinds {
        for credential in credentials.iter().filter(|one| one.is_object()) {
            let signs_tokens = ["customKeyIdentifier", "keyId"]
                .iter()
                .any(|id| text(credential, id).is_some_and(|id| has(&signing, id)));
            let end = text(credential, "endDateTime").unwrap_or_default();
            let expired = days_between(now, end).is_some_and(|days| days < 0);
            if !signs_tokens && !expired {
                let name = text(credential, "displayName").or_else(|| text(credential, "keyId"));
                usable.push(format!("{kind} {}", name.unwrap_or("without a name")));
            }
        }
    }
    usable
}

/// The users that own applications, one object each: `id` (`/users/…`), `type`, `userId`, `displayName`,
/// `userPrincipalName`, `userType`, `accountEnabled`, and `applications`, the names of what they own.
///
/// `applications` come with `owners`. An owner that is no user, such as a service principal, is not among them.
pub fn application_owners(applications: &Value, users: &Value) -> Vec<Value> {
    let mut owners: Vec<(String, Value, Vec<String>)> = Vec::new();
    for application in items(applications) {
        let name = text(application, "displayName").or_else(|| text(application, "appId"));
        let name = name.unwrap_or_default().to_owned();
        for owner in items(at(application, "owners")) {
            let Some(user) = text(owner, "id").and_then(|id| with_id(items(users), id)) else {
                continue;
            };
            let id = text(user, "id").unwrap_or_default();
            match owners
                .iter_mut()
                .find(|(known, ..)| known.eq_ignore_ascii_case(id))
            {
                Some((_, _, names)) => names.push(name.clone()),
                None => owners.push((id.to_owned(), user.clone(), vec![name.clone()])),
            }
        }
    }
    let owners = owners.into_iter();
    owners
        .map(|(_, user, names)| person(&user, "applications", names))
        .collect()
}

/// A user as an item of a list that a check goes through, with what the list is about.
pub(super) fn person(user: &Value, what: &str, names: Vec<String>) -> Value {
    let id = text(user, "id").unwrap_or_default();
    let mut person = json!({"id": format!("/users/{id}"), "type": "graph/users", "userId": id});
    for name in [
        "displayName",
        "userPrincipalName",
        "userType",
        "accountEnabled",
    ] {
        person[name] = member(user, name).clone();
    }
    person[what] = Value::from(names);
    person
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-24T00:00:00Z";

    #[test]
    fn each_credential_has_an_id_of_its_own() {
        let application = json!({"id": "a", "displayName": "Shop",
            "passwordCredentials": [{"keyId": "k1", "displayName": "prod", "endDateTime": "2030-01-01T00:00:00Z"}, {}, null],
            "keyCredentials": [{"keyId": "k2", "displayName": null, "endDateTime": null}]});
        let credentials = credentials_of(&application);
        let ids: Vec<_> = credentials
            .iter()
            .filter_map(|one| text(one, "id"))
            .collect();
        assert_eq!(
            ids,
            [
                "/applications/a/passwordCredentials/k1",
                "/applications/a/passwordCredentials/1",
                "/applications/a/keyCredentials/k2",
            ]
        );
        assert!(is(&credentials[0], "displayName", "Shop (secret prod)"));
        assert!(is(&credentials[2], "kind", "certificate"));
        assert!(credentials_of(&Value::Null).is_empty());
    }

    #[test]
    fn what_has_expired_opens_nothing() {
        let document = json!({
            "passwordCredentials": [
                {"displayName": "old", "endDateTime": "2026-11-22T23:59:00Z"},
                {"displayName": "new", "endDateTime": "2027-01-01T00:00:00Z"},
                {"keyId": "k", "displayName": null, "endDateTime": null},
            ],
            "keyCredentials": null,
        });
        assert_eq!(
            usable_credentials(&document, NOW),
            ["secret new", "secret k"]
        );
    }

    #[test]
    fn what_signs_saml_tokens_is_no_way_in() {
        let mut document = json!({
            "preferredSingleSignOnMode": "saml",
            "keyCredentials": [
                {"usage": "Sign", "keyId": "k1", "customKeyIdentifier": "t", "endDateTime": "2029-01-01T00:00:00Z"},
                {"usage": "Verify", "keyId": "k2", "customKeyIdentifier": "T", "endDateTime": "2029-01-01T00:00:00Z"},
                {"usage": "Verify", "keyId": "k3", "customKeyIdentifier": "other", "endDateTime": "2029-01-01T00:00:00Z"},
            ],
            "passwordCredentials": [{"keyId": "k1", "customKeyIdentifier": "t", "endDateTime": "2029-01-01T00:00:00Z"}],
        });
        assert_eq!(usable_credentials(&document, NOW), ["certificate k3"]);
        document["preferredSingleSignOnMode"] = Value::Null;
        assert_eq!(usable_credentials(&document, NOW).len(), 4);
    }

    #[test]
    fn owners_are_told_once_with_all_they_own() {
        let users =
            json!([{"id": "u1", "displayName": "One", "accountEnabled": true}, {"id": "u2"}]);
        let applications = json!([
            {"displayName": "A", "owners": [{"id": "U1"}, {"id": "sp"}]},
            {"displayName": "B", "owners": [{"id": "u1"}, null]},
            {"displayName": "C", "owners": []},
        ]);
        let owners = application_owners(&applications, &users);
        assert_eq!(owners.len(), 1);
        assert!(is(&owners[0], "id", "/users/u1"));
        assert_eq!(owners[0]["applications"], json!(["A", "B"]));
        assert!(application_owners(&Value::Null, &users).is_empty());
    }
}
