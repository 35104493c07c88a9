//! What this sign-in proves itself with, as far as it can be told apart from the application's other
//! proofs. The secret itself stays where it is.

use std::fmt;
use std::path::Path;

use azure::{AuthMethod, SignIn};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use serde_json::Value;

/// Letters of a secret that Entra ID shows as its hint.
const HINT: usize = 3;

/// What this sign-in proves itself with.
#[derive(Clone, Default)]
pub struct Proof {
    method: Option<AuthMethod>,
    /// The first letters of the secret, which Entra ID shows as well.
    hint: Option<String>,
    /// SHA-1 and SHA-256 of the certificate, in upper-case hex.
    thumbprints: Vec<String>,
    /// Issuer and subject of the federated token.
    federated: Option<(String, String)>,
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proof")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl Proof {
    /// Looks at a sign-in. What cannot be told stays open.
    pub fn of(sign_in: &SignIn) -> Self {
        let mut proof = Self {
            method: Some(sign_in.method()),
            ..Self::default()
        };
        match sign_in {
            SignIn::ClientSecret { secret, .. } => proof.hint = hint(secret.secret()),
            SignIn::ClientCertificate { .. } => {
                if let Some(Ok(der)) = sign_in.certificate() {
                    proof.thumbprints = thumbprints(&der).to_vec();
                }
            }
            SignIn::WorkloadIdentity { token_file, .. } => proof.federated = token(token_file),
            _ => {}
        }
        proof
    }

    /// How the sign-in was made, as `--auth` names it.
    pub fn method(&self) -> &'static str {
        self.method.map_or("unknown", AuthMethod::as_str)
    }

    /// Whether a client secret signed in.
    pub(crate) fn is_secret(&self) -> bool {
        self.method == Some(AuthMethod::ClientSecret)
    }

    /// Whether the managed identity of a machine signed in.
    pub(crate) fn is_managed(&self) -> bool {
        self.method == Some(AuthMethod::ManagedIdentity)
    }

    /// Whether a secret with this hint may be the one.
    pub(crate) fn may_be_secret(&self, hint: Option<&str>) -> bool {
        let mine = self.hint.as_deref();
        self.is_secret() && (hint.is_none() || mine.is_none() || hint == mine)
    }

    /// Whether it is the certificate with one of these thumbprints.
    pub(crate) fn is_certificate(&self, thumbprints: &[String]) -> bool {
        thumbprints.iter().any(|one| {
            self.thumbprints
                .iter()
                .any(|mine| mine.eq_ignore_ascii_case(one))
        })
    }

    /// Whether it is a token of this issuer and subject. Entra ID compares both letter by letter.
    pub(crate) fn is_federated(&self, issuer: &str, subject: &str) -> bool {
        self.federated
            .as_ref()
            .is_some_and(|(mine, who)| mine == issuer && who == subject)
    }
}

fn hint(secret: &str) -> Option<String> {
    let start: String = secret.chars().take(HINT).collect();
    // A secret so short is no secret of Entra ID's: nothing of it is repeated.
    (secret.chars().count() > 4 * HINT).then_some(start)
}

/// SHA-1, which Entra ID shows, and SHA-256 of a certificate, in upper-case hex.
pub(crate) fn thumbprints(der: &[u8]) -> [String; 2] {
    [&digest::SHA1_FOR_LEGACY_USE_ONLY, &digest::SHA256]
        .map(|algorithm| hex(digest::digest(algorithm, der).as_ref()))
}

/// Upper-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Issuer and subject of a JSON Web Token in a file.
fn token(file: &Path) -> Option<(String, String)> {
    issuer_and_subject(std::fs::read_to_string(file).ok()?.trim())
}

fn issuer_and_subject(token: &str) -> Option<(String, String)> {
    let payload = token.split('.').nth(1)?;
    let json = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&json).ok()?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    Some((text("iss")?, text("sub")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_secret(secret: &str) -> Proof {
        Proof::of(&SignIn::ClientSecret {
            tenant: "t".into(),
            client: "c".into(),
            secret: azure::Secret::new(secret.to_owned()),
        })
    }

    #[test]
    fn a_secret_is_known_by_its_first_letters() {
        let proof = with_secret("abC8Q~0123456789");
        assert!(proof.may_be_secret(Some("abC")));
        assert!(!proof.may_be_secret(Some("xyz")));
        assert!(proof.may_be_secret(None), "nothing rules it out");
        assert_eq!(proof.method(), "client-secret");
        assert!(!format!("{proof:?}").contains("abC"));
        assert!(with_secret("short").hint.is_none());
    }

    #[test]
    fn a_federated_token_is_known_by_issuer_and_subject() {
        let body = URL_SAFE_NO_PAD.encode(r#"{"iss":"https://i","sub":"repo:a/b","aud":"x"}"#);
        let token = format!("e30.{body}.sig");
        assert_eq!(
            issuer_and_subject(&token),
            Some(("https://i".to_owned(), "repo:a/b".to_owned()))
        );
        for broken in ["", "a.federated.token", "a.W10.c"] {
            assert_eq!(issuer_and_subject(broken), None, "{broken}");
        }
    }

    #[test]
    fn thumbprints_are_those_of_openssl() {
        let [sha1, sha256] = thumbprints(b"abc");
        assert_eq!(sha1, "A9993E364706816ABA3E25717850C26C9CD0D89D");
        assert!(sha256.starts_with("BA7816BF8F01CFEA"));
    }
}
