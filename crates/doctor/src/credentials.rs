//! The application's secrets, certificates and federated credentials, their age and their end, and
//! which of them this sign-in used.

use azure::{Client, Service};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::ask::{self, array, text};
use crate::proof::{Proof, hex, thumbprints};
use crate::reading::{Reading, Unread};

/// Days before its end from which on a credential is said to expire soon.
pub const SOON: i64 = 30;

/// One way in which the application can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApplicationCredential {
    /// Secret, certificate or trust in another issuer.
    pub kind: CredentialKind,
    /// Its name, or what tells it apart.
    pub name: String,
    /// Graph's id of it.
    pub id: Option<String>,
    /// The first letters of a secret.
    pub hint: Option<String>,
    /// The SHA-1 thumbprint of a certificate, in upper-case hex.
    pub thumbprint: Option<String>,
    /// Who issues the tokens of a federated credential.
    pub issuer: Option<String>,
    /// For whom.
    pub subject: Option<String>,
    /// When it was made, or from when on it holds.
    pub starts: Option<Timestamp>,
    /// When it ends; null when it does not.
    pub expires: Option<Timestamp>,
    /// Whole days since it was made.
    pub age_days: Option<i64>,
    /// Whole days until it ends; negative when it has.
    pub days_left: Option<i64>,
    /// How it stands.
    pub state: CredentialState,
    /// Whether this sign-in used it.
    pub used: Used,
}

/// A kind of credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// A client secret.
    Secret,
    /// A certificate.
    Certificate,
    /// Tokens of another issuer.
    Federated,
}

impl CredentialKind {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Certificate => "certificate",
            Self::Federated => "federated",
        }
    }
}

/// How a credential stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialState {
    /// It holds.
    Valid,
    /// It ends within [`SOON`] days.
    ExpiresSoon,
    /// It has ended.
    Expired,
    /// It does not hold yet.
    NotYetValid,
}

/// Whether this sign-in used a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Used {
    /// This one.
    Yes,
    /// This one or another that looks alike.
    Maybe,
    /// Another one.
    No,
}

/// The credentials of an application, and of its service principal, which has its own list.
///
/// <https://learn.microsoft.com/graph/api/resources/application>
pub(crate) async fn read(
    client: &Client,
    application_id: &str,
    service_principal: Option<&Value>,
    proof: &Proof,
    now: Timestamp,
) -> Reading<ApplicationCredential> {
    const WHAT: &str = "the application's credentials";
    const GRANT: &str = "Directory.Read.All";
    let path = format!(
        "/v1.0/applications?$filter=appId eq '{application_id}'\
         &$select=id,appId,passwordCredentials,keyCredentials"
    );
    let mut unread = None;
    let mut found = Vec::new();
    match ask::list(client, Service::Graph, &path).await {
        Ok(applications) => {
            for application in &applications {
                found.extend(of_object(application, proof, now));
                let Some(id) = text(application, "/id") else {
                    continue;
                };
                let path = format!("/v1.0/applications/{id}/federatedIdentityCredentials");
                match ask::list(client, Service::Graph, &path).await {
                    Ok(items) => found.extend(items.iter().map(|item| federated(item, proof))),
                    Err(failure) => {
                        let what = "the application's federated credentials";
                        unread = Some(Unread::new(what, "Application.Read.All", &failure));
                    }
                }
            }
        }
        Err(failure) => unread = Some(Unread::new(WHAT, GRANT, &failure)),
    }
    found.extend(
        service_principal
            .into_iter()
            .flat_map(|of| of_object(of, proof, now)),
    );
    found.sort_by_key(|one| (one.expires.is_none(), one.expires, one.kind));
    found.dedup_by(|left, right| left.id.is_some() && left.id == right.id);
    only_candidate(&mut found, proof);
    Reading {
        items: found,
        unread,
    }
}

/// The only secret that can have signed in is the one that did: an expired one cannot.
fn only_candidate(found: &mut [ApplicationCredential], proof: &Proof) {
    if !proof.is_secret() {
        return;
    }
    for one in found.iter_mut().filter(|one| one.used == Used::Maybe) {
        if one.state == CredentialState::Expired {
            one.used = Used::No;
        }
    }
    let mut candidates = found.iter_mut().filter(|one| one.used == Used::Maybe);
    if let (Some(only), None) = (candidates.next(), candidates.next()) {
        only.used = Used::Yes;
    }
}

