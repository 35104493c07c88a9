//! Times and spans as Azure writes them.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp, Unit};

/// Whole days from one time to another; negative when the second is earlier. A time is RFC 3339, or a
/// day alone, which begins at midnight UTC. `None` where one of them is no time.
pub fn days_between(from: &str, to: &str) -> Option<i64> {
    let (from, to) = (time(from)?, time(to)?);
    Some((to.as_second() - from.as_second()).div_euclid(86_400))
}

/// The days of a span by ISO 8601 (`P90D`, `P1Y`, `PT36H`), or of a span as .NET writes it
/// (`30.00:00:00`); a month counts 30 days, a year 365. `None` where it is neither.
pub fn span_days(span: &str) -> Option<f64> {
    let span = span.trim();
    if span.starts_with(['P', 'p']) {
        return iso_days(span);
    }
    dotnet_days(span)
}

fn iso_days(text: &str) -> Option<f64> {
    let span: Span = text.to_uppercase().parse().ok()?;
    let months = f64::from(span.get_years()) * 365.0 + f64::from(span.get_months()) * 30.0;
    let rest = span.years(0).months(0);
    let days = rest.total((Unit::Day, SpanRelativeTo::days_are_24_hours()));
    Some(months + days.ok()?)
}

fn dotnet_days(text: &str) -> Option<f64> {
    let (days, clock) = match text.split_once(':') {
        Some((first, _)) if first.contains('.') => {
            let (days, _) = first.split_once('.')?;
            (days.parse::<f64>().ok()?, &text[days.len() + 1..])
        }
        Some(_) => (0.0, text),
        None => return None,
    };
    let parts: Vec<f64> = clock
        .split(':')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let [hours, minutes, seconds] = parts.as_slice() else {
        return None;
    };
    Some(days + hours / 24.0 + minutes / 1_440.0 + seconds / 86_400.0)
}

fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let day: Date = text.parse().ok()?;
    TimeZone::UTC
        .to_timestamp(day.to_datetime(Time::midnight()))
        .ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_go_both_ways() {
        let days = |from, to| days_between(from, to);
        assert_eq!(days("2026-01-01", "2026-01-31"), Some(30));
        assert_eq!(
            days("2026-01-01T12:00:00Z", "2026-01-02T11:59:59Z"),
            Some(0)
        );
        assert_eq!(days("2026-01-02", "2026-01-01T00:00:00.1234567Z"), Some(-1));
        assert_eq!(days("2026-01-01T00:00:00+02:00", "2026-01-01"), Some(0));
        assert_eq!(days("soon", "2026-01-01"), None);
    }

    #[test]
    fn spans_in_both_forms() {
        let near = |span: &str, days: f64| (span_days(span).unwrap() - days).abs() < 1e-9;
        assert!(near("P90D", 90.0));
        assert!(near("p1y", 365.0));
        assert!(near("P1Y2M3D", 428.0));
        assert!(near("PT36H", 1.5));
        assert!(near("P2W", 14.0));
        assert!(near("30.00:00:00", 30.0));
        assert!(near("1.12:00:00", 1.5));
        assert!(near("06:00:00", 0.25));
        for odd in ["", "90", "P", "PxD", "1.2", "1:2", "a.00:00:00"] {
            assert_eq!(span_days(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(left in ".*", right in ".*") {
            let _ = (days_between(&left, &right), span_days(&left));
        }
    }
}
