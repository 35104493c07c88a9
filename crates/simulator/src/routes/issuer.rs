//! The endpoints of the simulator's own issuer of identity tokens: its description, its key, and a token on request.

use serde_json::json;

use crate::issuer::{AUDIENCE, PATH, Wanted};
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::state::State;

/// Answers what lies below `/simulator/issuer`; `rest` is what follows it.
pub(super) fn answer(state: &State, request: &Request, rest: &[&str]) -> Reply {
    match (request.method.as_str(), rest) {
        ("GET", [".well-known", "openid-configuration"]) => description(request),
        ("GET", ["keys"]) => Reply::json(200, state.tokens.issuer().keys()),
        ("POST", ["token"]) => token(state, request),
        _ => {
            let message = "There are GET /simulator/issuer/.well-known/openid-configuration, GET /simulator/issuer/keys and POST /simulator/issuer/token?subject=&audience=&issuer=&lifetime=.";
            reply::arm(404, "NotFound", message)
        }
    }
}

fn description(request: &Request) -> Reply {
    let issuer = format!("{}{PATH}", request.origin);
    Reply::json(
        200,
        json!({
            "issuer": issuer,
            "jwks_uri": format!("{issuer}/keys"),
            "token_endpoint": format!("{issuer}/token"),
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }),
    )
}

fn token(state: &State, request: &Request) -> Reply {
    let query = &request.query;
    let Some(subject) = query.get("subject").filter(|subject| !subject.is_empty()) else {
        let message = "subject says for whom the token is.";
        return reply::arm(400, "MissingSubject", message);
    };
    let Ok(lifetime) = query.get("lifetime").unwrap_or("600").parse() else {
        return reply::arm(
            400,
            "InvalidNumber",
            "lifetime is a whole number of seconds.",
        );
    };
    let own = format!("{}{PATH}", request.origin);
    let wanted = Wanted {
        issuer: query.get("issuer").unwrap_or(&own),
        subject,
        audience: query.get("audience").unwrap_or(AUDIENCE),
        lifetime,
    };
    match state.tokens.issuer().mint(&wanted) {
        Some(token) => Reply::json(200, json!({"token": token, "issuer": wanted.issuer})),
        None => reply::arm(500, "NoRandomness", "The system gives no random numbers."),
    }
}
