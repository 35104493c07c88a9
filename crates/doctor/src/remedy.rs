//! What to do: one entry for each thing to grant or mend, the one that opens most checks first.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Contract, Tier};
use checks::Severity;
use serde::Serialize;

use crate::commands::Commands;
use crate::credentials::{ApplicationCredential, CredentialState, Used};
use crate::diagnosis::Diagnosis;
use crate::excess::{Excess, ExcessKind};
use crate::lack::{Lack, LackKind};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// What sort of thing.
    pub kind: RemedyKind,
    /// What, in one line.
    pub what: String,
    /// The checks that it opens, if only together with others.
    pub opens: Vec<String>,
    /// How bad it is to leave it, where it opens nothing.
    pub severity: Option<Severity>,
    /// What to run, signed in as an administrator.
    pub commands: Vec<String>,
    /// The way through the portal.
    pub portal: Option<String>,
    /// Whether it is an optional permission, which is not asked of everybody.
    pub optional: bool,
}

/// Sorts of things to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemedyKind {
    /// Grant a permission or role.
    Grant,
    /// Mend what stands in the way: a lock, a deny assignment, a provider, a licence.
    Mend,
    /// Renew a credential.
    Renew,
    /// Take away what is too much.
    Reduce,
}

/// Lacks of the same thing, over all checks.
struct Together<'a> {
    lack: &'a Lack,
    scopes: BTreeSet<&'a str>,
    checks: BTreeSet<&'a str>,
}

/// Everything there is to do. `custom_roles` are the scopes at which the scanner's own role exists.
pub(crate) fn find(
    diagnosis: &Diagnosis,
    contract: &Contract,
    custom_roles: &[String],
) -> Vec<Remedy> {
    let commands = Commands {
        identity: &diagnosis.identity,
        tenant: &diagnosis.tenant.id,
        contract,
        custom_roles,
        subscriptions: &diagnosis.subscriptions,
    };
    let mut together: BTreeMap<(LackKind, &str), Together<'_>> = BTreeMap::new();
    for check in &diagnosis.checks {
        for lack in &check.lacks {
            let same = together
                .entry((lack.kind, lack.title()))
                .or_insert_with(|| Together {
                    lack,
                    scopes: BTreeSet::new(),
                    checks: BTreeSet::new(),
                });
            same.scopes.extend(lack.scopes.iter().map(String::as_str));
            same.checks.insert(&check.check_id);
        }
    }
    let mut remedies: Vec<Remedy> = together
        .into_values()
        .map(|together| of_lack(&together, &commands))
        .collect();
    // What opens most comes first; of two that open as much, the one everybody gives.
    remedies.sort_by_key(|one| (std::cmp::Reverse(one.opens.len()), one.kind));
    remedies.extend(not_covered(diagnosis, &commands));
    if diagnosis.identity.enabled == Some(false) {
        remedies.insert(0, commands.enable());
    }
    remedies.extend(renewals(&diagnosis.credentials.items, &commands));
    remedies.extend(diagnosis.excess.iter().map(|one| of_excess(one, &commands)));
    remedies.sort_by_key(|one| one.optional);
    remedies
}

fn of_lack(together: &Together<'_>, commands: &Commands<'_>) -> Remedy {
    let Together {
        lack,
        scopes,
        checks,
    } = together;
    let scopes: Vec<&str> = scopes.iter().copied().collect();
    let places = commands.places(&scopes);
    let grant = lack.grant.as_deref().unwrap_or_default();
    let (kind, what, run, portal) = match lack.kind {
        LackKind::GraphPermission if lack.reason.starts_with("granted") => {
            let what = format!("sign in again: {grant} is granted, and comes with a later token");
            (RemedyKind::Mend, what, Vec::new(), None)
        }
        LackKind::GraphPermission => {
            let tier = match commands.contract.tier(grant) {
                Some(Tier::Optional) => "optional ",
                _ => "",
            };
            let what = format!("grant the {tier}Microsoft Graph permission {grant}");
            let (run, portal) = commands.graph(grant);
            (RemedyKind::Grant, what, run, Some(portal))
        }
        LackKind::AzureRole if lack.optional => {
            let what = format!("assign the optional {grant}");
            (RemedyKind::Grant, what, commands.optional_role(grant), None)
        }
        LackKind::AzureRole => {
            let what = format!("assign {grant} on {places}");
            let (run, portal) = commands.role(grant, &scopes);
            (RemedyKind::Grant, what, run, Some(portal))
        }
        LackKind::DenyAssignment => {
            let what = format!(
                "{}, on {places}: leave this identity out of it",
                lack.reason
            );
            let portal = "Subscriptions, Access control (IAM), Deny assignments, shows who made it; Azure makes deny assignments for managed applications and deployment stacks";
            (RemedyKind::Mend, what, Vec::new(), Some(portal.to_owned()))
        }
        LackKind::Lock => {
            let what = format!("{}: take it away, or do without", lack.reason);
            let run = commands.unlock(&lack.reason, &scopes);
            let portal = "the resource or its group, Settings, Locks".to_owned();
            (RemedyKind::Mend, what, run, Some(portal))
        }
        LackKind::Provider => {
            let what = format!(
                "{} on {places}: register it if the service is used there",
                lack.reason
            );
            (
                RemedyKind::Mend,
                what,
                commands.register(lack, &scopes),
                None,
            )
        }
        LackKind::Licence | LackKind::Cloud | LackKind::Failure => {
            let place = match scopes.is_empty() {
                true => String::new(),
                false => format!(" on {places}"),
            };
            let hint = match lack.kind {
                LackKind::Failure => "run doctor again in some minutes",
                _ => "no grant helps: leave its checks out with --exclude-check",
            };
            let what = format!("{}{place}: {hint}", lack.reason);
            (RemedyKind::Mend, what, Vec::new(), None)
        }
    };
    Remedy {
        kind,
        what,
        opens: checks.iter().map(|&check| check.to_owned()).collect(),
        severity: None,
        commands: run,
        portal,
        optional: lack.optional,
    }
}

