//! Why no complete reply came.

use std::time::Duration;

use super::LARGEST_BODY;

/// An attempt without a complete reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransportError {
    #[error("plain http is used on loopback only")]
    PlainHttp,
    #[error("no complete reply within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    #[error("the reply is larger than {} MiB", LARGEST_BODY / 1024 / 1024)]
    TooLarge,
    #[error("the server's certificate is not trusted: {0}")]
    Untrusted(String),
    #[error("no connection: {0}")]
    Connect(String),
    #[error("the connection broke: {0}")]
    Broken(String),
}

/// What helps against [`TransportError::Untrusted`].
pub(crate) const UNTRUSTED_HINT: &str =
    "name the endpoint's or the proxy's CA with --ca-file if it is a private one";

/// What went wrong in an attempt.
pub(super) fn classify(error: reqwest::Error) -> TransportError {
    let connect = error.is_connect();
    // The URL may carry a signature or a continuation token.
    let text = chain(&error.without_url());
    // `rustls` says so for every reason to distrust a certificate; the type is hidden too deep.
    if text.contains("invalid peer certificate") {
        return TransportError::Untrusted(text);
    }
    if connect {
        return TransportError::Connect(text);
    }
    TransportError::Broken(text)
}

/// An error with its causes: `reqwest` says what failed, the cause says why.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
