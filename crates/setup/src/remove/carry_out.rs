//! Takes things away, one after the other, each noted in the journal. What is there no more is done.

use azure::{Service, Write};
use serde_json::{Value, json};

use super::step::{RemovalStep, What};
use crate::apply::taken_out;
use crate::change::{ChangeError, Conduct, Notice, change, delete, is_gone, read};
use crate::discover::VERSION;
use crate::journal::{Journal, Made};
use crate::present::Present;
use crate::proof::ProofWork;
use crate::read::text;

/// How a removal ended.
#[derive(Debug, Default)]
pub struct Removed {
    /// What is there no more.
    pub done: Vec<RemovalStep>,
    /// What still is.
    pub left: Vec<Left>,
    /// Whether somebody stopped it.
    pub interrupted: bool,
}

/// Something that could not be taken away.
#[derive(Debug)]
pub struct Left {
    /// What.
    pub step: RemovalStep,
    /// Why; `None` when it was not tried, because something before it is left.
    pub error: Option<ChangeError>,
}

/// What is waited for where Azure does not know of a deletion yet.
const DELETED: &str = "Azure to know that the role is assigned to nobody";

/// Takes everything away that can be. What others must do first holds up only what needs it.
///
/// # Errors
/// The journal cannot be written.
pub async fn remove(
    steps: &[RemovalStep],
    present: &Present,
    conduct: Conduct<'_>,
    journal: &mut Journal,
) -> Result<Removed, ChangeError> {
    let mut removed = Removed::default();
    for step in steps {
        let stopped = removed.interrupted || (conduct.stop)();
        if stopped || is_held_up(step, &removed.left) {
            removed.interrupted = stopped;
            removed.left.push(Left {
                step: step.clone(),
                error: None,
            });
            continue;
        }
        let id = step.id();
        conduct.say(Notice::Doing(format!("remove {}", step.words)));
        journal.started(&id, None)?;
        match carry_out(step, present, &conduct).await {
            Ok(was_there) => {
                journal.undone(&id, step.unmade())?;
                along(step, journal)?;
                if !was_there {
                    conduct.say(Notice::Gone(step.words.clone()));
                }
                removed.done.push(step.clone());
            }
            Err(error) => {
                journal.failed(&id, &error.to_string(), error.is_clear())?;
                removed.interrupted = matches!(error, ChangeError::Interrupted);
                removed.left.push(Left {
                    step: step.clone(),
                    error: Some(error),
                });
            }
        }
    }
    Ok(removed)
}

/// What must not go while something that names it is left.
fn is_held_up(step: &RemovalStep, left: &[Left]) -> bool {
    let holds = |what: &What| match &step.what {
        What::Role(_) | What::Principal(_) => matches!(what, What::Assignment(_)),
        What::Application { .. } => matches!(what, What::Assignment(_) | What::Principal(_)),
        What::Purge(_) => matches!(what, What::Application { .. } | What::Principal(_)),
        _ => false,
    };
    left.iter().any(|left| holds(&left.step.what))
}

/// Notes what went with it by itself.
fn along(step: &RemovalStep, journal: &mut Journal) -> Result<(), ChangeError> {
    let goes = |made: &Made| match &step.what {
        What::Principal(_) => matches!(made, Made::Consent { .. } | Made::Enabled { .. }),
        What::Application { .. } => matches!(
            made,
            Made::Certificate { .. }
                | Made::Secret { .. }
                | Made::Federated { .. }
                | Made::AskedFor { .. }
        ),
        _ => false,
    };
    let owned = journal.owned();
    for made in owned.made().iter().filter(|made| goes(made)) {
        journal.undone(&step.id(), Some(made.clone()))?;
    }
    Ok(())
}

