//! Which checks this identity can assess, and what each of the others lacks: the one grant, or the
//! shortest list of them.

use catalog::{Catalog, Contract, DocumentType, Entry, Method, Outcome, Scope, ScopeKind, Service};
use checks::Check;
use serde::Serialize;

use crate::azure_access::SubscriptionAccess;
use crate::graph::{GraphPermissions, is_base};
use crate::judgement::Judgement;
use crate::lack::{Lack, LackKind, merged};
use crate::locks::Lock;
use crate::probe::{Answer, Probes, Refusal};

/// Whether a check can be assessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReadiness {
    /// The check.
    pub check_id: String,
    /// Whether it can be assessed everywhere.
    pub ready: bool,
    /// What it lacks.
    pub lacks: Vec<Lack>,
}

impl CheckReadiness {
    /// Whether it can be assessed with what everybody is asked to grant: ready, or only lacking optional permissions.
    pub fn is_as_asked(&self) -> bool {
        self.lacks.iter().all(|lack| lack.optional)
    }
}

/// What readiness is judged from.
pub(crate) struct Known<'a> {
    pub catalog: &'a Catalog,
    pub contract: &'a Contract,
    pub graph: &'a GraphPermissions,
    pub subscriptions: &'a [SubscriptionAccess],
    pub probes: &'a Probes,
    pub locks: &'a [Lock],
    /// Scopes that should be read and cannot be seen, as paths of ARM.
    pub unseen: &'a [Option<String>],
}

