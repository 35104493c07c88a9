//! The sign-in errors that people meet, and what helps. A code that is not here keeps Entra ID's own
//! words.

/// One error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// `AADSTS` and a number.
    pub code: &'static str,
    /// A part of Entra ID's words, where one code stands for several errors; else empty.
    pub says: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What to do.
    pub hint: &'static str,
}

/// The meaning of a code, or `None` when it is not among the known ones.
pub(super) fn meaning(code: &str, text: &str) -> Option<Known> {
    let text = text.to_lowercase();
    let mut known = KNOWN.iter();
    let found = known.find(|known| known.code == code && text.contains(known.says));
    found.copied()
}

const LOG_IN_AGAIN: &str =
    "sign in again: run `az login` or `azd auth login`, whichever --auth names";
const COMPARE: &str = "compare issuer, subject and audience of the application's federated credential with the token's, \
     letter for letter";

/// The errors; of several with one code the first whose words fit.
pub(super) const KNOWN: &[Known] = &[
    // The application and its proof.
    known(
        "AADSTS7000215",
        "the client secret is wrong",
        "AZURE_CLIENT_SECRET takes the secret's value, not its id; the value is shown only once, when the secret is made",
    ),
    known(
        "AADSTS7000222",
        "the client secret has expired",
        "add a new client secret to the app registration and set AZURE_CLIENT_SECRET to its value",
    ),
    known(
        "AADSTS700016",
        "the application does not exist in this tenant",
        "check AZURE_CLIENT_ID (the application id, not the object id) and AZURE_TENANT_ID",
    ),
    known(
        "AADSTS7000229",
        "the application has no service principal in this tenant",
        "make one (`az ad sp create --id` with the application id), or let an administrator of the tenant consent to the application",
    ),
    known(
        "AADSTS7000112",
        "the application is disabled",
        "enable the service principal under Enterprise applications in Entra ID",
    ),
    Known {
        code: "AADSTS700027",
        says: "expired",
        meaning: "the certificate has expired",
        hint: "add a new certificate to the app registration and sign in with that",
    },
    known(
        "AADSTS700027",
        "Entra ID does not know the certificate, or its signature does not fit",
        "upload the public part of the certificate to the app registration",
    ),
    known(
        "AADSTS700024",
        "the signed statement is outside its validity period",
        "check this machine's clock, and that the federated token file is kept fresh",
    ),
    known(
        "AADSTS70021",
        "no federated credential of the application matches the token",
        COMPARE,
    ),
    known(
        "AADSTS700211",
        "no federated credential of the application matches the token's issuer",
        COMPARE,
    ),
    known(
        "AADSTS700212",
        "no federated credential of the application matches the token's audience",
        COMPARE,
    ),
    known(
        "AADSTS7002121",
        "no federated credential of the application matches the token's audience",
        COMPARE,
    ),
    known(
        "AADSTS700213",
        "no federated credential of the application matches the token's subject",
        COMPARE,
    ),
    // Where it signs in.
    known(
        "AADSTS90002",
        "the tenant does not exist in this cloud",
        "check AZURE_TENANT_ID, and --cloud for a tenant outside the public cloud",
    ),
    known(
        "AADSTS900023",
        "the tenant id is neither a GUID nor a domain name",
        "check AZURE_TENANT_ID",
    ),
    known(
        "AADSTS500011",
        "the tenant does not know the service that the token is for",
        "check --cloud: the tenant lives in another cloud",
    ),
    // People.
    known(
        "AADSTS50034",
        "the user does not exist in this tenant",
        "run `az login` with an account of the tenant, or name the tenant in AZURE_TENANT_ID",
    ),
    known(
        "AADSTS50020",
        "the user is of another tenant and no guest in this one",
        "run `az login` with an account of the tenant, or have the account invited as a guest",
    ),
    known(
        "AADSTS50126",
        "the user name or the password is wrong",
        "sign in again with the right ones",
    ),
    known(
        "AADSTS50053",
        "the account is locked, or the address that it signs in from is blocked",
        "wait a while; the sign-in logs of Entra ID say which of the two it is",
    ),
    known(
        "AADSTS50055",
        "the user's password has expired",
        "set a new password, then sign in again",
    ),
    known(
        "AADSTS50057",
        "the user account is disabled",
        "ask the tenant's administrators to enable it",
    ),
    known(
        "AADSTS50076",
        "multi-factor authentication is required",
        "run `az login` again and complete it",
    ),
    known(
        "AADSTS50078",
        "the multi-factor authentication has expired",
        LOG_IN_AGAIN,
    ),
    known(
        "AADSTS50079",
        "the user has to register for multi-factor authentication",
        "sign in at https://aka.ms/mfasetup and register, then sign in again",
    ),
    known(
        "AADSTS50173",
        "the user's sign-in is no longer valid: it was revoked, or the password has changed",
        LOG_IN_AGAIN,
    ),
    known(
        "AADSTS700082",
        "the user's sign-in has expired, as it was not used for long",
        LOG_IN_AGAIN,
    ),
    known(
        "AADSTS70043",
        "the user's sign-in has expired: a Conditional Access policy says how often to sign in",
        LOG_IN_AGAIN,
    ),
    // Consent and policies.
    known(
        "AADSTS65001",
        "nobody has consented to the application",
        "let an administrator of the tenant consent to it under Enterprise applications in Entra ID",
    ),
    known(
        "AADSTS65004",
        "the user declined to consent to the application",
        "sign in again and consent, or let an administrator of the tenant consent",
    ),
    known(
        "AADSTS90094",
        "the application needs an administrator's consent",
        "let an administrator of the tenant consent to it under Enterprise applications in Entra ID",
    ),
    known(
        "AADSTS53000",
        "a Conditional Access policy asks for a compliant device",
        "sign in from a device that the organisation manages",
    ),
    known(
        "AADSTS53003",
        "a Conditional Access policy blocks the sign-in",
        "ask the tenant's administrators which policy covers this user or workload identity",
    ),
    known(
        "AADSTS530035",
        "the tenant's security defaults block this kind of sign-in",
        "sign in with a browser (`az login`), not with a device code or a password, or use a service principal",
    ),
];

const fn known(code: &'static str, meaning: &'static str, hint: &'static str) -> Known {
    Known {
        code,
        says: "",
        meaning,
        hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_code_may_stand_for_several_errors() {
        let of = |text| meaning("AADSTS700027", text).map(|known| known.meaning);
        let expired = of("The certificate is expired. [Reason - The key used is EXPIRED.]");
        assert_eq!(expired, Some("the certificate has expired"));
        let other = of("[Reason - The key was not found.]").expect("a meaning");
        assert!(other.contains("does not know"), "{other}");
        assert!(meaning("AADSTS1", "expired").is_none());
    }

    #[test]
    fn each_error_stands_here_once_and_ends_without_a_full_stop() {
        for (at, known) in KNOWN.iter().enumerate() {
            let again = KNOWN[..at]
                .iter()
                .any(|other| (other.code, other.says) == (known.code, known.says));
            assert!(!again, "{}", known.code);
            for words in [known.meaning, known.hint] {
                assert!(!words.ends_with('.') && !words.is_empty(), "{words}");
            }
            assert_eq!(known.says, known.says.to_lowercase());
        }
    }
}
