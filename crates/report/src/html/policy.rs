//! The page's Content-Security-Policy.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

/// The text of an asset as a browser sees it: HTML parsers read CRLF as LF, and the hashes must
/// match also where the sources were checked out with CRLF.
pub(crate) fn as_parsed(asset: &str) -> Cow<'_, str> {
    if asset.contains('\r') {
        return Cow::Owned(asset.replace("\r\n", "\n"));
    }
    Cow::Borrowed(asset)
}

/// Nothing may load or run but the one style sheet and the one script, known by their hashes. The
/// script may not turn text into markup (Trusted Types). `data:` images are for the icon.
pub(crate) fn content_security_policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        source_hash(style),
        source_hash(script),
    )
}

/// A CSP hash source: <https://www.w3.org/TR/CSP3/#grammardef-hash-source>.
fn source_hash(text: &str) -> String {
    format!(
        "sha256-{}",
        STANDARD.encode(digest(&SHA256, text.as_bytes()))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_the_standard_does() {
        // The example of CSP Level 3, section 8.3.
        assert_eq!(
            source_hash("alert('Hello, world.');"),
            "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="
        );
    }

    #[test]
    fn line_ends_are_those_of_a_parser() {
        assert_eq!(as_parsed("a\r\nb"), "a\nb");
        assert_eq!(as_parsed("a\nb"), "a\nb");
    }
}
