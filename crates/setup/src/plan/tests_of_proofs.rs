//! Which proof is planned beside which.

use super::sample::*;
use super::*;
use crate::present::{FederatedProof, PresentProof, ProofKind};
use crate::request::{Federation, Proof};

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
