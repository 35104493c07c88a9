//! Reads a client certificate and its RSA key from a PEM or PFX file.

use std::path::Path;

use azure_core::credentials::Secret;
use ring::rsa::KeyPair as RsaKeyPair;
use ring::signature::KeyPair as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::Error;

/// A certificate (DER) and the key that belongs to it.
pub(super) struct ClientCertificate {
    pub leaf: Vec<u8>,
    pub key: RsaKeyPair,
}

/// What a file holds: keys in PKCS#8 or PKCS#1, certificates in any order.
struct Contents {
    key: PrivateKeyDer<'static>,
    certificates: Vec<Vec<u8>>,
}

impl ClientCertificate {
    /// Reads the file. Of several certificates the one of the key is taken.
    pub fn read(path: &Path, password: Option<&Secret>) -> Result<Self, Error> {
        let bytes = std::fs::read(path).map_err(|error| Error::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Self::parse(&bytes, password).map_err(|reason| Error::Certificate {
            path: path.to_owned(),
            reason,
        })
    }

    fn parse(bytes: &[u8], password: Option<&Secret>) -> Result<Self, String> {
        let contents = if find(bytes, b"-----BEGIN ") {
            read_pem(bytes)?
        } else {
            read_pfx(bytes, password.map_or("", Secret::secret))?
        };
        let key = match &contents.key {
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err("its key is not an RSA key".to_owned()),
        };
        let key = key.map_err(|error| format!("its key is no usable RSA key ({error})"))?;
        // The key's RSAPublicKey stands byte for byte in its certificate (RFC 5280 §4.1.2.7).
        let public = key.public_key().as_ref();
        let leaf = contents
            .certificates
            .into_iter()
            .find(|certificate| find(certificate, public))
            .ok_or_else(|| "no certificate in it belongs to the key".to_owned())?;
        Ok(Self { leaf, key })
    }
}

fn read_pem(bytes: &[u8]) -> Result<Contents, String> {
    if find(bytes, b"ENCRYPTED") {
        return Err("its private key is encrypted, which PEM files must not be here".to_owned());
    }
    let certificates = CertificateDer::pem_slice_iter(bytes)
        .map(|certificate| certificate.map(|der| der.to_vec()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("its PEM cannot be read ({error})"))?;
    if certificates.is_empty() {
        return Err("it holds no certificate".to_owned());
    }
    let key =
        PrivateKeyDer::from_pem_slice(bytes).map_err(|_| "it holds no private key".to_owned())?;
    Ok(Contents { key, certificates })
}

fn read_pfx(bytes: &[u8], password: &str) -> Result<Contents, String> {
    let archive =
        p12_keystore::Pkcs12Archive::from_pkcs12(bytes, password).map_err(|error| match error {
            p12_keystore::error::Error::MacError(_) => "its password is wrong".to_owned(),
            other => format!("it is neither PEM nor a PFX file that can be read ({other})"),
        })?;
    let key = archive
        .keys
        .first()
        .ok_or_else(|| "it holds no private key".to_owned())?;
    Ok(Contents {
        key: PrivateKeyDer::Pkcs8(key.key.as_der().to_vec().into()),
        certificates: archive
            .certs
            .iter()
            .map(|entry| entry.cert.as_der().to_vec())
            .collect(),
    })
}

fn find(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len().max(1))
        .any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &[u8] = include_bytes!("../../tests/certificates/client.pem");
    const PKCS1: &[u8] = include_bytes!("../../tests/certificates/client-pkcs1.pem");
    const PFX: &[u8] = include_bytes!("../../tests/certificates/client.pfx");
    const OTHER: &[u8] = include_bytes!("../../tests/certificates/other-certificate.pem");

    fn reason(bytes: &[u8], password: Option<&str>) -> String {
        let password = password.map(|text| Secret::new(text.to_owned()));
        ClientCertificate::parse(bytes, password.as_ref())
            .err()
            .expect("an error")
    }

    #[test]
    fn pem_and_pfx_give_the_same_certificate() {
        let pem = ClientCertificate::parse(PEM, None).expect("PEM");
        let pkcs1 = ClientCertificate::parse(PKCS1, None).expect("PEM with PKCS#1");
        let password = Secret::new("correct horse");
        let pfx = ClientCertificate::parse(PFX, Some(&password)).expect("PFX");
        assert_eq!(pem.leaf, pfx.leaf);
        assert_eq!(pem.leaf, pkcs1.leaf);
        assert_eq!(pem.key.public_key().as_ref(), pfx.key.public_key().as_ref());
    }

    #[test]
    fn a_chain_in_any_order_gives_the_certificate_of_the_key() {
        let chain = [OTHER, PEM].concat();
        let found = ClientCertificate::parse(&chain, None).expect("PEM");
        let alone = ClientCertificate::parse(PEM, None).expect("PEM");
        assert_eq!(found.leaf, alone.leaf);
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(reason(PFX, Some("wrong")).contains("password is wrong"));
        assert!(reason(PFX, None).contains("password is wrong"));
        assert!(reason(OTHER, None).contains("no private key"));
        assert!(reason(b"garbage", None).contains("neither PEM nor a PFX"));
        assert!(reason(b"", None).contains("neither PEM nor a PFX"));
        let encrypted =
            b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----";
        assert!(reason(encrypted, None).contains("encrypted"));
    }

    #[test]
    fn a_certificate_of_another_key_is_refused() {
        let text = String::from_utf8_lossy(PEM);
        let key = &text[text.find("-----BEGIN PRIVATE KEY").expect("a key")..];
        let key = &key[..key.find("-----END PRIVATE KEY-----").expect("an end") + 25];
        let mixed = [OTHER, b"\n", key.as_bytes()].concat();
        assert!(reason(&mixed, None).contains("belongs to the key"));
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = ClientCertificate::read(Path::new("/nowhere/c.pem"), None)
            .err()
            .expect("no file");
        assert!(error.to_string().contains("c.pem"), "{error}");
    }
}