fn of_object<'a>(
    object: &'a Value,
    proof: &'a Proof,
    now: Timestamp,
) -> impl Iterator<Item = ApplicationCredential> + 'a {
    let secrets = array(object, "/passwordCredentials").iter();
    let certificates = array(object, "/keyCredentials").iter();
    secrets
        .map(move |item| secret(item, proof, now))
        .chain(certificates.map(move |item| certificate(item, proof, now)))
}

fn secret(item: &Value, proof: &Proof, now: Timestamp) -> ApplicationCredential {
    let hint = text(item, "/hint");
    let used = match proof.may_be_secret(hint) {
        true => Used::Maybe,
        false => Used::No,
    };
    ApplicationCredential {
        hint: hint.map(str::to_owned),
        ..dated(CredentialKind::Secret, item, used, now)
    }
}

fn certificate(item: &Value, proof: &Proof, now: Timestamp) -> ApplicationCredential {
    let known = known_thumbprints(item);
    let used = match proof.is_certificate(&known) {
        true => Used::Yes,
        false => Used::No,
    };
    let sha1 = known.into_iter().find(|one| one.len() == 40);
    ApplicationCredential {
        thumbprint: sha1,
        ..dated(CredentialKind::Certificate, item, used, now)
    }
}

/// The thumbprints that Graph tells of a key: `customKeyIdentifier` is one by custom, in base64 or in
/// hex; the certificate itself comes only where it was asked for by itself.
fn known_thumbprints(item: &Value) -> Vec<String> {
    let mut known = Vec::new();
    if let Some(identifier) = text(item, "/customKeyIdentifier") {
        let is_hex = |text: &str| {
            [40, 64].contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        if is_hex(identifier) {
            known.push(identifier.to_ascii_uppercase());
        } else if let Ok(bytes) = STANDARD.decode(identifier) {
            match std::str::from_utf8(&bytes) {
                Ok(inner) if is_hex(inner) => known.push(inner.to_ascii_uppercase()),
                _ => known.push(hex(&bytes)),
            }
        }
    }
    if let Some(Ok(der)) = text(item, "/key").map(|key| STANDARD.decode(key)) {
        known.extend(thumbprints(&der));
    }
    known
}

fn federated(item: &Value, proof: &Proof) -> ApplicationCredential {
    let owned = |pointer: &str| text(item, pointer).map(str::to_owned);
    let (issuer, subject) = (owned("/issuer"), owned("/subject"));
    let is_used = proof.is_federated(
        issuer.as_deref().unwrap_or_default(),
        subject.as_deref().unwrap_or_default(),
    );
    ApplicationCredential {
        kind: CredentialKind::Federated,
        name: owned("/name").unwrap_or_else(|| "unnamed".to_owned()),
        id: owned("/id"),
        hint: None,
        thumbprint: None,
        issuer,
        subject,
        starts: None,
        expires: None,
        age_days: None,
        days_left: None,
        state: CredentialState::Valid,
        used: if is_used { Used::Yes } else { Used::No },
    }
}

fn dated(kind: CredentialKind, item: &Value, used: Used, now: Timestamp) -> ApplicationCredential {
    let starts = text(item, "/startDateTime").and_then(moment);
    let expires = text(item, "/endDateTime").and_then(moment);
    let days_left = expires.map(|end| days(now, end));
    let state = match (starts, expires, days_left) {
        (_, Some(end), _) if end <= now => CredentialState::Expired,
        (Some(start), _, _) if start > now => CredentialState::NotYetValid,
        (_, _, Some(left)) if left < SOON => CredentialState::ExpiresSoon,
        _ => CredentialState::Valid,
    };
    ApplicationCredential {
        kind,
        name: text(item, "/displayName").unwrap_or("unnamed").to_owned(),
        id: text(item, "/keyId").map(str::to_owned),
        hint: None,
        thumbprint: None,
        issuer: None,
        subject: None,
        starts,
        expires,
        age_days: starts.map(|start| days(start, now)),
        days_left,
        state,
        used,
    }
}

/// Whole days from one moment to another, rounded down.
fn days(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_second() - from.as_second()).div_euclid(86_400)
}

/// A moment as Graph writes it, or a date.
fn moment(text: &str) -> Option<Timestamp> {
    let date = || format!("{text}T00:00:00Z").parse().ok();
    text.parse().ok().or_else(date)
}

#[cfg(test)]
#[path = "credentials_tests.rs"]
mod tests;
