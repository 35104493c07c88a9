//! Of which kind the new proof is, and which are old.

use super::*;

fn proof(kind: ProofKind, id: &str, starts: &str, ends: &str) -> PresentProof {
    PresentProof {
        kind,
        key_id: id.to_owned(),
        name: None,
        thumbprint: (kind == ProofKind::Certificate).then(|| id.to_uppercase()),
        starts: starts.parse().ok(),
        ends: ends.parse().ok(),
    }
}

fn application(proofs: Vec<PresentProof>) -> Application {
    Application {
        name: "ThreatDefence".to_owned(),
        proofs,
        ..Application::default()
    }
}

#[test]
fn the_new_one_is_like_the_one_that_ends_last() {
    let (old, new) = ("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z");
    let secret = proof(ProofKind::Secret, "s", old, new);
    let certificate = proof(
        ProofKind::Certificate,
        "c",
        "2024-12-31T23:55:00Z",
        "2025-03-31T23:59:00Z",
    );
    let of = application(vec![secret.clone(), certificate]);
    assert_eq!(same_kind(&of), Ok(Proof::Certificate { days: 90 }));
    let of = application(vec![secret]);
    assert_eq!(same_kind(&of), Ok(Proof::Secret { days: 366 }));
    assert!(same_kind(&application(Vec::new())).is_err());
}

#[test]
fn everything_but_the_new_one_is_old() {
    let now: Timestamp = "2025-06-01T00:00:00Z".parse().unwrap();
    let of = application(vec![
        proof(
            ProofKind::Secret,
            "s",
            "2024-01-01T00:00:00Z",
            "2025-01-01T00:00:00Z",
        ),
        proof(
            ProofKind::Certificate,
            "c",
            "2024-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z",
        ),
        proof(
            ProofKind::Certificate,
            "d",
            "2024-01-01T00:00:00Z",
            "2027-01-01T00:00:00Z",
        ),
    ]);
    let kept = NewProof::Certificate {
        file: "x.pem".into(),
        public: "x.cer".into(),
        thumbprint: "d".to_owned(),
        ends: now,
    };
    let steps = without_old(&of, &kept, now);
    let Step::RemoveProof { what, .. } = &steps[0] else {
        panic!("{steps:?}");
    };
    assert_eq!(
        (steps.len(), what.as_str()),
        (2, "the expired client secret s")
    );
    assert_eq!(without_expired(&of, now).len(), 1);
}
