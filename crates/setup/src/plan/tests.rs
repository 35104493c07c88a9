//! What is planned for what is there.

use super::sample::*;
use super::*;
use crate::administrator::{DirectoryRole, Standing};
use crate::present::{
    Application, Consent, FederatedProof, OtherConsent, PresentProof, ProofKind, RoleAssignment,
    ServicePrincipal,
};
use crate::request::{Audience, Federation, Proof, Scopes};

/// A tenant in which everything is there.
fn complete() -> Present {
    let mut present = empty();
    for planned in planned(&request(), &empty()).steps {
        planned
            .step
            .apply_to(&mut present, &request(), contract(), now());
    }
    present
}

fn application(present: &mut Present) -> &mut Application {
    present.application.as_mut().unwrap()
}

fn assigned(role: &str, scope: &str, name: Option<&str>) -> RoleAssignment {
    RoleAssignment {
        id: format!("{scope}/{role}"),
        scope: scope.to_owned(),
        role: role.to_owned(),
        name: name.map(str::to_owned),
    }
}

#[test]
fn an_empty_tenant_gets_everything_in_order() {
    let plan = planned(&request(), &empty());
    assert_eq!(
        ids(&plan),
        [
            "application",
            "principal",
            "consent:Directory.Read.All",
            "consent:Policy.Read.All",
            "consent:UserAuthenticationMethod.Read.All",
            "proof:secret",
            "role",
            "assign:reader:/subscriptions/aa",
            "assign:custom:/subscriptions/aa",
        ]
    );
    assert!(plan.already.is_empty() && plan.warnings.is_empty());
    assert!(plan.lacks.is_empty() && plan.excess.is_empty() && !plan.is_done());
}

#[test]
fn steps_name_exactly_what_they_change() {
    let plan = planned(&request(), &empty());
    let said: Vec<&str> = plan
        .steps
        .iter()
        .map(|step| step.description.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "Register the application `ThreatDefence` for this tenant alone, asking for Directory.Read.All, Policy.Read.All, UserAuthenticationMethod.Read.All",
            "Create the service principal of `ThreatDefence`",
            "Consent to Directory.Read.All on Microsoft Graph, to read: Users, groups, applications, directory roles, the tenant itself",
            "Consent to Policy.Read.All on Microsoft Graph, to read: Conditional Access, and the policies of authorization, authentication and consent",
            "Consent to UserAuthenticationMethod.Read.All on Microsoft Graph, to read: The ways of signing in that each user has registered, for MFA",
            "Make a client secret for `ThreatDefence`: expires 2027-05-23, in 180 days; whoever holds it is the scanner",
            "Define ThreatDefenceRole with the actions Microsoft.Web/sites/host/listkeys/action and Microsoft.Web/sites/config/list/Action and nothing else, assignable on subscription Production",
            "Assign Reader on subscription Production",
            "Assign ThreatDefenceRole on subscription Production",
        ]
    );
}

#[test]
fn everything_there_leaves_nothing_and_says_so() {
    let plan = planned(&request(), &complete());
    assert!(plan.is_done(), "{plan:?}");
    assert_eq!(plan.already.len(), 9, "{:?}", plan.already);
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
}

#[test]
fn what_differs_is_mended() {
    let mut present = complete();
    application(&mut present).asks_for.pop();
    present.principal = Some(ServicePrincipal {
        enabled: false,
        ..present.principal.unwrap()
    });
    let role = present.role.as_mut().unwrap();
    role.actions = vec!["*/write".to_owned(), role.actions[0].to_uppercase()];
    role.has_more = true;
    let plan = planned(&request(), &present);
    assert_eq!(ids(&plan), ["ask-for", "enable-principal", "change-role"]);
    assert_eq!(
        plan.steps[2].description,
        "Change ThreatDefenceRole: add the actions Microsoft.Web/sites/config/list/Action; take the actions */write away; take its notActions and data actions away"
    );
    assert!(
        plan.steps[0]
            .description
            .ends_with("ask for UserAuthenticationMethod.Read.All too")
    );
}

#[test]
fn a_role_of_others_keeps_its_scopes() {
    let mut present = complete();
    present.role = Some(role(&["/subscriptions/other"]));
    let plan = planned(&request(), &present);
    let Step::ChangeRole {
        assignable_scopes,
        what,
    } = &plan.steps[0].step
    else {
        panic!("{plan:?}")
    };
    assert_eq!(assignable_scopes, &["/subscriptions/other", PRODUCTION]);
    assert_eq!(what, &["let it be assigned on subscription Production"]);
    let rights = &plan.steps[0].rights;
    assert!(rights.contains(&Right::DefineRole("/subscriptions/other".to_owned())));
}

