//! Proof by a signed assertion: one of the application's own certificate, or a token of an issuer it trusts.

use super::client::Client;
use super::{Asked, certificate, federated};
use crate::clock;
use crate::jwt::Jwt;
use crate::reply::{self, Reply};
use crate::tenant::Tenant;

/// Clocks may differ by this many seconds.
const SKEW: i64 = 300;

/// Checks an assertion. Its issuer tells which of the two it is.
pub(super) fn prove(
    asked: &Asked<'_>,
    tenant: &Tenant,
    client: &Client<'_>,
    assertion: &str,
) -> Result<(), Reply> {
    let Some(jwt) = Jwt::parse(assertion) else {
        let reason = "The assertion is no JSON Web Token.";
        return Err(certificate::refused(reason, ""));
    };
    let issuer = jwt.text("iss");
    if issuer.is_empty() || issuer.eq_ignore_ascii_case(&client.app_id) {
        return certificate::prove(asked, tenant, client, &jwt);
    }
    federated::prove(asked.state, tenant, client, &jwt)
}

/// Refuses an assertion before its time, after it, or without an end.
pub(super) fn in_time(jwt: &Jwt) -> Result<(), Reply> {
    let now = clock::now();
    let began = jwt.moment("nbf").is_none_or(|from| from <= now + SKEW);
    let lasts = jwt.moment("exp").is_some_and(|until| until > now - SKEW);
    if began && lasts {
        return Ok(());
    }
    let shown = |claim: &str| {
        jwt.moment(claim)
            .map_or_else(|| "absent".to_owned(), clock::message)
    };
    let message = format!(
        "Client assertion is not within its valid time range. Current time: {}, assertion valid from {}, expiry time of assertion {}.",
        clock::message(now),
        shown("nbf"),
        shown("exp")
    );
    Err(reply::login(401, "invalid_client", 700_024, &message))
}
