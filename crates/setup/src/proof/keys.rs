//! Certificates of an application. Graph takes their list as a whole
//! (<https://learn.microsoft.com/graph/api/application-update>), so that those that are there are read with
//! their keys, which only a read of one application with `$select` gives, and sent along.

use std::path::PathBuf;

use azure::{Service, Write};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::digest;
use serde_json::{Value, json};

use super::certificate::{der_in, thumbprint_in};
use super::work::{KNOWN, Keeper, ProofWork};
use super::{Certificate, CertificateFiles, FileError, NewProof};
use crate::change::{ChangeError, change, read};
use crate::journal::{Begun, Made};
use crate::read::text;

impl ProofWork<'_> {
    /// Makes a certificate and writes it, unless a run that was cut off has.
    pub(super) fn begin_certificate(
        &self,
        days: u16,
        earlier: Option<Begun>,
        keeper: &Keeper<'_>,
    ) -> Result<Begun, ChangeError> {
        if let Some(Begun::Certificate {
            file, thumbprint, ..
        }) = &earlier
            && is_in(file, thumbprint)
            && let Some(begun) = earlier
        {
            return Ok(begun);
        }
        let files = &keeper.certificate;
        files.check()?;
        let made = Certificate::generate(&self.name, days, Timestamp::now())?;
        files.write(&made)?;
        Ok(Begun::Certificate {
            file: files.secret.clone(),
            thumbprint: made.thumbprint(),
            ends: made.ends(),
        })
    }

    /// Registers the certificate in a file beside those that are there.
    pub(super) async fn add_certificate(
        &self,
        file: PathBuf,
        thumbprint: String,
        ends: Timestamp,
    ) -> Result<(Option<Made>, Option<NewProof>), ChangeError> {
        let unreadable = |reason: String| {
            ChangeError::from(FileError::Failed {
                path: file.clone(),
                reason,
            })
        };
        let pem = std::fs::read(&file).map_err(|error| unreadable(error.to_string()))?;
        let der = der_in(&pem).ok_or_else(|| unreadable("it holds no certificate".to_owned()))?;
        let mut keys = self.keys().await?;
        if !keys.iter().any(|key| is_of(key, &thumbprint)) {
            keys.push(json!({
                "type": "AsymmetricX509Cert",
                "usage": "Verify",
                "key": STANDARD.encode(&der),
                "displayName": format!("CN={}", self.name),
                "endDateTime": ends,
            }));
            self.set_keys(&keys).await?;
        }
        let made = Made::Certificate {
            thumbprint: thumbprint.clone(),
            file: file.clone(),
            ends,
        };
        let new = NewProof::Certificate {
            public: CertificateFiles::beside(file.clone()).public,
            file,
            thumbprint,
            ends,
        };
        Ok((Some(made), Some(new)))
    }

    /// Takes certificates and secrets away, by `keyId`. What is there no more is no error.
    pub async fn remove(&self, key_ids: &[String]) -> Result<(), ChangeError> {
        let is_among = |key: &Value| {
            let id = text(key, &["keyId"]).unwrap_or_default();
            key_ids.iter().any(|one| one.eq_ignore_ascii_case(id))
        };
        self.keep_keys(|key| !is_among(key)).await?;
        let secrets = self.secrets().await?;
        for secret in secrets.iter().filter(|secret| is_among(secret)) {
            if let Some(id) = text(secret, &["keyId"]) {
                self.remove_secret(id).await?;
            }
        }
        Ok(())
    }

    /// Takes the certificate of a thumbprint away.
    pub async fn remove_certificate(&self, thumbprint: &str) -> Result<(), ChangeError> {
        self.keep_keys(|key| !is_of(key, thumbprint)).await
    }

    async fn keep_keys(&self, keep: impl Fn(&Value) -> bool) -> Result<(), ChangeError> {
        let keys = self.keys().await?;
        let kept: Vec<Value> = keys.iter().filter(|key| keep(key)).cloned().collect();
        match kept.len() == keys.len() {
            true => Ok(()),
            false => self.set_keys(&kept).await,
        }
    }

    /// The certificates with their keys.
    async fn keys(&self) -> Result<Vec<Value>, ChangeError> {
        let path = format!(
            "/v1.0/applications/{}?$select=keyCredentials",
            self.application_id
        );
        let body = read(&self.conduct, KNOWN, Service::Graph, &path).await?;
        Ok(body["keyCredentials"]
            .as_array()
            .cloned()
            .unwrap_or_default())
    }

    async fn set_keys(&self, keys: &[Value]) -> Result<(), ChangeError> {
        let path = format!("/v1.0/applications/{}", self.application_id);
        let body = json!({ "keyCredentials": keys });
        change(
            &self.conduct,
            KNOWN,
            Service::Graph,
            Write::Patch,
            &path,
            Some(&body),
        )
        .await?;
        Ok(())
    }
}

/// Whether a file holds the certificate of a thumbprint.
fn is_in(file: &std::path::Path, thumbprint: &str) -> bool {
    let found = std::fs::read(file).ok().and_then(|pem| thumbprint_in(&pem));
    found.is_some_and(|found| found.eq_ignore_ascii_case(thumbprint))
}

/// Whether an entry of `keyCredentials` is the certificate of a SHA-1 thumbprint.
fn is_of(key: &Value, thumbprint: &str) -> bool {
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect::<String>()
    };
    let is_it = |hex: &str| hex.eq_ignore_ascii_case(thumbprint);
    if let Some(der) = text(key, &["key"]).and_then(|key| STANDARD.decode(key).ok()) {
        let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
        return is_it(&hex(hash.as_ref()));
    }
    // Without the key, Graph's own note of the thumbprint tells: in hex, or as Base64 of its bytes.
    let Some(noted) = text(key, &["customKeyIdentifier"]) else {
        return false;
    };
    let decoded = STANDARD.decode(noted).ok();
    is_it(noted) || decoded.is_some_and(|bytes| is_it(&hex(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_known_by_its_key_or_by_its_thumbprint() {
        let thumbprint = "0BEEC7B5EA3F0FDBC95D0DD47F3C5BC275DA8A33";
        assert!(is_of(&json!({"key": STANDARD.encode("foo")}), thumbprint));
        assert!(!is_of(&json!({"key": STANDARD.encode("bar")}), thumbprint));
        let note = |note: &str| json!({"key": null, "customKeyIdentifier": note});
        assert!(is_of(&note(&thumbprint.to_lowercase()), thumbprint));
        assert!(is_of(&note("C+7Hteo/D9vJXQ3UfzxbwnXaijM="), thumbprint));
        assert!(!is_of(&note("AAAA"), thumbprint));
        assert!(!is_of(&json!({}), thumbprint));
    }
}
