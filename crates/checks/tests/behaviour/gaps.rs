//! What could not be read: always a finding, never a pass.

use catalog::{Document, Outcome, Scope};
use checks::{Finding, Memory, Reason, Settings, Status};
use serde_json::json;

use crate::check_text::CheckText;
use crate::documents::{SUBSCRIPTION, account, arm, graph, subscription_scope};
use crate::evaluate::{findings, tenant};

fn judged(check: &CheckText, documents: &Memory) -> Vec<Finding> {
    findings(&check.library(), documents, &Settings::default()).0
}

/// The only finding, which must be `not_assessed`: its reason, permission and message.
#[track_caller]
fn only_gap(check: &CheckText, documents: &Memory) -> (Reason, Option<String>, String) {
    let mut found = judged(check, documents);
    assert_eq!(found.len(), 1, "{found:#?}");
    let finding = found.remove(0);
    assert_eq!(finding.status, Status::NotAssessed, "{finding:#?}");
    (finding.reason.unwrap(), finding.permission, finding.message)
}

fn blob_check() -> CheckText {
    CheckText::storage()
        .with("with", "with: { blob: blobServices/default }")
        .with("pass", "pass: blob.properties.on == true")
}

fn account_with_blob(outcome: Outcome) -> Memory {
    let account = account("x", json!({}));
    let mut documents = tenant(vec![account.clone()]);
    documents.add_children(
        &account,
        &account.document_type.child("blobServices/default"),
        outcome,
        Vec::new(),
    );
    documents
}

#[test]
fn a_list_that_could_not_be_read_is_one_finding_on_the_subscription() {
    let storage = "Microsoft.Storage/storageAccounts".into();
    let mut documents = Memory::new("t");
    documents.read(
        &storage,
        subscription_scope(),
        Outcome::Denied,
        Some("AuthorizationFailed"),
    );
    documents.insert(Document {
        document_type: "Microsoft.Resources/subscriptions".into(),
        id: format!("/subscriptions/{SUBSCRIPTION}"),
        scope: subscription_scope(),
        body: json!({ "displayName": "Production" }),
    });
    let found = judged(&CheckText::storage(), &documents);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].resource_id,
        format!("/subscriptions/{SUBSCRIPTION}")
    );
    assert_eq!(found[0].resource_name, "Production");
    assert_eq!(
        found[0].resource_type.as_str(),
        "Microsoft.Resources/subscriptions"
    );
    assert_eq!(found[0].subscription_id.as_deref(), Some(SUBSCRIPTION));
    assert_eq!(found[0].reason, Some(Reason::Denied));
    assert_eq!(
        found[0].permission.as_deref(),
        Some("Microsoft.Storage/storageAccounts/read")
    );
    assert_eq!(
        found[0].message,
        "Could not read Microsoft.Storage/storageAccounts: denied (needs Microsoft.Storage/storageAccounts/read)."
    );
}

#[test]
fn a_list_that_broke_off_is_judged_as_far_as_it_goes() {
    let mut documents = tenant(vec![account("x", json!({}))]);
    documents.read(
        &"Microsoft.Storage/storageAccounts".into(),
        subscription_scope(),
        Outcome::Failed,
        Some("HTTP 500"),
    );
    let found = judged(&CheckText::storage(), &documents);
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[0].message,
        "Could not read Microsoft.Storage/storageAccounts: the read failed (HTTP 500)."
    );
    assert_eq!(
        (found[1].status, found[1].resource_name.as_str()),
        (Status::Fail, "x")
    );
}

#[test]
fn a_list_of_the_directory_is_a_finding_on_the_tenant() {
    let check = CheckText::storage()
        .with("resource", "resource: graph/users")
        .with("pass", "pass: resource.id != null");
    let mut documents = Memory::new("t-1");
    documents.read(&"graph/users".into(), Scope::Tenant, Outcome::Denied, None);
    let found = judged(&check, &documents);
    assert_eq!(
        (
            found[0].resource_id.as_str(),
            found[0].subscription_id.as_deref()
        ),
        ("/tenants/t-1", None)
    );
    assert_eq!(
        found[0].resource_type.as_str(),
        "Microsoft.Resources/tenants"
    );
    assert_eq!(found[0].permission.as_deref(), Some("Directory.Read.All"));
}

#[test]
fn a_list_that_was_never_planned_is_not_assessed_either() {
    let (reason, permission, message) = only_gap(&CheckText::storage(), &Memory::new("t"));
    assert_eq!((reason, permission), (Reason::Pending, None));
    assert_eq!(
        message,
        "Could not read Microsoft.Storage/storageAccounts: not collected."
    );
}