#[test]
fn two_management_groups_do_not_fit_into_a_role() {
    let mut present = complete();
    present.role = Some(role(&[
        "/providers/Microsoft.Management/managementGroups/other",
    ]));
    let scopes = Scopes::ManagementGroup(place("root", "Contoso"));
    let request = Request {
        scopes,
        ..request()
    };
    let plan = planned(&request, &present);
    assert_eq!(plan.lacks.len(), 1, "{plan:?}");
    assert!(plan.lacks[0].what.contains("management group Contoso"));
    assert!(plan.lacks[0].needs.contains("--without-role"));
    assert_eq!(
        plan.lacks[0].steps,
        [format!("assign:custom:{}", key(GROUP))]
    );
    assert_eq!(plan.blocked().len(), 1);
    // The same group is no other one.
    present.role = Some(role(&[&GROUP.to_uppercase()]));
    assert!(planned(&request, &present).lacks.is_empty());
}

#[test]
fn what_is_assigned_above_counts() {
    let mut present = complete();
    let reader = &contract().azure.reader.id;
    present.assignments = vec![
        assigned(reader, GROUP, None),
        assigned("TDR", PRODUCTION, None),
    ];
    assert_eq!(
        ids(&planned(&request(), &present)),
        ["assign:reader:/subscriptions/aa"]
    );
    let groups = BTreeSet::from([key(GROUP)]);
    present.above.insert(PRODUCTION.to_owned(), groups);
    let plan = planned(&request(), &present);
    assert!(plan.is_done());
    let inherited =
        "Reader reaches subscription Production: it is assigned above, on management group root";
    assert!(
        plan.already.iter().any(|said| said.starts_with(inherited)),
        "{:?}",
        plan.already
    );
}

#[test]
fn a_valid_proof_is_kept_and_an_ended_one_is_not_enough() {
    let mut present = complete();
    let wants = |proof| Request {
        proof: Some(proof),
        ..request()
    };
    let certificate = wants(Proof::Certificate { days: 365 });
    let kept = planned(&certificate, &present);
    assert!(kept.steps.is_empty());
    assert!(
        kept.warnings[0].contains("--new-proof"),
        "{:?}",
        kept.warnings
    );
    let forced = Terms {
        new_proof: true,
        ..terms()
    };
    let scopes = request().scopes.paths();
    let plan = plan(
        &certificate,
        &present,
        contract(),
        &administrator(&scopes),
        forced,
    );
    assert_eq!(ids(&plan), ["proof:certificate"]);
    let proof = &mut application(&mut present).proofs[0];
    proof.ends = Some(now());
    proof.name = Some("old".to_owned());
    let plan = planned(&request(), &present);
    assert_eq!(ids(&plan), ["proof:secret"]);
    assert!(
        plan.warnings[0].ends_with("has ended: client secret `old`"),
        "{:?}",
        plan.warnings
    );
}

#[test]
fn what_ends_soon_is_to_be_renewed() {
    let mut present = complete();
    application(&mut present).proofs = vec![PresentProof {
        kind: ProofKind::Certificate,
        key_id: "k".to_owned(),
        name: None,
        thumbprint: Some("AB12".to_owned()),
        starts: None,
        ends: Some("2026-12-10T00:00:00Z".parse().unwrap()),
    }];
    let wanted = Request {
        proof: Some(Proof::Certificate { days: 365 }),
        ..request()
    };
    let plan = planned(&wanted, &present);
    assert!(plan.steps.is_empty());
    assert_eq!(
        plan.warnings,
        [
            "certificate `AB12` ends 2026-12-10, in 16 days: `threatdefence setup renew` makes a new one while it still holds"
        ]
    );
}

#[test]
fn federated_credentials_go_by_issuer_and_subject() {
    let of = |subject: &str| Federation {
        name: "github-octo-scan".to_owned(),
        issuer: "https://issuer".to_owned(),
        subject: subject.to_owned(),
        audience: "a".to_owned(),
    };
    let wants = |subject| Request {
        proof: Some(Proof::Federated(of(subject))),
        ..request()
    };
    let mut present = complete();
    application(&mut present).federated = vec![FederatedProof {
        id: "f".to_owned(),
        name: "GitHub-octo-scan".to_owned(),
        issuer: "https://issuer".to_owned(),
        subject: "main".to_owned(),
    }];
    assert!(planned(&wants("main"), &present).steps.is_empty());
    let plan = planned(&wants("other"), &present);
    let Step::AddProof(Proof::Federated(added)) = &plan.steps[0].step else {
        panic!("{plan:?}")
    };
    assert_eq!(added.name, "github-octo-scan-2");
    let one = application(&mut present).federated[0].clone();
    application(&mut present).federated = vec![one; 20];
    let full = planned(&wants("other"), &present);
    assert!(full.lacks[0].what.contains("allows no more"));
}

