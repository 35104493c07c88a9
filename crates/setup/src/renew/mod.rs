//! A new proof beside the old one, while both hold: of what kind, and what is old.
//!
//! The work is that of [`crate::apply`], with the steps that are chosen here.

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

use crate::journal::{Line, Made, Owned, State};
use crate::present::{Application, PresentProof, ProofKind};
use crate::proof::{CertificateFiles, NewProof};
use crate::request::Proof;
use crate::step::Step;

/// Entra ID's longest life of a secret, in days.
const LONGEST: i64 = 730;

/// Why there is nothing to renew.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenewError {
    /// Federated credentials do not end.
    #[error("{0} signs in with federated credentials alone, which do not expire")]
    Federated(String),
    /// There is no proof whose kind could be taken.
    #[error("{0} has no credential to renew")]
    Nothing(String),
}

impl RenewError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Federated(_) => {
                "there is nothing to do; --proof certificate adds a certificate beside them"
            }
            Self::Nothing(_) => "say which kind to make with --proof certificate or --proof secret",
        }
    }
}

/// The proof to make: of the kind that ends last, valid as long as that one was.
///
/// # Errors
/// [`RenewError`].
pub fn same_kind(application: &Application) -> Result<Proof, RenewError> {
    let newest = application.proofs.iter().max_by_key(|proof| proof.ends);
    let Some(newest) = newest else {
        return Err(match application.federated.is_empty() {
            true => RenewError::Nothing(application.name.clone()),
            false => RenewError::Federated(application.name.clone()),
        });
    };
    let days = life(newest);
    Ok(match newest.kind {
        ProofKind::Certificate => Proof::Certificate {
            days: days.unwrap_or(365),
        },
        ProofKind::Secret => Proof::Secret {
            days: days.unwrap_or(180),
        },
    })
}

/// Days from a proof's beginning to its end.
fn life(proof: &PresentProof) -> Option<u16> {
    let life = proof.ends?.duration_since(proof.starts?);
    // A certificate begins a few minutes before it was made.
    let days = (life + SignedDuration::from_hours(1)).as_hours() / 24;
    u16::try_from(days.clamp(1, LONGEST)).ok()
}

/// The steps that take every proof away but one: by its `keyId` or thumbprint.
pub fn without_old(application: &Application, kept: &NewProof, now: Timestamp) -> Vec<Step> {
    let old = application
        .proofs
        .iter()
        .filter(|proof| !is_same(proof, kept));
    old.map(|proof| removal(proof, now)).collect()
}

/// The steps that take away what has ended.
pub fn without_expired(application: &Application, now: Timestamp) -> Vec<Step> {
    let ended = application
        .proofs
        .iter()
        .filter(|proof| proof.ends.is_some_and(|ends| ends <= now));
    ended.map(|proof| removal(proof, now)).collect()
}

fn removal(proof: &PresentProof, now: Timestamp) -> Step {
    let expired = proof.ends.is_some_and(|ends| ends <= now);
    let state = if expired { "expired" } else { "old" };
    Step::RemoveProof {
        key_id: proof.key_id.clone(),
        what: format!("the {state} {}", words(proof)),
        ends: proof.ends,
    }
}

/// A proof in words.
pub fn words(proof: &PresentProof) -> String {
    let kind = match proof.kind {
        ProofKind::Certificate => "certificate",
        ProofKind::Secret => "client secret",
    };
    match proof.thumbprint.as_ref().or(proof.name.as_ref()) {
        Some(name) => format!("{kind} {name}"),
        None => format!("{kind} {}", proof.key_id),
    }
}

/// Whether a proof of the application is the one that was made.
pub fn is_same(proof: &PresentProof, other: &NewProof) -> bool {
    match other {
        NewProof::Certificate { thumbprint, .. } => proof
            .thumbprint
            .as_ref()
            .is_some_and(|of| of.eq_ignore_ascii_case(thumbprint)),
        NewProof::Secret { key_id, .. } => proof.key_id.eq_ignore_ascii_case(key_id),
        NewProof::Federated(_) => false,
    }
}

/// The proof that an earlier renewal made, while older ones are still there: taking those away needs no
/// other. It must be at hand, in its file.
pub fn made_earlier(lines: &[Line], application: &Application) -> Option<NewProof> {
    let owned = Owned::of(lines);
    let made = last_renewal(lines).filter(|made| owned.has(&made.key()))?;
    let proof = match made {
        Made::Certificate {
            thumbprint,
            file,
            ends,
        } => NewProof::Certificate {
            file: file.clone(),
            public: CertificateFiles::beside(file.clone()).public,
            thumbprint: thumbprint.clone(),
            ends: *ends,
        },
        Made::Secret {
            key_id,
            file: Some(file),
            ends,
        } => NewProof::Secret {
            value: azure::Secret::new(std::fs::read_to_string(file).ok()?.trim().to_owned()),
            key_id: key_id.clone(),
            file: Some(file.clone()),
            ends: *ends,
        },
        _ => return None,
    };
    let at_hand = match &proof {
        NewProof::Certificate { file, .. } => file.is_file(),
        NewProof::Secret { .. } | NewProof::Federated(_) => true,
    };
    let registered = application.proofs.iter().any(|of| is_same(of, &proof));
    let has_older = application.proofs.iter().any(|of| !is_same(of, &proof));
    (at_hand && registered && has_older).then_some(proof)
}

/// What the last run of `renew` that made something made.
fn last_renewal(lines: &[Line]) -> Option<&Made> {
    let mut renewing = false;
    let mut last = None;
    for line in lines {
        match line {
            Line::Run { command, .. } => renewing = command == "renew",
            Line::Step {
                state: State::Done,
                made: Some(made @ (Made::Certificate { .. } | Made::Secret { .. })),
                ..
            } if renewing => last = Some(made),
            Line::Step { .. } => {}
        }
    }
    last
}