#[test]
fn each_outcome_has_its_reason() {
    for (outcome, reason) in [
        (Outcome::Denied, Reason::Denied),
        (Outcome::Throttled, Reason::Throttled),
        (Outcome::NotRegistered, Reason::NotRegistered),
        (Outcome::Unlicensed, Reason::Unlicensed),
        (Outcome::NotAvailable, Reason::NotAvailable),
        (Outcome::Failed, Reason::Failed),
        (Outcome::Pending, Reason::Pending),
    ] {
        let (found, permission, message) = only_gap(&blob_check(), &account_with_blob(outcome));
        assert_eq!(found, reason);
        assert_eq!(permission.is_some(), outcome == Outcome::Denied);
        assert!(
            message.starts_with("Could not read blobServices/default: "),
            "{message}"
        );
    }
    for outcome in [Outcome::Read, Outcome::Absent, Outcome::NotNeeded] {
        assert_eq!(
            judged(&blob_check(), &account_with_blob(outcome))[0].status,
            Status::Fail
        );
    }
}

#[test]
fn a_child_that_was_never_planned_is_a_gap() {
    let (reason, ..) = only_gap(&blob_check(), &tenant(vec![account("x", json!({}))]));
    assert_eq!(reason, Reason::Pending);
}

#[test]
fn one_denied_resource_hides_no_other() {
    let mut documents = account_with_blob(Outcome::Denied);
    let other = account("y", json!({}));
    documents.add(other.clone());
    documents.add_children(
        &other,
        &other.document_type.child("blobServices/default"),
        Outcome::Absent,
        Vec::new(),
    );
    let statuses: Vec<_> = judged(&blob_check(), &documents)
        .into_iter()
        .map(|finding| finding.status)
        .collect();
    assert_eq!(statuses, [Status::NotAssessed, Status::Fail]);
}

#[test]
fn when_rules_out_whatever_could_not_be_read() {
    let denied = account_with_blob(Outcome::Denied);
    assert!(
        judged(
            &blob_check().with("when", "when: resource.name == 'else'"),
            &denied
        )
        .is_empty()
    );
    // What is known decides, even next to what is not.
    let partly = blob_check().with(
        "when",
        "when: blob.properties.on == true && resource.name == 'else'",
    );
    assert!(judged(&partly, &denied).is_empty());
    let open = blob_check().with("when", "when: blob.properties.on == true");
    assert_eq!(only_gap(&open, &denied).0, Reason::Denied);
}

#[test]
fn joined_lists_that_are_not_known() {
    let check = CheckText::storage()
        .with("with", "with: { disks: Microsoft.Compute/disks }")
        .with("pass", "pass: size(disks) == 0");
    let mut documents = tenant(vec![account("x", json!({}))]);
    assert_eq!(only_gap(&check, &documents).0, Reason::Pending);
    documents.read(
        &"Microsoft.Compute/disks".into(),
        subscription_scope(),
        Outcome::NotRegistered,
        None,
    );
    let (reason, _, message) = only_gap(&check, &documents);
    assert_eq!(reason, Reason::NotRegistered);
    assert_eq!(
        message,
        "Could not read Microsoft.Compute/disks: the resource provider is not registered."
    );
}

/// Users of whom those are judged that hold a role.
fn role_check(when: &str) -> CheckText {
    CheckText::storage()
        .with("resource", "resource: graph/users")
        .with(
            "with",
            "with: { roles: graph/directoryRoles, methods: authentication/methods }",
        )
        .with("when", when)
        .with("pass", "pass: size(roles) + size(methods) > 0")
}

/// Three users without a second factor, one of them disabled, and roles that were not read.
fn users_without_roles() -> Memory {
    let users: Vec<Document> = [("a", true), ("b", true), ("c", false)]
        .map(|(id, enabled)| graph("graph/users", id, json!({ "accountEnabled": enabled })))
        .into();
    let mut documents = tenant(users.clone());
    for user in &users {
        let methods = "graph/users/authentication/methods".into();
        documents.add_children(user, &methods, Outcome::Absent, Vec::new());
    }
    let roles = "graph/directoryRoles".into();
    documents.read(&roles, Scope::Tenant, Outcome::Denied, None);
    documents
}

