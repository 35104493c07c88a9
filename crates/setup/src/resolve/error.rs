//! Why it is not clear where roles are to be assigned.

use azure::Failure;

use super::named::{Missed, nearest};
use crate::request::Place;

/// Names that an error lists at most.
const LISTED: usize = 10;

/// Why it is not clear where roles are to be assigned.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// Azure did not answer.
    #[error("{what} could not be read: {failure}")]
    Unreadable {
        /// What was asked for.
        what: &'static str,
        /// Why it failed.
        failure: Box<Failure>,
    },
    /// Nothing that is visible has this id or name.
    #[error("you see no {kind} with the id or name `{asked}`")]
    Unknown {
        /// `subscription` or `management group`.
        kind: &'static str,
        /// What the administrator wrote.
        asked: String,
        /// The one that comes nearest.
        nearest: Option<String>,
        /// The names there are.
        visible: Vec<String>,
    },
    /// Several have this name.
    #[error("the name `{asked}` stands for {} {kind}s", ids.len())]
    Ambiguous {
        /// `subscription` or `management group`.
        kind: &'static str,
        /// What the administrator wrote.
        asked: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// No role can be assigned on a subscription that was asked for by name.
    #[error("no role can be assigned on the subscription `{asked}`: {why}")]
    UnusableSubscription {
        /// What the administrator wrote.
        asked: String,
        /// Its state, or its tenant, in words.
        why: String,
    },
    /// No visible subscription takes a change.
    #[error("you see no subscription that roles can be assigned on")]
    NoSubscription,
    /// More than one management group.
    #[error(
        "{} management groups were named, and Azure lets a custom role name only one in its assignable \
         scopes",
        .0.len()
    )]
    SeveralManagementGroups(Vec<String>),
}

impl ResolveError {
    pub(super) fn unreadable(what: &'static str, failure: Failure) -> Self {
        Self::Unreadable {
            what,
            failure: Box::new(failure),
        }
    }

    pub(super) fn subscription(asked: &str, missed: Missed, visible: &[&Place]) -> Self {
        Self::missed("subscription", asked, missed, visible)
    }

    pub(super) fn management_group(asked: &str, missed: Missed, visible: &[&Place]) -> Self {
        Self::missed("management group", asked, missed, visible)
    }

    fn missed(kind: &'static str, asked: &str, missed: Missed, visible: &[&Place]) -> Self {
        let asked = asked.to_owned();
        match missed {
            Missed::Ambiguous(ids) => Self::Ambiguous { kind, asked, ids },
            Missed::Unknown => Self::Unknown {
                kind,
                nearest: nearest(&asked, visible).map(|of| of.name.clone()),
                visible: visible.iter().map(|of| of.name.clone()).collect(),
                asked,
            },
        }
    }

    /// What the administrator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { failure, .. } => match failure.hint {
                Some(hint) => hint.to_owned(),
                None => "sign in as somebody who may read it, or ask for less".to_owned(),
            },
            Self::Unknown {
                kind,
                nearest,
                visible,
                ..
            } => unknown(kind, nearest.as_deref(), visible),
            Self::Ambiguous { ids, .. } => format!("give the id: {}", ids.join(" or ")),
            Self::UnusableSubscription { .. } => {
                "leave it out; reactivate a disabled one first, and sign in to the tenant of one that belongs to \
                 another"
                    .to_owned()
            }
            Self::NoSubscription => "sign in as somebody with a role on a subscription, or set up \
                 Entra ID alone with --directory-only"
                .to_owned(),
            Self::SeveralManagementGroups(_) => {
                "name a parent that they share, or the subscriptions with --subscription".to_owned()
            }
        }
    }
}

fn unknown(kind: &str, nearest: Option<&str>, visible: &[String]) -> String {
    if visible.is_empty() {
        return format!(
            "no {kind} is visible to you: sign in as somebody with a role there, or to another tenant \
             with --tenant-id"
        );
    }
    let listed: Vec<&str> = visible.iter().map(String::as_str).take(LISTED).collect();
    let more = match visible.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let there = format!("you see {}{more}", listed.join(", "));
    match nearest {
        Some(name) => format!("did you mean {name}? {there}"),
        None => there,
    }
}
