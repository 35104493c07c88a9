//! The time in the forms that Azure's services write.

use jiff::Timestamp;

/// Now, in seconds since 1970.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_second()
}

/// Now, as Graph's errors write it: `2026-01-01T00:00:00`.
pub(crate) fn seconds() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Now, as the token endpoint writes it: `2026-01-01 00:00:00Z`.
pub(crate) fn login() -> String {
    Timestamp::now().strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// A moment as ARM's messages write it: `1/31/2026 1:00:00 AM`.
pub(crate) fn message(second: i64) -> String {
    let moment = Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}

/// Seconds since 1970 of a timestamp (`2026-01-31T00:00:00Z`) or a date (`2026-01-31`, its start in UTC).
pub(crate) fn parse(text: &str) -> Option<i64> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.as_second());
    }
    format!("{text}T00:00:00Z")
        .parse::<Timestamp>()
        .ok()
        .map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_timestamps_are_read() {
        assert_eq!(parse("1970-01-02"), Some(86_400));
        assert_eq!(parse("1970-01-01T00:00:05Z"), Some(5));
        assert_eq!(parse("tomorrow"), None);
    }

    #[test]
    fn a_message_writes_the_american_form() {
        assert_eq!(message(3_600), "1/1/1970 1:00:00 AM");
    }
}
