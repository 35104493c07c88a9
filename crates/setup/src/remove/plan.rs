//! What goes, in the order in which it must, and what stays.

use catalog::Contract;

use super::azure::{assignments, role};
use super::step::{RemovalStep, What};
use crate::journal::{Made, Owned};
use crate::present::Present;
use crate::request::Request;

/// What is taken away, and what is not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Removal {
    /// What is taken away, in its order.
    pub steps: Vec<RemovalStep>,
    /// What goes by itself with something else, in words.
    pub along: Vec<String>,
    /// What stays, in words with the reason.
    pub stays: Vec<String>,
}

/// What holds for a removal.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Names of the scopes.
    pub request: &'a Request,
    /// Names of the roles.
    pub contract: &'a Contract,
    /// Whether what was there before setup goes too.
    pub everything: bool,
    /// Whether Entra ID is to keep nothing for 30 days.
    pub purge: bool,
    /// How many others the custom role is assigned to; `None` where that could not be found out.
    pub others_with_role: Option<usize>,
}

/// Plans the removal of what is setup's own.
pub fn removal(owned: &Owned, present: &Present, terms: Terms<'_>) -> Removal {
    let everything = terms.everything;
    let application = present.application.as_ref();
    let principal = present.principal.as_ref();
    let is_own = |made: Made| owned.has(&made.key());
    let application_goes = application.is_some_and(|of| {
        everything
            || is_own(Made::Application {
                id: of.id.clone(),
                application_id: of.application_id.clone(),
            })
    });
    let principal_goes = principal
        .is_some_and(|of| application_goes || is_own(Made::Principal { id: of.id.clone() }))
        || (everything && principal.is_some());
    let mut plan = Removal::default();
    assignments(owned, present, principal_goes, terms, &mut plan);
    role(owned, present, terms, &mut plan);
    for made in owned.made() {
        // With what is there no more, everything of it went.
        let (application_stays, principal_stays) = (
            application.is_some() && !application_goes,
            principal.is_some() && !principal_goes,
        );
        lesser(made, application_stays, principal_stays, &mut plan);
    }
    if let Some(of) = principal {
        match principal_goes {
            true => {
                plan.push(
                    What::Principal(of.id.clone()),
                    "the service principal".to_owned(),
                );
                let consents = present.consents.iter();
                plan.along
                    .extend(consents.map(|of| format!("the consent to {}", of.permission)));
            }
            false => plan
                .stays
                .push("the service principal: it was there before setup".to_owned()),
        }
    }
    if let Some(of) = application {
        match application_goes {
            true => {
                let what = What::Application {
                    id: of.id.clone(),
                    application_id: of.application_id.clone(),
                };
                plan.push(what, format!("the application {}", of.name));
                plan.along.push("its credentials".to_owned());
            }
            false => plan.stays.push(format!(
                "the application {}: it was there before setup",
                of.name
            )),
        }
    }
    unseen(owned, present, terms.purge, &mut plan);
    if terms.purge {
        purge(application_goes, principal_goes, present, &mut plan);
    }
    plan
}

impl Removal {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    pub(super) fn push(&mut self, what: What, words: String) {
        self.steps.push(RemovalStep { what, words });
    }

    /// Deletes for good what an earlier run deleted and Entra ID still keeps.
    pub fn purge_too(&mut self, id: &str, words: &str) {
        self.push(
            What::Purge(id.to_owned()),
            format!("{words} that Entra ID keeps, for good"),
        );
    }
}

/// What setup added to an application or service principal that stays.
fn lesser(made: &Made, application_stays: bool, principal_stays: bool, plan: &mut Removal) {
    match made {
        Made::Consent { id, permission } if principal_stays => plan.push(
            What::Consent {
                id: id.clone(),
                permission: permission.clone(),
            },
            format!("the consent to {permission}"),
        ),
        Made::Enabled { id } if principal_stays => plan.push(
            What::Disable(id.clone()),
            "the service principal's sign-in: it was disabled before".to_owned(),
        ),
        Made::Certificate { thumbprint, .. } if application_stays => plan.push(
            What::Certificate(made.clone()),
            format!("the certificate {thumbprint}"),
        ),
        Made::Secret { key_id, .. } if application_stays => plan.push(
            What::Secret(made.clone()),
            format!("the client secret {key_id}"),
        ),
        Made::Federated { name, .. } if application_stays => plan.push(
            What::Federated(made.clone()),
            format!("the federated credential {name}"),
        ),
        Made::AskedFor { permissions } if application_stays => plan.push(
            What::AskedFor(permissions.clone()),
            format!(
                "{} in what the registration asks for",
                permissions.join(", ")
            ),
        ),
        _ => {}
    }
}

/// What the journal knows and cannot be seen: a run that was cut off may have deleted it, and did not note
/// it.
fn unseen(owned: &Owned, present: &Present, purge: bool, plan: &mut Removal) {
    let is_other =
        |seen: Option<&String>, id: &str| seen.is_none_or(|of| !of.eq_ignore_ascii_case(id));
    let seen = present.principal.as_ref().map(|of| &of.id);
    let mut gone = Vec::new();
    if let Some(id) = owned.principal().filter(|id| is_other(seen, id)) {
        let words = "the service principal, should it still be there".to_owned();
        plan.push(What::Principal(id.to_owned()), words);
        gone.push((id, "the deleted service principal"));
    }
    let seen = present.application.as_ref().map(|of| &of.id);
    if let Some((id, application_id)) = owned.application().filter(|(id, _)| is_other(seen, id)) {
        let what = What::Application {
            id: id.to_owned(),
            application_id: application_id.to_owned(),
        };
        plan.push(what, "the application, should it still be there".to_owned());
        gone.push((id, "the deleted application"));
    }
    for (id, words) in gone.iter().filter(|_| purge) {
        plan.purge_too(id, words);
    }
}

fn purge(application_goes: bool, principal_goes: bool, present: &Present, plan: &mut Removal) {
    if let Some(of) = present.application.as_ref().filter(|_| application_goes) {
        plan.purge_too(&of.id, "the deleted application");
    }
    if let Some(of) = present.principal.as_ref().filter(|_| principal_goes) {
        plan.purge_too(&of.id, "the deleted service principal");
    }
}
