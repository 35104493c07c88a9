//! Access tokens: signed JWTs of the form that Entra ID issues.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::SystemRandom;
use serde_json::{Value, json};

use crate::clock;
use crate::issuer::Issuer;
use crate::jwt;
pub(crate) use crate::principal::{Principal, SignedInUser};

/// The service that a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Arm,
    Graph,
}

/// Why a token does not open a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No token was sent.
    Missing,
    /// Not one of ours, or spoilt.
    Invalid,
    /// Past its time, in seconds since 1970.
    Expired(i64),
    /// For another service; its audience.
    Audience(String),
}

/// Issues and checks tokens with a key of its own.
#[derive(Debug)]
pub(crate) struct Tokens {
    key: hmac::Key,
    issuer: Issuer,
    expired_early: Mutex<HashSet<String>>,
    /// Tokens whose signature was checked before: verifying one costs more than answering most requests.
    verified: Mutex<HashMap<String, Arc<Verified>>>,
}

/// What a token with a right signature says.
#[derive(Debug)]
struct Verified {
    expires: i64,
    audience: String,
    principal: Principal,
}

/// The audience of refresh tokens, which opens no service.
const REFRESH: &str = "urn:simulator:refresh";

/// More tokens than a run needs; past it the memory is emptied.
const VERIFIED: usize = 1_000;

