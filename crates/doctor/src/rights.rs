//! The rights in each subscription, as they are shown: what was computed from roles beside what was
//! proven by asking.

use std::collections::{BTreeMap, BTreeSet};

use azure::FailureKind;
use catalog::{DocumentType, Entry, Plan, Scope, ScopeKind, Service};
use inventory::Subscription;
use rbac::Via;
use serde::Serialize;

use crate::azure_access::SubscriptionAccess;
use crate::identity::Group;
use crate::judgement::{Judgement, shown};
use crate::probe::{Answer, Probes};
use crate::reading::Unread;

/// What the identity may do in one subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubscriptionRights {
    /// The subscription's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: String,
    /// How much of what the selected checks read may be read.
    pub reach: Reach,
    /// Where, when it is only a part of the subscription.
    pub parts: Vec<String>,
    /// The role assignments that hold for the identity, here, above and inside.
    pub assignments: Vec<AssignedRole>,
    /// The deny assignments that concern it.
    pub deny_assignments: Vec<Denied>,
    /// Every action that the selected checks need.
    pub actions: Vec<ActionRight>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

/// How much may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Everything that the selected checks read.
    Full,
    /// Some actions are missing.
    Limited,
    /// Only what lies in some of its resource groups or resources.
    Partial,
    /// Nothing.
    None,
}

/// A role that is assigned to the identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssignedRole {
    /// The role's name.
    pub role: String,
    /// Where it was assigned.
    pub scope: String,
    /// The same in words.
    #[serde(skip)]
    pub place: String,
    /// Whether that is above the subscription.
    pub inherited: bool,
    /// The group that it is assigned to.
    pub through_group: Option<Group>,
    /// What limits it.
    pub condition: Option<String>,
    /// What the role takes out of its actions again.
    pub not_actions: Vec<String>,
    /// The id of the assignment.
    pub id: String,
}

/// A deny assignment that concerns the identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Denied {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Where it holds.
    pub scope: String,
    /// The actions of the selected checks that it forbids.
    pub forbids: Vec<String>,
}

/// One action that the selected checks need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionRight {
    /// The action.
    pub action: String,
    /// What roles say: `granted`, `partly`, `taken_away`, `denied`, `not_granted`, `unknown`.
    pub computed: &'static str,
    /// Why.
    pub because: String,
    /// What asking said: `read`, `refused`, `failed`, `not_tried`.
    pub probed: &'static str,
    /// Azure's code where it refused.
    pub code: Option<String>,
    /// What to make of it where the two disagree.
    pub disagreement: Option<String>,
}

/// The word for what was asked for and read.
const READ: &str = "read";

/// The actions that a plan needs in a subscription, with the types that need them.
pub(crate) fn needed(plan: &Plan) -> BTreeMap<String, Vec<DocumentType>> {
    let mut needed: BTreeMap<String, Vec<DocumentType>> = BTreeMap::new();
    let is_in_subscription = |entry: &Entry| {
        entry.service == Service::Arm && entry.scope == ScopeKind::Subscription && !entry.from_scope
    };
    for step in plan.all_steps() {
        if is_in_subscription(&step.entry) {
            let known = needed
                .keys()
                .find(|key| key.eq_ignore_ascii_case(&step.entry.permission));
            let key = known
                .cloned()
                .unwrap_or_else(|| step.entry.permission.clone());
            needed.entry(key).or_default().push(step.entry.name.clone());
        }
    }
    needed
}

impl SubscriptionRights {
    /// The rights in a subscription.
    pub(crate) fn of(
        subscription: &Subscription,
        access: &SubscriptionAccess,
        needed: &BTreeMap<String, Vec<DocumentType>>,
        probes: &Probes,
        groups: &[Group],
    ) -> Self {
        let actions: Vec<ActionRight> = needed
            .iter()
            .map(|(action, types)| action_right(access, action, types, probes))
            .collect();
        let probed = actions.iter().map(|right| right.probed == READ);
        let judged = needed.keys().map(|action| access.judge(action)).zip(probed);
        let (reach, parts) = reach(judged, access);
        Self {
            id: subscription.id.clone(),
            name: subscription.name.clone(),
            state: subscription.state.clone(),
            reach,
            parts,
            assignments: assignments(access, groups),
            deny_assignments: access
                .denials
                .iter()
                .map(|one| Denied {
                    name: one.name.clone(),
                    id: one.id.clone(),
                    scope: one.scope.as_str().to_owned(),
                    forbids: needed
                        .keys()
                        .filter(|action| one.denies(action))
                        .cloned()
                        .collect(),
                })
                .collect(),
            actions,
            unread: access.unread.clone(),
        }
    }
}

