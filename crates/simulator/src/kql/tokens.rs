//! The words and signs of a query.

use serde_json::Value;

use crate::kql_time;

/// A word or sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    Number(Value),
    Sign(String),
}

/// Takes a query apart.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let next = chars[at];
        let pair: String = chars[at..chars.len().min(at + 2)].iter().collect();
        if next.is_whitespace() || next == ';' {
            at += 1;
        } else if pair == "//" {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if next == '\'' || next == '"' {
            let (value, end) = quoted(&chars, at)?;
            found.push(Token::Text(value));
            at = end;
        } else if next.is_ascii_digit() {
            let end = end_of(&chars, at, |c| c.is_ascii_digit() || c == '.');
            let digits: String = chars[at..end].iter().collect();
            let number = serde_json::from_str(&digits);
            let number: Value = number.map_err(|_| format!("'{digits}' is no number"))?;
            at = end_of(&chars, end, char::is_alphabetic);
            let unit: String = chars[end..at].iter().collect();
            found.push(Token::Number(with_unit(number, &unit)?));
        } else if next.is_alphabetic() || next == '_' || next == '$' {
            let end = end_of(&chars, at, |c| {
                c.is_alphanumeric() || c == '_' || c == '-' || c == '$'
            });
            let mut word: String = chars[at..end].iter().collect();
            at = end;
            // `in~` is one word.
            if word.eq_ignore_ascii_case("in") && chars.get(at) == Some(&'~') {
                word.push('~');
                at += 1;
            }
            if word.eq_ignore_ascii_case("datetime") && chars.get(at) == Some(&'(') {
                // `datetime(2026-01-31T00:00:00Z)` is a literal; the text in it has no quotes.
                let end = end_of(&chars, at, |c| c != ')');
                let moment: String = chars[at + 1..end].iter().collect();
                let moment = kql_time::to_datetime(&Value::String(moment.clone()))
                    .as_str()
                    .map(str::to_owned)
                    .ok_or_else(|| format!("'{moment}' is no time"))?;
                found.push(Token::Text(moment));
                at = chars.len().min(end + 1);
                continue;
            }
            found.push(Token::Word(word));
        } else if ["==", "!=", "=~", "!~", "<=", ">=", "<>"].contains(&pair.as_str()) {
            found.push(Token::Sign(pair));
            at += 2;
        } else if "|(),.[]=<>!".contains(next) {
            found.push(Token::Sign(next.to_string()));
            at += 1;
        } else {
            return Err(format!("'{next}' is not understood"));
        }
    }
    Ok(found)
}

/// `15m` is a span of time, kept as its seconds; a number without a unit stays as it is.
fn with_unit(number: Value, unit: &str) -> Result<Value, String> {
    if unit.is_empty() {
        return Ok(number);
    }
    let seconds = kql_time::seconds_in(unit).zip(number.as_f64());
    let (unit_seconds, count) = seconds.ok_or_else(|| format!("'{number}{unit}' is no number"))?;
    Ok(Value::from(unit_seconds * count))
}

fn end_of(chars: &[char], start: usize, within: impl Fn(char) -> bool) -> usize {
    chars[start..]
        .iter()
        .position(|&c| !within(c))
        .map_or(chars.len(), |length| start + length)
}

fn quoted(chars: &[char], start: usize) -> Result<(String, usize), String> {
    let mut value = String::new();
    let mut at = start + 1;
    while let Some(&next) = chars.get(at) {
        if next == chars[start] {
            return Ok((value, at + 1));
        }
        if next == '\\' {
            at += 1;
        }
        value.extend(chars.get(at));
        at += 1;
    }
    Err("a text has no end".to_owned())
}
