//! A self-signed certificate for signing in, and its key
//! (<https://learn.microsoft.com/entra/identity-platform/howto-create-self-signed-certificate>).
//!
//! The sign-in signs with RSA (PS256), which is what Entra ID takes from certificates. `ring` signs with
//! RSA keys and makes none, so the key comes from the crate `rsa`: pure Rust, and no second copy of
//! OpenSSL's code as `aws-lc-rs` would be. It finds the primes and writes them down, nothing else: `ring`
//! does every signature.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
};
use ring::digest;
use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use rsa::{Generate as _, PrivateKey};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::change::ChangeError;

/// Clocks differ: a certificate that begins now would not hold yet where it is later than here.
const EARLIER: SignedDuration = SignedDuration::from_mins(5);

/// A certificate with its private key. Neither `Debug` nor errors show the key.
pub struct Certificate {
    key: Zeroizing<String>,
    certificate: String,
    der: Vec<u8>,
    starts: Timestamp,
    ends: Timestamp,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("thumbprint", &self.thumbprint())
            .field("ends", &self.ends)
            .finish_non_exhaustive()
    }
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The key could not be made: the system gives no random numbers.
    #[error("no RSA key could be made: {0}")]
    Key(String),
    /// The certificate could not be made, or its days are beyond the calendar.
    #[error("the certificate could not be made: {0}")]
    Certificate(String),
}

impl From<CertificateError> for ChangeError {
    fn from(error: CertificateError) -> Self {
        Self::Local {
            message: error.to_string(),
            hint: None,
        }
    }
}

impl Certificate {
    /// Makes a key of 3072 bits (a strength of 128) and a certificate of it, valid from now on for some days.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn generate(name: &str, days: u16, now: Timestamp) -> Result<Self, CertificateError> {
        let failed = |error: &dyn fmt::Display| CertificateError::Certificate(error.to_string());
        let key = PrivateKey::try_generate()
            .map_err(|error| CertificateError::Key(error.to_string()))?
            .to_pkcs8_der()
            .map_err(|error| CertificateError::Key(error.to_string()))?;
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(
            &PrivatePkcs8KeyDer::from(key.as_bytes()),
            &rcgen::PKCS_RSA_SHA256,
        )
        .map_err(|error| failed(&error))?;
        // Certificates count whole seconds, and Entra ID wants its own note of the end no later than theirs.
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let starts = now - EARLIER;
        let ends = now
            .checked_add(SignedDuration::from_hours(24 * i64::from(days)))
            .map_err(|error| failed(&error))?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = calendar(starts)?;
        params.not_after = calendar(ends)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let signed = params.self_signed(&pair).map_err(|error| failed(&error))?;
        let pem = key
            .to_pem("PRIVATE KEY", LineEnding::LF)
            .map_err(|error| CertificateError::Key(error.to_string()))?;
        Ok(Self {
            key: pem,
            certificate: signed.pem(),
            der: signed.der().to_vec(),
            starts,
            ends,
        })
    }

    /// Key and certificate in one PEM text, as the sign-in reads them from a file. It is secret.
    pub fn secret_pem(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}{}", *self.key, self.certificate))
    }

    /// The certificate alone, for everybody's eyes.
    pub fn public_pem(&self) -> &str {
        &self.certificate
    }

    /// The certificate as bytes, as Microsoft Graph takes it.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// When it begins to hold.
    pub fn starts(&self) -> Timestamp {
        self.starts
    }

    /// When it ends.
    pub fn ends(&self) -> Timestamp {
        self.ends
    }

    /// The SHA-1 thumbprint in capital hex, by which people and the portal name it.
    pub fn thumbprint(&self) -> String {
        thumbprint(&self.der)
    }
}

/// The thumbprint of the first certificate in a PEM text.
pub(crate) fn thumbprint_in(pem: &[u8]) -> Option<String> {
    let der = CertificateDer::pem_slice_iter(pem).next()?.ok()?;
    Some(thumbprint(&der))
}

/// The bytes of the first certificate in a PEM text.
pub(crate) fn der_in(pem: &[u8]) -> Option<Vec<u8>> {
    let der = CertificateDer::pem_slice_iter(pem).next()?.ok()?;
    Some(der.to_vec())
}

fn thumbprint(der: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, der);
    hash.as_ref()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect()
}

fn calendar(time: Timestamp) -> Result<OffsetDateTime, CertificateError> {
    OffsetDateTime::from_unix_timestamp(time.as_second())
        .map_err(|error| CertificateError::Certificate(error.to_string()))
}

#[cfg(test)]
mod tests {
    use ring::rsa::KeyPair as RsaKeyPair;
    use rustls::pki_types::PrivateKeyDer;

    use super::*;

    #[test]
    fn the_key_fits_the_certificate_and_ring_signs_with_it() {
        let now: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let made = Certificate::generate("ThreatDefence", 365, now).unwrap();
        let pem = made.secret_pem();
        let PrivateKeyDer::Pkcs8(key) = PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap()
        else {
            panic!("PKCS#8");
        };
        let key = RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap();
        assert_eq!(key.public().modulus_len(), 384);
        let public = ring::signature::KeyPair::public_key(&key).as_ref().to_vec();
        assert!(
            made.der()
                .windows(public.len())
                .any(|window| window == public)
        );
        assert_eq!(made.ends().to_string(), "2027-01-02T03:04:05Z");
        assert!(made.starts() < now);
        assert_eq!(made.starts().subsec_nanosecond(), 0);
        assert_eq!(thumbprint_in(pem.as_bytes()), Some(made.thumbprint()));
        assert_eq!(
            der_in(made.public_pem().as_bytes()).as_deref(),
            Some(made.der())
        );
        assert_eq!(made.thumbprint().len(), 40);
        assert!(!made.public_pem().contains("PRIVATE"));
        let shown = format!("{made:?}");
        assert!(
            !shown.contains("PRIVATE") && !shown.contains("BEGIN"),
            "{shown}"
        );
    }
}
