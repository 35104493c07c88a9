//! Backup policies: how long what they back up is kept.

use serde_json::Value;

use super::json::{at, is, items, text};
use super::time::span_days;

/// The schedules of a long-term retention policy, from the most to the least frequent. The first
/// one that is there is the one that every backup falls under.
const SCHEDULES: [&str; 4] = [
    "dailySchedule",
    "weeklySchedule",
    "monthlySchedule",
    "yearlySchedule",
];

/// How many days a backup policy keeps the backups of its regular schedule; a month counts 30
/// days, a year 365. `None` where the policy does not say so in a form that is known.
///
/// * Policies of Recovery Services vaults (machines, file shares, servers): the retention of the
///   daily schedule, or of the weekly one where backups are made weekly. The longer retention of
///   chosen weeks, months and years keeps single backups only, and is not looked at.
/// * Policies of databases in machines, which have parts: the retention of the full backups, since
///   differential backups and logs are of no use without one.
/// * Policies of Backup vaults: the longest life that the default retention rules give.
///
/// Sources: <https://learn.microsoft.com/rest/api/backup/protection-policies/get>,
/// <https://learn.microsoft.com/rest/api/dataprotection/backup-policies/get>
pub fn backup_retention_days(policy: &Value) -> Option<i64> {
    let properties = at(policy, "properties");
    let rules = items(at(properties, "policyRules"));
    if !rules.is_empty() {
        return default_rules_days(rules);
    }
    let parts = items(at(properties, "subProtectionPolicy"));
    if !parts.is_empty() {
        return parts
            .iter()
            .filter(|part| is(part, "policyType", "Full"))
            .filter_map(|part| retention_days(at(part, "retentionPolicy")))
            .min();
    }
    ["retentionPolicy", "vaultRetentionPolicy.vaultRetention"]
        .into_iter()
        .find_map(|retention| retention_days(at(properties, retention)))
}

fn retention_days(retention: &Value) -> Option<i64> {
    let simple = at(retention, "retentionDuration");
    if simple.is_object() {
        return duration_days(simple);
    }
    let schedule = SCHEDULES
        .into_iter()
        .map(|schedule| at(retention, schedule))
        .find(|schedule| schedule.is_object())?;
    duration_days(at(schedule, "retentionDuration"))
}

fn duration_days(duration: &Value) -> Option<i64> {
    let count = at(duration, "count").as_i64()?;
    let unit = match text(duration, "durationType")?
        .to_ascii_lowercase()
        .as_str()
    {
        "days" => 1,
        "weeks" => 7,
        "months" => 30,
        "years" => 365,
        _ => return None,
    };
    count.checked_mul(unit)
}

fn default_rules_days(rules: &[Value]) -> Option<i64> {
    rules
        .iter()
        .filter(|rule| is(rule, "objectType", "AzureRetentionRule"))
        .filter(|rule| at(rule, "isDefault").as_bool() == Some(true))
        .flat_map(|rule| items(at(rule, "lifecycles")))
        .filter_map(|life| span_days(text(life, "deleteAfter.duration")?))
        .map(whole_days)
        .max()
}

fn whole_days(days: f64) -> i64 {
    days.floor() as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn schedule(count: i64, unit: &str) -> Value {
        json!({"retentionDuration": {"count": count, "durationType": unit}})
    }

    fn policy(properties: &Value) -> Option<i64> {
        backup_retention_days(&json!({"properties": properties}))
    }

    #[test]
    fn the_regular_schedule_decides() {
        let daily = json!({"retentionPolicy": {
            "dailySchedule": schedule(14, "Days"),
            "yearlySchedule": schedule(10, "Years"),
        }});
        assert_eq!(policy(&daily), Some(14));
        let weekly = json!({"retentionPolicy": {"dailySchedule": null, "weeklySchedule": schedule(12, "weeks")}});
        assert_eq!(policy(&weekly), Some(84));
    }

    #[test]
    fn a_simple_retention() {
        let simple = json!({"retentionPolicy": {"retentionDuration": {"count": 2, "durationType": "Months"}}});
        assert_eq!(policy(&simple), Some(60));
    }

    #[test]
    fn vaulted_shares_say_it_elsewhere() {
        let share = json!({"vaultRetentionPolicy": {
            "snapshotRetentionInDays": 5,
            "vaultRetention": {"dailySchedule": schedule(40, "Days")},
        }});
        assert_eq!(policy(&share), Some(40));
    }

    #[test]
    fn full_backups_of_databases_decide() {
        let hourly_log = json!({"subProtectionPolicy": [
            {"policyType": "Log", "retentionPolicy": {"retentionDuration": {"count": 15, "durationType": "Days"}}},
            {"policyType": "Full", "retentionPolicy": {"dailySchedule": schedule(30, "Days")}},
        ]});
        assert_eq!(policy(&hourly_log), Some(30));
        let logs_only = json!({"subProtectionPolicy": [
            {"policyType": "Log", "retentionPolicy": {"retentionDuration": {"count": 90, "durationType": "Days"}}},
        ]});
        assert_eq!(policy(&logs_only), None);
    }

    #[test]
    fn the_default_rule_of_backup_vaults_decides() {
        let rule = |default: bool, span: &str| {
            json!({
                "objectType": "AzureRetentionRule",
                "isDefault": default,
                "lifecycles": [{"deleteAfter": {"duration": span}}],
            })
        };
        let backup = json!({"objectType": "AzureBackupRule", "isDefault": true});
        let policy = |rules: Value| policy(&json!({"policyRules": rules}));
        assert_eq!(
            policy(json!([backup, rule(true, "P1W"), rule(false, "P12W")])),
            Some(7)
        );
        assert_eq!(
            policy(json!([rule(true, "P7D"), rule(true, "P3M")])),
            Some(90)
        );
        assert_eq!(policy(json!([rule(true, "soon")])), None);
        assert_eq!(policy(json!([rule(false, "P1Y")])), None);
    }

    #[test]
    fn what_is_not_said_is_not_known() {
        for properties in [
            json!(null),
            json!({}),
            json!({"retentionPolicy": null}),
            json!({"retentionPolicy": {"dailySchedule": {}}}),
            json!({"retentionPolicy": {"dailySchedule": schedule(30, "Invalid")}}),
            json!({"retentionPolicy": {"retentionDuration": {"count": "30", "durationType": "Days"}}}),
            json!({"policyRules": [null]}),
        ] {
            assert_eq!(policy(&properties), None, "{properties}");
        }
        assert_eq!(backup_retention_days(&Value::Null), None);
    }

    proptest! {
        #[test]
        fn longer_is_longer(count in 0i64..10_000, unit in prop::sample::select(vec!["Days", "Weeks", "Months", "Years"])) {
            let days = |count| policy(&json!({"retentionPolicy": {"dailySchedule": schedule(count, unit)}}));
            prop_assert!(days(count) < days(count + 1));
            prop_assert!(days(count) >= Some(count));
        }

        #[test]
        fn no_count_is_too_much(count in any::<i64>()) {
            let _ = policy(&json!({"retentionPolicy": {"dailySchedule": schedule(count, "Years")}}));
        }
    }
}
