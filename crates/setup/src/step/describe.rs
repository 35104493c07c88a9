//! Steps in words: one line each, with the names of what is changed.

use catalog::Contract;
use jiff::{SignedDuration, Timestamp};
use rbac::{Level, Scope};

use super::{Role, Step};
use crate::present::Present;
use crate::request::{Audience, Proof, Request};

/// Says steps in words.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'a> {
    /// What is asked for.
    pub request: &'a Request,
    /// What is there.
    pub present: &'a Present,
    /// What a scanner's identity is given.
    pub contract: &'a Contract,
    /// The time, from which days are counted.
    pub now: Timestamp,
}

impl Speaker<'_> {
    /// One step, as a sentence without its full stop.
    pub fn describe(&self, step: &Step) -> String {
        let name = self.application();
        match step {
            Step::CreateApplication => self.registering(),
            Step::AskFor(permissions) => {
                format!(
                    "Let the registration of {name} ask for {} too",
                    permissions.join(", ")
                )
            }
            Step::CreatePrincipal => format!("Create the service principal of {name}"),
            Step::EnablePrincipal => {
                format!("Let the service principal of {name} sign in again: it is disabled")
            }
            Step::AddProof(proof) => self.proving(proof),
            Step::RemoveProof { what, ends, .. } => match ends {
                Some(ends) => format!("Take {what} of {name} away, which ends {}", day(*ends)),
                None => format!("Take {what} of {name} away"),
            },
            Step::Consent(permission) => self.consenting(permission),
            Step::CreateRole(scopes) => format!(
                "Define {} with the actions {} and nothing else, assignable on {}",
                self.role(Role::Custom),
                self.contract.azure.role.actions.join(" and "),
                self.places(scopes)
            ),
            Step::ChangeRole { what, .. } => {
                format!("Change {}: {}", self.role(Role::Custom), what.join("; "))
            }
            Step::Assign { role, scope } => {
                format!("Assign {} on {}", self.role(*role), self.place(scope))
            }
        }
    }

    /// The application as people know it.
    pub fn application(&self) -> String {
        match (&self.present.application, &self.request.application_id) {
            (Some(application), _) => format!("`{}`", application.name),
            (None, Some(id)) => format!("the application {id}"),
            (None, None) => format!("`{}`", self.request.name),
        }
    }

    /// The name of a role.
    pub fn role(&self, role: Role) -> &str {
        match role {
            Role::Reader => &self.contract.azure.reader.name,
            Role::Custom => &self.contract.azure.role.name,
        }
    }

    /// A scope with its name.
    pub fn place(&self, scope: &str) -> String {
        let named = self.request.scopes.name_of(scope);
        if named != scope {
            return named;
        }
        let id = scope.trim_end_matches('/').rsplit('/').next();
        match (Scope::parse(scope).map(|of| of.level()), id) {
            (Some(Level::ManagementGroup), Some(id)) => format!("management group {id}"),
            (Some(Level::Subscription), Some(id)) => format!("subscription {id}"),
            (None | Some(Level::Tenant), _) => "the tenant's root".to_owned(),
            _ => named,
        }
    }

    /// Scopes with their names; many are cut.
    pub fn places(&self, scopes: &[String]) -> String {
        const LISTED: usize = 5;
        let named: Vec<String> = scopes
            .iter()
            .take(LISTED)
            .map(|scope| self.place(scope))
            .collect();
        match scopes.len().saturating_sub(LISTED) {
            0 => named.join(", "),
            more => format!("{} and {more} more", named.join(", ")),
        }
    }

    fn registering(&self) -> String {
        let audience = match self.request.audience {
            Audience::SingleTenant => "for this tenant alone",
            Audience::MultiTenant => "for any tenant that lets it in",
        };
        let asking: Vec<&str> = self.request.graph.iter().map(String::as_str).collect();
        format!(
            "Register the application {} {audience}, asking for {}",
            self.application(),
            asking.join(", ")
        )
    }

    fn proving(&self, proof: &Proof) -> String {
        let name = self.application();
        match proof {
            Proof::Certificate { days } => format!(
                "Make a certificate for {name}: the key is made here and stays here; {}",
                self.ending(*days)
            ),
            Proof::Secret { days } => format!(
                "Make a client secret for {name}: {}; whoever holds it is the scanner",
                self.ending(*days)
            ),
            Proof::Federated(of) => format!(
                "Let tokens of {} for {} sign in as {name} (federated credential `{}`): no secret at \
                 all",
                of.issuer, of.subject, of.name
            ),
        }
    }

    fn ending(&self, days: u16) -> String {
        let life = SignedDuration::from_hours(24 * i64::from(days));
        match self.now.checked_add(life) {
            Ok(end) => format!("expires {}, in {days} days", day(end)),
            Err(_) => format!("expires in {days} days"),
        }
    }

    fn consenting(&self, permission: &str) -> String {
        let known = &self.contract.graph;
        let why = known
            .base
            .get(permission)
            .or_else(|| known.optional.get(permission));
        match why {
            Some(of) => format!(
                "Consent to {permission} on Microsoft Graph, to read: {}",
                of.why.trim().trim_end_matches('.')
            ),
            None => format!("Consent to {permission} on Microsoft Graph"),
        }
    }
}

/// The day of a time, as UTC has it.
pub(crate) fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}
