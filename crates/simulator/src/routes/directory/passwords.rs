//! `addPassword` and `removePassword`: client secrets, whose text is told once and kept nowhere.
//!
//! <https://learn.microsoft.com/graph/api/application-addpassword>

use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Map, Value, json};

use super::{Call, find, moment, refusals};
use crate::ids;
use crate::reply::{self, Reply};

const CREDENTIALS: &str = "passwordCredentials";

/// The characters of a secret: all may stand in a form or a URL as they are, but for the tilde.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.~";
const LENGTH: usize = 40;

/// Makes a secret. The reply is the only place that ever shows its text.
pub(super) fn add(call: Call<'_>, list: &str, id: &str) -> Reply {
    let body = match call.request.json() {
        Some(body) => body,
        None if call.request.body.is_empty() => Value::Null,
        None => return refusals::unreadable(),
    };
    let sent = &body["passwordCredential"];
    let (start, end) = match dates(sent) {
        Ok(dates) => dates,
        Err(refusal) => return refusal,
    };
    let Some(text) = secret() else {
        return reply::graph(500, "InternalServerError", "No randomness could be had.");
    };
    let mut tenant = call.state.tenant_mut();
    let Some(object) = find::by_id(&tenant, list, id) else {
        return refusals::missing(id);
    };
    let key_id = ids::random_guid();
    let mut credential = Map::from_iter([
        ("customKeyIdentifier".to_owned(), Value::Null),
        ("displayName".to_owned(), sent["displayName"].clone()),
        ("endDateTime".to_owned(), json!(end.to_string())),
        ("hint".to_owned(), json!(text[..3])),
        ("keyId".to_owned(), json!(key_id)),
        ("secretText".to_owned(), Value::Null),
        ("startDateTime".to_owned(), json!(start.to_string())),
    ]);
    let mut members = find::members(&object);
    let mut all = find::credentials(&members, CREDENTIALS);
    all.push(Value::Object(credential.clone()));
    members.insert(CREDENTIALS.to_owned(), Value::Array(all));
    call.write_object(&mut tenant, list, &object, members);
    let app_id = object["appId"].as_str().unwrap_or_default();
    call.state
        .proofs
        .add_secret(app_id, &key_id, &text, end, start);
    call.state.replication.note(&key_id);
    credential.insert("secretText".to_owned(), json!(text));
    let context = format!(
        "{}/{}/$metadata#microsoft.graph.passwordCredential",
        call.request.origin, call.at.version
    );
    let mut shown = Map::from_iter([("@odata.context".to_owned(), json!(context))]);
    shown.extend(credential);
    Reply::json(200, Value::Object(shown))
}

/// Forgets a secret.
pub(super) fn remove(call: Call<'_>, list: &str, id: &str) -> Reply {
    let Some(body) = call.request.json() else {
        return refusals::unreadable();
    };
    let Some(key_id) = refusals::text(&body, "keyId") else {
        return refusals::required("keyId", "PasswordCredential");
    };
    let mut tenant = call.state.tenant_mut();
    let Some(object) = find::by_id(&tenant, list, id) else {
        return refusals::missing(id);
    };
    let mut members = find::members(&object);
    let mut all = find::credentials(&members, CREDENTIALS);
    let before = all.len();
    all.retain(|one| {
        let have = one["keyId"].as_str();
        !have.is_some_and(|have| have.eq_ignore_ascii_case(key_id))
    });
    if all.len() == before {
        return refusals::bad("No password credential found with keyId.");
    }
    members.insert(CREDENTIALS.to_owned(), Value::Array(all));
    call.write_object(&mut tenant, list, &object, members);
    let app_id = object["appId"].as_str().unwrap_or_default();
    call.state.proofs.remove(app_id, key_id);
    Reply::empty(204)
}

/// The collection after a write: secrets may be left out of it, and none may be added.
///
/// # Errors
/// Graph's refusal of a new one.
pub(super) fn replace(existing: &[Value], sent: &[Value]) -> Result<Vec<Value>, Reply> {
    let known = |key_id: &Value| {
        let wanted = key_id.as_str()?;
        existing.iter().find(|one| {
            let have = one["keyId"].as_str();
            have.is_some_and(|have| have.eq_ignore_ascii_case(wanted))
        })
    };
    let kept: Option<Vec<Value>> = sent
        .iter()
        .map(|one| known(&one["keyId"]).cloned())
        .collect();
    kept.ok_or_else(|| {
        let message = "New password credentials must be generated using service actions.";
        refusals::property(message, CREDENTIALS, "InvalidValue")
    })
}

fn dates(sent: &Value) -> Result<(jiff::Timestamp, jiff::Timestamp), Reply> {
    let wrong = |name: &str| refusals::invalid(name, "PasswordCredential");
    let start = moment::read(&sent["startDateTime"]).map_err(|_| wrong("startDateTime"))?;
    let end = moment::read(&sent["endDateTime"]).map_err(|_| wrong("endDateTime"))?;
    let start = start.unwrap_or_else(moment::now);
    let end = end.unwrap_or_else(|| moment::in_two_years(start));
    if end <= start {
        return Err(wrong("endDateTime"));
    }
    Ok((start, end))
}

/// A secret's text; `None` when the system has no randomness to give.
fn secret() -> Option<String> {
    let mut bytes = [0_u8; LENGTH];
    SystemRandom::new().fill(&mut bytes).ok()?;
    let characters = bytes
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 63)]));
    Some(characters.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_have_forty_characters() {
        let (one, other) = (secret().unwrap(), secret().unwrap());
        assert_eq!(one.len(), LENGTH);
        assert_ne!(one, other);
    }

    #[test]
    fn a_secret_holds_for_two_years_unless_it_is_said() {
        let (start, end) = dates(&json!({"startDateTime": "2026-01-01T00:00:00Z"})).unwrap();
        assert_eq!(start.to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(end.to_string(), "2028-01-01T00:00:00Z");
        let backwards =
            json!({"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2025-01-01T00:00:00Z"});
        assert_eq!(dates(&backwards).unwrap_err().status, 400);
        assert_eq!(
            dates(&json!({"endDateTime": "soon"})).unwrap_err().status,
            400
        );
    }

    #[test]
    fn secrets_may_be_left_out_but_not_added() {
        let existing = [json!({"keyId": "a", "hint": "x"}), json!({"keyId": "b"})];
        let kept = replace(&existing, &[json!({"keyId": "A"})]).unwrap();
        assert_eq!(kept, existing[..1]);
        assert_eq!(
            replace(&existing, &[json!({"displayName": "n"})])
                .unwrap_err()
                .status,
            400
        );
    }
}
