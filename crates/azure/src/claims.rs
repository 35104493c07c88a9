//! What an access token says about its bearer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;

/// The claims of an access token, decoded and not verified: Azure verifies them, this program only
/// shows them (<https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Claims {
    /// `tid`: the tenant.
    #[serde(rename = "tid")]
    pub tenant_id: Option<String>,
    /// `appid` (or `azp`): the application that the token was given to.
    #[serde(rename = "appid", alias = "azp")]
    pub application_id: Option<String>,
    /// `app_displayname`: its name.
    #[serde(rename = "app_displayname")]
    pub application_name: Option<String>,
    /// `oid`: the directory object of the service principal or user.
    #[serde(rename = "oid")]
    pub object_id: Option<String>,
    /// `roles`: application permissions.
    #[serde(default)]
    pub roles: Vec<String>,
    /// `wids`: the template ids of the directory roles that a user has in the tenant.
    #[serde(default)]
    pub wids: Vec<String>,
    /// `scp`: delegated permissions, separated by spaces, when a user signed in.
    #[serde(rename = "scp")]
    pub scopes: Option<String>,
    /// `idtyp`: `app` or `user`.
    #[serde(rename = "idtyp")]
    pub identity_type: Option<String>,
    /// `upn` (or `unique_name`): the user.
    #[serde(rename = "upn", alias = "unique_name")]
    pub user_principal_name: Option<String>,
    /// `aud`: the service that the token is for.
    #[serde(rename = "aud")]
    pub audience: Option<String>,
    /// `exp`: when the token expires, in seconds since 1970.
    pub exp: Option<i64>,
}

impl Claims {
    /// Decodes a JSON Web Token (RFC 7519); `None` when it is none. Tokens are opaque by contract.
    pub(crate) fn decode(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
        let json = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        // Through a map: a token may carry a claim under both of its names.
        let value: serde_json::Value = serde_json::from_slice(&json).ok()?;
        Self::from_value(value)
    }

    fn from_value(mut value: serde_json::Value) -> Option<Self> {
        let object = value.as_object_mut()?;
        for (name, older) in [("appid", "azp"), ("upn", "unique_name")] {
            if object.contains_key(name) {
                object.remove(older);
            }
        }
        serde_json::from_value(value).ok()
    }

    /// When the token expires.
    pub fn expires_at(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.exp?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(json: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(json))
    }

    #[test]
    fn the_claims_of_an_application() {
        let claims = Claims::decode(&token(
            r#"{"tid":"t","appid":"a","oid":"o","roles":["Policy.Read.All"],"idtyp":"app","exp":1790000000}"#,
        ))
        .expect("claims");
        assert_eq!(claims.tenant_id.as_deref(), Some("t"));
        assert_eq!(claims.application_id.as_deref(), Some("a"));
        assert_eq!(claims.roles, ["Policy.Read.All"]);
        assert_eq!(
            claims.expires_at().map(|at| at.as_second()),
            Some(1_790_000_000)
        );
    }

    #[test]
    fn both_names_of_a_claim_at_once() {
        let claims = Claims::decode(&token(
            r#"{"azp":"z","appid":"a","upn":"u@x","unique_name":"n","scp":"User.Read"}"#,
        ))
        .expect("claims");
        assert_eq!(claims.application_id.as_deref(), Some("a"));
        assert_eq!(claims.user_principal_name.as_deref(), Some("u@x"));
        let older = Claims::decode(&token(r#"{"azp":"z"}"#)).expect("claims");
        assert_eq!(older.application_id.as_deref(), Some("z"));
    }

    #[test]
    fn the_directory_roles_of_a_user() {
        let claims = Claims::decode(&token(r#"{"wids":["62e90394"],"idtyp":"user"}"#));
        assert_eq!(claims.expect("claims").wids, ["62e90394"]);
    }

    #[test]
    fn an_opaque_token_has_none() {
        for opaque in ["", "opaque", "a.b", "a.!!.c", "a.W10.c"] {
            assert_eq!(Claims::decode(opaque), None, "{opaque}");
        }
    }
}
