//! Makes what a plan says, step by step, each noted in the journal before and after. A step that finds its
//! work done is done: the same command goes on where an earlier run stopped.

mod access;
mod adopt;
mod application;
mod ids;
mod outcome;
mod partial;
mod principal;
mod roles;
mod settle;

use catalog::Contract;
use jiff::Timestamp;

pub use outcome::{Done, End, Outcome};
pub use partial::{Partial, partial};
pub use settle::settle;

pub(crate) use access::taken_out;
pub(crate) use application::{TAG, has_tag};
pub(crate) use ids::{assignment_guid, is_own_role};

use crate::change::{ChangeError, Conduct, Notice};
use crate::journal::{Begun, Journal, Made, Owned};
use crate::present::Present;
use crate::proof::{Keeper, NewProof, ProofWork};
use crate::request::Request;
use crate::step::{Speaker, Step};

/// What a run works with.
pub struct Apply<'a> {
    /// What is asked for.
    pub request: &'a Request,
    /// The permissions and roles, by name.
    pub contract: &'a Contract,
    /// How it goes about it.
    pub conduct: Conduct<'a>,
    /// Where it is noted.
    pub journal: &'a mut Journal,
    /// Where a new proof is kept.
    pub keeper: Keeper<'a>,
}

/// Makes the steps in their order, and stops at the first that fails.
///
/// `present` is what was there when the steps were planned. Nothing is lost of a run that ends early: the
/// outcome says what was done, and the journal too.
pub async fn apply(work: Apply<'_>, steps: &[Step], present: Present) -> Outcome {
    let mut worker = Worker {
        owned: work.journal.owned(),
        work,
        present,
        proof: None,
    };
    let mut done = Vec::new();
    let mut end = match worker.adopt().await {
        Ok(()) => End::Complete,
        Err(error) => End::Failed {
            step: None,
            error: Box::new(error),
        },
    };
    let mut steps = steps.iter();
    let mut left: Vec<Step> = Vec::new();
    if matches!(end, End::Complete) {
        for step in steps.by_ref() {
            if (worker.work.conduct.stop)() {
                end = End::Interrupted;
                left.push(step.clone());
                break;
            }
            match worker.step(step).await {
                Ok(made) => done.push(Done {
                    step: step.clone(),
                    made,
                }),
                Err(error) => {
                    end = match error {
                        ChangeError::Interrupted => End::Interrupted,
                        error => End::Failed {
                            step: Some(step.clone()),
                            error: Box::new(error),
                        },
                    };
                    left.push(step.clone());
                    break;
                }
            }
        }
    }
    left.extend(steps.cloned());
    Outcome {
        present: worker.present,
        done,
        left,
        end,
        proof: worker.proof,
    }
}

/// A run under way.
struct Worker<'a> {
    work: Apply<'a>,
    /// What is there by now.
    present: Present,
    /// What setup had made when the run began.
    owned: Owned,
    /// The proof that this run made.
    proof: Option<NewProof>,
}

impl<'a> Worker<'a> {
    /// One step with its lines in the journal; whether it made something.
    async fn step(&mut self, step: &Step) -> Result<bool, ChangeError> {
        let name = step.id();
        let shown = self.describe(step);
        self.work.conduct.say(Notice::Doing(shown.clone()));
        let begun = self.begin(step, &name).await?;
        self.work.journal.started(&name, begun.clone())?;
        match self.carry_out(step, begun).await {
            Ok(made) => {
                let is_new = made.is_some() || matches!(step, Step::RemoveProof { .. });
                self.work.journal.done(&name, made)?;
                self.work.conduct.say(Notice::Done {
                    what: shown,
                    made: is_new,
                });
                Ok(is_new)
            }
            Err(error) => {
                let reason = error.to_string();
                self.work.journal.failed(&name, &reason, error.is_clear())?;
                Err(error)
            }
        }
    }

    fn describe(&self, step: &Step) -> String {
        let speaker = Speaker {
            request: self.work.request,
            present: &self.present,
            contract: self.work.contract,
            now: Timestamp::now(),
        };
        speaker.describe(step)
    }

    /// What must be noted before the step, because nobody could know it afterwards.
    async fn begin(&mut self, step: &Step, name: &str) -> Result<Option<Begun>, ChangeError> {
        match step {
            Step::AddProof(proof) => {
                let earlier = self.owned.begun(name).flatten().cloned();
                let proofs = self.proofs()?;
                proofs.begin(proof, earlier, &self.work.keeper).await
            }
            Step::ChangeRole { .. } => Ok(self.present.role.as_ref().map(|role| Begun::Role {
                before: role.body.clone(),
            })),
            _ => Ok(None),
        }
    }

    async fn carry_out(
        &mut self,
        step: &Step,
        begun: Option<Begun>,
    ) -> Result<Option<Made>, ChangeError> {
        match step {
            Step::CreateApplication => self.create_application().await,
            Step::AskFor(permissions) => self.ask_for(permissions).await,
            Step::CreatePrincipal => self.create_principal().await,
            Step::EnablePrincipal => self.enable_principal().await,
            Step::AddProof(proof) => {
                let proofs = self.proofs()?;
                let keeper = &mut self.work.keeper;
                let (made, new) = proofs.add(proof, begun, keeper).await?;
                self.proof = new;
                Ok(made)
            }
            Step::RemoveProof { key_id, .. } => self.remove_proof(key_id).await,
            Step::Consent(permission) => self.consent(permission).await,
            Step::CreateRole(scopes) => self.create_role(scopes).await,
            Step::ChangeRole {
                assignable_scopes, ..
            } => self.change_role(assignable_scopes).await,
            Step::Assign { role, scope } => self.assign(*role, scope).await,
        }
    }

    /// Takes a proof away; the journal forgets one of its own.
    async fn remove_proof(&mut self, key_id: &str) -> Result<Option<Made>, ChangeError> {
        self.proofs()?
            .remove(std::slice::from_ref(&key_id.to_owned()))
            .await?;
        let proofs = self.present.application.iter().flat_map(|of| &of.proofs);
        let mut same = proofs.filter(|of| of.key_id.eq_ignore_ascii_case(key_id));
        let thumbprint = same.next().and_then(|of| of.thumbprint.clone());
        let is_it = |made: &&Made| match made {
            Made::Secret { key_id: id, .. } => id.eq_ignore_ascii_case(key_id),
            Made::Certificate { thumbprint: of, .. } => thumbprint
                .as_ref()
                .is_some_and(|one| one.eq_ignore_ascii_case(of)),
            _ => false,
        };
        let owned = self.work.journal.owned();
        if let Some(made) = owned.made().iter().find(is_it) {
            self.work
                .journal
                .undone(&format!("remove-proof:{key_id}"), Some(made.clone()))?;
        }
        Ok(None)
    }

    /// The work on the application's proofs.
    fn proofs(&self) -> Result<ProofWork<'a>, ChangeError> {
        let application = self.present.application.as_ref();
        let application = application.ok_or(ChangeError::Missing("the application"))?;
        Ok(ProofWork {
            conduct: self.work.conduct,
            application_id: application.id.clone(),
            name: self.work.request.name.clone(),
        })
    }
}
