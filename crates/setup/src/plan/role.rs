//! ThreatDefenceRole: made, brought back to its actions, or let be assigned at further scopes.

use std::collections::BTreeSet;

use catalog::Contract;

use super::{Draft, Lack};
use crate::present::{DefinedRole, Present, key};
use crate::request::Request;
use crate::step::{Role, Speaker, Step};

const GROUPS: &str = "/providers/microsoft.management/managementgroups/";
/// <https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-properties>
const ASSIGNABLE: usize = 2_000;

/// How the role that is there differs from what is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RoleChange {
    /// Actions that it lacks.
    pub lacking: Vec<String>,
    /// Actions that it has beyond its own.
    pub beyond: Vec<String>,
    /// Whether it has `notActions` or data actions.
    pub has_more: bool,
    /// Scopes asked for at which it cannot be assigned.
    pub unreached: Vec<String>,
    /// A management group asked for, and the one that stands in its way.
    pub beside: Option<(String, String)>,
    /// Where it can be assigned from then on. Scopes of others stay.
    pub assignable_scopes: Vec<String>,
}

impl RoleChange {
    fn is_needed(&self) -> bool {
        self.has_more
            || !(self.lacking.is_empty() && self.beyond.is_empty() && self.unreached.is_empty())
    }

    /// The scopes on which the role is to be defined, as far as it is to be changed.
    pub fn scopes(&self) -> &[String] {
        match self.is_needed() {
            true => &self.assignable_scopes,
            false => &[],
        }
    }
}

/// Compares the role that is there; `None` where none is, or none is wanted.
pub(crate) fn change(
    request: &Request,
    present: &Present,
    contract: &Contract,
) -> Option<RoleChange> {
    let role = present.role.as_ref().filter(|_| request.custom_role)?;
    let wanted = &contract.azure.role.actions;
    let lower = |actions: &[String]| -> BTreeSet<String> {
        actions.iter().map(|one| one.to_lowercase()).collect()
    };
    let (own, others) = (lower(wanted), lower(&role.actions));
    let missing = |from: &[String], other: &BTreeSet<String>| -> Vec<String> {
        let missing = from
            .iter()
            .filter(|one| !other.contains(&one.to_lowercase()));
        missing.cloned().collect()
    };
    let paths = request.scopes.paths();
    let unreached: Vec<String> = paths
        .into_iter()
        .filter(|path| !reaches(role, present, path))
        .collect();
    let of_group = |scope: &&String| key(scope).starts_with(GROUPS);
    let other = role.assignable_scopes.iter().find(of_group);
    let asked = unreached.iter().find(of_group);
    let beside = asked.cloned().zip(other.cloned());
    let unreached: Vec<String> = unreached
        .into_iter()
        .filter(|path| beside.as_ref().is_none_or(|(asked, _)| asked != path))
        .collect();
    Some(RoleChange {
        lacking: missing(wanted, &others),
        beyond: missing(&role.actions, &own),
        has_more: role.has_more,
        beside,
        assignable_scopes: role
            .assignable_scopes
            .iter()
            .chain(&unreached)
            .cloned()
            .collect(),
        unreached,
    })
}

fn reaches(role: &DefinedRole, present: &Present, path: &str) -> bool {
    let mut scopes = role.assignable_scopes.iter();
    scopes.any(|scope| present.reaches(scope, path))
}

/// Plans the definition of the role.
pub(super) fn role(speaker: &Speaker<'_>, draft: &mut Draft) {
    let (request, present) = (speaker.request, speaker.present);
    let paths = request.scopes.paths();
    if !request.custom_role || paths.is_empty() {
        return;
    }
    let Some(change) = change(request, present, speaker.contract) else {
        too_many(&paths, &Step::CreateRole(Vec::new()), draft);
        draft.steps.push(Step::CreateRole(paths));
        return;
    };
    if let Some((asked, other)) = &change.beside {
        draft.obstacles.push(beside(speaker, asked, other));
    }
    if !change.is_needed() {
        let name = speaker.role(Role::Custom);
        draft.already.push(format!("the custom role {name}"));
        return;
    }
    let step = Step::ChangeRole {
        what: in_words(speaker, &change),
        assignable_scopes: change.assignable_scopes,
    };
    if let Step::ChangeRole {
        assignable_scopes, ..
    } = &step
    {
        too_many(assignable_scopes, &step, draft);
    }
    draft.steps.push(step);
}

fn in_words(speaker: &Speaker<'_>, change: &RoleChange) -> Vec<String> {
    let mut what = Vec::new();
    if !change.lacking.is_empty() {
        what.push(format!("add the actions {}", change.lacking.join(", ")));
    }
    if !change.beyond.is_empty() {
        what.push(format!(
            "take the actions {} away",
            change.beyond.join(", ")
        ));
    }
    if change.has_more {
        what.push("take its notActions and data actions away".to_owned());
    }
    if !change.unreached.is_empty() {
        let places = speaker.places(&change.unreached);
        what.push(format!("let it be assigned on {places}"));
    }
    what
}

/// Azure takes one management group in a custom role's assignable scopes, and removing the other would
/// take the role away from whoever has it there.
fn beside(speaker: &Speaker<'_>, asked: &str, other: &str) -> Lack {
    let name = speaker.role(Role::Custom);
    let assign = Step::Assign {
        role: Role::Custom,
        scope: asked.to_owned(),
    };
    Lack {
        what: format!(
            "let {name} be assigned on {}: it names {} already, and Azure allows one management group in a \
             role",
            speaker.place(asked),
            speaker.place(other)
        ),
        needs: format!(
            "the scope to be {} or a subscription, or a plan with --without-role",
            speaker.place(other)
        ),
        why: None,
        activate: None,
        steps: vec![assign.id()],
    }
}

fn too_many(scopes: &[String], step: &Step, draft: &mut Draft) {
    if scopes.len() <= ASSIGNABLE {
        return;
    }
    draft.obstacles.push(Lack {
        what: format!(
            "define a role that is assignable on {} scopes: Azure allows {ASSIGNABLE}",
            scopes.len()
        ),
        needs: "the scope to be a management group".to_owned(),
        why: None,
        activate: None,
        steps: vec![step.id()],
    });
}
