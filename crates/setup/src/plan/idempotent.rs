//! Whatever is there: a plan that was carried out leaves nothing to do but what is in its way.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::sample::{GROUP, contract, empty, ids, now, place, planned, role};
use crate::present::{
    Application, Consent, FederatedProof, Present, PresentProof, ProofKind, RoleAssignment,
    ServicePrincipal,
};
use crate::request::{Audience, Federation, Proof, Request, Scopes};

const PERMISSIONS: [&str; 5] = [
    "AuditLog.Read.All",
    "Directory.Read.All",
    "Policy.Read.All",
    "RoleManagement.Read.Directory",
    "UserAuthenticationMethod.Read.All",
];
const SCOPES: [&str; 6] = [
    "/",
    "/subscriptions/AA",
    "/subscriptions/bb",
    "/subscriptions/other",
    "/providers/Microsoft.Management/managementGroups/Root",
    "/providers/Microsoft.Management/managementGroups/side",
];

fn federation(subject: &str) -> Federation {
    Federation {
        name: "github".to_owned(),
        issuer: "https://issuer".to_owned(),
        subject: subject.to_owned(),
        audience: "api://AzureADTokenExchange".to_owned(),
    }
}

fn some_permissions() -> impl Strategy<Value = Vec<String>> {
    subsequence(
        PERMISSIONS.map(str::to_owned).to_vec(),
        0..=PERMISSIONS.len(),
    )
}

fn some_request() -> impl Strategy<Value = Request> {
    let proof = prop_oneof![
        Just(None),
        Just(Some(Proof::Certificate { days: 365 })),
        Just(Some(Proof::Secret { days: 1 })),
        Just(Some(Proof::Federated(federation("main")))),
    ];
    let subscriptions = vec![place("aa", "Production"), place("bb", "Development")];
    let scopes = prop_oneof![
        Just(Scopes::Directory),
        Just(Scopes::ManagementGroup(place("root", "Contoso"))),
        subsequence(subscriptions, 1..=2).prop_map(Scopes::Subscriptions),
    ];
    let id = prop_oneof![Just(None), Just(Some("app".to_owned()))];
    (proof, scopes, id, some_permissions(), any::<bool>()).prop_map(
        |(proof, scopes, application_id, graph, custom_role)| Request {
            name: "ThreatDefence".to_owned(),
            application_id,
            audience: Audience::SingleTenant,
            proof,
            graph: graph.into_iter().collect(),
            scopes,
            custom_role,
        },
    )
}

fn some_application() -> impl Strategy<Value = Application> {
    let kind = select(vec![ProofKind::Secret, ProofKind::Certificate]);
    let ends = select(vec![
        None,
        Some("2020-01-01T00:00:00Z"),
        Some("2099-01-01T00:00:00Z"),
    ]);
    let proof = (kind, ends).prop_map(|(kind, ends)| PresentProof {
        kind,
        key_id: "key".to_owned(),
        name: None,
        thumbprint: None,
        starts: None,
        ends: ends.map(|ends| ends.parse().unwrap()),
    });
    let federated = select(vec!["main", "other"]).prop_map(|subject| FederatedProof {
        id: "f".to_owned(),
        name: "GitHub".to_owned(),
        issuer: "https://issuer".to_owned(),
        subject: subject.to_owned(),
    });
    let proofs = prop::collection::vec(proof, 0..3);
    let federated = prop::collection::vec(federated, 0..2);
    (some_permissions(), proofs, federated).prop_map(|(asks_for, proofs, federated)| Application {
        id: "object".to_owned(),
        application_id: "app".to_owned(),
        name: "ThreatDefence".to_owned(),
        audience: "AzureADMyOrg".to_owned(),
        asks_for: asks_for.iter().map(|name| name.to_uppercase()).collect(),
        proofs,
        federated,
    })
}

fn some_role() -> impl Strategy<Value = crate::present::DefinedRole> {
    let mut actions = contract().azure.role.actions.clone();
    actions.push("*/write".to_owned());
    let scopes = subsequence(SCOPES[1..5].to_vec(), 1..=4);
    (subsequence(actions, 0..=3), scopes, any::<bool>()).prop_map(|(actions, scopes, has_more)| {
        crate::present::DefinedRole {
            actions: actions.iter().map(|one| one.to_uppercase()).collect(),
            has_more,
            ..role(&scopes)
        }
    })
}

fn some_assignments() -> impl Strategy<Value = Vec<RoleAssignment>> {
    let reader = contract().azure.reader.id.to_uppercase();
    let roles = vec![reader, "TDR".to_owned(), "owner".to_owned()];
    let one = (select(roles), select(SCOPES.to_vec())).prop_map(|(role, scope)| RoleAssignment {
        id: format!("{scope}/{role}"),
        scope: scope.to_owned(),
        role,
        name: None,
    });
    prop::collection::vec(one, 0..5)
}

fn some_present() -> impl Strategy<Value = Present> {
    let principal = prop::option::of(any::<bool>());
    let above = prop::bool::ANY.prop_map(|nested| {
        let groups = || BTreeSet::from([GROUP.to_lowercase()]);
        let below = |id: &str| (format!("/subscriptions/{id}"), groups());
        match nested {
            true => BTreeMap::from([below("aa"), below("bb")]),
            false => BTreeMap::new(),
        }
    });
    let application = prop::option::of(some_application());
    let role = prop::option::of(some_role());
    let consents = some_permissions();
    (
        application,
        principal,
        consents,
        role,
        some_assignments(),
        above,
    )
        .prop_map(
            |(application, principal, consents, role, assignments, above)| Present {
                application,
                principal: principal.map(|enabled| ServicePrincipal {
                    id: "principal".to_owned(),
                    application_id: "app".to_owned(),
                    enabled,
                }),
                consents: consents
                    .into_iter()
                    .map(|permission| Consent {
                        id: permission.clone(),
                        permission,
                    })
                    .collect(),
                role,
                assignments,
                above,
                ..empty()
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_plan_that_was_carried_out_leaves_nothing_to_do(
        request in some_request(),
        mut present in some_present(),
    ) {
        let first = planned(&request, &present);
        let blocked = first.blocked();
        let unique: BTreeSet<&str> = ids(&first).into_iter().collect();
        prop_assert_eq!(unique.len(), first.steps.len(), "an id twice");
        for planned in &first.steps {
            if !blocked.contains(planned.id.as_str()) {
                planned.step.apply_to(&mut present, &request, contract(), now());
            }
        }
        let second = planned(&request, &present);
        let left: BTreeSet<&str> = ids(&second).into_iter().collect();
        prop_assert_eq!(left, first.blocked());
    }

    #[test]
    fn the_same_input_gives_the_same_plan(request in some_request(), present in some_present()) {
        prop_assert_eq!(planned(&request, &present), planned(&request, &present));
    }

    #[test]
    fn nothing_of_others_is_taken_away(request in some_request(), present in some_present()) {
        for planned in planned(&request, &present).steps {
            let crate::step::Step::ChangeRole { assignable_scopes, .. } = planned.step else { continue };
            for scope in &present.role.as_ref().unwrap().assignable_scopes {
                prop_assert!(assignable_scopes.contains(scope));
            }
        }
    }
}