/// What was asked for by name and that no check's lack says already.
fn not_covered(diagnosis: &Diagnosis, commands: &Commands<'_>) -> Vec<Remedy> {
    let lacks = || diagnosis.checks.iter().flat_map(|check| &check.lacks);
    let covered = |scope: &Option<String>| {
        scope
            .as_ref()
            .is_some_and(|scope| lacks().any(|lack| lack.scopes.contains(scope)))
    };
    let missing = diagnosis.missing.iter().filter(|one| !covered(&one.scope));
    missing
        .map(|one| {
            let name = format!("{} {}", one.kind.as_str(), one.asked);
            let (kind, what) = match &one.grant {
                Some(grant) => (RemedyKind::Grant, format!("assign {grant} on {name}")),
                None => (RemedyKind::Mend, format!("{name}: {}", one.reason)),
            };
            let scope = one
                .scope
                .as_deref()
                .unwrap_or("/subscriptions/SUBSCRIPTION_ID");
            let run = one
                .grant
                .as_ref()
                .map(|grant| commands.role(grant, &[scope]));
            let (commands, portal) =
                run.map_or((Vec::new(), None), |(run, portal)| (run, Some(portal)));
            Remedy {
                kind,
                what,
                opens: Vec::new(),
                severity: None,
                commands,
                portal,
                optional: false,
            }
        })
        .collect()
}

/// The credential in use when it ends soon; the others are nobody's hurry.
fn renewals(credentials: &[ApplicationCredential], commands: &Commands<'_>) -> Option<Remedy> {
    let ends = |one: &&ApplicationCredential| {
        one.used != Used::No && one.state == CredentialState::ExpiresSoon
    };
    let ending = credentials.iter().find(ends)?;
    let days = ending.days_left.unwrap_or_default();
    Some(Remedy {
        kind: RemedyKind::Renew,
        what: format!(
            "renew the {} {}, which expires in {days} {}",
            ending.kind.as_str(),
            ending.name,
            if days == 1 { "day" } else { "days" }
        ),
        opens: Vec::new(),
        severity: Some(Severity::High),
        commands: vec![commands.renew()],
        portal: Some(
            "Entra ID, App registrations, the application, Certificates & secrets".to_owned(),
        ),
        optional: false,
    })
}

fn of_excess(excess: &Excess, commands: &Commands<'_>) -> Remedy {
    let place = excess.scope.as_deref().map_or(String::new(), |scope| {
        format!(" on {}", commands.places(&[scope]))
    });
    let by = match excess.replace_by.is_empty() {
        true => String::new(),
        false => format!(" by {}", excess.replace_by.join(" and ")),
    };
    let what = match excess.kind {
        ExcessKind::CustomRole => format!("reduce {}{place} to its actions", excess.name),
        ExcessKind::GraphPermission => format!(
            "{} the Microsoft Graph permission {}{by}",
            verb(excess),
            excess.name
        ),
        ExcessKind::DirectoryRole => format!("take away the directory role {}", excess.name),
        _ => format!("{} {}{place}{by}", verb(excess), excess.name),
    };
    let (mut run, portal) = commands.reduce(excess);
    run.splice(0..0, commands.stand_in(excess));
    Remedy {
        kind: RemedyKind::Reduce,
        what,
        opens: Vec::new(),
        severity: Some(excess.severity),
        commands: run,
        portal: Some(portal),
        optional: false,
    }
}

/// What checks live on is replaced.
fn verb(excess: &Excess) -> &'static str {
    match excess.replace_by.is_empty() {
        true => "take away",
        false => "replace",
    }
}
