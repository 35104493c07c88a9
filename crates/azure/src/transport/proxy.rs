//! The HTTPS proxy that the environment names.

use reqwest::{NoProxy, Proxy};

use crate::error::Error;

/// Hosts that are never reached through a proxy, whatever `NO_PROXY` says.
const DIRECT: &str = "localhost,127.0.0.0/8,::1,169.254.0.0/16";

/// The proxy of `HTTPS_PROXY` or `ALL_PROXY`, in either case, less the hosts of `NO_PROXY`. Plain HTTP
/// goes to this machine only and needs none.
///
/// # Errors
///
/// A value that is no URL; it is not repeated, because it may hold a password.
pub(super) fn from_environment(
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Option<Proxy>, Error> {
    let either = |upper: &str| {
        lookup(upper)
            .or_else(|| lookup(&upper.to_ascii_lowercase()))
            .filter(|value| !value.trim().is_empty())
    };
    let Some(url) = either("HTTPS_PROXY").or_else(|| either("ALL_PROXY")) else {
        return Ok(None);
    };
    let proxy = Proxy::https(url).map_err(|_| Error::Endpoint {
        url: "HTTPS_PROXY".to_owned(),
        reason: "its value is not a proxy URL".to_owned(),
    })?;
    let direct = match either("NO_PROXY") {
        Some(names) => format!("{names},{DIRECT}"),
        None => DIRECT.to_owned(),
    };
    Ok(Some(proxy.no_proxy(NoProxy::from_string(&direct))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_variable_there_is_no_proxy() {
        assert!(from_environment(|_| None).expect("no error").is_none());
        let empty = from_environment(|_| Some(" ".to_owned()));
        assert!(empty.expect("no error").is_none());
    }

    #[test]
    fn either_case_is_read() {
        for variable in ["HTTPS_PROXY", "https_proxy", "all_proxy"] {
            let proxy = from_environment(|name| {
                (name == variable).then(|| "http://proxy.example:3128".to_owned())
            });
            assert!(proxy.expect("no error").is_some(), "{variable}");
        }
    }

    #[test]
    fn a_bad_value_is_an_error_that_does_not_repeat_it() {
        let error = from_environment(|_| Some("http://user:hush@:bad".to_owned()))
            .expect_err("no URL")
            .to_string();
        assert!(
            error.contains("HTTPS_PROXY") && !error.contains("hush"),
            "{error}"
        );
    }
}