#[test]
fn a_joined_list_that_decides_whom_the_check_is_about_is_one_finding_on_the_scope() {
    let documents = users_without_roles();
    let check = role_check("when: resource.accountEnabled && size(roles) > 0");
    let (found, counts) = findings(&check.library(), &documents, &Settings::default());
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].resource_id.as_str(), found[0].status),
        ("/tenants/tenant-1", Status::NotAssessed)
    );
    assert_eq!(
        found[0].resource_type.as_str(),
        "Microsoft.Resources/tenants"
    );
    assert_eq!(found[0].reason, Some(Reason::Denied));
    assert_eq!(found[0].permission.as_deref(), Some("Directory.Read.All"));
    assert_eq!(
        found[0].message,
        "Could not read graph/directoryRoles: denied (needs Directory.Read.All)."
    );
    assert_eq!((counts.documents, counts.not_assessed), (3, 1));
}

#[test]
fn what_a_joined_list_need_not_decide_stays_one_finding_per_document() {
    let documents = users_without_roles();
    // Ruled out or in by what is known of each user.
    let found = judged(&role_check("when: resource.accountEnabled"), &documents);
    let ids: Vec<&str> = found
        .iter()
        .map(|finding| finding.resource_id.as_str())
        .collect();
    assert_eq!(ids, ["/users/a", "/users/b"]);
    let either =
        role_check("when: resource.id == 'b' || resource.accountEnabled && size(roles) > 0");
    let found = judged(&either, &documents);
    let ids: Vec<&str> = found
        .iter()
        .map(|finding| finding.resource_id.as_str())
        .collect();
    assert_eq!(ids, ["/users/b", "/tenants/tenant-1"]);
    let nobody = role_check("when: resource.id == 'd' && size(roles) > 0");
    assert!(judged(&nobody, &documents).is_empty());
}

#[test]
fn a_child_that_decides_is_missed_by_its_own_document() {
    let mut documents = users_without_roles();
    let user = graph("graph/users", "a", json!({}));
    let methods = "graph/users/authentication/methods".into();
    documents.add_children(&user, &methods, Outcome::Denied, Vec::new());
    let found = judged(&role_check("when: size(methods) > 0"), &documents);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].resource_id, "/users/a");
}

#[test]
fn a_joined_list_with_a_child_to_fall_back_on_is_missed_by_each_document() {
    let check = role_check("when: size(roles) + size(methods) > 0").with(
        "with",
        "with: { roles: graph/directoryRoles, methods: { read: authentication/methods, fallback_for: roles } }",
    );
    let mut documents = users_without_roles();
    let user = graph("graph/users", "a", json!({}));
    let methods = "graph/users/authentication/methods".into();
    documents.add_children(&user, &methods, Outcome::Denied, Vec::new());
    let found = judged(&check, &documents);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].resource_id, "/users/a");
    assert!(found[0].message.contains(", nor authentication/methods"));
}

#[test]
fn each_subscription_that_lacks_a_joined_list_has_its_finding() {
    let check = CheckText::storage()
        .with("with", "with: { disks: Microsoft.Compute/disks }")
        .with("when", "when: size(disks) > 0");
    let mut other = account("z", json!({}));
    other.scope = Scope::subscription("s-2");
    let mut documents = tenant(vec![
        account("x", json!({})),
        account("y", json!({})),
        other.clone(),
    ]);
    let disks = "Microsoft.Compute/disks".into();
    documents.read(&disks, subscription_scope(), Outcome::NotRegistered, None);
    documents.read(
        &disks,
        other.scope.clone(),
        Outcome::Failed,
        Some("HTTP 500"),
    );
    let found = judged(&check, &documents);
    let said: Vec<(&str, Option<Reason>)> = found
        .iter()
        .map(|finding| (finding.resource_id.as_str(), finding.reason))
        .collect();
    let first = format!("/subscriptions/{SUBSCRIPTION}");
    assert_eq!(
        said,
        [
            (first.as_str(), Some(Reason::NotRegistered)),
            ("/subscriptions/s-2", Some(Reason::Failed))
        ]
    );
}

#[test]
fn a_scope_has_one_finding_when_its_own_list_broke_off_too() {
    let mut documents = users_without_roles();
    let users = "graph/users".into();
    documents.read(&users, Scope::Tenant, Outcome::Failed, Some("HTTP 500"));
    let found = judged(&role_check("when: size(roles) > 0"), &documents);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("graph/users: the read failed"));
}

