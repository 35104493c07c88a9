//! Proof by certificate: an assertion signed with the key of a certificate that the application lists.
//!
//! Form: <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{self, Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use serde_json::Value;

use super::client::{Client, text};
use super::{Asked, assertion};
use crate::clock;
use crate::jwt::Jwt;
use crate::reply::{self, Reply};
use crate::state::State;
use crate::tenant::Tenant;

/// Checks an assertion against the application's certificates. Of those that the tenant's file lists only the thumbprint
/// is known, so that their signature cannot be checked.
pub(super) fn prove(
    asked: &Asked<'_>,
    tenant: &Tenant,
    client: &Client<'_>,
    jwt: &Jwt,
) -> Result<(), Reply> {
    let thumbprint = thumbprint(&jwt.header).unwrap_or_default();
    if is_stated(client, &thumbprint) {
        return Ok(());
    }
    let Some((credential, der)) = listed(asked.state, client, &thumbprint) else {
        return Err(refused("The key was not found.", &thumbprint));
    };
    if is_over(&credential) {
        return Err(refused("The key used is expired.", &thumbprint));
    }
    if !verifies(jwt, &der) {
        return Err(refused(
            "The key was found but the signature is invalid.",
            &thumbprint,
        ));
    }
    assertion::in_time(jwt)?;
    if !jwt.text("sub").eq_ignore_ascii_case(&client.app_id) {
        let message =
            "Client assertion application identifier doesn't match 'client_id' parameter.";
        return Err(reply::login(401, "invalid_client", 700_021, message));
    }
    let for_us = |audience: &&str| is_ours(asked, tenant, audience);
    if !jwt.audiences().iter().any(for_us) {
        let message = format!(
            "Client assertion audience claim does not match Realm issuer. The audience is the token endpoint, {}/{}/oauth2/v2.0/token.",
            asked.request.origin, tenant.id
        );
        return Err(reply::login(401, "invalid_client", 700_023, &message));
    }
    Ok(())
}

/// The refusal of a certificate.
pub(super) fn refused(reason: &str, thumbprint: &str) -> Reply {
    let message = format!(
        "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - {reason}, Thumbprint of key used by client: '{}'].",
        thumbprint.to_uppercase()
    );
    reply::login(401, "invalid_client", 700_027, &message)
}

fn is_stated(client: &Client<'_>, thumbprint: &str) -> bool {
    let plain = |text: &str| -> String {
        let digits = text.chars().filter(char::is_ascii_hexdigit);
        digits.collect::<String>().to_lowercase()
    };
    let stated = client.stated.into_iter();
    let mut known = stated.flat_map(|app| &app.certificate_thumbprints);
    !thumbprint.is_empty() && known.any(|known| plain(known) == plain(thumbprint))
}

/// The application's key credential with a thumbprint, and its certificate.
fn listed(state: &State, client: &Client<'_>, thumbprint: &str) -> Option<(Value, Vec<u8>)> {
    let application = client.application.as_ref()?;
    let credentials = application["keyCredentials"].as_array()?;
    credentials.iter().find_map(|credential| {
        let der = STANDARD.decode(text(credential, "key")).ok()?;
        let is_it = [&SHA1_FOR_LEGACY_USE_ONLY, &SHA256]
            .iter()
            .any(|algorithm| hex(algorithm, &der) == thumbprint);
        let known = state.replication.knows(text(credential, "keyId"));
        (is_it && known).then(|| (credential.clone(), der))
    })
}

fn hex(algorithm: &'static Algorithm, der: &[u8]) -> String {
    let hash = digest::digest(algorithm, der);
    hash.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn is_over(credential: &Value) -> bool {
    let now = clock::now();
    let ended = clock::parse(text(credential, "endDateTime")).is_some_and(|end| end <= now);
    let to_come =
        clock::parse(text(credential, "startDateTime")).is_some_and(|from| from > now + 300);
    ended || to_come
}

fn verifies(jwt: &Jwt, der: &[u8]) -> bool {
    let algorithm: &dyn VerificationAlgorithm = match jwt.header["alg"].as_str() {
        Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
        Some("PS256") => &RSA_PSS_2048_8192_SHA256,
        _ => return false,
    };
    let Ok((_, certificate)) = x509_parser::parse_x509_certificate(der) else {
        return false;
    };
    let key = certificate.tbs_certificate.subject_pki.subject_public_key;
    UnparsedPublicKey::new(algorithm, key.data)
        .verify(jwt.signed.as_bytes(), &jwt.signature)
        .is_ok()
}

/// True for the audiences that Entra ID takes: the token endpoints of the tenant, and the tenant's issuer.
fn is_ours(asked: &Asked<'_>, tenant: &Tenant, audience: &str) -> bool {
    let audience = audience.trim_end_matches('/').to_lowercase();
    let own = [asked.name, &tenant.id];
    own.iter().any(|name| {
        ["/oauth2/v2.0/token", "/oauth2/token", "/v2.0", ""]
            .iter()
            .any(|end| audience == format!("{}/{name}{end}", asked.request.origin).to_lowercase())
    })
}

/// The thumbprint in an assertion's header (`x5t`, `x5t#S256`, or `kid` in hex), in hex.
fn thumbprint(header: &Value) -> Option<String> {
    let encoded = header["x5t#S256"].as_str().or(header["x5t"].as_str());
    let Some(encoded) = encoded else {
        return header["kid"].as_str().map(str::to_lowercase);
    };
    let bytes = URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn thumbprints_come_from_three_places() {
        let bytes = URL_SAFE_NO_PAD.encode([0xab, 0x01]);
        assert_eq!(thumbprint(&json!({"x5t": bytes})).unwrap(), "ab01");
        assert_eq!(thumbprint(&json!({"x5t#S256": bytes})).unwrap(), "ab01");
        assert_eq!(thumbprint(&json!({"kid": "AB01"})).unwrap(), "ab01");
        assert_eq!(thumbprint(&json!({})), None);
        assert_eq!(thumbprint(&json!({"x5t": "€"})), None);
    }
}
