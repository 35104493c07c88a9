//! `doctor` names precisely the one thing to grant.

use serde_json::{Value, json};

use crate::doctor::{
    BASE, SCANNER, commands, company, diagnosis, subscription, to_do, unready, words,
};
use crate::support::{APPLICATION, PRODUCTION};

const LANDING: &str = "/providers/Microsoft.Management/managementGroups/landing";

#[test]
fn each_missing_base_permission_alone() {
    for missing in BASE {
        let rest: Vec<&str> = BASE.into_iter().filter(|one| *one != missing).collect();
        let azure = company(&rest, &["Reader", "ThreatDefenceRole"]).start();
        let found = diagnosis(&azure, 4, &[]);
        let expected = format!("grant the Microsoft Graph permission {missing}");
        assert_eq!(to_do(&found), [expected], "{missing}");
        let setup = format!(
            "threatdefence setup apply --application-id {APPLICATION} --directory-only --proof none"
        );
        assert_eq!(commands(&found, 0), [setup]);
        for (check, lacks) in unready(&found) {
            assert_eq!(lacks, [missing], "{check}");
        }
        assert!(!unready(&found).is_empty());
    }
}

#[test]
fn without_graph_permissions_the_azure_checks_are_ready_all_the_same() {
    let azure = company(&[], &["Reader", "ThreatDefenceRole"]).start();
    let found = diagnosis(&azure, 4, &[]);
    assert_eq!(to_do(&found).len(), 3, "{:?}", to_do(&found));
    let unready = unready(&found);
    assert!(
        unready.iter().all(|(check, _)| check.starts_with("entra_")),
        "{unready:?}"
    );
    let credentials = &found["credentials"]["unread"];
    assert_eq!(credentials["grant"], "Directory.Read.All");
    let ended = azure.program(&["doctor"]).run().expect(4);
    let said = words(&ended);
    assert!(
        said.contains("the application's credentials could not be read"),
        "{ended}"
    );
}

#[test]
fn a_missing_reader() {
    let azure = company(&BASE, &["ThreatDefenceRole"]).start();
    let found = diagnosis(&azure, 4, &[]);
    assert_eq!(to_do(&found), ["assign Reader on subscription Production"]);
    let command = format!(
        "az role assignment create --assignee-object-id {SCANNER} --assignee-principal-type ServicePrincipal \
         --role Reader --scope {}",
        subscription()
    );
    assert_eq!(commands(&found, 0), [command]);
    assert_eq!(found["subscriptions"][0]["reach"], "none");
}

#[test]
fn a_missing_threat_defence_role() {
    let azure = company(&BASE, &["Reader"]).start();
    let found = diagnosis(&azure, 4, &[]);
    assert_eq!(
        to_do(&found),
        ["assign ThreatDefenceRole on subscription Production"]
    );
    for (check, lacks) in unready(&found) {
        assert_eq!(lacks, ["ThreatDefenceRole"], "{check}");
    }
    let opens = found["what_to_do"][0]["opens"].as_array().unwrap();
    let foretold: Vec<&str> = opens.iter().filter_map(Value::as_str).collect();
    let mut unassessed: Vec<String> = azure
        .scan(&[])
        .findings()
        .into_iter()
        .filter(|finding| finding.status == "not_assessed")
        .map(|finding| finding.check_id)
        .collect();
    unassessed.dedup();
    assert_eq!(
        foretold, unassessed,
        "what doctor foretells, the scan finds"
    );
}

#[test]
fn a_role_that_exists_need_not_be_made() {
    let role = "d0000000-0000-4000-8000-000000000007";
    let path = format!(
        "{}/providers/Microsoft.Authorization/roleDefinitions/{role}",
        subscription()
    );
    let definition = json!({"id": path, "name": role, "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {"roleName": "ThreatDefenceRole", "type": "CustomRole", "description": "",
            "assignableScopes": [subscription()],
            "permissions": [{"actions": ["Microsoft.Web/sites/host/listkeys/action",
                "Microsoft.Web/sites/config/list/Action"], "notActions": []}]}});
    let azure = company(&BASE, &["Reader"]).arm(&path, definition).start();
    let found = diagnosis(&azure, 4, &[]);
    let command = commands(&found, 0)[0];
    assert!(
        command.starts_with("az role assignment create")
            && command.contains("--role ThreatDefenceRole"),
        "{command}"
    );
}

#[test]
fn without_any_role_no_subscription_is_visible() {
    let azure = company(&BASE, &[]).start();
    let ended = azure.program(&["doctor"]).run().expect(4);
    assert!(
        ended.stdout.contains("No subscription is visible"),
        "{ended}"
    );
    assert!(ended.stdout.contains("hint: assign Reader"), "{ended}");
    assert!(!ended.stdout.contains(PRODUCTION), "{ended}");
    let found = diagnosis(&azure, 4, &[]);
    assert_eq!(
        to_do(&found)[0],
        "assign Reader on a subscription or management group"
    );
}

#[test]
fn a_denied_management_group() {
    let groups = json!([{"id": "landing", "name": "Landing zones"}]);
    let subscriptions =
        json!([{"id": PRODUCTION, "name": "Production", "management_group": "landing"}]);
    let azure = company(&BASE, &["Reader", "ThreatDefenceRole"])
        .with("management_groups", groups)
        .with("subscriptions", subscriptions)
        .start();
    let found = diagnosis(
        &azure,
        4,
        &["--management-group", "landing", "--check", "storage_*"],
    );
    assert_eq!(found["missing"][0]["kind"], "management_group");
    assert_eq!(found["missing"][0]["grant"], "Reader");
    assert_eq!(found["missing"][0]["scope"], LANDING);
    assert_eq!(to_do(&found), ["assign Reader on management group landing"]);
    let command = commands(&found, 0)[0];
    assert!(
        command.ends_with(&format!("--role Reader --scope {LANDING}")),
        "{command}"
    );
    diagnosis(&azure, 0, &[]);
}

#[test]
fn a_subscription_that_is_not_visible() {
    let other = "bbbbbbbb-0000-4000-8000-000000000009";
    let azure = company(&BASE, &["Reader", "ThreatDefenceRole"]).start();
    let found = diagnosis(
        &azure,
        4,
        &["--subscription", PRODUCTION, "--subscription", other],
    );
    assert_eq!(found["missing"][0]["asked"], other);
    assert!(
        to_do(&found)[0].starts_with("assign Reader on subscription"),
        "{found:#}"
    );
    assert_eq!(found["subscriptions"].as_array().unwrap().len(), 1);
    let command = commands(&found, 0)[0];
    assert!(
        command.ends_with(&format!("--scope /subscriptions/{other}")),
        "{command}"
    );
}
