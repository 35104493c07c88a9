//! Entra ID's sign-in errors in clear words
//! (<https://learn.microsoft.com/entra/identity-platform/reference-error-codes>).

mod known;

use azure_core::error::ErrorKind;
use azure_core::http::RawResponse;
use serde_json::Value;
use url::Url;

use crate::envelope::Envelope;
use crate::failure::{Failure, FailureKind};
use crate::transport::UNTRUSTED_HINT;

/// A failed sign-in as a [`Failure`].
pub(crate) fn explain(error: &azure_core::Error, login: &Url) -> Failure {
    match response_of(error) {
        Some(response) => of_response(response, login),
        None => without_response(error, login),
    }
}

/// What Entra ID answered.
fn of_response(response: &RawResponse, login: &Url) -> Failure {
    let status = u16::from(response.status());
    let envelope = Envelope::read(response.body());
    let text = envelope.message.unwrap_or_default();
    let mut failure = in_clear_words(&text, login);
    if text.is_empty() {
        failure.message = format!("HTTP status {status}");
    }
    failure.status = Some(status);
    failure.request_id = trace_id(response.body());
    failure.code = failure.code.take().or(envelope.code);
    failure
}

/// What the library says of a sign-in without a reply. The Azure CLIs sign in themselves, so that Entra
/// ID's words are in what they print.
fn without_response(error: &azure_core::Error, login: &Url) -> Failure {
    let mut failure = in_clear_words(&root_cause(error), login);
    if failure.message.contains("certificate is not trusted") {
        failure.hint = Some(UNTRUSTED_HINT);
    }
    failure
}

/// Entra ID's words, in clearer ones where its code is known.
fn in_clear_words(text: &str, login: &Url) -> Failure {
    let code = aadsts(text);
    let known = code.as_deref().and_then(|code| known::meaning(code, text));
    let message = match known {
        Some(known) => format!("{} ({})", known.meaning, known.code),
        None => plain(text),
    };
    let mut failure = Failure::new(FailureKind::SignIn, login.to_string(), message);
    failure.hint = known.map(|known| known.hint);
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
        for known in known::KNOWN {
            let words = format!("{}: {}", known.code, known.says);
            let failure = refused(401, &entra(&words));
            assert_eq!(failure.kind, FailureKind::SignIn);
            assert_eq!(failure.code.as_deref(), Some(known.code));
            assert!(failure.message.starts_with(known.meaning), "{failure}");
            assert_eq!(failure.hint, Some(known.hint));
            assert_eq!(
                (failure.status, failure.request_id.as_deref()),
                (Some(401), Some("t-1"))
            );
        }
    }

    #[test]
    fn what_the_azure_cli_prints_is_explained_too() {
        let printed =
            "ERROR: AADSTS50173: The provided grant has expired.\nTo re-authenticate: az login";
        let error = azure_core::Error::with_message(ErrorKind::Credential, printed);
        let failure = explain(&error, &login());
        assert_eq!(failure.code.as_deref(), Some("AADSTS50173"));
        assert!(
            failure.message.contains("sign-in is no longer valid"),
            "{failure}"
        );
        assert!(failure.hint.is_some());
        assert_eq!(failure.status, None);
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