impl Tokens {
    /// A new signing key; `None` when the system has no randomness to give.
    pub(crate) fn new() -> Option<Self> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).ok()?;
        Some(Self {
            key,
            issuer: Issuer::new()?,
            expired_early: Mutex::new(HashSet::new()),
            verified: Mutex::new(HashMap::new()),
        })
    }

    /// Issues a token for a principal; `lifetime` in seconds.
    pub(crate) fn issue(
        &self,
        tenant: &str,
        issuer: &str,
        audience: &str,
        principal: &Principal,
        lifetime: i64,
    ) -> String {
        let now = clock::now();
        let mut claims = json!({
            "aud": audience, "iss": issuer, "iat": now, "nbf": now, "exp": now + lifetime,
            "appid": principal.client_id, "oid": principal.object_id, "sub": principal.object_id,
            "tid": tenant, "uti": crate::ids::random_guid(), "ver": "1.0",
        });
        match &principal.user {
            None => {
                claims["appidacr"] = json!("1");
                claims["idtyp"] = json!("app");
            }
            Some(user) => {
                claims["appidacr"] = json!("0");
                claims["idtyp"] = json!("user");
                claims["amr"] = json!(["pwd"]);
                claims["name"] = json!(user.display_name);
                claims["scp"] = json!(user.scopes.join(" "));
                claims["unique_name"] = json!(user.name);
                claims["upn"] = json!(user.name);
            }
        }
        if !principal.roles.is_empty() {
            claims["roles"] = json!(principal.roles);
        }
        if !principal.directory_roles.is_empty() {
            claims["wids"] = json!(principal.directory_roles);
        }
        self.sign(&claims)
    }

    /// Signs claims.
    fn sign(&self, claims: &Value) -> String {
        let header = json!({"typ": "JWT", "alg": "HS256", "kid": "simulator"});
        let signed = format!("{}.{}", jwt::part(&header), jwt::part(claims));
        let signature = hmac::sign(&self.key, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A token that tells a client who the user is.
    pub(crate) fn id_token(&self, tenant: &str, issuer: &str, principal: &Principal) -> String {
        let now = clock::now();
        let user = principal.user.clone().unwrap_or_default();
        self.sign(&json!({
            "aud": principal.client_id, "iss": issuer, "iat": now, "nbf": now, "exp": now + 3_599,
            "oid": principal.object_id, "sub": principal.object_id, "tid": tenant,
            "name": user.display_name, "preferred_username": user.name, "ver": "2.0",
        }))
    }

    /// A token for which a user's application gets further access tokens, for ninety days.
    pub(crate) fn refresh(&self, principal: &Principal) -> String {
        self.sign(&json!({
            "aud": REFRESH, "exp": clock::now() + 90 * 86_400,
            "appid": principal.client_id, "oid": principal.object_id,
        }))
    }

    /// The object id of the user that a refresh token was given to; `None` when it is another application's, or past
    /// its time, or none.
    pub(crate) fn holder(&self, refresh: &str, client_id: &str) -> Option<String> {
        let claims = self.claims(refresh)?;
        let text = |name: &str| claims[name].as_str().unwrap_or_default();
        let holds = claims["exp"]
            .as_i64()
            .is_some_and(|until| until > clock::now());
        let fits = text("aud") == REFRESH && text("appid").eq_ignore_ascii_case(client_id);
        (holds && fits).then(|| text("oid").to_owned())
    }

    /// The simulator's own issuer of identity tokens.
    pub(crate) fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Reads the principal out of an `Authorization` header, for a service reached under an origin.
    pub(crate) fn check(
        &self,
        authorization: Option<&str>,
        service: Service,
        origin: &str,
    ) -> Result<Principal, Refusal> {
        let token = authorization
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or(Refusal::Missing)?;
        let verified = self.verify(token).ok_or(Refusal::Invalid)?;
        if verified.expires <= clock::now() || self.lock().contains(token) {
            return Err(Refusal::Expired(verified.expires));
        }
        if !opens(&verified.audience, service, origin) {
            return Err(Refusal::Audience(verified.audience.clone()));
        }
        Ok(verified.principal.clone())
    }

    fn verify(&self, token: &str) -> Option<Arc<Verified>> {
        let kept = || self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept().get(token) {
            return Some(Arc::clone(known));
        }
        let claims = self.claims(token)?;
        let verified = Arc::new(Verified {
            expires: claims["exp"].as_i64().unwrap_or(0),
            audience: claims["aud"].as_str().unwrap_or_default().to_owned(),
            principal: principal(&claims),
        });
        let mut kept = kept();
        if kept.len() >= VERIFIED {
            kept.clear();
        }
        kept.insert(token.to_owned(), Arc::clone(&verified));
        Some(verified)
    }

    /// Makes a token expire before its time.
    pub(crate) fn expire(&self, authorization: Option<&str>) {
        if let Some((_, token)) = authorization.and_then(|value| value.split_once(' ')) {
            self.lock().insert(token.trim().to_owned());
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.expired_early
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn claims(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        hmac::verify(&self.key, signed.as_bytes(), &signature).ok()?;
        let (_, claims) = signed.split_once('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }
}

fn principal(claims: &Value) -> Principal {
    let text = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
    let user = (claims["idtyp"] == "user").then(|| SignedInUser {
        name: text("upn"),
        display_name: text("name"),
        scopes: text("scp").split_whitespace().map(str::to_owned).collect(),
    });
    Principal {
        client_id: text("appid"),
        object_id: text("oid"),
        roles: texts(&claims["roles"]),
        directory_roles: texts(&claims["wids"]),
        user,
    }
}

fn texts(list: &Value) -> Arc<[String]> {
    let items = list.as_array().into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// Hosts (and application ids) of resources that tokens are asked for, with the service they open.
const RESOURCES: [(&str, Option<Service>); 12] = [
    ("management.azure.com", Some(Service::Arm)),
    ("management.core.windows.net", Some(Service::Arm)),
    ("797f4846-ba00-4fd7-ba43-dac1f8f63013", Some(Service::Arm)),
    ("graph.microsoft.com", Some(Service::Graph)),
    ("00000003-0000-0000-c000-000000000000", Some(Service::Graph)),
    ("graph.windows.net", None),
    ("vault.azure.net", None),
    ("storage.azure.com", None),
    ("database.windows.net", None),
    ("api.loganalytics.io", None),
    ("batch.core.windows.net", None),
    ("datalake.azure.net", None),
];

/// True when the token endpoint knows a resource: one of Azure's, or the simulator itself.
pub(crate) fn knows_resource(resource: &str, origin: &str) -> bool {
    host(resource) == host(origin) || RESOURCES.iter().any(|(known, _)| host(resource) == *known)
}

/// The simulator's own origin opens both services, since both are served under it; Azure's own audiences open theirs.
pub(crate) fn opens(audience: &str, service: Service, origin: &str) -> bool {
    let audience = host(audience);
    audience == host(origin)
        || RESOURCES
            .iter()
            .any(|(known, opened)| *known == audience && *opened == Some(service))
}

fn host(resource: &str) -> String {
    let rest = resource
        .split_once("://")
        .map_or(resource, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_lowercase()
}
