//! The proof: a valid one is kept, and no new one is made beside it unless asked for.

use jiff::{SignedDuration, Timestamp};

use super::{Draft, Lack};
use crate::present::{Application, PresentProof, ProofKind};
use crate::request::{Federation, Proof};
use crate::step::{Speaker, Step, day};

/// How long before its end a proof should be renewed.
const RENEW: SignedDuration = SignedDuration::from_hours(30 * 24);
/// <https://learn.microsoft.com/graph/api/resources/federatedidentitycredentials-overview>
const FEDERATED: usize = 20;

pub(super) fn proof(speaker: &Speaker<'_>, new_proof: bool, draft: &mut Draft) {
    let (request, present) = (speaker.request, speaker.present);
    let foreign = present.application.is_none() && request.application_id.is_some();
    let Some(wanted) = request.proof.as_ref().filter(|_| !foreign) else {
        return without(speaker, foreign, draft);
    };
    let Some(application) = &present.application else {
        draft.steps.push(Step::AddProof(wanted.clone()));
        return;
    };
    warn_of_ends(speaker, application, new_proof, draft);
    match wanted {
        Proof::Federated(federation) => federated(speaker, application, federation, draft),
        kind => by_key(speaker, application, kind, new_proof, draft),
    }
}

/// Somebody else sees to the proof.
fn without(speaker: &Speaker<'_>, foreign: bool, draft: &mut Draft) {
    let name = speaker.application();
    if foreign {
        draft
            .already
            .push(format!("the credential of {name}, which its owner keeps"));
        return;
    }
    let proofs = speaker.present.application.iter();
    if !proofs
        .map(|of| valid(of, speaker.now))
        .any(|of| !of.is_empty())
    {
        draft.warnings.push(format!(
            "{name} has no credential and gets none: it cannot sign in before somebody gives it one"
        ));
    }
}

/// A secret or certificate. Any valid proof will do, whatever its kind: a second one only adds to what
/// can be stolen.
fn by_key(
    speaker: &Speaker<'_>,
    application: &Application,
    wanted: &Proof,
    new_proof: bool,
    draft: &mut Draft,
) {
    let there = valid(application, speaker.now);
    draft.already.extend(there.iter().cloned());
    if there.is_empty() || new_proof {
        draft.steps.push(Step::AddProof(wanted.clone()));
        return;
    }
    let kind = match wanted {
        Proof::Certificate { .. } => Some(ProofKind::Certificate),
        Proof::Secret { .. } => Some(ProofKind::Secret),
        Proof::Federated(_) => None,
    };
    let of_kind = |proof: &&PresentProof| Some(proof.kind) == kind && is_valid(proof, speaker.now);
    if !application.proofs.iter().any(|of| of_kind(&of)) {
        draft.warnings.push(format!(
            "{} has no {} but another credential, which is kept; --new-proof makes one",
            speaker.application(),
            match kind {
                Some(ProofKind::Secret) => "client secret",
                _ => "certificate",
            }
        ));
    }
}

/// A federated credential is one of an issuer and a subject; its name must be free.
fn federated(
    speaker: &Speaker<'_>,
    application: &Application,
    wanted: &Federation,
    draft: &mut Draft,
) {
    let there = application.federated.iter();
    let same = there
        .clone()
        .find(|of| of.issuer == wanted.issuer && of.subject == wanted.subject);
    if let Some(same) = same {
        draft.already.push(format!(
            "federated credential `{}`: tokens of {} for {}",
            same.name, same.issuer, same.subject
        ));
        return;
    }
    let mut federation = wanted.clone();
    let mut number = 1;
    while there
        .clone()
        .any(|of| of.name.eq_ignore_ascii_case(&federation.name))
    {
        number += 1;
        federation.name = format!("{}-{number}", wanted.name);
    }
    let step = Step::AddProof(Proof::Federated(federation));
    if application.federated.len() >= FEDERATED {
        draft.obstacles.push(Lack {
            what: format!(
                "add a federated credential to {}: it has {FEDERATED}, and Entra ID allows no more",
                speaker.application()
            ),
            needs: "one of them to be removed".to_owned(),
            why: None,
            activate: None,
            steps: vec![step.id()],
        });
    }
    draft.steps.push(step);
}

/// The proofs that let the application sign in, in words.
fn valid(application: &Application, now: Timestamp) -> Vec<String> {
    let keys = application.proofs.iter().filter(|of| is_valid(of, now));
    let keys = keys.map(|of| match of.ends {
        Some(ends) => format!("{}, which ends {}", named(of), day(ends)),
        None => named(of),
    });
    let federated = application.federated.iter().map(|of| {
        format!(
            "federated credential `{}`: tokens of {} for {}",
            of.name, of.issuer, of.subject
        )
    });
    keys.chain(federated).collect()
}

fn is_valid(proof: &PresentProof, now: Timestamp) -> bool {
    proof.ends.is_none_or(|ends| ends > now)
}

/// A proof in words.
fn named(proof: &PresentProof) -> String {
    let kind = match proof.kind {
        ProofKind::Secret => "client secret",
        ProofKind::Certificate => "certificate",
    };
    match proof.name.as_ref().or(proof.thumbprint.as_ref()) {
        Some(name) => format!("{kind} `{name}`"),
        None => format!("{kind} {}", proof.key_id),
    }
}

/// What ends soon is to be renewed; what has ended lies about.
fn warn_of_ends(
    speaker: &Speaker<'_>,
    application: &Application,
    new_proof: bool,
    draft: &mut Draft,
) {
    let now = speaker.now;
    let ends = |proof: &PresentProof| proof.ends.unwrap_or(Timestamp::MAX);
    let valid = application.proofs.iter().filter(|of| is_valid(of, now));
    if let Some(last) = valid.max_by_key(|of| ends(of))
        && !new_proof
        && application.federated.is_empty()
        && ends(last).duration_since(now) <= RENEW
    {
        let left = ends(last).duration_since(now).as_hours() / 24;
        draft.warnings.push(format!(
            "{} ends {}, in {left} days: `threatdefence setup renew` makes a new one while it still holds",
            named(last),
            day(ends(last))
        ));
    }
    let ended = application.proofs.iter().filter(|of| !is_valid(of, now));
    let ended: Vec<String> = ended.map(named).collect();
    if !ended.is_empty() {
        draft.warnings.push(format!(
            "{} still lists what has ended: {}",
            speaker.application(),
            ended.join(", ")
        ));
    }
}
