//! `keyCredentials`: the certificates that an application or a service principal proves itself with.
//!
//! <https://learn.microsoft.com/graph/applications-how-to-add-certificate>: whoever changes the collection sends all of
//! it. A credential that is to stay is sent without its key, by its key id; a new one is sent with it.

use serde_json::{Value, json};

use super::certificate::{self, Certificate};
use super::properties::is_guid;
use super::{moment, refusals};
use crate::ids;
use crate::reply::Reply;

/// The collection after a write.
#[derive(Debug)]
pub(super) struct Replaced {
    pub(super) credentials: Vec<Value>,
    /// The key ids of those that are new.
    pub(super) fresh: Vec<String>,
}

/// What the collection becomes when somebody sends another one.
///
/// # Errors
/// Graph's refusal: a key that is no certificate, dates outside the certificate's, an unknown key id.
pub(super) fn replace(existing: &[Value], sent: &[Value]) -> Result<Replaced, Reply> {
    let mut replaced = Replaced {
        credentials: Vec::with_capacity(sent.len()),
        fresh: Vec::new(),
    };
    for one in sent {
        let known = known(existing, &one["keyId"]);
        let credential = match (refusals::text(one, "key"), known) {
            (None, None) => return Err(unknown(&one["keyId"])),
            (None, Some(known)) => kept(known, one)?,
            (Some(key), Some(known)) if same_key(known, key) => kept(known, one)?,
            (Some(_), Some(known)) => return Err(not_updatable(known)),
            (Some(key), None) => {
                let new = new(one, key)?;
                replaced
                    .fresh
                    .extend(new["keyId"].as_str().map(str::to_owned));
                new
            }
        };
        let twice = replaced
            .credentials
            .iter()
            .any(|other| other["keyId"] == credential["keyId"]);
        if twice {
            return Err(refusals::property(
                "Key credentials must have unique key ids.",
                "keyCredentials",
                "InvalidValue",
            ));
        }
        replaced.credentials.push(credential);
    }
    Ok(replaced)
}

fn known<'a>(existing: &'a [Value], key_id: &Value) -> Option<&'a Value> {
    let wanted = key_id.as_str()?;
    existing.iter().find(|one| {
        let have = one["keyId"].as_str();
        have.is_some_and(|have| have.eq_ignore_ascii_case(wanted))
    })
}

fn same_key(known: &Value, sent: &str) -> bool {
    let have = known["key"].as_str();
    let sent = certificate::read(sent);
    have.is_some_and(|have| sent.is_some_and(|sent| sent.der == have))
}

/// A credential that stays. Only its name may be changed.
fn kept(known: &Value, sent: &Value) -> Result<Value, Reply> {
    for name in ["startDateTime", "endDateTime"] {
        let (Ok(have), Ok(sent)) = (moment::read(&known[name]), moment::read(&sent[name])) else {
            return Err(not_updatable(known));
        };
        if sent.is_some() && sent != have {
            return Err(not_updatable(known));
        }
    }
    let mut stays = known.clone();
    if let Some(name) = refusals::text(sent, "displayName") {
        stays["displayName"] = json!(name);
    }
    Ok(stays)
}

fn new(sent: &Value, key: &str) -> Result<Value, Reply> {
    let kind = sent["type"].as_str().unwrap_or_default();
    let usage = sent["usage"].as_str().unwrap_or_default();
    if !matches!(
        (kind, usage),
        ("AsymmetricX509Cert", "Verify" | "Sign" | "Encrypt")
            | ("X509CertAndPassword", "Sign")
            | ("Symmetric", "Sign" | "Verify")
    ) {
        return Err(refusals::invalid("usage", "KeyCredential"));
    }
    if !sent["keyId"].is_null() && !is_guid(&sent["keyId"]) {
        return Err(refusals::invalid("keyId", "KeyCredential"));
    }
    let certificate = match kind {
        "AsymmetricX509Cert" => Some(certificate::read(key).ok_or_else(not_a_certificate)?),
        _ => None,
    };
    let (start, end) = dates(sent, certificate.as_ref())?;
    let own = |name: &str, otherwise: Option<&str>| {
        refusals::text(sent, name).or(otherwise).map(str::to_owned)
    };
    Ok(json!({
        "customKeyIdentifier": own("customKeyIdentifier", certificate.as_ref().map(|one| one.thumbprint.as_str())),
        "displayName": own("displayName", certificate.as_ref().map(|one| one.subject.as_str())),
        "endDateTime": end.to_string(),
        "key": certificate.as_ref().map_or(key, |one| one.der.as_str()),
        "keyId": own("keyId", None).unwrap_or_else(ids::random_guid),
        "startDateTime": start.to_string(),
        "type": kind,
        "usage": usage,
    }))
}