#[test]
fn joined_documents_whose_children_are_not_known() {
    let check = CheckText::storage()
        .with("resource", "resource: graph/users")
        .with(
            "with",
            "with: { roles: { read: graph/directoryRoles, children: [members] } }",
        )
        .with("pass", "pass: size(roles) == 0");
    let role = graph("graph/directoryRoles", "r", json!({}));
    let mut documents = tenant(vec![graph("graph/users", "u", json!({})), role.clone()]);
    documents.add_children(
        &role,
        &"graph/directoryRoles/members".into(),
        Outcome::Denied,
        Vec::new(),
    );
    let (reason, permission, message) = only_gap(&check, &documents);
    assert_eq!(
        (reason, permission.as_deref()),
        (Reason::Denied, Some("Directory.Read.All"))
    );
    assert!(
        message.contains("graph/directoryRoles/members"),
        "{message}"
    );
}

#[test]
fn children_that_are_judged_themselves_and_could_not_be_listed() {
    let check = CheckText::storage()
        .with("resource", "resource: Microsoft.Sql/servers/databases")
        .with("pass", "pass: resource.name == 'x'");
    let server = arm("Microsoft.Sql/servers", "sql", json!({}));
    let mut documents = tenant(vec![server.clone()]);
    documents.add_children(
        &server,
        &"Microsoft.Sql/servers/databases".into(),
        Outcome::Denied,
        Vec::new(),
    );
    let found = judged(&check, &documents);
    assert_eq!(found.len(), 1);
    assert!(found[0].resource_id.eq_ignore_ascii_case(&server.id));
    assert_eq!(found[0].resource_type.as_str(), "Microsoft.Sql/servers");
    assert_eq!(
        found[0].permission.as_deref(),
        Some("Microsoft.Sql/servers/databases/read")
    );
}

#[test]
fn a_fallback_matters_only_when_both_are_unreadable() {
    let check = CheckText::storage()
        .with("resource", "resource: graph/users")
        .with(
            "with",
            "with: { registration: graph/reports/authenticationMethods/userRegistrationDetails, methods: { read: authentication/methods, fallback_for: registration } }",
        )
        .with("pass", "pass: size(registration) + size(methods) == 1")
        .with("message", "message: { pass: '{{ registration == null }} {{ methods == null }}', fail: x }");
    let user = graph("graph/users", "u", json!({}));
    let methods = "graph/users/authentication/methods".into();
    let report = "graph/reports/authenticationMethods/userRegistrationDetails";
    let mut documents = tenant(vec![user.clone()]);
    documents.read(&report.into(), Scope::Tenant, Outcome::Denied, None);
    documents.add_children(&user, &methods, Outcome::Denied, Vec::new());
    let (reason, permission, message) = only_gap(&check, &documents);
    assert_eq!(
        (reason, permission.as_deref()),
        (Reason::Denied, Some("AuditLog.Read.All"))
    );
    assert!(
        message.contains(
            ", nor authentication/methods: denied (needs UserAuthenticationMethod.Read.All)."
        ),
        "{message}"
    );

    documents.add_children(
        &user,
        &methods,
        Outcome::Read,
        vec![graph("graph/users/authentication/methods", "m", json!({}))],
    );
    assert_eq!(judged(&check, &documents)[0].message, "true false");

    documents.add_children(&user, &methods, Outcome::Denied, Vec::new());
    documents.add(graph(report, "r", json!({})));
    documents.read(&report.into(), Scope::Tenant, Outcome::Read, None);
    assert_eq!(judged(&check, &documents)[0].message, "false true");
}

#[test]
fn an_expression_that_fails_is_not_assessed_and_disturbs_no_other() {
    for (key, text) in [
        ("pass", "pass: resource.properties.days > 7"),
        ("when", "when: resource.properties.days > 7"),
        ("manual", "manual: resource.properties.days > 7"),
        ("each", "each: resource.name"),
        ("each", "each: '[1 / 0]'"),
    ] {
        let check = CheckText::storage().with(key, text);
        let documents = tenant(vec![account("x", json!({}))]);
        let (reason, permission, message) = only_gap(&check, &documents);
        assert_eq!((reason, permission), (Reason::Error, None), "{text}");
        assert!(message.starts_with("Could not be judged: "), "{message}");
        let good = CheckText::storage();
        let both = crate::check_text::library(&[("a_bad", &check), ("b_good", &good)]);
        let (found, _) = findings(&both, &documents, &Settings::default());
        assert_eq!(found[1].status, Status::Fail);
    }
}

#[test]
fn a_message_that_fails_does_not_change_the_verdict() {
    let check = CheckText::storage().with("message", "message: { pass: x, fail: '{{ 1 / 0 }}' }");
    let found = judged(&check, &tenant(vec![account("x", json!({}))]));
    assert_eq!(found[0].status, Status::Fail);
    assert_eq!(
        found[0].message,
        "Takes only HTTPS: the message could not be written."
    );
}
