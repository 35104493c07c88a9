//! The part of a removal in Azure: role assignments and the custom role.

use super::plan::{Removal, Terms};
use super::step::What;
use crate::journal::{Made, Owned};
use crate::present::{DefinedRole, Present, RoleAssignment};

/// Assignments of setup's own, and with the service principal all of its: without it they are nobody's.
pub(super) fn assignments(
    owned: &Owned,
    present: &Present,
    principal_goes: bool,
    terms: Terms<'_>,
    plan: &mut Removal,
) {
    let mut done: Vec<String> = Vec::new();
    for of in &present.assignments {
        let key = Made::Assignment { id: of.id.clone() }.key();
        let words = words(of, present, terms);
        match (owned.has(&key), principal_goes) {
            (true, _) => plan.push(What::Assignment(of.id.clone()), words),
            (false, true) => plan.push(
                What::Assignment(of.id.clone()),
                format!("{words}, which somebody else made"),
            ),
            (false, false) => plan
                .stays
                .push(format!("{words}: it was there before setup")),
        }
        done.push(key);
    }
    for made in owned.made() {
        if let Made::Assignment { id } = made
            && !done.contains(&made.key())
        {
            let scope = scope_of(id);
            let place = terms.request.scopes.name_of(scope);
            plan.push(
                What::Assignment(id.clone()),
                format!("a role assignment on {place}"),
            );
        }
    }
}

fn words(of: &RoleAssignment, present: &Present, terms: Terms<'_>) -> String {
    let roles = &terms.contract.azure;
    let is_custom = |role: &DefinedRole| role.guid.eq_ignore_ascii_case(&of.role);
    let name = if of.role.eq_ignore_ascii_case(&roles.reader.id) {
        &roles.reader.name
    } else if present.role.as_ref().is_some_and(is_custom) {
        &roles.role.name
    } else {
        of.name.as_ref().unwrap_or(&of.role)
    };
    let place = terms.request.scopes.name_of(&of.scope);
    format!("the assignment of {name} on {place}")
}

/// The scope in the id of an assignment.
pub(super) fn scope_of(id: &str) -> &str {
    const PART: &str = "/providers/microsoft.authorization/";
    let at = id.to_lowercase().find(PART);
    at.and_then(|at| id.get(..at)).unwrap_or(id)
}

/// The custom role goes when setup made it and nobody else has it; when setup changed it, it goes back.
pub(super) fn role(owned: &Owned, present: &Present, terms: Terms<'_>, plan: &mut Removal) {
    let name = &terms.contract.azure.role.name;
    let changed = owned.made().iter().find_map(|made| match made {
        Made::RoleChanged { id, before } => Some((id, before)),
        _ => None,
    });
    let made = owned.made().iter().find_map(|made| match made {
        Made::Role { id } => Some(id.clone()),
        _ => None,
    });
    let seen = present.role.as_ref().map(|role| role.id.clone());
    let id = made.or(seen.filter(|_| terms.everything));
    match (id, terms.others_with_role) {
        (Some(id), Some(0)) => plan.push(What::Role(id), format!("the role {name}")),
        (Some(_), Some(others)) => plan.stays.push(format!(
            "the role {name}: {others} assignments of it are of others"
        )),
        (Some(id), None) => plan.push(
            What::Role(id),
            format!("the role {name}, unless others have it"),
        ),
        (None, _) => match (changed, &present.role) {
            (Some((id, before)), _) => plan.push(
                What::RestoreRole {
                    id: id.clone(),
                    before: before.clone(),
                },
                format!("the change of the role {name}: it goes back to what it was"),
            ),
            (None, Some(_)) => plan
                .stays
                .push(format!("the role {name}: it was there before setup")),
            (None, None) => {}
        },
    }
}
