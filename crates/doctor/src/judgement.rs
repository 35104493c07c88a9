//! Whether the identity may do an action of Azure in a subscription, as far as roles decide, and why.

use rbac::{Grant, Level, Scope, Verdict, Via};

use crate::azure_access::SubscriptionAccess;

/// The answer for one action in one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// Everywhere in it; the text says by what.
    Granted(String),
    /// Only in these scopes inside of it.
    Partly(Vec<String>),
    /// Roles have it, and their `notActions` take it away: the names of the roles.
    TakenAway(Vec<String>),
    /// These deny assignments forbid it, in all of the subscription or in part of it.
    Denied(Vec<Denial>),
    /// Nothing grants it.
    NotGranted,
    /// Neither assignments nor permissions could be read.
    Unknown,
}

/// A deny assignment that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Denial {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Where it holds.
    pub scope: String,
}

impl Judgement {
    /// For programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Granted(_) => "granted",
            Self::Partly(_) => "partly",
            Self::TakenAway(_) => "taken_away",
            Self::Denied(_) => "denied",
            Self::NotGranted => "not_granted",
            Self::Unknown => "unknown",
        }
    }

    /// The reason, for people.
    pub fn because(&self) -> String {
        match self {
            Self::Granted(by) => by.clone(),
            Self::Partly(scopes) => format!("only in {}", scopes.join(", ")),
            Self::TakenAway(roles) => {
                format!("taken away by the notActions of {}", roles.join(", "))
            }
            Self::Denied(denials) => {
                let shown: Vec<String> = denials
                    .iter()
                    .map(|one| format!("{} at {}", one.name, one.scope))
                    .collect();
                format!("forbidden by the deny assignment {}", shown.join(", "))
            }
            Self::NotGranted => "no role grants it".to_owned(),
            Self::Unknown => "neither role assignments nor permissions could be read".to_owned(),
        }
    }
}

impl SubscriptionAccess {
    /// Whether an action may be done.
    pub(crate) fn judge(&self, action: &str) -> Judgement {
        let subscription = Scope::subscription(&self.id);
        if !self.assignments_known {
            return self.by_own_permissions(action);
        }
        let access = self.policy.access(&self.principal, &subscription);
        match access.verdict(action) {
            Verdict::Granted { by } => match self.denied_inside(action) {
                denials if denials.is_empty() => Judgement::Granted(self.explained(&by)),
                denials => Judgement::Denied(denials),
            },
            Verdict::Denied { by, .. } => Judgement::Denied(by.into_iter().map(denial).collect()),
            Verdict::Unknown { .. } => self.by_own_permissions(action),
            Verdict::TakenAway { by } if !self.own_permit(action) => {
                let mut roles: Vec<String> = by
                    .iter()
                    .map(|grant| grant.role_name().to_owned())
                    .collect();
                roles.sort();
                roles.dedup();
                Judgement::TakenAway(roles)
            }
            Verdict::TakenAway { .. } | Verdict::NotGranted => self.not_by_roles(action),
        }
    }

    /// No assignment at the subscription or above grants it: perhaps one inside does, or a delegation
    /// by Azure Lighthouse, which is no role assignment of this tenant's.
    fn not_by_roles(&self, action: &str) -> Judgement {
        if self.own_permit(action) {
            return Judgement::Granted(
                "Azure lists it among the identity's permissions".to_owned(),
            );
        }
        let inside: Vec<String> = self
            .inner
            .iter()
            .filter(|scope| self.policy.access(&self.principal, scope).permits(action))
            .map(shown)
            .collect();
        match inside.is_empty() {
            true => Judgement::NotGranted,
            false => Judgement::Partly(inside),
        }
    }

    fn by_own_permissions(&self, action: &str) -> Judgement {
        match &self.own {
            None => Judgement::Unknown,
            Some(own) if rbac::permits(own, action) => {
                Judgement::Granted("Azure lists it among the identity's permissions".to_owned())
            }
            Some(own) if own.iter().any(|block| block.takes_away(action)) => {
                Judgement::TakenAway(vec!["a role of the identity".to_owned()])
            }
            Some(_) => Judgement::NotGranted,
        }
    }

    fn own_permit(&self, action: &str) -> bool {
        self.own
            .as_ref()
            .is_some_and(|own| rbac::permits(own, action))
    }

    fn denied_inside(&self, action: &str) -> Vec<Denial> {
        let subscription = Scope::subscription(&self.id);
        let none = rbac::Ancestry::default();
        let inside = self.denials.iter().filter(|one| {
            subscription.covers(&one.scope, &none)
                && one.scope != subscription
                && one.denies(action)
        });
        inside.map(denial).collect()
    }

    fn explained(&self, grants: &[Grant<'_>]) -> String {
        let mut shown: Vec<String> = grants.iter().map(|grant| self.grant_shown(grant)).collect();
        shown.sort();
        shown.dedup();
        shown.join("; ")
    }

    /// `Reader, through group Scanners, inherited from management group landing`.
    pub(crate) fn grant_shown(&self, grant: &Grant<'_>) -> String {
        let mut parts = vec![grant.role_name().to_owned()];
        match grant.via {
            Via::Itself => {}
            Via::Group(id) => parts.push(format!("through group {id}")),
            Via::Everyone => parts.push("through everyone".to_owned()),
        }
        if grant.inherited {
            parts.push(format!("inherited from {}", shown(&grant.assignment.scope)));
        }
        parts.join(", ")
    }
}

fn denial(of: &rbac::DenyAssignment) -> Denial {
    Denial {
        name: of.name.clone(),
        id: of.id.clone(),
        scope: shown(&of.scope),
    }
}

/// A scope in words.
pub(crate) fn shown(scope: &Scope) -> String {
    let last = scope.as_str().rsplit('/').next().unwrap_or_default();
    match scope.level() {
        Level::Tenant => "the root of the tenant".to_owned(),
        Level::ManagementGroup => format!("management group {last}"),
        Level::Subscription => "the subscription".to_owned(),
        Level::ResourceGroup => format!("resource group {last}"),
        Level::Resource => scope.as_str().to_owned(),
    }
}

#[cfg(test)]
#[path = "judgement_tests.rs"]
mod tests;
