//! What counts as the internet.

use serde_json::Value;

use super::super::json::at;

/// The widest block of public addresses that still counts as a restriction rather than as the
/// internet, as prefix lengths. An office's `/24` is a restriction; a provider's `/16` is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The shortest IPv4 prefix that is a restriction: 0 to 32, by default 24.
    pub widest_ipv4: u8,
    /// The shortest IPv6 prefix that is a restriction: 0 to 128, by default 48, the block that
    /// one site gets (RFC 6177).
    pub widest_ipv6: u8,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            widest_ipv4: 24,
            widest_ipv6: 48,
        }
    }
}

impl Options {
    /// Reads `widest_ipv4` and `widest_ipv6` out of a check's `params`; what is absent, null or
    /// no prefix length keeps its default.
    pub fn from_params(params: &Value) -> Self {
        let default = Self::default();
        Self {
            widest_ipv4: length(at(params, "widest_ipv4"), 32).unwrap_or(default.widest_ipv4),
            widest_ipv6: length(at(params, "widest_ipv6"), 128).unwrap_or(default.widest_ipv6),
        }
    }
}

/// A prefix length up to `longest`: a number, or text such as `"24"` or `"/24"`.
fn length(value: &Value, longest: u8) -> Option<u8> {
    let length = match value {
        Value::Number(number) => u8::try_from(number.as_u64()?).ok()?,
        Value::String(text) => text.trim().trim_start_matches('/').parse().ok()?,
        _ => return None,
    };
    (length <= longest).then_some(length)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn absent_and_odd_params_keep_the_defaults() {
        let odd = [
            Value::Null,
            json!({}),
            json!({"widest_ipv4": null, "widest_ipv6": null}),
            json!({"widest_ipv4": 33, "widest_ipv6": 129}),
            json!({"widest_ipv4": -1, "widest_ipv6": "wide"}),
            json!({"widest_ipv4": 1.5, "widest_ipv6": [48]}),
            json!("24"),
        ];
        for params in odd {
            assert_eq!(
                Options::from_params(&params),
                Options::default(),
                "{params}"
            );
        }
    }

    #[test]
    fn params_are_numbers_or_text() {
        let options = Options::from_params(&json!({"widest_ipv4": 16, "widest_ipv6": "/32"}));
        assert_eq!((options.widest_ipv4, options.widest_ipv6), (16, 32));
    }
}
