//! Users' authentication methods: one read for each user, which large tenants wait for.

use std::collections::BTreeSet;

use simulator::{Options, Size, Tenant};

use crate::support::{Azure, Finding};

const PRIVILEGED: &str = "entra_privileged_user_has_mfa";
const OTHERS: &str = "entra_non_privileged_user_has_mfa";
const USERS: usize = 2_000;

fn azure() -> Azure {
    let size = Size {
        subscriptions: 1,
        resources: 10,
        users: USERS,
        ..Size::default()
    };
    let tenant = Tenant::generate(&size, 5).unwrap();
    let (client, secret) = tenant.credentials()[0];
    let (client, secret) = (client.to_owned(), secret.to_owned());
    let id = tenant.id().to_owned();
    Azure::start(tenant, [&id, &client, &secret], Options::default())
}

/// The ids of the users that a check judged, in lower case.
fn judged(findings: &[Finding], check: &str) -> BTreeSet<String> {
    let of_check = findings.iter().filter(|finding| finding.check_id == check);
    of_check
        .map(|finding| finding.resource_id.to_lowercase())
        .collect()
}

#[test]
fn those_of_administrators_are_read_first_and_how_long_all_take_is_said_before() {
    let azure = azure();
    let scan = azure.scan(&["--check", &format!("{PRIVILEGED},{OTHERS}")]);
    let findings = scan.findings();
    let (privileged, others) = (judged(&findings, PRIVILEGED), judged(&findings, OTHERS));
    assert!(!privileged.is_empty() && others.len() > privileged.len());
    let read: Vec<String> = azure
        .requests()
        .into_iter()
        .map(|request| request.path.to_lowercase())
        .filter_map(|path| {
            let user = path.strip_suffix("/authentication/methods")?;
            Some(user.trim_start_matches("/v1.0").to_owned())
        })
        .collect();
    let (first, rest) = read.split_at(privileged.len());
    assert_eq!(first.iter().cloned().collect::<BTreeSet<_>>(), privileged);
    assert_eq!(rest.iter().cloned().collect::<BTreeSet<_>>(), others);
    let said = format!(
        "graph/users/authentication/methods: at most {USERS} reads, one for each; inside Graph's limits a moment, \
         or 1.1 hours should Graph count them as reports; what the most severe checks need comes first; \
         graph/reports/authenticationMethods/userRegistrationDetails would need only a few reads"
    );
    assert!(scan.ended.stderr.contains(&said), "{}", scan.ended);
}

#[test]
fn one_kind_of_user_alone_has_no_first() {
    let scan = azure().scan(&["--check", PRIVILEGED]);
    assert!(!scan.ended.stderr.contains("comes first"), "{}", scan.ended);
}
