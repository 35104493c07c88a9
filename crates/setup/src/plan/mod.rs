//! The difference between what is wanted and what is there, as steps in the order in which they must
//! happen. Nothing is read or written here: the same input gives the same plan, and a plan that was
//! carried out leaves nothing to do.

mod entra;
mod excess;
mod lack;
mod proof;
mod role;

use std::collections::BTreeSet;

use catalog::Contract;
use jiff::Timestamp;

pub use self::lack::Lack;
pub(crate) use self::role::change as role_change;
use crate::administrator::{Administrator, Right};
use crate::present::{Present, key};
use crate::request::Request;
use crate::step::{Role, Speaker, Step};

/// What holds for a plan beside the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The time, by which proofs are valid or not.
    pub now: Timestamp,
    /// Whether a new proof is made although a valid one exists.
    pub new_proof: bool,
}

/// What setup would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is to be changed, in the order in which it must happen.
    pub steps: Vec<PlannedStep>,
    /// What is there already, in words.
    pub already: Vec<String>,
    /// What to know before going on, in words.
    pub warnings: Vec<String>,
    /// What keeps the administrator from carrying it out.
    pub lacks: Vec<Lack>,
    /// What the scanner holds and nothing asked for, in words. It is never taken away.
    pub excess: Vec<String>,
}

/// A step with what is to be known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// The step.
    pub step: Step,
    /// What it is known by: [`Step::id`].
    pub id: String,
    /// The step in words, on one line.
    pub description: String,
    /// The rights that it needs, all of them.
    pub rights: Vec<Right>,
}

/// What the parts of a plan add to it.
#[derive(Default)]
struct Draft {
    steps: Vec<Step>,
    already: Vec<String>,
    warnings: Vec<String>,
    /// What cannot be done by anybody as it is asked for.
    obstacles: Vec<Lack>,
}

/// Plans.
pub fn plan(
    request: &Request,
    present: &Present,
    contract: &Contract,
    administrator: &Administrator,
    terms: Terms,
) -> Plan {
    let speaker = Speaker {
        request,
        present,
        contract,
        now: terms.now,
    };
    let mut draft = Draft::default();
    entra::identity(&speaker, &mut draft);
    entra::consents(&speaker, &mut draft);
    proof::proof(&speaker, terms.new_proof, &mut draft);
    role::role(&speaker, &mut draft);
    assignments(&speaker, &mut draft);
    let creating = draft.steps.contains(&Step::CreateApplication);
    let steps: Vec<PlannedStep> = draft
        .steps
        .into_iter()
        .map(|step| PlannedStep {
            id: step.id(),
            description: speaker.describe(&step),
            rights: rights(&step, creating),
            step,
        })
        .collect();
    let mut plan = Plan {
        steps,
        already: draft.already,
        warnings: draft.warnings,
        lacks: draft.obstacles,
        excess: excess::excess(&speaker),
    };
    let unread = present.unread.iter();
    plan.warnings
        .extend(unread.map(|what| format!("could not be read: {what}")));
    lack::weigh(&speaker, administrator, &mut plan);
    plan
}

impl Plan {
    /// Whether everything that was asked for is there.
    pub fn is_done(&self) -> bool {
        self.steps.is_empty() && self.lacks.is_empty()
    }

    /// The ids of the steps that cannot be carried out.
    pub fn blocked(&self) -> BTreeSet<&str> {
        let steps = self.lacks.iter().flat_map(|lack| &lack.steps);
        steps.map(String::as_str).collect()
    }
}

/// The roles on each scope. What is assigned above reaches it, and is not assigned again.
fn assignments(speaker: &Speaker<'_>, draft: &mut Draft) {
    let Speaker {
        request,
        present,
        contract,
        ..
    } = speaker;
    let custom = present.role.as_ref().map(|role| role.guid.as_str());
    for scope in request.scopes.paths() {
        let mut roles = vec![(Role::Reader, Some(contract.azure.reader.id.as_str()))];
        roles.extend(request.custom_role.then_some((Role::Custom, custom)));
        for (role, guid) in roles {
            let of_role = present.assignments.iter().filter(|assigned| {
                guid.is_some_and(|guid| guid.eq_ignore_ascii_case(&assigned.role))
            });
            let mut above: Vec<&str> = of_role
                .map(|assigned| assigned.scope.as_str())
                .filter(|from| present.reaches(from, &scope))
                .collect();
            above.sort_by_key(|from| key(from) != key(&scope));
            let (name, place) = (speaker.role(role), speaker.place(&scope));
            match above.first() {
                None => draft.steps.push(Step::Assign {
                    role,
                    scope: scope.clone(),
                }),
                Some(from) if key(from) == key(&scope) => {
                    draft.already.push(format!("{name} is assigned on {place}"));
                }
                Some(from) => draft.already.push(format!(
                    "{name} reaches {place}: it is assigned above, on {}",
                    speaker.place(from)
                )),
            }
        }
    }
}

/// What a step needs. Whoever registers an application is its owner, who may do the rest with it.
fn rights(step: &Step, creating: bool) -> Vec<Right> {
    let change = match creating {
        true => Right::CreateApplication,
        false => Right::ChangeApplication,
    };
    match step {
        Step::CreateApplication => vec![Right::CreateApplication],
        Step::AskFor(_) | Step::AddProof(_) | Step::RemoveProof { .. } => vec![change],
        Step::CreatePrincipal if creating => vec![Right::CreateApplication],
        Step::CreatePrincipal => vec![Right::CreatePrincipal],
        Step::EnablePrincipal => vec![Right::ChangePrincipal],
        Step::Consent(_) => vec![Right::Consent],
        Step::CreateRole(scopes) => scopes.iter().cloned().map(Right::DefineRole).collect(),
        Step::ChangeRole {
            assignable_scopes, ..
        } => assignable_scopes
            .iter()
            .cloned()
            .map(Right::DefineRole)
            .collect(),
        Step::Assign { scope, .. } => vec![Right::AssignRoles(scope.clone())],
    }
}

#[cfg(test)]
mod applied;
#[cfg(test)]
mod idempotent;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_lacks;
#[cfg(test)]
mod tests_of_proofs;
