//! Which vaults back a virtual machine up.

use serde_json::{Value, json};

use super::backup::backup_retention_days;
use super::json::{at, is, items, text};

/// States in which backups are made: `IRPending` waits for the first one.
const AT_WORK: [&str; 2] = ["Protected", "IRPending"];

/// What Recovery Services vaults know of the machine with this id, one object for each protected item:
///
/// * `vault`: the vault's name
/// * `state`: the protection's state, or `deleted` where the item only waits for its end
/// * `works`: whether backups of the machine are made
/// * `first_due`: whether the first backup is still to come
/// * `policy`: the policy's name; null where the vault has no policy with the item's `policyId`
/// * `daily_days`: how many days the policy keeps daily backups; null where it makes none
///
/// An item belongs to the machine whose id it names, in any case: names repeat in other groups. Backups of databases in
/// the machine name the machine too, and are none of it. The documents of the vaults carry their children
/// `backupProtectedItems` and `backupPolicies`.
///
/// Sources: <https://learn.microsoft.com/rest/api/backup/backup-protected-items/list>,
/// <https://learn.microsoft.com/rest/api/backup/protection-policies/get>
pub fn machine_backups(machine: &str, vaults: &Value) -> Value {
    let machine = machine.trim();
    if machine.is_empty() {
        return json!([]);
    }
    items(vaults)
        .iter()
        .flat_map(|vault| {
            let saved = items(at(vault, "backupProtectedItems")).iter();
            saved
                .filter(|item| is_of(item, machine))
                .map(move |item| backup(item, vault))
        })
        .collect()
}

fn is_of(item: &Value, machine: &str) -> bool {
    let is_machine = is(item, "properties.workloadType", "VM")
        || is(item, "properties.backupManagementType", "AzureIaasVM");
    is_machine
        && ["sourceResourceId", "virtualMachineId"]
            .iter()
            .any(|name| is(at(item, "properties"), name, machine))
}

fn backup(item: &Value, vault: &Value) -> Value {
    let properties = at(item, "properties");
    let is_deleted = at(properties, "isScheduledForDeferredDelete").as_bool() == Some(true);
    let state = if is_deleted {
        Some("deleted")
    } else {
        text(properties, "protectionState")
    };
    let policy = text(properties, "policyId").and_then(|id| {
        let policies = items(at(vault, "backupPolicies")).iter();
        policies.into_iter().find(|policy| is(policy, "id", id))
    });
    json!({
        "vault": text(vault, "name"),
        "state": state,
        "works": AT_WORK.iter().any(|work| state.is_some_and(|state| state.eq_ignore_ascii_case(work))),
        "first_due": state.is_some_and(|state| state.eq_ignore_ascii_case("IRPending")),
        "policy": policy.and_then(|policy| text(policy, "name")),
        "daily_days": policy.and_then(daily_days),
    })
}

/// Only what is backed up daily is kept daily.
fn daily_days(policy: &Value) -> Option<i64> {
    let daily = at(policy, "properties.retentionPolicy.dailySchedule");
    daily
        .is_object()
        .then(|| backup_retention_days(policy))
        .flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MACHINE: &str =
        "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/web1";

    fn item(properties: Value) -> Value {
        let mut all = json!({
            "workloadType": "VM",
            "sourceResourceId": MACHINE,
            "protectionState": "Protected",
            "policyId": "/p",
        });
        for (name, value) in properties.as_object().into_iter().flatten() {
            all[name] = value.clone();
        }
        json!({"properties": all})
    }

    fn policy(schedule: &str) -> Value {
        let duration = json!({"count": 30, "durationType": "Days"});
        json!({"id": "/P", "name": "daily-30", "properties": {
            "retentionPolicy": {schedule: {"retentionDuration": duration}},
        }})
    }

    fn found(item: Value, policies: Value) -> Value {
        let vaults = json!([
            {"name": "empty"},
            {"name": "rsv", "backupProtectedItems": [null, item], "backupPolicies": policies},
        ]);
        machine_backups(&MACHINE.to_uppercase(), &vaults)
    }

    #[test]
    fn a_machine_that_is_backed_up() {
        assert_eq!(
            found(item(json!({})), json!([{}, policy("dailySchedule")])),
            json!([{
                "vault": "rsv", "state": "Protected", "works": true, "first_due": false,
                "policy": "daily-30", "daily_days": 30,
            }])
        );
    }

    #[test]
    fn states() {
        for (properties, state, works) in [
            (json!({"protectionState": "irpending"}), "irpending", true),
            (
                json!({"protectionState": "ProtectionStopped"}),
                "ProtectionStopped",
                false,
            ),
            (
                json!({"protectionState": "ProtectionError"}),
                "ProtectionError",
                false,
            ),
            (
                json!({"isScheduledForDeferredDelete": true}),
                "deleted",
                false,
            ),
        ] {
            let backups = found(item(properties), json!(null));
            assert_eq!(backups[0]["state"], state);
            assert_eq!(backups[0]["works"], works, "{state}");
            assert_eq!(backups[0]["policy"], Value::Null);
        }
        let unsaid = found(item(json!({"protectionState": null})), json!([]));
        assert_eq!(unsaid[0]["works"], false);
    }

    #[test]
    fn weekly_backups_are_not_kept_daily() {
        let backups = found(item(json!({})), json!([policy("weeklySchedule")]));
        assert_eq!(backups[0]["policy"], "daily-30");
        assert_eq!(backups[0]["daily_days"], Value::Null);
    }

    #[test]
    fn others_are_no_backup_of_the_machine() {
        for other in [
            json!({"workloadType": "SQLDataBase", "backupManagementType": "AzureWorkload"}),
            json!({"sourceResourceId": MACHINE.replace("/rg/", "/rg2/")}),
            json!({"sourceResourceId": null}),
        ] {
            assert_eq!(found(item(other), json!([])), json!([]));
        }
        let by_older_name = json!({"sourceResourceId": null, "virtualMachineId": MACHINE});
        assert_eq!(
            found(item(by_older_name), json!([]))
                .as_array()
                .map(Vec::len),
            Some(1)
        );
        assert_eq!(machine_backups("", &json!([{}])), json!([]));
        assert_eq!(machine_backups(MACHINE, &Value::Null), json!([]));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_backup_is_found_in_any_case_and_beside_any_others(
            flips in prop::collection::vec(any::<bool>(), MACHINE.len()),
            others in prop::collection::vec("[a-z]{0,8}", 0..5),
        ) {
            let machine: String = MACHINE
                .chars()
                .zip(flips)
                .map(|(letter, up)| if up { letter.to_ascii_uppercase() } else { letter })
                .collect();
            let mut saved: Vec<Value> = others
                .iter()
                .map(|name| item(json!({"sourceResourceId": MACHINE.replace("web1", &format!("web1{name}x"))})))
                .collect();
            saved.push(item(json!({})));
            let vaults = json!([{"name": "rsv", "backupProtectedItems": saved}]);
            let backups = machine_backups(&machine, &vaults);
            prop_assert_eq!(backups.as_array().map(Vec::len), Some(1));
        }
    }
}
