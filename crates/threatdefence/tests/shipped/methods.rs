//! Users' authentication methods: one read for each user, which large tenants wait for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::doctor::{BASE, company};
use crate::support::{Azure, Finding};

const PRIVILEGED: &str = "entra_privileged_user_has_mfa";
const OTHERS: &str = "entra_non_privileged_user_has_mfa";
/// So many that reading them at the pace of reports takes more than an hour.
const USERS: usize = 1_900;
/// Every so many users one is an administrator.
const EVERY: usize = 100;

fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// A directory whose administrators are spread among all users, and a scanner with the base permissions.
fn directory() -> Azure {
    let users: Vec<Value> = (0..USERS)
        .map(|number| {
            json!({"id": id(number), "displayName": format!("User {number}"), "userType": "Member",
                "userPrincipalName": format!("user{number}@contoso.com"), "accountEnabled": true})
        })
        .collect();
    let administrators: Vec<Value> = (0..USERS)
        .step_by(EVERY)
        .map(|number| json!({"@odata.type": "#microsoft.graph.user", "id": id(number)}))
        .collect();
    let role = json!({"id": "r1", "displayName": "Global Administrator",
        "roleTemplateId": "62e90394-69f5-4237-9190-012177145e10"});
    company(&BASE, &["Reader"])
        .graph("/v1.0/users", json!({ "value": users }))
        .graph("/v1.0/directoryRoles", json!({ "value": [role] }))
        .graph(
            "/v1.0/directoryRoles/r1/members",
            json!({ "value": administrators }),
        )
        .start()
}

/// The ids of the users that a check judged.
fn judged(findings: &[Finding], check: &str) -> BTreeSet<String> {
    let of_check = findings.iter().filter(|finding| finding.check_id == check);
    of_check
        .map(|finding| finding.resource_id.to_lowercase())
        .collect()
}

#[test]
fn those_of_administrators_are_read_first_and_how_long_all_take_is_said_before() {
    let azure = directory();
    let scan = azure.scan(&["--check", &format!("{PRIVILEGED},{OTHERS}")]);
    let findings = scan.findings();
    let (privileged, others) = (judged(&findings, PRIVILEGED), judged(&findings, OTHERS));
    assert_eq!(
        (privileged.len(), others.len()),
        (USERS / EVERY, USERS - USERS / EVERY)
    );
    let read: Vec<String> = azure
        .requests()
        .into_iter()
        .filter_map(|request| {
            let path = request.path.to_lowercase();
            let user = path.strip_suffix("/authentication/methods")?;
            Some(user.trim_start_matches("/v1.0").to_owned())
        })
        .collect();
    let (first, rest) = read.split_at(privileged.len());
    assert_eq!(first.iter().cloned().collect::<BTreeSet<_>>(), privileged);
    assert_eq!(rest.iter().cloned().collect::<BTreeSet<_>>(), others);
    let said = format!(
        "graph/users/authentication/methods: at most {USERS} reads, one for each; inside Graph's limits a moment, \
         or 63 minutes should Graph count them as reports; what the most severe checks need comes first; \
         graph/reports/authenticationMethods/userRegistrationDetails would need only a few reads"
    );
    assert!(scan.ended.stderr.contains(&said), "{}", scan.ended);
}

#[test]
fn who_is_asked_for_alone_has_nobody_to_come_before() {
    let scan = directory().scan(&["--check", PRIVILEGED]);
    assert!(!scan.ended.stderr.contains("comes first"), "{}", scan.ended);
    assert_eq!(scan.findings().len(), USERS / EVERY);
}
