//! The signed statement with which a certificate signs in
//! (<https://learn.microsoft.com/entra/identity-platform/certificate-credentials>).

use std::fmt;
use std::path::Path;

use async_trait::async_trait;
use azure_core::Uuid;
use azure_core::credentials::Secret;
use azure_core::error::ErrorKind;
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::RSA_PSS_SHA256;
use serde_json::json;
use url::Url;

use super::certificate::ClientCertificate;
use crate::error::Error;

/// How long one statement is good for; it is used at once.
const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// Signs a new statement for each sign-in.
pub(crate) struct SignedAssertion {
    certificate: ClientCertificate,
    audience: String,
    client: String,
}

impl fmt::Debug for SignedAssertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedAssertion").finish_non_exhaustive()
    }
}

impl SignedAssertion {
    /// Reads the certificate for an application of a tenant.
    pub fn new(
        path: &Path,
        password: Option<&Secret>,
        tenant: &str,
        client: &str,
        login: &Url,
    ) -> Result<Self, Error> {
        let login = login.as_str().trim_end_matches('/');
        Ok(Self {
            certificate: ClientCertificate::read(path, password)?,
            audience: format!("{login}/{tenant}/oauth2/v2.0/token"),
            client: client.to_owned(),
        })
    }

    /// A JSON Web Token signed with PS256; the header names the certificate by its SHA-256 thumbprint.
    fn sign(&self, now: Timestamp) -> Result<String, ring::error::Unspecified> {
        let thumbprint = ring::digest::digest(&ring::digest::SHA256, &self.certificate.leaf);
        let header = json!({
            "alg": "PS256",
            "typ": "JWT",
            "x5t#S256": URL_SAFE_NO_PAD.encode(thumbprint),
        });
        let claims = json!({
            "aud": self.audience,
            "iss": self.client,
            "sub": self.client,
            "jti": Uuid::new_v4().to_string(),
            "iat": now.as_second(),
            "nbf": now.as_second(),
            "exp": (now + LIFE).as_second(),
        });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let key = &self.certificate.key;
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(
            &RSA_PSS_SHA256,
            &SystemRandom::new(),
            signed.as_bytes(),
            &mut signature,
        )?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

#[async_trait]
impl ClientAssertion for SignedAssertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        self.sign(Timestamp::now()).map_err(|_| {
            azure_core::Error::with_message(
                ErrorKind::Credential,
                "the certificate's key could not sign",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{KeyPair as _, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
    use serde_json::Value;

    fn assertion() -> SignedAssertion {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/client.pem");
        let login = Url::parse("https://login.microsoftonline.com/").expect("a URL");
        SignedAssertion::new(Path::new(path), None, "tenant-1", "app-1", &login)
            .expect("an assertion")
    }

    fn decoded(part: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(part).expect("base64url")
    }

    #[test]
    fn the_statement_names_the_application_and_verifies() {
        let assertion = assertion();
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().expect("a time");
        let token = assertion.sign(now).expect("a signature");
        let (signed, signature) = token.rsplit_once('.').expect("three parts");
        let (header, claims) = signed.split_once('.').expect("three parts");

        let header: Value = serde_json::from_slice(&decoded(header)).expect("JSON");
        assert_eq!(header["alg"], "PS256");
        let thumbprint = decoded(header["x5t#S256"].as_str().expect("a thumbprint"));
        assert_eq!(thumbprint.len(), 32);

        let claims: Value = serde_json::from_slice(&decoded(claims)).expect("JSON");
        assert_eq!(
            claims["aud"],
            "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token"
        );
        assert_eq!(
            (&claims["iss"], &claims["sub"]),
            (&json!("app-1"), &json!("app-1"))
        );
        assert_eq!(claims["nbf"], now.as_second());
        assert_eq!(claims["exp"], now.as_second() + 600);

        let public = assertion.certificate.key.public_key();
        UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, public.as_ref())
            .verify(signed.as_bytes(), &decoded(signature))
            .expect("a good signature");
    }

    #[test]
    fn nothing_of_the_key_is_shown() {
        assert_eq!(format!("{:?}", assertion()), "SignedAssertion { .. }");
    }
}
