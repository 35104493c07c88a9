//! Federated identity credentials: tokens of an issuer that an application may sign in with instead of a secret.
//!
//! <https://learn.microsoft.com/graph/api/resources/federatedidentitycredential>

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Call, find, refusals};
use crate::ids;
use crate::reply::{self, Reply};
use crate::tenant::Tenant;

const KIND: &str = "FederatedIdentityCredential";

/// An application has no more of them.
const MOST: usize = 20;

/// Characters of a name, and of the other texts.
const NAME: std::ops::RangeInclusive<usize> = 3..=120;
const TEXT: usize = 600;

const PROPERTIES: [&str; 6] = [
    "name",
    "issuer",
    "subject",
    "audiences",
    "description",
    "claimsMatchingExpression",
];

/// `POST /applications/{id}/federatedIdentityCredentials`.
pub(super) fn create(call: Call<'_>, application: &str) -> Reply {
    match call.request.json() {
        Some(Value::Object(sent)) => made(call, application, sent),
        _ => refusals::unreadable(),
    }
}

fn made(call: Call<'_>, application: &str, sent: Map<String, Value>) -> Reply {
    let mut tenant = call.state.tenant_mut();
    let Some(object) = find::by_id(&tenant, "applications", application) else {
        return refusals::missing(application);
    };
    let others = all(&tenant, application);
    if let Err(refusal) = check(&sent, true).and_then(|()| unique(&others, None, &sent)) {
        return refusal;
    }
    if others.len() >= MOST {
        return invalid(format!(
            "An application has {MOST} federated identity credentials at most."
        ));
    }
    let id = ids::random_guid();
    let mut body = json!({
        "id": id, "name": null, "issuer": null, "subject": null, "description": null, "audiences": [],
    });
    for (name, value) in sent.into_iter().filter(|(name, _)| !name.contains('@')) {
        body[name] = value;
    }
    find::materialise(&mut tenant, "applications", &object);
    call.writer(&mut tenant)
        .write(&place(application, &id), body.clone());
    call.state.replication.note(&id);
    let context = format!(
        "applications('{}')/federatedIdentityCredentials",
        find::id_of(&object)
    );
    call.created(&context, &body)
}

/// `PATCH`, by id or by name; one that a name in parentheses names may be made, where that was asked for.
pub(super) fn update(call: Call<'_>, application: &str, which: &str) -> Reply {
    let Some(Value::Object(mut sent)) = call.request.json() else {
        return refusals::unreadable();
    };
    let mut tenant = call.state.tenant_mut();
    if find::by_id(&tenant, "applications", application).is_none() {
        return refusals::missing(application);
    }
    let others = all(&tenant, application);
    let Some(existing) = named(&others, which) else {
        drop(tenant);
        let by_name = call
            .at
            .alternate(3)
            .is_some_and(|key| key.eq_ignore_ascii_case("name"));
        if !by_name || !call.upserts() {
            return refusals::missing(which);
        }
        sent.insert("name".to_owned(), json!(call.at.parts.get(3)));
        return made(call, application, sent);
    };
    if sent
        .get("name")
        .is_some_and(|name| *name != existing["name"])
    {
        let message = "The name of a federated identity credential cannot be changed.";
        return refusals::property(message, "name", "ReadOnly");
    }
    let mut members = find::members(existing);
    members.extend(sent.into_iter().filter(|(name, _)| !name.contains('@')));
    let id = find::id_of(existing);
    let shown: Map<String, Value> = members
        .iter()
        .filter(|(name, _)| *name != "id")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if let Err(refusal) = check(&shown, false).and_then(|()| unique(&others, Some(id), &shown)) {
        return refusal;
    }
    call.writer(&mut tenant)
        .write(&place(application, id), Value::Object(members));
    Reply::empty(204)
}

/// `DELETE`, by id or by name.
pub(super) fn remove(call: Call<'_>, application: &str, which: &str) -> Reply {
    let mut tenant = call.state.tenant_mut();
    let others = all(&tenant, application);
    let Some(existing) = named(&others, which) else {
        return refusals::missing(which);
    };
    call.writer(&mut tenant)
        .remove(&place(application, find::id_of(existing)));
    Reply::empty(204)
}

fn place(application: &str, id: &str) -> String {
    format!(
        "{}/federatedIdentityCredentials/{id}",
        find::path("applications", application)
    )
}

fn all(tenant: &Tenant, application: &str) -> Vec<Arc<Value>> {
    let list = format!(
        "{}/federatedIdentityCredentials",
        find::path("applications", application)
    );
    let items = tenant.store.collection(&list).items;
    items.into_iter().map(|item| item.body).collect()
}

fn named<'a>(all: &'a [Arc<Value>], which: &str) -> Option<&'a Value> {
    let is_it = |one: &&Arc<Value>| {
        ["id", "name"].iter().any(|name| {
            one[*name]
                .as_str()
                .is_some_and(|have| have.eq_ignore_ascii_case(which))
        })
    };
    all.iter().find(is_it).map(AsRef::as_ref)
}

