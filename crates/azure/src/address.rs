//! Where a URL points to: loopback, the same origin, and how it is shown.

use url::{Host, Url};

/// Whether the URL's host is this machine. Plain HTTP is allowed there and nowhere else.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// Whether the URL's host is link-local IPv4, where Azure serves managed identities over plain HTTP.
pub(crate) fn is_link_local(url: &Url) -> bool {
    matches!(url.host(), Some(Host::Ipv4(address)) if address.is_link_local())
}

/// Whether two URLs share scheme, host and port (RFC 6454).
pub(crate) fn same_origin(left: &Url, right: &Url) -> bool {
    left.origin() == right.origin() && left.origin().is_tuple()
}

/// The URL as messages show it: without user, fragment and query, except for the api-version.
/// A query can hold a signature or a continuation token.
pub(crate) fn shown(url: &Url) -> String {
    let origin = url.origin().ascii_serialization();
    let path = url.path();
    let version = url
        .query_pairs()
        .find(|(name, _)| name.eq_ignore_ascii_case("api-version"));
    match version {
        Some((_, version)) => format!("{origin}{path}?api-version={version}"),
        None => format!("{origin}{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn loopback_is_recognised_in_every_spelling() {
        for text in [
            "http://127.0.0.1:8080/",
            "http://127.9.9.9/",
            "http://[::1]:1/",
            "http://LocalHost/",
        ] {
            assert!(is_loopback(&url(text)), "{text}");
        }
    }

    #[test]
    fn names_that_only_look_like_loopback_are_not() {
        for text in [
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
            "http://10.0.0.1/",
            "http://127.0.0.1@example.com/",
        ] {
            assert!(!is_loopback(&url(text)), "{text}");
        }
    }

    #[test]
    fn origins_differ_by_scheme_host_and_port() {
        let base = url("https://management.azure.com/a");
        assert!(same_origin(
            &base,
            &url("https://MANAGEMENT.azure.com:443/b?c")
        ));
        assert!(!same_origin(&base, &url("http://management.azure.com/a")));
        assert!(!same_origin(
            &base,
            &url("https://management.azure.com:8443/a")
        ));
        assert!(!same_origin(
            &base,
            &url("https://management.azure.com.evil.example/a")
        ));
        assert!(!same_origin(&base, &url("data:text/plain,x")));
    }

    #[test]
    fn a_shown_url_keeps_no_query_but_the_version() {
        let secret =
            url("https://user:pw@host/a%20b?sig=hush&api-version=2024-01-01&$skiptoken=x#f");
        assert_eq!(shown(&secret), "https://host/a%20b?api-version=2024-01-01");
        assert_eq!(shown(&url("https://host/a?code=hush")), "https://host/a");
    }
}
