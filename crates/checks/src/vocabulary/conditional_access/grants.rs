//! What a policy demands before it lets a sign-in through.

use serde_json::Value;

use super::super::json::{at, has, is, text, texts};

/// The strengths that Microsoft ships: multifactor, passwordless, phishing-resistant.
///
/// Source: <https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strengths>
const BUILT_IN_STRENGTHS: [&str; 3] = [
    "00000000-0000-0000-0000-000000000002",
    "00000000-0000-0000-0000-000000000003",
    "00000000-0000-0000-0000-000000000004",
];

const PHISHING_RESISTANT_STRENGTH: &str = "00000000-0000-0000-0000-000000000004";

const PHISHING_RESISTANT_MODES: [&str; 3] = [
    "fido2",
    "windowsHelloForBusiness",
    "x509CertificateMultiFactor",
];

/// Modes that are multifactor by themselves. Microsoft's own multifactor strength has the
/// temporary access pass among them.
const MULTIFACTOR_MODES: [&str; 7] = [
    "fido2",
    "windowsHelloForBusiness",
    "deviceBasedPush",
    "x509CertificateMultiFactor",
    "federatedMultiFactor",
    "temporaryAccessPassOneTime",
    "temporaryAccessPassMultiUse",
];

const FIRST_FACTORS: [&str; 3] = [
    "password",
    "federatedSingleFactor",
    "x509CertificateSingleFactor",
];

const SECOND_FACTORS: [&str; 5] = [
    "microsoftAuthenticatorPush",
    "softwareOath",
    "hardwareOath",
    "sms",
    "voice",
];

/// Whether a policy is enforced (`state` is `enabled`; report-only is not) and lets nobody
/// through without multifactor authentication.
///
/// The grant `mfa` asks for it, and an authentication strength whose every way in is multifactor.
/// With the operator `OR`, or none, every alternative has to: next to `mfa`, a compliant device
/// or accepted terms of use would do instead. With `AND`, one is enough. A policy that blocks
/// does not ask for a second factor.
pub fn requires_mfa(policy: &Value) -> bool {
    requires(
        policy,
        &|control| control.eq_ignore_ascii_case("mfa"),
        &is_multifactor,
    )
}

/// Whether a policy is enforced and lets nobody through without at least one of these controls, or an authentication
/// strength whose every way in is multifactor where `mfa` is among them. Operators are read as [`requires_mfa`] does.
pub fn requires_any(policy: &Value, controls: &Value) -> bool {
    let controls = texts(controls, "");
    let multifactor = has(&controls, "mfa");
    requires(policy, &|control| has(&controls, control), &|strength| {
        multifactor && is_multifactor(strength)
    })
}

/// Whether a policy is enforced and lets nobody through without a method that cannot be phished: an authentication
/// strength that allows nothing but passkeys, Windows Hello for Business and certificates of two factors.
pub fn requires_phishing_resistant(policy: &Value) -> bool {
    requires(policy, &|_| false, &is_phishing_resistant)
}

/// Whether a policy is enforced and blocks whom it applies to.
pub fn blocks(policy: &Value) -> bool {
    is(policy, "state", "enabled") && has(&texts(policy, "grantControls.builtInControls"), "block")
}

/// Whether a policy is enforced and stands in the way of a sign-in: it blocks or asks for something, be it a second
/// factor, a device, a new password or accepted terms. Session controls alone keep nobody out.
pub fn stands_in_the_way(policy: &Value) -> bool {
    let grant = at(policy, "grantControls");
    is(policy, "state", "enabled")
        && ([
            "builtInControls",
            "customAuthenticationFactors",
            "termsOfUse",
        ]
        .iter()
        .any(|list| !texts(grant, list).is_empty())
            || !at(grant, "authenticationStrength").is_null())
}

/// Whether an enforced policy's controls come down to one that is wanted.
fn requires(
    policy: &Value,
    wanted: &dyn Fn(&str) -> bool,
    strong: &dyn Fn(&Value) -> bool,
) -> bool {
    if !is(policy, "state", "enabled") {
        return false;
    }
    let grant = at(policy, "grantControls");
    let mut alternatives: Vec<bool> = texts(grant, "builtInControls")
        .into_iter()
        .map(wanted)
        .collect();
    for other in ["customAuthenticationFactors", "termsOfUse"] {
        alternatives.extend(texts(grant, other).into_iter().map(|_| false));
    }
    let strength = at(grant, "authenticationStrength");
    if !strength.is_null() {
        alternatives.push(strong(strength));
    }
    if is(grant, "operator", "AND") {
        return alternatives.contains(&true);
    }
    !alternatives.is_empty() && !alternatives.contains(&false)
}

