//! An issuer of identity tokens of the simulator's own, for federated credentials whose signature can be checked.
//!
//! The tokens of other issuers cannot be checked offline. This one stands in for a GitHub or Kubernetes: it publishes
//! its key and signs for whatever subject it is asked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    UnparsedPublicKey,
};
use serde_json::{Value, json};

use crate::clock;
use crate::ids;
use crate::jwt::{self, Jwt};

/// The path of the issuer below the simulator's origin.
pub(crate) const PATH: &str = "/simulator/issuer";
/// The audience that Entra ID recommends for federated credentials.
pub(crate) const AUDIENCE: &str = "api://AzureADTokenExchange";

/// The issuer with its key.
#[derive(Debug)]
pub(crate) struct Issuer {
    key: EcdsaKeyPair,
    key_id: String,
}

/// What a token is to say.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) audience: &'a str,
    /// In seconds; a negative one makes a token that is expired.
    pub(crate) lifetime: i64,
}

impl Issuer {
    /// An issuer with a new key; `None` when the system has no randomness to give.
    pub(crate) fn new() -> Option<Self> {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).ok()?;
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).ok()?;
        Some(Self {
            key,
            key_id: ids::random_guid(),
        })
    }

    /// True when a token names this issuer, whatever the name that the simulator is reached by.
    pub(crate) fn is_named(issuer: &str) -> bool {
        issuer.trim_end_matches('/').ends_with(PATH)
    }

    /// Signs a token.
    pub(crate) fn mint(&self, wanted: &Wanted<'_>) -> Option<String> {
        let now = clock::now();
        let claims = json!({
            "iss": wanted.issuer, "sub": wanted.subject, "aud": wanted.audience,
            "iat": now, "nbf": now.min(now + wanted.lifetime), "exp": now + wanted.lifetime,
            "jti": ids::random_guid(),
        });
        let header = json!({"typ": "JWT", "alg": "ES256", "kid": self.key_id});
        let signed = format!("{}.{}", jwt::part(&header), jwt::part(&claims));
        let signature = self
            .key
            .sign(&SystemRandom::new(), signed.as_bytes())
            .ok()?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// True when this issuer signed a token.
    pub(crate) fn signed(&self, token: &Jwt) -> bool {
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.key.public_key());
        public
            .verify(token.signed.as_bytes(), &token.signature)
            .is_ok()
    }

    /// The public key in the form of a JSON Web Key Set.
    pub(crate) fn keys(&self) -> Value {
        // An uncompressed point: one byte that says so, then two coordinates of 32 bytes.
        let point = self.key.public_key().as_ref();
        let coordinate = |from: usize| {
            let bytes = point.get(from..from + 32).unwrap_or_default();
            URL_SAFE_NO_PAD.encode(bytes)
        };
        json!({"keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.key_id,
            "x": coordinate(1), "y": coordinate(33),
        }]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minted(issuer: &Issuer) -> Jwt {
        let wanted = Wanted {
            issuer: "https://h/simulator/issuer",
            subject: "repo:a/b",
            audience: AUDIENCE,
            lifetime: 60,
        };
        Jwt::parse(&issuer.mint(&wanted).unwrap()).unwrap()
    }

    #[test]
    fn an_issuer_knows_its_own_tokens() {
        let (one, other) = (Issuer::new().unwrap(), Issuer::new().unwrap());
        let mut token = minted(&one);
        assert!(Issuer::is_named(token.text("iss")));
        assert!(one.signed(&token));
        assert!(!other.signed(&token));
        token.signed.push('x');
        assert!(!one.signed(&token));
    }

    #[test]
    fn the_public_key_is_told() {
        let keys = Issuer::new().unwrap().keys();
        assert_eq!(keys["keys"][0]["x"].as_str().unwrap().len(), 43);
        assert_eq!(keys["keys"][0]["kty"], "EC");
    }
}
