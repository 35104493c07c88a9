//! What keeps the administrator from carrying a plan out.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Plan;
use crate::administrator::{Administrator, Right, Standing};
use crate::step::Speaker;

/// Something that cannot be done, with what would help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lack {
    /// What cannot be done, in words.
    pub what: String,
    /// What it takes: roles by name and scope, or another plan.
    pub needs: String,
    /// Why, where there is more to say.
    pub why: Option<String>,
    /// The role that the administrator could activate in Privileged Identity Management.
    pub activate: Option<String>,
    /// The ids of the steps that cannot be carried out.
    pub steps: Vec<String>,
}

/// Lacks of one kind at several scopes are said as one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    /// Their order: as the steps need them.
    first: usize,
    needs: String,
    why: Option<String>,
    activate: Option<String>,
    known: bool,
}

#[derive(Default)]
struct Group {
    rights: Vec<Right>,
    steps: Vec<String>,
}

/// Compares what the steps need with what the administrator has: lacks, and warnings where that is not
/// known.
pub(super) fn weigh(speaker: &Speaker<'_>, administrator: &Administrator, plan: &mut Plan) {
    let mut standings: BTreeMap<Right, Standing> = BTreeMap::new();
    let mut groups: BTreeMap<Kind, Group> = BTreeMap::new();
    for planned in &plan.steps {
        for right in &planned.rights {
            let standing = standings
                .entry(right.clone())
                .or_insert_with(|| administrator.standing(right));
            let Some(kind) = kind(order(right), standing) else {
                continue;
            };
            let group = groups.entry(kind).or_default();
            push(&mut group.rights, right.clone());
            push(&mut group.steps, planned.id.clone());
        }
    }
    for (kind, group) in groups {
        let what = in_words(speaker, &group.rights);
        match kind.known {
            true => plan.lacks.push(Lack {
                what,
                needs: kind.needs,
                why: kind.why,
                activate: kind.activate,
                steps: group.steps,
            }),
            false => plan.warnings.push(format!(
                "whether you may {what} could not be found out ({}); it takes {}",
                kind.why.unwrap_or_default(),
                kind.needs
            )),
        }
    }
    warn_of_conditions(speaker, administrator, plan);
}

fn kind(first: usize, standing: &Standing) -> Option<Kind> {
    match standing {
        Standing::Has => None,
        Standing::Lacks {
            needs,
            why,
            activate,
        } => Some(Kind {
            first,
            needs: needs.clone(),
            why: why.clone(),
            activate: activate.clone(),
            known: true,
        }),
        Standing::Unknown { needs, why } => Some(Kind {
            first,
            needs: needs.clone(),
            why: Some(why.clone()),
            activate: None,
            known: false,
        }),
    }
}

/// Rights of one kind belong together.
fn order(right: &Right) -> usize {
    match right {
        Right::CreateApplication => 0,
        Right::ChangeApplication => 1,
        Right::CreatePrincipal => 2,
        Right::ChangePrincipal => 3,
        Right::Consent => 4,
        Right::DefineRole(_) => 5,
        Right::AssignRoles(_) => 6,
    }
}

fn push<T: PartialEq>(items: &mut Vec<T>, item: T) {
    if !items.contains(&item) {
        items.push(item);
    }
}

fn in_words(speaker: &Speaker<'_>, rights: &[Right]) -> String {
    let scopes: Vec<String> = rights
        .iter()
        .filter_map(|right| match right {
            Right::DefineRole(scope) | Right::AssignRoles(scope) => Some(scope.clone()),
            _ => None,
        })
        .collect();
    let places = speaker.places(&scopes);
    rights
        .first()
        .map(|right| right.as_words(|_| places.clone()))
        .unwrap_or_default()
}

fn warn_of_conditions(speaker: &Speaker<'_>, administrator: &Administrator, plan: &mut Plan) {
    let mut scopes: Vec<&String> = Vec::new();
    for right in plan.steps.iter().flat_map(|planned| &planned.rights) {
        if let Right::AssignRoles(scope) = right {
            push(&mut scopes, scope);
        }
    }
    let mut by_condition: BTreeMap<&String, Vec<String>> = BTreeMap::new();
    for scope in scopes {
        let known = administrator.azure.get(&crate::present::key(scope));
        if let Some(condition) = known.and_then(|of| of.condition.as_ref()) {
            by_condition
                .entry(condition)
                .or_default()
                .push(scope.clone());
        }
    }
    let warnings = by_condition
        .into_iter()
        .map(|(condition, scopes)| format!("on {}, {condition}", speaker.places(&scopes)));
    plan.warnings.extend(warnings);
}