#[test]
fn a_providers_application_gets_no_registration_and_no_proof() {
    let request = Request {
        application_id: Some("foreign".to_owned()),
        ..request()
    };
    let plan = planned(&request, &empty());
    assert_eq!(ids(&plan)[0], "principal");
    assert!(
        !ids(&plan)
            .iter()
            .any(|id| id.starts_with("proof") || *id == "application")
    );
    assert_eq!(plan.steps[0].rights, [Right::CreatePrincipal]);
    assert!(plan.warnings[0].contains("provider"), "{:?}", plan.warnings);
}

#[test]
fn without_a_proof_the_scanner_cannot_sign_in_yet() {
    let request = Request {
        proof: None,
        ..request()
    };
    let plan = planned(&request, &empty());
    assert!(
        plan.warnings[0].contains("cannot sign in"),
        "{:?}",
        plan.warnings
    );
    assert!(planned(&request, &complete()).warnings.is_empty());
}

#[test]
fn only_one_directory_and_no_role_where_that_is_asked_for() {
    let request = Request {
        scopes: Scopes::Directory,
        ..request()
    };
    assert_eq!(
        ids(&planned(&request, &empty())).last(),
        Some(&"proof:secret")
    );
    let request = Request {
        custom_role: false,
        ..super::sample::request()
    };
    let plan = planned(&request, &empty());
    assert_eq!(ids(&plan).last(), Some(&"assign:reader:/subscriptions/aa"));
}

#[test]
fn an_application_for_other_tenants_is_not_made_of_another() {
    let request = Request {
        audience: Audience::MultiTenant,
        ..request()
    };
    let plan = planned(&request, &complete());
    assert!(
        plan.warnings[0].contains("AzureADMyOrg"),
        "{:?}",
        plan.warnings
    );
}

#[test]
fn a_permission_that_this_cloud_lacks_is_named() {
    let mut present = empty();
    present.graph.roles.remove("Policy.Read.All");
    let plan = planned(&request(), &present);
    assert_eq!(plan.lacks[0].steps, ["consent:Policy.Read.All"]);
}

#[test]
fn excess_is_said_and_left_alone() {
    let mut present = complete();
    for permission in ["AuditLog.Read.All", "Directory.ReadWrite.All"] {
        present.consents.push(Consent {
            id: "c".to_owned(),
            permission: permission.to_owned(),
        });
    }
    present.other_consents.push(OtherConsent {
        id: "o".to_owned(),
        service: "Office 365 Exchange Online".to_owned(),
        role: "r".to_owned(),
    });
    present.directory_roles.push("Global Reader".to_owned());
    present
        .assignments
        .push(assigned("b249", PRODUCTION, Some("Contributor")));
    let plan = planned(&request(), &present);
    assert!(plan.steps.is_empty());
    assert_eq!(
        plan.excess,
        [
            "AuditLog.Read.All on Microsoft Graph, which this plan does not ask for",
            "Directory.ReadWrite.All on Microsoft Graph, which no scan needs",
            "an application permission on Office 365 Exchange Online, which no scan needs",
            "the role Global Reader in Entra ID, which no scan needs",
            "the role Contributor on subscription Production, which no scan needs",
        ]
    );
}

#[test]
fn lacks_name_the_roles_the_places_and_the_steps() {
    let request = Request {
        scopes: Scopes::Subscriptions(vec![place("aa", "Production"), place("bb", "Development")]),
        ..request()
    };
    let mut who = administrator(&request.scopes.paths());
    who.directory.roles = [DirectoryRole::ApplicationAdministrator].into();
    for authority in who.azure.values_mut() {
        authority.assign = Standing::Lacks {
            needs: "Owner there".to_owned(),
            why: None,
            activate: None,
        };
    }
    let plan = plan(&request, &empty(), contract(), &who, terms());
    let said: Vec<(&str, usize)> = plan
        .lacks
        .iter()
        .map(|lack| (lack.what.as_str(), lack.steps.len()))
        .collect();
    assert_eq!(
        said,
        [
            ("consent to application permissions of Microsoft Graph", 3),
            (
                "assign roles on subscription Production, subscription Development",
                4
            ),
        ]
    );
    assert_eq!(
        plan.lacks[0].needs,
        "Privileged Role Administrator or Global Administrator"
    );
}

#[test]
fn what_is_not_known_and_conditions_are_warnings() {
    let mut who = administrator(&request().scopes.paths());
    let authority = who.azure.get_mut(PRODUCTION).unwrap();
    authority.condition = Some("your role Owner is assigned under a condition".to_owned());
    authority.define = Standing::Unknown {
        needs: "Owner there".to_owned(),
        why: "denied".to_owned(),
    };
    let mut present = empty();
    present
        .unread
        .push("roles of Entra ID that it holds: denied".to_owned());
    let plan = plan(&request(), &present, contract(), &who, terms());
    assert!(plan.lacks.is_empty());
    assert_eq!(
        plan.warnings,
        [
            "could not be read: roles of Entra ID that it holds: denied",
            "whether you may define custom roles on subscription Production could not be found out (denied); it takes Owner there",
            "on subscription Production, your role Owner is assigned under a condition",
        ]
    );
}