async fn carry_out(
    step: &RemovalStep,
    present: &Present,
    conduct: &Conduct<'_>,
) -> Result<bool, ChangeError> {
    let graph = async |path: String| delete(conduct, Service::Graph, &path).await;
    match &step.what {
        What::Assignment(id) => delete(conduct, Service::Arm, &format!("{id}?{VERSION}")).await,
        What::Role(id) => delete_role(conduct, id).await,
        What::RestoreRole { id, before } => restore_role(conduct, id, before).await,
        What::Consent { id, .. } => {
            let principal = present.principal.as_ref().map_or("", |of| of.id.as_str());
            graph(format!(
                "/v1.0/servicePrincipals/{principal}/appRoleAssignments/{id}"
            ))
            .await
        }
        What::Certificate(Made::Certificate { thumbprint, .. }) => {
            proofs(present, conduct)?
                .remove_certificate(thumbprint)
                .await?;
            Ok(true)
        }
        What::Secret(Made::Secret { key_id, .. }) => {
            proofs(present, conduct)?
                .remove(std::slice::from_ref(key_id))
                .await?;
            Ok(true)
        }
        What::Federated(Made::Federated { id, .. }) => {
            proofs(present, conduct)?.remove_federated(id).await?;
            Ok(true)
        }
        What::Certificate(_) | What::Secret(_) | What::Federated(_) => Ok(false),
        What::AskedFor(permissions) => ask_for_less(conduct, present, permissions).await,
        What::Disable(id) => {
            let path = format!("/v1.0/servicePrincipals/{id}");
            let body = json!({ "accountEnabled": false });
            let what = "the directory to know the service principal";
            change(
                conduct,
                what,
                Service::Graph,
                Write::Patch,
                &path,
                Some(&body),
            )
            .await?;
            Ok(true)
        }
        What::Principal(id) => graph(format!("/v1.0/servicePrincipals/{id}")).await,
        What::Application { id, .. } => graph(format!("/v1.0/applications/{id}")).await,
        What::Purge(id) => purge(conduct, id).await,
    }
}

fn proofs<'a>(present: &Present, conduct: &Conduct<'a>) -> Result<ProofWork<'a>, ChangeError> {
    let application = present.application.as_ref();
    let application = application.ok_or(ChangeError::Missing("the application"))?;
    Ok(ProofWork {
        conduct: *conduct,
        application_id: application.id.clone(),
        name: application.name.clone(),
    })
}

/// The role is deleted once Azure knows that its assignments are.
async fn delete_role(conduct: &Conduct<'_>, id: &str) -> Result<bool, ChangeError> {
    let path = format!("{id}?{VERSION}");
    let mut patience = conduct.patience(DELETED);
    loop {
        match delete(conduct, Service::Arm, &path).await {
            Err(ChangeError::Azure(failure)) if has_assignments(&failure) => {
                crate::change::pause(&mut patience, *failure).await?;
            }
            other => return other,
        }
    }
}

fn has_assignments(failure: &azure::Failure) -> bool {
    let code = failure.code.as_deref().unwrap_or_default();
    code.eq_ignore_ascii_case("RoleDefinitionHasAssignments")
}

async fn restore_role(
    conduct: &Conduct<'_>,
    id: &str,
    before: &Value,
) -> Result<bool, ChangeError> {
    let properties = &before["properties"];
    let body = json!({"properties": {
        "roleName": properties["roleName"],
        "description": properties["description"],
        "type": "CustomRole",
        "permissions": properties["permissions"],
        "assignableScopes": properties["assignableScopes"],
    }});
    let path = format!("{id}?{VERSION}");
    change(
        conduct,
        DELETED,
        Service::Arm,
        Write::Put,
        &path,
        Some(&body),
    )
    .await?;
    Ok(true)
}

async fn ask_for_less(
    conduct: &Conduct<'_>,
    present: &Present,
    permissions: &[String],
) -> Result<bool, ChangeError> {
    const WHAT: &str = "the directory to know the application";
    let application = present.application.as_ref();
    let application = application.ok_or(ChangeError::Missing("the application"))?;
    let path = format!("/v1.0/applications/{}", application.id);
    let with_access = format!("{path}?$select=id,requiredResourceAccess");
    let before = read(conduct, WHAT, Service::Graph, &with_access).await?;
    let access = taken_out(
        &before["requiredResourceAccess"],
        &present.graph,
        permissions,
    );
    let body = json!({ "requiredResourceAccess": access });
    change(
        conduct,
        WHAT,
        Service::Graph,
        Write::Patch,
        &path,
        Some(&body),
    )
    .await?;
    Ok(true)
}

/// Deletes for good what is among the deleted items, where it may arrive a little later.
async fn purge(conduct: &Conduct<'_>, id: &str) -> Result<bool, ChangeError> {
    const LOOKS: usize = 4;
    const WHAT: &str = "the directory to know what was deleted";
    let path = format!("/v1.0/directory/deletedItems/{id}");
    let find = async || match conduct.client.get(Service::Graph, &path).await {
        Ok(reply) => Ok(reply.json::<Value>().ok()),
        Err(failure) if is_gone(&failure) => Ok(None),
        Err(failure) => Err(failure),
    };
    match crate::change::look(conduct, WHAT, LOOKS, find).await? {
        Some(found) if text(&found, &["id"]).is_some() => {
            delete(conduct, Service::Graph, &path).await
        }
        _ => Ok(false),
    }
}
