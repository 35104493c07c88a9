//! Ports as security rules write them.

use super::intervals::Intervals;

/// The ports that `text` names: `*`, `22`, `20-25`, or several of these separated by commas.
///
/// # Errors
///
/// The part that is no port or range of ports. The other parts are lost with it: a list entry
/// is taken whole or not at all.
pub(super) fn parse(text: &str) -> Result<Vec<(u16, u16)>, String> {
    text.split(',').map(str::trim).map(part).collect()
}

/// Every port.
pub(super) fn every() -> Intervals<u16> {
    Intervals::everything()
}

fn part(text: &str) -> Result<(u16, u16), String> {
    let defect = || text.to_owned();
    if text == "*" || text.eq_ignore_ascii_case("any") {
        return Ok((u16::MIN, u16::MAX));
    }
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let range = number(low).zip(number(high)).ok_or_else(defect)?;
    if range.0 > range.1 {
        return Err(defect());
    }
    Ok(range)
}

/// A port in digits alone: `u16::from_str` would also take `+22`.
fn number(text: &str) -> Option<u16> {
    let text = text.trim();
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_single_ranges_lists_or_all() {
        assert_eq!(parse("22"), Ok(vec![(22, 22)]));
        assert_eq!(parse(" 20 - 25 "), Ok(vec![(20, 25)]));
        assert_eq!(parse("22,3389"), Ok(vec![(22, 22), (3389, 3389)]));
        assert_eq!(parse("*"), Ok(vec![(0, 65535)]));
        assert_eq!(parse("ANY"), Ok(vec![(0, 65535)]));
        assert_eq!(parse("0-65535"), Ok(vec![(0, 65535)]));
    }

    #[test]
    fn what_is_no_port_is_a_defect() {
        for text in [
            "22-", "-22", "abc", "25-20", "65536", "1-65536", "-1", "+22", "2 2", "22,", "1-2-3",
            "２２",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
