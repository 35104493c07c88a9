//! JSON Web Tokens taken apart: <https://www.rfc-editor.org/rfc/rfc7519>.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A token in three parts, whose signature nobody has looked at yet.
#[derive(Debug)]
pub(crate) struct Jwt {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    /// What the signature is of.
    pub(crate) signed: String,
    pub(crate) signature: Vec<u8>,
}

impl Jwt {
    /// Takes a token apart; `None` when it is none.
    pub(crate) fn parse(token: &str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        Some(Self {
            header: decoded(header)?,
            claims: decoded(claims)?,
            signed: signed.to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature).unwrap_or_default(),
        })
    }

    /// A claim's text; empty when it is absent or of another kind.
    pub(crate) fn text(&self, claim: &str) -> &str {
        self.claims[claim].as_str().unwrap_or_default()
    }

    /// A claim in seconds since 1970; a fraction is cut off.
    pub(crate) fn moment(&self, claim: &str) -> Option<i64> {
        let value = &self.claims[claim];
        #[expect(clippy::cast_possible_truncation, reason = "seconds of this age fit")]
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|seconds| seconds as i64))
    }

    /// The audiences that it names.
    pub(crate) fn audiences(&self) -> Vec<&str> {
        match &self.claims["aud"] {
            Value::String(one) => vec![one.as_str()],
            Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

fn decoded(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// One part of a token, encoded.
pub(crate) fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_token_comes_apart() {
        let claims = json!({"aud": ["a", "b"], "iss": "i", "exp": 5.5});
        let token = format!("{}.{}.AQI", part(&json!({"alg": "none"})), part(&claims));
        let jwt = Jwt::parse(&token).unwrap();
        assert_eq!(jwt.audiences(), ["a", "b"]);
        assert_eq!((jwt.text("iss"), jwt.text("sub")), ("i", ""));
        assert_eq!((jwt.moment("exp"), jwt.moment("nbf")), (Some(5), None));
        assert_eq!(jwt.signature, [1, 2]);
        assert!(jwt.signed.ends_with(&part(&claims)));
    }

    #[test]
    fn what_is_no_token_is_none() {
        for text in ["", "€", "a.b.c", "e30.e30"] {
            assert!(Jwt::parse(text).is_none(), "{text}");
        }
    }
}
