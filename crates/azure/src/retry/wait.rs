//! Pauses that Azure names.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;

/// The pause that a reply asks for: `Retry-After` in seconds (decimals appear in Graph batches) or as
/// an HTTP date (RFC 9110 §10.2.3), Resource Graph's `x-ms-user-quota-resets-after`, else the
/// "try again after 'N' seconds" of the message.
pub(crate) fn named_wait(
    headers: &HeaderMap,
    message: Option<&str>,
    now: Timestamp,
) -> Option<Duration> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    header("retry-after")
        .and_then(|text| retry_after(text, now))
        .or_else(|| {
            let exhausted =
                header("x-ms-user-quota-remaining").is_some_and(|left| left.trim() == "0");
            let resets = header("x-ms-user-quota-resets-after")?;
            exhausted.then(|| clock(resets)).flatten()
        })
        .or_else(|| message.and_then(seconds_in_message))
}

/// A `Retry-After` value; a date in the past is no pause.
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text)
        .ok()?;
    let wait = date.duration_since(now);
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

/// `hh:mm:ss`, as Resource Graph writes the rest of its window.
pub(crate) fn clock(text: &str) -> Option<Duration> {
    let mut parts = text.trim().split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let hours: u64 = hours.parse().ok()?;
    let minutes: u64 = minutes.parse().ok()?;
    let seconds = Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?;
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    Duration::from_secs(minutes.checked_mul(60)?).checked_add(seconds)
}

/// The number in "try again after '5' seconds" and "Retry after 2 seconds".
fn seconds_in_message(message: &str) -> Option<Duration> {
    let lower = message.to_ascii_lowercase();
    let (_, rest) = lower.rsplit_once(" after ")?;
    let rest = rest.trim_start_matches('\'');
    let digits = rest.find(|c: char| !c.is_ascii_digit())?;
    let seconds = rest[..digits].parse().ok()?;
    rest[digits..]
        .trim_start_matches(['\'', ' '])
        .starts_with("second")
        .then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().expect("a time")
    }

    #[test]
    fn retry_after_in_every_form() {
        for (text, expected) in [
            ("7", Some(7_000)),
            (" 0 ", Some(0)),
            ("1.5", Some(1_500)),
            ("Mon, 23 Nov 2026 12:00:09 GMT", Some(9_000)),
            ("Mon, 23 Nov 2026 11:59:00 GMT", Some(0)),
            ("-3", None),
            ("NaN", None),
            ("1e400", None),
            ("soon", None),
            ("", None),
        ] {
            let wait = retry_after(text, now()).map(|wait| wait.as_millis());
            assert_eq!(wait, expected, "{text}");
        }
    }

    #[test]
    fn the_clock_of_resource_graph() {
        assert_eq!(clock("00:00:05"), Some(Duration::from_secs(5)));
        assert_eq!(clock("01:02:03"), Some(Duration::from_secs(3_723)));
        assert_eq!(clock("5"), None);
        assert_eq!(clock("1:2:3:4"), None);
        assert_eq!(clock("99999999999999999999:0:0"), None);
    }

    #[test]
    fn the_message_names_seconds() {
        for (message, expected) in [
            (
                "exceeded the limit of '150' for time interval '01:00:00'. Please try again after '324' seconds.",
                Some(324),
            ),
            (
                "has issued too many requests. Retry after 2 seconds.",
                Some(2),
            ),
            ("Please try again after sometime.", None),
            ("Too many requests.", None),
            ("after", None),
        ] {
            let seconds = seconds_in_message(message).map(|wait| wait.as_secs());
            assert_eq!(seconds, expected, "{message}");
        }
    }

    #[test]
    fn the_header_goes_before_the_quota_and_the_message() {
        let mut headers = HeaderMap::new();
        let message = Some("Retry after 2 seconds.");
        assert_eq!(
            named_wait(&headers, message, now()),
            Some(Duration::from_secs(2))
        );
        headers.insert(
            "x-ms-user-quota-resets-after",
            "00:00:05".parse().expect("a value"),
        );
        assert_eq!(
            named_wait(&headers, message, now()),
            Some(Duration::from_secs(2))
        );
        headers.insert("x-ms-user-quota-remaining", "0".parse().expect("a value"));
        assert_eq!(
            named_wait(&headers, message, now()),
            Some(Duration::from_secs(5))
        );
        headers.insert("retry-after", "9".parse().expect("a value"));
        assert_eq!(
            named_wait(&headers, message, now()),
            Some(Duration::from_secs(9))
        );
        assert_eq!(named_wait(&HeaderMap::new(), None, now()), None);
    }
}
