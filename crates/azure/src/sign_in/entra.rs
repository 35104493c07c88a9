//! Entra ID's sign-in errors in clear words
//! (<https://learn.microsoft.com/entra/identity-platform/reference-error-codes>).

use azure_core::error::ErrorKind;
use azure_core::http::RawResponse;
use serde_json::Value;
use url::Url;

use crate::envelope::Envelope;
use crate::failure::{Failure, FailureKind};
use crate::transport::UNTRUSTED_HINT;

/// Code, what it means, what to do. A code that is not here keeps Entra ID's own words.
const KNOWN: &[(&str, &str, &str)] = &[
    (
        "AADSTS7000215",
        "the client secret is wrong",
        "AZURE_CLIENT_SECRET takes the secret's value, not its id; the value is shown only once, when the secret is made",
    ),
    (
        "AADSTS7000222",
        "the client secret has expired",
        "add a new client secret to the app registration and set AZURE_CLIENT_SECRET to its value",
    ),
    (
        "AADSTS90002",
        "the tenant does not exist in this cloud",
        "check AZURE_TENANT_ID, and --cloud for a tenant outside the public cloud",
    ),
    (
        "AADSTS900023",
        "the tenant id is neither a GUID nor a domain name",
        "check AZURE_TENANT_ID",
    ),
    (
        "AADSTS700016",
        "the application does not exist in this tenant",
        "check AZURE_CLIENT_ID (the application id, not the object id) and AZURE_TENANT_ID",
    ),
    (
        "AADSTS7000112",
        "the application is disabled",
        "enable the service principal under Enterprise applications in Entra ID",
    ),
    (
        "AADSTS700027",
        "Entra ID does not know the certificate, or its signature does not fit",
        "upload the public part of the certificate to the app registration",
    ),
    (
        "AADSTS700024",
        "the signed statement is outside its validity period",
        "check this machine's clock, and that the federated token file is kept fresh",
    ),
    (
        "AADSTS70021",
        "no federated credential of the application matches the token",
        "compare issuer, subject and audience of the federated credential with the token's",
    ),
    (
        "AADSTS700213",
        "no federated credential of the application matches the token's subject",
        "compare the subject of the federated credential with the token's",
    ),
    (
        "AADSTS50034",
        "the user does not exist in this tenant",
        "run `az login` with an account of the tenant, or name the tenant in AZURE_TENANT_ID",
    ),
    (
        "AADSTS50076",
        "multi-factor authentication is required",
        "run `az login` again and complete it",
    ),
    (
        "AADSTS53003",
        "a Conditional Access policy blocks the sign-in",
        "ask the tenant's administrators which policy covers workload identities",
    ),
    (
        "AADSTS500011",
        "the tenant does not know the service that the token is for",
        "check --cloud: the tenant lives in another cloud",
    ),
];

/// A failed sign-in as a [`Failure`].
pub(crate) fn explain(error: &azure_core::Error, login: &Url) -> Failure {
    let url = login.to_string();
    let Some(response) = response_of(error) else {
        let mut failure = Failure::new(FailureKind::SignIn, url, root_cause(error));
        if failure.message.contains("certificate is not trusted") {
            failure.hint = Some(UNTRUSTED_HINT);
        }
        return failure;
    };
    let body = response.body();
    let envelope = Envelope::read(body);
    let text = envelope.message.clone().unwrap_or_default();
    let code = aadsts(&text).or(envelope.code);
    let known = KNOWN
        .iter()
        .find(|(known, ..)| code.as_deref() == Some(known));
    let message = match known {
        Some((code, meaning, _)) => format!("{meaning} ({code})"),
        None if text.is_empty() => format!("HTTP status {}", u16::from(response.status())),
        None => plain(&text),
    };
    let mut failure = Failure::new(FailureKind::SignIn, url, message);
    failure.status = Some(u16::from(response.status()));
    failure.hint = known.map(|(.., hint)| *hint);
    failure.request_id = trace_id(body);
    failure.code = code;
    failure
}