/// How much may be read, of actions as roles judge them and whether each was read.
fn reach(
    judged: impl Iterator<Item = (Judgement, bool)>,
    access: &SubscriptionAccess,
) -> (Reach, Vec<String>) {
    let (mut granted, mut lacking) = (0, 0);
    let mut parts = BTreeSet::new();
    for (judgement, was_read) in judged {
        match judgement {
            Judgement::Granted(_) => granted += 1,
            Judgement::Partly(scopes) => parts.extend(scopes),
            // What roles do not tell, asking did; what neither tells is not called granted.
            Judgement::Unknown if was_read => granted += 1,
            _ => lacking += 1,
        }
    }
    if granted == 0 && parts.is_empty() {
        parts.extend(access.inner.iter().map(shown));
    }
    let reach = match (granted, parts.is_empty(), lacking) {
        (_, true, 0) => Reach::Full,
        (0, false, _) => Reach::Partial,
        (0, true, _) => Reach::None,
        _ => Reach::Limited,
    };
    (reach, parts.into_iter().collect())
}

fn action_right(
    access: &SubscriptionAccess,
    action: &str,
    types: &[DocumentType],
    probes: &Probes,
) -> ActionRight {
    let judgement = access.judge(action);
    let of = Scope::subscription(&access.id);
    let answers: Vec<&Answer> = types
        .iter()
        .filter_map(|name| probes.answer(name, &of))
        .collect();
    let refusal = answers.iter().find_map(|answer| match answer {
        Answer::Refused(refusal) => Some(refusal),
        Answer::Read => None,
    });
    let (probed, code) = match refusal {
        Some(refusal) if refusal.kind == FailureKind::Denied => ("refused", refusal.code.clone()),
        Some(refusal) => ("failed", refusal.code.clone()),
        None if answers.is_empty() => ("not_tried", None),
        None => (READ, None),
    };
    let is_lock = code
        .as_deref()
        .is_some_and(|code| code.eq_ignore_ascii_case("ScopeLocked"));
    let disagreement = match (&judgement, probed) {
        (Judgement::Granted(_), "refused") if is_lock => None,
        (Judgement::Granted(_), "refused") => {
            Some("roles grant it, and Azure refuses all the same; a new role takes some minutes")
        }
        (Judgement::NotGranted | Judgement::TakenAway(_), READ) => Some(
            "roles do not grant it, and Azure answers all the same; a role taken away holds for some minutes",
        ),
        _ => None,
    };
    ActionRight {
        action: action.to_owned(),
        computed: judgement.word(),
        because: judgement.because(),
        probed,
        code,
        disagreement: disagreement.map(str::to_owned),
    }
}

fn assignments(access: &SubscriptionAccess, groups: &[Group]) -> Vec<AssignedRole> {
    let subscription = rbac::Scope::subscription(&access.id);
    let scopes = std::iter::once(subscription.clone()).chain(access.inner.clone());
    let mut found: Vec<AssignedRole> = Vec::new();
    for scope in scopes {
        for grant in access.policy.access(&access.principal, &scope).grants {
            let assignment = grant.assignment;
            if found.iter().any(|one| one.id == assignment.id) {
                continue;
            }
            let is_inside = access.inner.contains(&assignment.scope);
            let not_actions = grant
                .role
                .iter()
                .flat_map(|role| &role.permissions)
                .flat_map(|block| block.not_actions.clone())
                .collect();
            found.push(AssignedRole {
                role: grant.role_name().to_owned(),
                scope: assignment.scope.as_str().to_owned(),
                place: shown(&assignment.scope),
                inherited: assignment.scope != subscription && !is_inside,
                through_group: match grant.via {
                    Via::Group(id) => Some(group(id, groups)),
                    _ => None,
                },
                condition: assignment.condition.clone(),
                not_actions,
                id: assignment.id.clone(),
            });
        }
    }
    found.sort_by(|left, right| (&left.role, &left.scope).cmp(&(&right.role, &right.scope)));
    found
}

fn group(id: &str, groups: &[Group]) -> Group {
    let known = groups
        .iter()
        .find(|group| group.id.eq_ignore_ascii_case(id));
    known.cloned().unwrap_or_else(|| Group {
        id: id.to_owned(),
        name: id.to_owned(),
        nested: false,
    })
}
