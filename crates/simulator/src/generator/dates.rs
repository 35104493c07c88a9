//! Dates around a fixed day, so that a seed gives the same tenant in any year.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::random::Random;

/// The day on which a generated tenant stands still.
const TODAY: Date = date(2026, 11, 1);

/// A moment some days before (negative) or after that day, at a time of that day which `random` chooses.
pub(super) fn moment(days: i32, random: &mut Random) -> String {
    let day = TODAY.checked_add(days.days()).unwrap_or(TODAY);
    let second = random.below(86_400);
    format!(
        "{}T{:02}:{:02}:{:02}Z",
        day,
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

/// The same as seconds since 1970, as Key Vault gives it.
pub(super) fn seconds(days: i32, random: &mut Random) -> i64 {
    let since = TODAY
        .since(date(1970, 1, 1))
        .map_or(0, |span| i64::from(span.get_days()));
    (since + i64::from(days)) * 86_400 + i64::try_from(random.below(86_400)).unwrap_or(0)
}

/// How many days from that day a word means.
pub(super) fn days(word: &str, random: &mut Random) -> Option<i32> {
    let between = |first: u32, last: u32, random: &mut Random| {
        i32::try_from(random.between(first, last)).unwrap_or(0)
    };
    Some(match word {
        "past" => -between(30, 1_500, random),
        "recent" => -between(0, 29, random),
        "stale" => -between(91, 700, random),
        "soon" => between(1, 60, random),
        "later" => between(61, 700, random),
        "expired" => -between(1, 400, random),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lie_on_their_side_of_the_day() {
        let mut random = Random::of(1, "dates", 0);
        for _ in 0..100 {
            assert!(days("past", &mut random).unwrap() < 0);
            assert!(days("soon", &mut random).unwrap() > 0);
        }
        assert!(days("never", &mut random).is_none());
    }

    #[test]
    fn a_moment_and_its_seconds_agree() {
        let text = moment(-1, &mut Random::of(1, "dates", 0));
        let parsed: jiff::Timestamp = text.parse().unwrap();
        assert_eq!(
            parsed.as_second(),
            seconds(-1, &mut Random::of(1, "dates", 0))
        );
        assert!(text.starts_with("2026-10-31T"), "{text}");
    }
}