/// The reply behind an error, however deep the library has wrapped it.
fn response_of(error: &azure_core::Error) -> Option<&RawResponse> {
    let mut error: &(dyn std::error::Error + 'static) = error;
    loop {
        if let Some(core) = error.downcast_ref::<azure_core::Error>()
            && let ErrorKind::HttpResponse {
                raw_response: Some(response),
                ..
            } = core.kind()
        {
            return Some(response);
        }
        error = error.source()?;
    }
}

/// What started it: the library wraps each error in several of its own that only say where it was.
fn root_cause(error: &azure_core::Error) -> String {
    let mut cause: &(dyn std::error::Error + 'static) = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let text = plain(&cause.to_string());
    if cause.is::<serde_json::Error>() {
        return format!("the sign-in endpoint's reply is not what it should be: {text}");
    }
    text
}

/// The first `AADSTS…` code of a text.
fn aadsts(text: &str) -> Option<String> {
    const PREFIX: &str = "AADSTS";
    let code = &text[text.find(PREFIX)?..];
    let digits = code[PREFIX.len()..]
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(code.len() - PREFIX.len());
    (digits > 0).then(|| code[..PREFIX.len() + digits].to_owned())
}

/// Entra ID's id of the request, which Microsoft's support asks for.
fn trace_id(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body.get("trace_id")?.as_str().map(str::to_owned)
}

/// A message without the ids and links that trail it.
fn plain(text: &str) -> String {
    let end = [" Trace ID:", "\r\nTrace ID:", "\nTo troubleshoot"]
        .iter()
        .filter_map(|tail| text.find(tail))
        .min()
        .unwrap_or(text.len());
    text[..end].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use azure_core::http::headers::Headers;

    fn login() -> Url {
        Url::parse("https://login.microsoftonline.com/").expect("a URL")
    }

    fn refused(status: u16, body: &str) -> Failure {
        let raw = RawResponse::from_bytes(status.into(), Headers::new(), body.to_owned());
        let inner = azure_core::Error::new(
            ErrorKind::HttpResponse {
                status: status.into(),
                error_code: None,
                raw_response: Some(Box::new(raw)),
            },
            "inner",
        );
        let outer = azure_core::Error::with_error(ErrorKind::Credential, inner, "outer");
        explain(&outer, &login())
    }

    fn entra(code: &str) -> String {
        serde_json::json!({
            "error": "invalid_client",
            "error_description": format!("{code}: Something. Trace ID: 1 Correlation ID: 2"),
            "trace_id": "t-1",
        })
        .to_string()
    }

    #[test]
    fn known_codes_get_clear_words_and_a_hint() {
        for (code, meaning, _) in KNOWN {
            let failure = refused(401, &entra(code));
            assert_eq!(failure.kind, FailureKind::SignIn);
            assert_eq!(failure.code.as_deref(), Some(*code));
            assert!(failure.message.starts_with(meaning) && failure.hint.is_some());
            assert_eq!(
                (failure.status, failure.request_id.as_deref()),
                (Some(401), Some("t-1"))
            );
        }
    }

    #[test]
    fn a_longer_code_is_another_code() {
        assert_eq!(aadsts("AADSTS900023: x").as_deref(), Some("AADSTS900023"));
        assert_eq!(aadsts("see AADSTS90002").as_deref(), Some("AADSTS90002"));
        assert_eq!(aadsts("AADSTS: none"), None);
        assert_eq!(aadsts("none"), None);
    }

    #[test]
    fn unknown_codes_keep_entra_s_words_without_the_trailing_ids() {
        let failure = refused(400, &entra("AADSTS1"));
        assert_eq!(failure.message, "AADSTS1: Something.");
        assert_eq!(failure.code.as_deref(), Some("AADSTS1"));
        assert_eq!(failure.hint, None);
    }

    #[test]
    fn a_page_that_is_no_json_is_described() {
        let failure = refused(502, "<html><title>Bad Gateway</title></html>");
        assert!(failure.message.contains("Bad Gateway"), "{failure}");
        let empty = refused(503, "");
        assert_eq!(empty.message, "HTTP status 503");
    }

    #[test]
    fn the_cause_is_said_and_not_its_wrapping() {
        let cause = azure_core::Error::with_message(ErrorKind::Io, "no connection: refused");
        let wrapped = azure_core::Error::with_error(ErrorKind::Credential, cause, "failed");
        assert_eq!(
            explain(&wrapped, &login()).message,
            "no connection: refused"
        );
        let json = serde_json::from_str::<Value>("<").expect_err("no JSON");
        let wrapped = azure_core::Error::with_error(ErrorKind::Credential, json, "failed");
        let message = explain(&wrapped, &login()).into_details().message;
        assert!(
            message.contains("reply is not what it should be"),
            "{message}"
        );
    }

    #[test]
    fn an_error_without_a_reply_keeps_its_first_lines() {
        let error = azure_core::Error::with_message(
            ErrorKind::Credential,
            "az was not found\nTo troubleshoot, visit a page",
        );
        assert_eq!(explain(&error, &login()).message, "az was not found");
    }
}