/// From when to when it holds: as it was sent, within the time of the certificate.
fn dates(
    sent: &Value,
    certificate: Option<&Certificate>,
) -> Result<(jiff::Timestamp, jiff::Timestamp), Reply> {
    let wrong = |which: &str| {
        let message = format!("Key credential {which} date is invalid.");
        refusals::property(message, "keyCredentials", "InvalidValue")
    };
    let start = moment::read(&sent["startDateTime"]).map_err(|_| wrong("start"))?;
    let end = moment::read(&sent["endDateTime"]).map_err(|_| wrong("end"))?;
    let start = start.unwrap_or_else(|| certificate.map_or_else(moment::now, |one| one.not_before));
    let end = end.unwrap_or_else(|| {
        certificate.map_or_else(|| moment::in_two_years(start), |one| one.not_after)
    });
    if certificate.is_some_and(|one| start < one.not_before) {
        return Err(wrong("start"));
    }
    if end <= start || certificate.is_some_and(|one| end > one.not_after) {
        return Err(wrong("end"));
    }
    Ok((start, end))
}

fn not_a_certificate() -> Reply {
    refusals::property(
        "Key value is invalid certificate",
        "keyCredentials",
        "InvalidValue",
    )
}

fn unknown(key_id: &Value) -> Reply {
    let message = match key_id.as_str() {
        Some(id) => format!(
            "No existing credential has the KeyId '{id}', and no key was sent for a new one."
        ),
        None => "A new key credential must have a key.".to_owned(),
    };
    refusals::property(message, "keyCredentials", "InvalidValue")
}

fn not_updatable(known: &Value) -> Reply {
    let id = known["keyId"].as_str().unwrap_or_default();
    let message = format!("Update to existing credential with KeyId '{id}' is not allowed.");
    refusals::property(message, "keyCredentials", "KeyNotUpdatable")
}

#[cfg(test)]
mod tests {
    use super::super::certificate::tests::made;
    use super::*;

    fn sent(key: &str) -> Value {
        json!({"key": key, "type": "AsymmetricX509Cert", "usage": "Verify"})
    }

    fn message(refusal: &Reply) -> String {
        refusal.value()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn a_new_credential_is_described_by_its_certificate() {
        let (der, _) = made();
        let replaced = replace(&[], &[sent(&der)]).unwrap();
        let one = &replaced.credentials[0];
        assert_eq!(one["startDateTime"], "2026-01-01T00:00:00Z");
        assert_eq!(one["endDateTime"], "2030-01-01T00:00:00Z");
        assert_eq!(one["displayName"], "CN=scanner, S=Groningen, C=NL");
        assert_eq!(one["customKeyIdentifier"].as_str().unwrap().len(), 40);
        assert_eq!(replaced.fresh, [one["keyId"].as_str().unwrap()]);
    }

    #[test]
    fn what_is_sent_takes_the_place_of_what_was_there() {
        let (first, second) = (made().0, made().0);
        let one = replace(&[], &[sent(&first)]).unwrap().credentials;
        let id = one[0]["keyId"].as_str().unwrap();
        let stays = json!({"keyId": id.to_uppercase(), "displayName": "old", "endDateTime": "2030-01-01T00:00:00.000Z"});
        let two = replace(&one, &[stays, sent(&second)]).unwrap();
        assert_eq!((two.credentials.len(), two.fresh.len()), (2, 1));
        assert_eq!(two.credentials[0]["displayName"], "old");
        assert_eq!(two.credentials[0]["key"], json!(first));
        let rest = replace(&two.credentials, &[json!({"keyId": two.fresh[0]})]).unwrap();
        assert_eq!(rest.credentials, two.credentials[1..]);
    }

    #[test]
    fn an_existing_credential_cannot_be_changed_and_an_unknown_one_cannot_stay() {
        let (first, second) = (made().0, made().0);
        let one = replace(&[], &[sent(&first)]).unwrap().credentials;
        let id = one[0]["keyId"].clone();
        for change in [
            json!({"keyId": id, "endDateTime": "2029-01-01T00:00:00Z"}),
            json!({"keyId": id, "key": second, "type": "AsymmetricX509Cert", "usage": "Verify"}),
        ] {
            let refusal = replace(&one, &[change]).unwrap_err();
            assert!(message(&refusal).starts_with("Update to existing credential"));
        }
        let unknown = json!({"keyId": "00000000-0000-4000-8000-000000000000"});
        assert_eq!(replace(&one, &[unknown]).unwrap_err().status, 400);
        assert_eq!(
            replace(&one, &[json!({"displayName": "no key"})])
                .unwrap_err()
                .status,
            400
        );
        let stays = json!({"keyId": id});
        assert_eq!(
            replace(&one, &[stays.clone(), stays]).unwrap_err().status,
            400
        );
    }

    #[test]
    fn keys_dates_and_usages_are_checked() {
        let (der, _) = made();
        assert_eq!(
            message(&replace(&[], &[sent("AAAA")]).unwrap_err()),
            "Key value is invalid certificate"
        );
        let with = |name: &str, value: &str| {
            let mut one = sent(&der);
            one[name] = json!(value);
            message(&replace(&[], &[one]).unwrap_err())
        };
        assert_eq!(
            with("endDateTime", "2031-01-01T00:00:00Z"),
            "Key credential end date is invalid."
        );
        assert_eq!(
            with("endDateTime", "2025-06-01T00:00:00Z"),
            "Key credential end date is invalid."
        );
        assert_eq!(
            with("startDateTime", "2025-01-01T00:00:00Z"),
            "Key credential start date is invalid."
        );
        assert!(with("usage", "Anything").contains("'usage'"));
        assert!(with("keyId", "one").contains("'keyId'"));
    }
}
