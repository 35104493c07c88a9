//! The authentication methods that a user has registered.

use serde_json::Value;

use super::json::{items, member};

/// The methods with which a user can pass multifactor authentication, as the resource types of
/// Graph name them without prefix and suffix.
///
/// Left out on purpose: `password` and `qrCodePin` are first factors; `email` serves the reset of
/// passwords alone; a `temporaryAccessPass` is good for hours, to register another method.
const STRONG: [&str; 10] = [
    "microsoftAuthenticator",
    "passwordlessMicrosoftAuthenticator",
    "fido2",
    "windowsHelloForBusiness",
    "platformCredential",
    "softwareOath",
    "hardwareOath",
    "phone",
    "x509Certificate",
    "external",
];

/// The names of the methods that make multifactor authentication possible among a user's
/// registered `methods` (`GET /users/{id}/authentication/methods`): each once, in the order of
/// the document, such as `["fido2", "phone"]`. Empty when the user has none.
///
/// Types are told by `@odata.type`, in any case.
///
/// Source: <https://learn.microsoft.com/graph/api/resources/authenticationmethods-overview>
pub fn strong_methods(methods: &Value) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for method in items(methods) {
        let Some(name) = strong_name(method) else {
            continue;
        };
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn strong_name(method: &Value) -> Option<&'static str> {
    let kind = member(method, "@odata.type").as_str()?.to_ascii_lowercase();
    let kind = kind.trim().trim_start_matches('#');
    let kind = kind.strip_prefix("microsoft.graph.").unwrap_or(kind);
    let short = kind.strip_suffix("authenticationmethod").unwrap_or(kind);
    STRONG
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(short))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(kinds: &[&str]) -> Vec<String> {
        let methods: Vec<Value> = kinds
            .iter()
            .map(|kind| json!({"@odata.type": kind}))
            .collect();
        strong_methods(&Value::from(methods))
    }

    #[test]
    fn each_second_factor_counts() {
        for (kind, name) in [
            (
                "microsoftAuthenticatorAuthenticationMethod",
                "microsoftAuthenticator",
            ),
            (
                "passwordlessMicrosoftAuthenticatorAuthenticationMethod",
                "passwordlessMicrosoftAuthenticator",
            ),
            ("fido2AuthenticationMethod", "fido2"),
            (
                "windowsHelloForBusinessAuthenticationMethod",
                "windowsHelloForBusiness",
            ),
            (
                "platformCredentialAuthenticationMethod",
                "platformCredential",
            ),
            ("softwareOathAuthenticationMethod", "softwareOath"),
            ("hardwareOathAuthenticationMethod", "hardwareOath"),
            ("phoneAuthenticationMethod", "phone"),
            ("x509CertificateAuthenticationMethod", "x509Certificate"),
            ("externalAuthenticationMethod", "external"),
        ] {
            let full = format!("#microsoft.graph.{kind}");
            assert_eq!(of(&[&full]), [name]);
            assert_eq!(of(&[&full.to_uppercase()]), [name]);
            assert_eq!(of(&[full.trim_start_matches('#')]), [name]);
        }
    }

    #[test]
    fn first_factors_and_passing_ones_do_not() {
        for kind in [
            "password",
            "email",
            "temporaryAccessPass",
            "qrCodePin",
            "unheardOf",
            "",
        ] {
            let full = format!("#microsoft.graph.{kind}AuthenticationMethod");
            assert!(of(&[&full]).is_empty(), "{kind}");
        }
    }

    #[test]
    fn each_is_named_once_in_order() {
        let phone = "#microsoft.graph.phoneAuthenticationMethod";
        let key = "#microsoft.graph.fido2AuthenticationMethod";
        assert_eq!(of(&[phone, key, phone]), ["phone", "fido2"]);
    }

    #[test]
    fn odd_lists_have_none() {
        for methods in [
            Value::Null,
            json!([]),
            json!([null, {}, {"@odata.type": 4}]),
            json!("phone"),
        ] {
            assert!(strong_methods(&methods).is_empty(), "{methods}");
        }
        let page =
            json!({"value": [{"@odata.type": "#microsoft.graph.fido2AuthenticationMethod"}]});
        assert_eq!(strong_methods(&page), ["fido2"]);
    }
}
