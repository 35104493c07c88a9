//! A certificate as somebody sends it to be a credential: X.509 in DER, as base64, also where base64 holds PEM.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    /// DER, as base64.
    pub(super) der: String,
    /// SHA-1, in capital hex digits.
    pub(super) thumbprint: String,
    /// Its subject, the most specific part first.
    pub(super) subject: String,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
}

/// Reads a certificate; `None` when it is none.
pub(super) fn read(sent: &str) -> Option<Certificate> {
    // The Azure CLI leaves the line breaks of PEM in it.
    let sent: String = sent.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(sent).ok()?;
    let der = if bytes.starts_with(b"-----BEGIN") {
        from_pem(std::str::from_utf8(&bytes).ok()?)?
    } else {
        bytes
    };
    let (rest, parsed) = x509_parser::parse_x509_certificate(&der).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let thumbprint = digest(&SHA1_FOR_LEGACY_USE_ONLY, &der);
    let hex = thumbprint.as_ref().iter().map(|byte| format!("{byte:02X}"));
    let moment = |time: &x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
    Some(Certificate {
        thumbprint: hex.collect(),
        subject: shown(&parsed.subject().to_string()),
        not_before: moment(&parsed.validity().not_before)?,
        not_after: moment(&parsed.validity().not_after)?,
        der: STANDARD.encode(&der),
    })
}

fn from_pem(text: &str) -> Option<Vec<u8>> {
    let lines = text.lines().map(str::trim);
    let body: String = lines
        .skip_while(|line| *line != "-----BEGIN CERTIFICATE-----")
        .skip(1)
        .take_while(|line| *line != "-----END CERTIFICATE-----")
        .collect();
    STANDARD.decode(body).ok()
}

/// Microsoft writes a subject from its end, and a state as `S`.
fn shown(subject: &str) -> String {
    let parts = subject
        .split(", ")
        .map(|part| match part.strip_prefix("ST=") {
            Some(state) => format!("S={state}"),
            None => part.to_owned(),
        });
    let mut parts: Vec<String> = parts.collect();
    parts.reverse();
    parts.join(", ")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    /// A certificate of its own, as base64 of DER, that holds from 2026 to 2030.
    pub(in super::super) fn made() -> (String, String) {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2030, 1, 1);
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CountryName, "NL");
        params
            .distinguished_name
            .push(DnType::StateOrProvinceName, "Groningen");
        params
            .distinguished_name
            .push(DnType::CommonName, "scanner");
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        (STANDARD.encode(certificate.der()), certificate.pem())
    }

    #[test]
    fn a_certificate_tells_its_dates_thumbprint_and_subject() {
        let (der, pem) = made();
        let read_der = read(&der).unwrap();
        assert_eq!(read_der.not_before.to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(read_der.not_after.to_string(), "2030-01-01T00:00:00Z");
        assert_eq!(read_der.subject, "CN=scanner, S=Groningen, C=NL");
        assert_eq!(read_der.thumbprint.len(), 40);
        assert_eq!(read(&STANDARD.encode(pem)).unwrap(), read_der);
        let (first, last) = der.split_at(64);
        assert_eq!(read(&format!("{first}\n{last}\n")).unwrap(), read_der);
    }

    #[test]
    fn anything_else_is_none() {
        let (der, _) = made();
        let mut longer = STANDARD.decode(&der).unwrap();
        longer.push(0);
        for sent in [
            "",
            "not base64!",
            "AAAA",
            &STANDARD.encode(longer),
            &STANDARD.encode("-----BEGIN X-----"),
        ] {
            assert_eq!(read(sent), None, "{sent}");
        }
    }
}