/// The properties' forms, each with the length that Microsoft documents.
fn check(sent: &Map<String, Value>, new: bool) -> Result<(), Reply> {
    for name in sent.keys().filter(|name| !name.contains('@')) {
        if !PROPERTIES.contains(&name.as_str()) {
            return Err(refusals::bad(format!("Invalid property '{name}'.")));
        }
    }
    let value = |name: &str| sent.get(name).unwrap_or(&Value::Null);
    if new && !value("name").as_str().is_some_and(is_name) {
        return Err(wrong(
            "name",
            "has 3 to 120 letters, digits, dashes and underscores, the first a letter or digit",
        ));
    }
    for name in ["issuer", "subject"] {
        // Without a subject there is an expression that the claims have to match.
        if name == "subject"
            && !value("claimsMatchingExpression").is_null()
            && value("subject").is_null()
        {
            continue;
        }
        if !value(name)
            .as_str()
            .is_some_and(|text| is_text(text) && !text.is_empty())
        {
            return Err(wrong(name, "is required, of 600 characters at most"));
        }
    }
    let audiences = value("audiences").as_array().map(Vec::as_slice);
    match audiences {
        Some([Value::String(one)]) if is_text(one) && !one.is_empty() => {}
        _ => {
            return Err(wrong(
                "audiences",
                "is required and has exactly one value, of 600 characters at most",
            ));
        }
    }
    match value("description") {
        Value::Null => Ok(()),
        Value::String(text) if is_text(text) => Ok(()),
        _ => Err(wrong("description", "has 600 characters at most")),
    }
}

fn is_name(name: &str) -> bool {
    let first = name
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_alphanumeric());
    first
        && NAME.contains(&name.len())
        && name
            .bytes()
            .all(|one| one.is_ascii_alphanumeric() || one == b'-' || one == b'_')
}

fn is_text(text: &str) -> bool {
    text.chars().count() <= TEXT
}

/// Of one application, names are unique, and issuers with their subjects.
fn unique(
    others: &[Arc<Value>],
    own: Option<&str>,
    sent: &Map<String, Value>,
) -> Result<(), Reply> {
    for other in others
        .iter()
        .filter(|other| own != Some(find::id_of(other)))
    {
        let same = |name: &str| sent.get(name).is_some_and(|value| *value == other[name]);
        let name = sent.get("name").and_then(Value::as_str);
        if name.is_some_and(|name| {
            other["name"]
                .as_str()
                .is_some_and(|have| have.eq_ignore_ascii_case(name))
        }) {
            let name = name.unwrap_or_default();
            return Err(refusals::taken(format!(
                "{KIND} with name {name} already exists."
            )));
        }
        if same("issuer") && same("subject") {
            let (issuer, subject) = (other["issuer"].as_str(), other["subject"].as_str());
            return Err(invalid(format!(
                "The combination of issuer and subject must be unique for the application. Issuer: {} and Subject: {} already exist.",
                issuer.unwrap_or_default(),
                subject.unwrap_or_default()
            )));
        }
    }
    Ok(())
}

fn wrong(name: &str, rule: &str) -> Reply {
    invalid(format!("Property '{name}' of {KIND} {rule}."))
}

fn invalid(message: String) -> Reply {
    reply::graph(400, "InvalidFederatedIdentityCredentialValue", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> Value {
        json!({"name": "github-main", "issuer": "https://token.actions.githubusercontent.com",
            "subject": "repo:o/r:ref:refs/heads/main", "audiences": ["api://AzureADTokenExchange"]})
    }

    fn checked(change: impl Fn(&mut Value)) -> Result<(), Reply> {
        let mut sent = sent();
        change(&mut sent);
        check(sent.as_object().unwrap(), true)
    }

    #[test]
    fn what_is_documented_is_taken() {
        assert!(checked(|_| ()).is_ok());
        assert!(checked(|sent| sent["description"] = json!("of the main branch")).is_ok());
    }

    #[test]
    fn each_property_has_its_rule() {
        for (name, value) in [
            ("name", json!("ab")),
            ("name", json!("a b c")),
            ("name", json!("-abc")),
            ("name", Value::Null),
            ("issuer", json!("")),
            ("subject", json!("s".repeat(601))),
            ("subject", Value::Null),
            ("audiences", json!([])),
            ("audiences", json!(["a", "b"])),
            ("description", json!("d".repeat(601))),
            ("owner", json!("x")),
        ] {
            let refusal = checked(|sent| sent[name] = value.clone()).unwrap_err();
            assert_eq!(refusal.status, 400, "{name} {value}");
        }
    }

    #[test]
    fn names_and_pairs_of_issuer_and_subject_are_unique() {
        let mut other = sent();
        other["id"] = json!("1");
        let others = [Arc::new(other)];
        let same = sent();
        let same = same.as_object().unwrap();
        assert_eq!(unique(&others, None, same).unwrap_err().status, 409);
        assert!(unique(&others, Some("1"), same).is_ok());
        let mut renamed = same.clone();
        renamed.insert("name".to_owned(), json!("other"));
        assert_eq!(unique(&others, None, &renamed).unwrap_err().status, 400);
        renamed.insert("subject".to_owned(), json!("else"));
        assert!(unique(&others, None, &renamed).is_ok());
    }
}
