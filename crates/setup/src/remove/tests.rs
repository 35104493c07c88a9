//! What goes and what stays.

use std::collections::BTreeSet;

use catalog::Contract;
use serde_json::json;

use super::azure::scope_of;
use super::*;
use crate::journal::{Made, Owned};
use crate::present::{
    Application, Consent, DefinedRole, Present, RoleAssignment, ServicePrincipal,
};
use crate::request::{Audience, Place, Request, Scopes};

const A: &str = "/subscriptions/a";

fn request() -> Request {
    Request {
        name: "ThreatDefence".to_owned(),
        application_id: None,
        audience: Audience::SingleTenant,
        proof: None,
        graph: BTreeSet::new(),
        scopes: Scopes::Subscriptions(vec![Place {
            id: "a".to_owned(),
            name: "Production".to_owned(),
        }]),
        custom_role: true,
    }
}

fn present() -> Present {
    Present {
        tenant_id: "t".to_owned(),
        application: Some(Application {
            id: "o".to_owned(),
            application_id: "c".to_owned(),
            name: "ThreatDefence".to_owned(),
            ..Application::default()
        }),
        principal: Some(ServicePrincipal {
            id: "p".to_owned(),
            application_id: "c".to_owned(),
            enabled: true,
        }),
        consents: vec![Consent {
            id: "x".to_owned(),
            permission: "Directory.Read.All".to_owned(),
        }],
        role: Some(DefinedRole {
            id: format!("{A}/providers/Microsoft.Authorization/roleDefinitions/r"),
            guid: "r".to_owned(),
            description: String::new(),
            actions: Vec::new(),
            has_more: false,
            assignable_scopes: vec![A.to_owned()],
            body: json!({}),
        }),
        assignments: vec![RoleAssignment {
            id: format!("{A}/providers/Microsoft.Authorization/roleAssignments/1"),
            scope: A.to_owned(),
            role: "r".to_owned(),
            name: None,
        }],
        ..Present::default()
    }
}

fn all() -> Vec<Made> {
    let present = present();
    vec![
        Made::Application {
            id: "O".to_owned(),
            application_id: "C".to_owned(),
        },
        Made::Principal { id: "P".to_owned() },
        Made::Consent {
            id: "x".to_owned(),
            permission: "Directory.Read.All".to_owned(),
        },
        Made::Role {
            id: present.role.as_ref().unwrap().id.clone(),
        },
        Made::Assignment {
            id: present.assignments[0].id.to_uppercase(),
        },
    ]
}

fn planned(made: Vec<Made>, change: impl FnOnce(&mut Terms<'_>)) -> Removal {
    let (request, contract) = (request(), Contract::builtin().unwrap());
    let mut terms = Terms {
        request: &request,
        contract: &contract,
        everything: false,
        purge: false,
        others_with_role: Some(0),
    };
    change(&mut terms);
    removal(&Owned::found(made), &present(), terms)
}

fn ids(plan: &Removal) -> Vec<String> {
    let kind = |step: &RemovalStep| {
        let id = step.id();
        id.split(':').next().unwrap_or_default().to_owned()
    };
    plan.steps.iter().map(kind).collect()
}

#[test]
fn everything_that_setup_made_goes_in_its_order() {
    let plan = planned(all(), |_| ());
    assert_eq!(
        ids(&plan),
        [
            "remove-assignment",
            "remove-role",
            "remove-principal",
            "remove-application"
        ]
    );
    assert!(plan.stays.is_empty(), "{:?}", plan.stays);
    assert!(
        plan.along
            .iter()
            .any(|words| words.contains("Directory.Read.All"))
    );
    assert!(
        plan.steps[0]
            .words
            .contains("ThreatDefenceRole on subscription Production")
    );
    let plan = planned(all(), |terms| terms.purge = true);
    assert_eq!(ids(&plan).iter().filter(|id| *id == "purge").count(), 2);
}

#[test]
fn what_was_there_before_stays_unless_everything_goes() {
    let plan = planned(Vec::new(), |_| ());
    assert!(plan.is_empty());
    assert_eq!(plan.stays.len(), 4, "{:?}", plan.stays);
    let plan = planned(Vec::new(), |terms| terms.everything = true);
    assert_eq!(
        ids(&plan),
        [
            "remove-assignment",
            "remove-role",
            "remove-principal",
            "remove-application"
        ]
    );
}

#[test]
fn what_setup_added_to_an_older_application_is_taken_out_of_it() {
    let mut made = vec![
        Made::AskedFor {
            permissions: vec!["AuditLog.Read.All".to_owned()],
        },
        Made::Secret {
            key_id: "k".to_owned(),
            file: None,
            ends: None,
        },
    ];
    made.push(all().remove(2));
    let plan = planned(made, |_| ());
    assert_eq!(
        ids(&plan),
        ["remove-ask-for", "remove-proof", "remove-consent"]
    );
}

#[test]
fn a_role_that_others_have_stays_and_a_changed_one_goes_back() {
    let plan = planned(all(), |terms| terms.others_with_role = Some(2));
    assert!(!ids(&plan).contains(&"remove-role".to_owned()));
    assert!(plan.stays[0].contains("2 assignments"), "{:?}", plan.stays);
    let changed = Made::RoleChanged {
        id: "/r".to_owned(),
        before: json!({"properties": {}}),
    };
    assert_eq!(ids(&planned(vec![changed], |_| ())), ["restore-role"]);
}

#[test]
fn what_the_journal_knows_and_nobody_sees_is_deleted_to_be_sure() {
    let (request, contract) = (request(), Contract::builtin().unwrap());
    let terms = Terms {
        request: &request,
        contract: &contract,
        everything: false,
        purge: true,
        others_with_role: Some(0),
    };
    let made = all().into_iter().take(2).collect();
    let plan = removal(&Owned::found(made), &Present::default(), terms);
    assert_eq!(
        ids(&plan),
        ["remove-principal", "remove-application", "purge", "purge"]
    );
}

#[test]
fn an_assignment_that_cannot_be_seen_is_known_by_its_id() {
    let id = "/subscriptions/b/providers/Microsoft.Authorization/roleAssignments/2";
    let plan = planned(vec![Made::Assignment { id: id.to_owned() }], |_| ());
    assert!(plan.steps[0].words.contains("/subscriptions/b"));
    assert_eq!(scope_of(id), "/subscriptions/b");
}
