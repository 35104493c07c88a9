//! The filter of the activity log: a span of time, and members that are to be equal. Nothing else is taken.
//!
//! <https://learn.microsoft.com/rest/api/monitor/activity-logs/list>

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::kql_time;

/// How far back the log goes.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A filter that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ActivityFilter {
    from: Timestamp,
    until: Option<Timestamp>,
    equal: Vec<(Member, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Group,
    Resource,
    Provider,
    Correlation,
    Status,
    Caller,
    /// Channels and levels, of which the simulator has one each.
    Any,
}

impl ActivityFilter {
    /// Reads a filter.
    ///
    /// # Errors
    /// The message with which Azure refuses it.
    pub(super) fn parse(text: &str, now: Timestamp) -> Result<Self, String> {
        let (mut from, mut until, mut equal) = (None, None, Vec::new());
        for clause in clauses(text) {
            let (name, operator, value) = parts(clause)
                .ok_or_else(|| format!("The filter clause '{clause}' is not valid."))?;
            let name = name.to_lowercase();
            if name == "eventtimestamp" {
                let moment = kql_time::parse(value)
                    .ok_or_else(|| format!("'{value}' is not a valid time."))?;
                match operator {
                    "ge" | "gt" => from = Some(moment),
                    "le" | "lt" => until = Some(moment),
                    _ => return Err(format!("$filter={name} {operator} is not supported.")),
                }
                continue;
            }
            let member = member(&name)
                .filter(|_| operator == "eq")
                .ok_or_else(|| format!("$filter={name} is not supported."))?;
            equal.push((member, value.to_lowercase()));
        }
        let from = from.ok_or("The start time (eventTimestamp ge) is required in $filter.")?;
        if now.duration_since(from) > KEPT {
            return Err("The start time cannot be more than 90 days in the past.".to_owned());
        }
        if until.is_some_and(|until| until < from) {
            return Err("The end time must be after the start time.".to_owned());
        }
        Ok(Self { from, until, equal })
    }

    /// True when an event is within the time and has the members.
    pub(super) fn fits(&self, event: &Value) -> bool {
        let at = event["eventTimestamp"].as_str().and_then(kql_time::parse);
        let within =
            at.is_some_and(|at| at >= self.from && self.until.is_none_or(|until| at <= until));
        within
            && self
                .equal
                .iter()
                .all(|(member, wanted)| has(event, *member, wanted))
    }
}

fn member(name: &str) -> Option<Member> {
    Some(match name {
        "resourcegroupname" => Member::Group,
        "resourceuri" | "resourceid" => Member::Resource,
        "resourceprovider" => Member::Provider,
        "correlationid" => Member::Correlation,
        "status" => Member::Status,
        "caller" => Member::Caller,
        "eventchannels" | "levels" => Member::Any,
        _ => return None,
    })
}

fn has(event: &Value, member: Member, wanted: &str) -> bool {
    let have = match member {
        Member::Group => &event["resourceGroupName"],
        Member::Resource => &event["resourceId"],
        Member::Provider => &event["resourceProviderName"]["value"],
        Member::Correlation => &event["correlationId"],
        Member::Status => &event["status"]["value"],
        Member::Caller => &event["caller"],
        Member::Any => return true,
    };
    have.as_str()
        .is_some_and(|have| have.eq_ignore_ascii_case(wanted))
}

/// The parts between `and`s that are outside of quotes.
fn clauses(text: &str) -> Vec<&str> {
    let (mut found, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, next) in text.char_indices() {
        if next == '\'' {
            quoted = !quoted;
        }
        let rest = text.get(at..at + 5);
        if !quoted && at >= start && rest.is_some_and(|rest| rest.eq_ignore_ascii_case(" and ")) {
            found.push(text[start..at].trim());
            start = at + 5;
        }
    }
    found.push(text[start..].trim());
    found
}

/// Name, operator and value of a clause, the value without its quotes.
fn parts(clause: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = clause.split_once(' ')?;
    let (operator, value) = rest.trim_start().split_once(' ')?;
    Some((name, operator, value.trim().trim_matches('\'')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(text: &str) -> Result<ActivityFilter, String> {
        ActivityFilter::parse(text, "2026-04-01T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_lower_bound_within_ninety_days_is_needed() {
        assert!(parse("eventTimestamp ge '2026-03-01T00:00:00Z'").is_ok());
        assert!(parse("eventTimestamp ge 2026-03-01 and eventTimestamp le 2026-03-02").is_ok());
        for refused in [
            "",
            "eventTimestamp le '2026-03-01T00:00:00Z'",
            "eventTimestamp ge 'soon'",
            "eventTimestamp ge '2026-03-02' and eventTimestamp le '2026-03-01'",
            "eventTimestamp ge '2026-03-02' and color eq 'red'",
            "eventTimestamp ge '2026-03-02' or status eq 'Started'",
        ] {
            assert!(parse(refused).is_err(), "{refused}");
        }
        let old = parse("eventTimestamp ge '2025-12-31T23:59:59Z'").unwrap_err();
        assert!(old.contains("90 days"));
    }

    #[test]
    fn events_fit_by_time_and_member() {
        let event = json!({"eventTimestamp": "2026-03-01T00:00:00.0000000Z", "resourceGroupName": "Data and more", "status": {"value": "Started"}});
        let fits = |filter: &str| parse(filter).unwrap().fits(&event);
        assert!(fits(
            "eventTimestamp ge '2026-03-01T00:00:00Z' and eventTimestamp le '2026-03-01T00:00:00Z'"
        ));
        assert!(!fits("eventTimestamp ge '2026-03-01T00:00:01Z'"));
        assert!(fits(
            "eventTimestamp ge '2026-02-01' and resourceGroupName eq 'data and MORE' and levels eq 'Informational'"
        ));
        assert!(!fits(
            "eventTimestamp ge '2026-02-01' and status eq 'Succeeded'"
        ));
    }
}
