//! What a check asks to be read.

use catalog::{Catalog, Document, Outcome, Requirement, Scope};
use checks::{Library, Memory};
use serde_json::json;

use crate::check_text::CheckText;
use crate::documents::{account, graph};
use crate::evaluate::tenant;

fn requirements(check: &CheckText) -> Vec<Requirement> {
    check.library().checks()[0].requirements(&Catalog::builtin().unwrap())
}

fn names(requirements: &[Requirement]) -> Vec<&str> {
    requirements
        .iter()
        .map(|requirement| requirement.document_type.as_str())
        .collect()
}

fn needs(requirement: &Requirement, document: &Document, documents: &Memory) -> bool {
    requirement
        .need
        .as_ref()
        .is_none_or(|need| need.holds(document, documents))
}

#[test]
fn reads_children_and_permissions_follow_from_the_file() {
    let check = CheckText::storage().with(
        "with",
        "with: { blob: blobServices/default, roles: { read: graph/directoryRoles, children: [members] } }",
    );
    let found = requirements(&check);
    assert_eq!(
        names(&found),
        [
            "Microsoft.Storage/storageAccounts",
            "Microsoft.Storage/storageAccounts/blobServices/default",
            "graph/directoryRoles",
            "graph/directoryRoles/members"
        ]
    );
    assert!(
        found
            .iter()
            .all(|requirement| requirement.need.is_none() && requirement.fallback_for.is_none())
    );
    assert_eq!(
        check.library().checks()[0].permissions(&Catalog::builtin().unwrap()),
        [
            "Directory.Read.All",
            "Microsoft.Storage/storageAccounts/blobServices/read",
            "Microsoft.Storage/storageAccounts/read"
        ]
    );
}

#[test]
fn a_child_is_needed_where_when_holds_or_cannot_tell() {
    let account = account("x", json!({ "days": 3 }));
    let documents = tenant(vec![account.clone()]);
    let needed = |when: &str| {
        let check = CheckText::storage()
            .with("with", "with: { blob: blobServices/default }")
            .with("when", when);
        needs(&requirements(&check)[1], &account, &documents)
    };
    assert!(needed("when: resource.name == 'x'"));
    assert!(!needed("when: resource.name == 'y'"));
    assert!(needed("when: resource.properties.none > 3"));
    assert!(needed("when: blob.properties.on"));
    assert!(!needed("when: blob.properties.on && resource.name == 'y'"));
    assert!(needed("when: resource.name == 'y' || params.all == true"));
    assert!(needed("when: resource.name == 'y' || now == null"));
    assert!(!needed(
        "when: subscription == null || tenant != 'tenant-1'"
    ));
}

#[test]
fn what_hangs_below_a_child_is_not_asked_the_condition_on_the_resource() {
    let check = CheckText::storage()
        .with("resource", "resource: Microsoft.Cdn/profiles")
        .with(
            "with",
            "with: { endpoints: { read: afdEndpoints, children: [routes] } }",
        )
        .with("when", "when: resource.name == 'front'");
    let found = requirements(&check);
    let names = [
        "Microsoft.Cdn/profiles",
        "Microsoft.Cdn/profiles/afdEndpoints",
        "Microsoft.Cdn/profiles/afdEndpoints/routes",
    ];
    assert_eq!(self::names(&found), names);
    assert!(found[1].need.is_some() && found[2].need.is_none());
}

#[test]
fn only_a_condition_on_other_documents_waits_for_them() {
    let waits = |when: &str| {
        let check = CheckText::storage()
            .with("with", "with: { blob: blobServices/default }")
            .with("when", when);
        requirements(&check)[1]
            .need
            .as_ref()
            .is_some_and(catalog::Need::waits)
    };
    assert!(!waits("when: resource.kind != 'FileStorage'"));
    assert!(waits("when: resource.name == 'x' && blob != null"));
}

#[test]
fn a_condition_may_ask_joined_documents_once_they_are_read() {
    let check = CheckText::storage()
        .with("resource", "resource: graph/users")
        .with(
            "with",
            "with: { roles: { read: graph/directoryRoles, children: [members] }, registration: graph/reports/authenticationMethods/userRegistrationDetails, methods: { read: authentication/methods, fallback_for: registration } }",
        )
        .with("when", "when: roles.exists(role, role.members.exists(m, m.id == resource.id))");
    let found = requirements(&check);
    let methods = &found[4];
    assert_eq!(
        methods.document_type.as_str(),
        "graph/users/authentication/methods"
    );
    assert_eq!(
        methods.fallback_for.as_ref().unwrap().as_str(),
        "graph/reports/authenticationMethods/userRegistrationDetails"
    );
    let (admin, guest) = (
        graph("graph/users", "a", json!({})),
        graph("graph/users", "g", json!({})),
    );
    let role = graph("graph/directoryRoles", "r", json!({}));
    let mut documents = tenant(vec![admin.clone(), guest.clone()]);
    assert!(
        needs(methods, &guest, &documents),
        "what is not read yet rules nothing out"
    );
    let list = "graph/directoryRoles".into();
    documents.read(&list, Scope::Tenant, Outcome::Denied, None);
    assert!(
        !needs(methods, &guest, &documents),
        "what was refused decides nothing, so nothing more is asked"
    );
    documents.add(role.clone());
    documents.read(&list, Scope::Tenant, Outcome::Read, None);
    let member = graph("graph/directoryRoles/members", "A", json!({}));
    documents.add_children(
        &role,
        &"graph/directoryRoles/members".into(),
        Outcome::Read,
        vec![member],
    );
    assert!(needs(methods, &admin, &documents));
    assert!(!needs(methods, &guest, &documents));
}

#[test]
fn an_unknown_type_is_passed_on_to_planning() {
    let check = CheckText::storage().with("with", "with: { x: No/such }");
    let found = requirements(&check);
    assert!(names(&found).contains(&"No/such"));
    assert!(catalog::Plan::new(&Catalog::builtin().unwrap(), &found).is_err());
}

#[test]
fn the_builtin_checks_can_be_planned() {
    let catalog = Catalog::builtin().unwrap();
    let library = Library::builtin().unwrap();
    let all: Vec<Requirement> = library
        .checks()
        .iter()
        .flat_map(|check| check.requirements(&catalog))
        .collect();
    assert!(catalog::Plan::new(&catalog, &all).is_ok());
    assert!(
        library
            .checks()
            .iter()
            .all(|check| !check.permissions(&catalog).is_empty())
    );
}