/// Whether an authentication strength allows only methods that cannot be phished: it is Microsoft's, or its
/// combinations show it. A strength without combinations tells nothing.
fn is_phishing_resistant(strength: &Value) -> bool {
    if is(strength, "id", PHISHING_RESISTANT_STRENGTH) {
        return true;
    }
    let combinations = texts(strength, "allowedCombinations");
    !combinations.is_empty()
        && combinations
            .iter()
            .all(|mode| has(&PHISHING_RESISTANT_MODES, mode))
}

/// Whether every combination that an authentication strength allows is multifactor: it is one of
/// Microsoft's, or says so, or its combinations show it.
fn is_multifactor(strength: &Value) -> bool {
    let built_in = text(strength, "id").is_some_and(|id| has(&BUILT_IN_STRENGTHS, id));
    if built_in || has(&texts(strength, "requirementsSatisfied"), "mfa") {
        return true;
    }
    // The commas inside a combination join its modes, so it is read whole.
    let combinations = at(strength, "allowedCombinations");
    let combinations = combinations.as_array().map_or(&[][..], Vec::as_slice);
    !combinations.is_empty()
        && combinations
            .iter()
            .all(|combination| combination.as_str().is_some_and(combines_factors))
}

fn combines_factors(combination: &str) -> bool {
    let modes: Vec<&str> = combination.split(',').map(str::trim).collect();
    let one_of = |known: &[&str]| modes.iter().any(|mode| has(known, mode));
    one_of(&MULTIFACTOR_MODES) || (one_of(&FIRST_FACTORS) && one_of(&SECOND_FACTORS))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn requires(grant: Value) -> bool {
        requires_mfa(&json!({"state": "enabled", "grantControls": grant}))
    }

    #[test]
    fn phishing_resistant_strengths_allow_nothing_else() {
        let resistant = |strength: Value, operator: &str, controls: Value| {
            requires_phishing_resistant(&json!({"state": "enabled", "grantControls": {
                "operator": operator, "builtInControls": controls, "authenticationStrength": strength,
            }}))
        };
        let own =
            json!({"id": "mine", "allowedCombinations": ["fido2", "x509CertificateMultiFactor"]});
        let weak = json!({"id": "mine", "allowedCombinations": ["fido2", "password,microsoftAuthenticatorPush"]});
        let built_in = json!({"id": PHISHING_RESISTANT_STRENGTH});
        assert!(resistant(built_in, "OR", json!([])));
        assert!(resistant(own.clone(), "OR", json!([])));
        assert!(resistant(own.clone(), "AND", json!(["compliantDevice"])));
        assert!(!resistant(own, "OR", json!(["compliantDevice"])));
        assert!(!resistant(weak, "OR", json!([])));
        assert!(!resistant(
            json!({"id": "00000000-0000-0000-0000-000000000002"}),
            "OR",
            json!([])
        ));
        assert!(!resistant(Value::Null, "OR", json!(["mfa"])));
    }

    #[test]
    fn one_of_several_controls_is_required() {
        let any = |grant: Value| {
            let policy = json!({"state": "enabled", "grantControls": grant});
            requires_any(&policy, &json!(["mfa", "compliantDevice"]))
        };
        assert!(any(
            json!({"operator": "OR", "builtInControls": ["mfa", "compliantDevice"]})
        ));
        assert!(any(
            json!({"operator": "OR", "authenticationStrength": {"requirementsSatisfied": "mfa"}})
        ));
        assert!(!any(
            json!({"operator": "OR", "builtInControls": ["mfa"], "termsOfUse": ["t"]})
        ));
        assert!(any(
            json!({"operator": "AND", "builtInControls": ["mfa"], "termsOfUse": ["t"]})
        ));
        assert!(!any(json!({"operator": "OR", "builtInControls": []})));
    }

    #[test]
    fn blocking_and_asking_stand_in_the_way() {
        let with = |grant: Value| json!({"state": "enabled", "grantControls": grant});
        assert!(blocks(&with(json!({"builtInControls": ["Block"]}))));
        assert!(!blocks(&with(json!({"builtInControls": ["mfa"]}))));
        assert!(!blocks(
            &json!({"state": "disabled", "grantControls": {"builtInControls": ["block"]}})
        ));
        for grant in [
            json!({"builtInControls": ["block"]}),
            json!({"termsOfUse": ["t"]}),
            json!({"authenticationStrength": {"id": "s"}}),
        ] {
            assert!(stands_in_the_way(&with(grant.clone())), "{grant}");
        }
        for grant in [Value::Null, json!({}), json!({"builtInControls": []})] {
            assert!(!stands_in_the_way(&with(grant.clone())), "{grant}");
        }
    }

    #[test]
    fn only_enforced_policies_require_anything() {
        let grant = json!({"operator": "OR", "builtInControls": ["mfa"]});
        for (state, expected) in [
            (json!("enabled"), true),
            (json!("Enabled"), true),
            (json!("enabledForReportingButNotEnforced"), false),
            (json!("disabled"), false),
            (Value::Null, false),
        ] {
            let policy = json!({"state": state, "grantControls": grant});
            assert_eq!(requires_mfa(&policy), expected, "{policy}");
        }
    }

    #[test]
    fn alternatives_must_all_be_multifactor() {
        for (operator, controls, expected) in [
            (json!("OR"), json!(["mfa"]), true),
            (json!("or"), json!(["MFA"]), true),
            (json!("OR"), json!(["mfa", "compliantDevice"]), false),
            (json!("AND"), json!(["mfa", "compliantDevice"]), true),
            (json!("and"), json!(["compliantDevice", null, "mfa"]), true),
            (json!("AND"), json!(["compliantDevice"]), false),
            (Value::Null, json!(["mfa"]), true),
            (Value::Null, json!(["mfa", "compliantDevice"]), false),
            (json!("OR"), json!(["block"]), false),
            (json!("OR"), json!([]), false),
            (json!("AND"), Value::Null, false),
        ] {
            let grant = json!({"operator": operator, "builtInControls": controls});
            assert_eq!(requires(grant.clone()), expected, "{grant}");
        }
    }

    #[test]
    fn terms_of_use_and_custom_factors_are_alternatives() {
        for other in ["termsOfUse", "customAuthenticationFactors"] {
            let mut grant = json!({"operator": "OR", "builtInControls": ["mfa"]});
            grant[other] = json!(["x"]);
            assert!(!requires(grant.clone()), "{grant}");
            grant["operator"] = json!("AND");
            assert!(requires(grant));
        }
    }

    #[test]
    fn strengths_are_known_say_so_or_show_it() {
        let strength = |strength: Value| {
            requires(
                json!({"operator": "OR", "builtInControls": null, "authenticationStrength": strength}),
            )
        };
        for known in BUILT_IN_STRENGTHS {
            assert!(strength(json!({"id": known})), "{known}");
        }
        assert!(strength(
            json!({"id": "custom", "requirementsSatisfied": "MFA"})
        ));
        assert!(strength(json!({"requirementsSatisfied": "none,mfa"})));
        for combination in [
            "fido2",
            "password,softwareOath",
            "password, SMS",
            "federatedSingleFactor,voice",
            "x509CertificateMultiFactor",
            "temporaryAccessPassOneTime",
        ] {
            assert!(
                strength(json!({"allowedCombinations": [combination]})),
                "{combination}"
            );
        }
        for combination in [
            "password",
            "sms",
            "x509CertificateSingleFactor",
            "password,email",
            "",
        ] {
            let mixed = json!({"requirementsSatisfied": "none", "allowedCombinations": ["fido2", combination]});
            assert!(!strength(mixed), "{combination}");
        }
        for odd in [
            json!({}),
            json!({"id": "custom"}),
            json!({"allowedCombinations": []}),
            json!("x"),
            json!({"allowedCombinations": [null]}),
        ] {
            assert!(!strength(odd.clone()), "{odd}");
        }
    }

    #[test]
    fn a_weak_strength_beside_another_control() {
        let grant = |operator: &str, controls: Value| {
            json!({"operator": operator, "builtInControls": controls,
                "authenticationStrength": {"id": BUILT_IN_STRENGTHS[0]}})
        };
        assert!(!requires(grant("OR", json!(["compliantDevice"]))));
        assert!(requires(grant("AND", json!(["compliantDevice"]))));
        assert!(requires(grant("OR", json!([]))));
    }

    #[test]
    fn policies_without_grants_require_nothing() {
        assert!(!requires(Value::Null));
        assert!(!requires(json!({"operator": "OR"})));
        assert!(!requires_mfa(&Value::Null));
        assert!(!requires_mfa(&json!({"state": "enabled"})));
    }
}