impl Known<'_> {
    /// What keeps a check from being assessed everywhere.
    pub fn readiness(&self, check: &Check) -> CheckReadiness {
        let requirements = check.requirements(self.catalog);
        let mut lacks = Vec::new();
        for requirement in requirements.iter().filter(|one| one.fallback_for.is_none()) {
            let own = self.lacks_of(&requirement.document_type);
            if own.is_empty() {
                continue;
            }
            let fallback = requirements
                .iter()
                .find(|other| other.fallback_for.as_ref() == Some(&requirement.document_type))
                .map(|fallback| self.lacks_of(&fallback.document_type));
            lacks.extend(match fallback {
                Some(fallback) => self.better(own, fallback),
                None => own,
            });
        }
        let lacks = merged(lacks);
        CheckReadiness {
            check_id: check.id.clone(),
            ready: lacks.is_empty(),
            lacks,
        }
    }

    /// Of two ways to learn the same: the one that lacks nothing, else the one whose grant everybody
    /// gives, else the first.
    fn better(&self, own: Vec<Lack>, fallback: Vec<Lack>) -> Vec<Lack> {
        let grants_base = |lacks: &[Lack]| {
            lacks.iter().all(|lack| {
                lack.kind == LackKind::GraphPermission
                    && lack
                        .grant
                        .as_deref()
                        .is_some_and(|grant| is_base(self.contract, grant))
            })
        };
        match fallback.is_empty() || (grants_base(&fallback) && !grants_base(&own)) {
            true => fallback,
            false => own,
        }
    }

    /// What reading one type lacks.
    fn lacks_of(&self, document_type: &DocumentType) -> Vec<Lack> {
        let Some(entry) = self.catalog.entry(document_type) else {
            return Vec::new();
        };
        let mut lacks = self.lacks_of_entry(entry);
        if self.contract.optional_grant(entry).is_some() {
            let of_grant = lacks.iter_mut().filter(|lack| lack.grant.is_some());
            of_grant.for_each(|lack| lack.optional = true);
        }
        lacks
    }

    fn lacks_of_entry(&self, entry: &Entry) -> Vec<Lack> {
        if entry.from_scope {
            return match (entry.service, entry.scope) {
                (Service::Arm, ScopeKind::Subscription) => self.unseen(entry).collect(),
                _ => Vec::new(),
            };
        }
        match (entry.service, entry.scope) {
            (Service::Graph, _) => self.in_directory(entry).into_iter().collect(),
            (Service::Arm, ScopeKind::Tenant) => {
                let refusal = self.refusal(entry, &Scope::Tenant);
                let lack = refusal.map(|refusal| {
                    self.by_refusal(entry, refusal, Some("/".to_owned()), "no role grants it")
                });
                lack.into_iter().collect()
            }
            (Service::Arm, ScopeKind::Subscription) => {
                let seen = self.subscriptions.iter();
                seen.flat_map(|access| self.in_subscription(entry, access))
                    .chain(self.unseen(entry))
                    .collect()
            }
        }
    }

    fn in_directory(&self, entry: &Entry) -> Option<Lack> {
        let permission = &entry.permission;
        if !self.graph.allows(self.contract, permission) {
            let reason = match &self.graph.unread {
                Some(unread) => unread.sentence(),
                None if self.graph.is_pending(self.contract, permission) => {
                    "granted, and not in this token yet".to_owned()
                }
                None => "the token does not have it".to_owned(),
            };
            let kind = match self.graph.unread {
                Some(_) => LackKind::Failure,
                None => LackKind::GraphPermission,
            };
            let grant = self
                .graph
                .unread
                .is_none()
                .then(|| self.grantable(permission));
            return Some(Lack::new(kind, grant, reason, permission, None));
        }
        let refusal = self.refusal(entry, &Scope::Tenant)?;
        if refusal.outcome == Outcome::Denied {
            let reason = match self.graph.of_user {
                true => "refused: the user's directory roles, or the program that signed them in, do not allow it".to_owned(),
                false => format!("the token has {permission}, and Microsoft Graph refuses all the same ({})", code(refusal)),
            };
            let (kind, grant) = match self.graph.of_user {
                true => (LackKind::GraphPermission, Some(self.grantable(permission))),
                false => (LackKind::Failure, None),
            };
            return Some(Lack::new(kind, grant, reason, permission, None));
        }
        Some(self.by_refusal(entry, refusal, None, ""))
    }

    /// The name as the contract has it: what to grant, where several permissions would do.
    fn grantable<'b>(&'b self, permission: &'b str) -> &'b str {
        let graph = &self.contract.graph;
        let mut known = graph.base.keys().chain(graph.optional.keys());
        let exact = known.find(|name| name.eq_ignore_ascii_case(permission));
        exact.map_or(permission, String::as_str)
    }

    fn in_subscription(&self, entry: &Entry, access: &SubscriptionAccess) -> Vec<Lack> {
        let of = Scope::subscription(&access.id);
        let scope = || Some(format!("/subscriptions/{}", access.id));
        let answer = self.probes.answer(&entry.name, &of);
        let was_read = answer == Some(&Answer::Read);
        let refusal = self.refusal(entry, &of);
        let judgement = access.judge(&entry.permission);
        let lack = match (&judgement, refusal) {
            (Judgement::Granted(_), Some(refusal)) if is_lock(refusal) => None,
            (Judgement::Granted(_), Some(refusal)) if refusal.outcome == Outcome::Denied => {
                let reason = format!(
                    "roles grant {}, and Azure refuses all the same ({}{})",
                    entry.permission,
                    code(refusal),
                    refusal
                        .at
                        .as_ref()
                        .map_or(String::new(), |at| format!(" at {at}")),
                );
                Some(Lack::new(
                    LackKind::Failure,
                    None,
                    reason,
                    &entry.permission,
                    scope(),
                ))
            }
            (Judgement::Granted(_), Some(refusal)) => {
                Some(self.by_refusal(entry, refusal, scope(), ""))
            }
            (Judgement::Granted(_), None) => None,
            (Judgement::Denied(denials), _) => {
                let inside = denials.iter().any(|one| {
                    one.scope != "the subscription" && !one.scope.starts_with("management group")
                });
                let stands = !was_read || inside;
                let kind = LackKind::DenyAssignment;
                stands
                    .then(|| Lack::new(kind, None, judgement.because(), &entry.permission, scope()))
            }
            (Judgement::Partly(_), _) => {
                Some(self.missing_role(entry, &judgement.because(), scope()))
            }
            (_, Some(refusal)) if refusal.outcome != Outcome::Denied => {
                Some(self.by_refusal(entry, refusal, scope(), ""))
            }
            // Azure has shown that it may be read, whatever the roles say.
            _ if was_read => None,
            // Reader comes first: it also lets look at what else is granted.
            (Judgement::Unknown, _) => {
                let reader = self.contract.azure.reader.name.as_str();
                let reason = judgement.because();
                let kind = LackKind::AzureRole;
                Some(Lack::new(
                    kind,
                    Some(reader),
                    reason,
                    &entry.permission,
                    scope(),
                ))
            }
            _ => Some(self.missing_role(entry, &judgement.because(), scope())),
        };
        let locked = self.locked(entry, &access.id);
        lack.into_iter().chain(locked).collect()
    }

    /// Read-only locks that refuse this read of some document.
    fn locked(&self, entry: &Entry, subscription: &str) -> Vec<Lack> {
        if entry.method != Method::Post {
            return Vec::new();
        }
        let here = self.locks.iter().filter(|lock| {
            lock.subscription_id.eq_ignore_ascii_case(subscription)
                && lock
                    .fails
                    .iter()
                    .any(|fails| fails.read == entry.name.as_str())
        });
        here.map(|lock| {
            let reason = format!(
                "the read-only lock {} on {} refuses it",
                lock.name, lock.place
            );
            let scope = Some(lock.scope.clone());
            Lack::new(LackKind::Lock, None, reason, &entry.permission, scope)
        })
        .collect()
    }

    fn unseen(&self, entry: &Entry) -> impl Iterator<Item = Lack> {
        let unseen = self.unseen.iter();
        unseen.map(|scope| self.missing_role(entry, "not visible to this identity", scope.clone()))
    }

    /// What lacks where Azure refused a read, or it failed.
    fn by_refusal(
        &self,
        entry: &Entry,
        refusal: &Refusal,
        scope: Option<String>,
        denied: &str,
    ) -> Lack {
        let permission = &entry.permission;
        let provider = permission.split('/').next().unwrap_or_default();
        let (kind, reason) = match refusal.outcome {
            Outcome::Denied => return self.missing_role(entry, denied, scope),
            Outcome::NotRegistered => (
                LackKind::Provider,
                format!("the resource provider {provider} is not registered"),
            ),
            Outcome::Unlicensed => (
                LackKind::Licence,
                format!("the tenant lacks the licence ({})", code(refusal)),
            ),
            Outcome::NotAvailable => (LackKind::Cloud, "not available in this cloud".to_owned()),
            _ => (
                LackKind::Failure,
                format!("{} ({})", refusal.kind, code(refusal)),
            ),
        };
        Lack::new(kind, None, reason, permission, scope)
    }

    /// The role that grants an action; an action that neither role has is named itself.
    fn missing_role(&self, entry: &Entry, reason: &str, scope: Option<String>) -> Lack {
        let action = &entry.permission;
        let optional = self.contract.optional_grant(entry);
        let role = optional.or_else(|| self.contract.reads_with(action));
        let own = format!("a role with {action}");
        Lack::new(
            LackKind::AzureRole,
            Some(role.unwrap_or(&own)),
            reason,
            action,
            scope,
        )
    }

    fn refusal(&self, entry: &Entry, of: &Scope) -> Option<&Refusal> {
        match self.probes.answer(&entry.name, of)? {
            Answer::Refused(refusal) => Some(refusal),
            Answer::Read => None,
        }
    }
}

fn is_lock(refusal: &Refusal) -> bool {
    refusal
        .code
        .as_deref()
        .is_some_and(|code| code.eq_ignore_ascii_case("ScopeLocked"))
}

fn code(refusal: &Refusal) -> &str {
    refusal.code.as_deref().unwrap_or("no code")
}
