//! What keeps a check from being assessed, and what would help.

use std::collections::BTreeSet;

use serde::Serialize;

/// Something that keeps a check from being assessed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Lack {
    /// What is in the way.
    pub kind: LackKind,
    /// What to grant: a Graph permission or an Azure role; null where no grant helps.
    pub grant: Option<String>,
    /// Why, in words.
    pub reason: String,
    /// What Azure asks for.
    pub permissions: BTreeSet<String>,
    /// Where it lacks: ARM scopes; empty for the directory.
    pub scopes: BTreeSet<String>,
    /// Whether what it takes is an optional permission, which is not asked of everybody.
    pub optional: bool,
}

/// What is in the way of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LackKind {
    /// An application permission of Microsoft Graph is missing.
    GraphPermission,
    /// A role of Azure is missing.
    AzureRole,
    /// A deny assignment forbids it.
    DenyAssignment,
    /// A read-only lock refuses what is posted.
    Lock,
    /// The resource provider is not registered in the subscription.
    Provider,
    /// The tenant lacks the licence.
    Licence,
    /// This cloud does not have it.
    Cloud,
    /// The read failed for another reason.
    Failure,
}

impl Lack {
    /// A lack of something at one place.
    pub(crate) fn new(
        kind: LackKind,
        grant: Option<&str>,
        reason: impl Into<String>,
        permission: &str,
        scope: Option<String>,
    ) -> Self {
        Self {
            kind,
            grant: grant.map(str::to_owned),
            reason: reason.into(),
            permissions: BTreeSet::from([permission.to_owned()]),
            scopes: scope.into_iter().collect(),
            optional: false,
        }
    }

    /// What it is called where lacks are counted.
    pub fn title(&self) -> &str {
        self.grant.as_deref().unwrap_or(&self.reason)
    }
}

/// Puts lacks of the same thing together.
pub(crate) fn merged(lacks: impl IntoIterator<Item = Lack>) -> Vec<Lack> {
    let mut merged: Vec<Lack> = Vec::new();
    for lack in lacks {
        let same = merged.iter_mut().find(|one| {
            (one.kind, &one.grant, &one.reason) == (lack.kind, &lack.grant, &lack.reason)
        });
        match same {
            Some(one) => {
                one.permissions.extend(lack.permissions);
                one.scopes.extend(lack.scopes);
            }
            None => merged.push(lack),
        }
    }
    merged.sort();
    merged
}
