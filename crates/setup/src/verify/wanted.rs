//! What is expected and has not come yet.

use azure::{Client, Failure, FailureKind, Service};
use catalog::Contract;
use futures::stream::{self, StreamExt};
use rbac::Permission;
use serde_json::Value;

use super::{Expected, may_pass};
use crate::discover::VERSION;
use crate::read::{list, text};

/// Scopes that are asked about at once.
const AT_ONCE: usize = 32;

/// One thing that is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Want {
    SignIn,
    Permission(String),
    Role { scope: String, actions: Vec<String> },
}

/// What has not come yet, with its words.
pub(super) struct Wanted {
    left: Vec<(Want, String)>,
    come: Vec<String>,
}

impl Wanted {
    pub fn of(expected: &Expected) -> Self {
        let mut left = vec![(Want::SignIn, "the sign-in of the new identity".to_owned())];
        for permission in &expected.graph {
            let words = format!("{permission} in its token");
            left.push((Want::Permission(permission.clone()), words));
        }
        for scope in expected.scopes.paths() {
            for (name, actions) in &expected.roles {
                let words = format!("{name} on {}", expected.scopes.name_of(&scope));
                let want = Want::Role {
                    scope: scope.clone(),
                    actions: actions.clone(),
                };
                left.push((want, words));
            }
        }
        Self {
            left,
            come: Vec::new(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    pub fn words(&self) -> Vec<String> {
        self.left.iter().map(|(_, words)| words.clone()).collect()
    }

    /// The first of them, and how many more there are.
    pub fn summary(&self) -> String {
        match self.left.as_slice() {
            [] => String::new(),
            [(_, one)] => one.clone(),
            [(_, first), more @ ..] => format!("{first} and {} more", more.len()),
        }
    }

    pub fn take_come(&mut self) -> Vec<String> {
        std::mem::take(&mut self.come)
    }

    /// Looks once at everything that has not come yet.
    pub async fn look(&mut self, client: &Client, contract: &Contract) -> Result<(), Failure> {
        let claims = client.claims(Service::Graph).await?;
        let carries = |permission: &str| {
            let mut roles = claims.roles.iter();
            roles.any(|role| contract.includes(role, permission))
        };
        self.settle(|want| match want {
            Want::SignIn => true,
            Want::Permission(permission) => carries(permission),
            Want::Role { .. } => false,
        });
        let mut scopes: Vec<String> = Vec::new();
        for (want, _) in &self.left {
            if let Want::Role { scope, .. } = want
                && !scopes.contains(scope)
            {
                scopes.push(scope.clone());
            }
        }
        let mut failed = None;
        let asked = scopes
            .into_iter()
            .map(async |scope| (allowed(client, &scope).await, scope));
        let mut answers = stream::iter(asked).buffer_unordered(AT_ONCE);
        while let Some((answer, scope)) = answers.next().await {
            match answer {
                Ok(None) => self.settle(|want| is_at(want, &scope)),
                Ok(Some(permissions)) => self.settle(|want| match want {
                    Want::Role { actions, .. } => {
                        let mut actions = actions.iter();
                        is_at(want, &scope)
                            && actions.all(|action| rbac::permits(&permissions, action))
                    }
                    _ => false,
                }),
                // A scope that it may not see yet is not there for it.
                Err(failure) if failure.kind == FailureKind::NotFound => {}
                Err(failure) if may_pass(&failure) => failed = Some(failure),
                Err(failure) => return Err(failure),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    fn settle(&mut self, has_come: impl Fn(&Want) -> bool) {
        let (come, left): (Vec<_>, Vec<_>) = std::mem::take(&mut self.left)
            .into_iter()
            .partition(|(want, _)| has_come(want));
        self.left = left;
        self.come.extend(come.into_iter().map(|(_, words)| words));
    }
}

fn is_at(want: &Want, at: &str) -> bool {
    matches!(want, Want::Role { scope, .. } if scope.eq_ignore_ascii_case(at))
}

/// What the caller is permitted at a scope; `None` where there is nothing below it to be permitted on.
///
/// Resource Manager tells that of subscriptions and what is in them
/// (<https://learn.microsoft.com/rest/api/authorization/permissions>). A management group is asked for a
/// subscription below it: what holds there comes from above.
async fn allowed(client: &Client, scope: &str) -> Result<Option<Vec<Permission>>, Failure> {
    if scope.to_lowercase().starts_with("/subscriptions/") {
        return permissions(client, scope).await.map(Some);
    }
    let path = format!("{scope}/descendants?api-version=2020-05-01");
    let below = list(client, Service::Arm, &path).await?;
    let is_subscription = |body: &&Value| {
        text(body, &["type"]).is_some_and(|of| of.to_lowercase().ends_with("/subscriptions"))
    };
    let Some(name) = below
        .iter()
        .find(is_subscription)
        .and_then(|body| text(body, &["name"]))
    else {
        return Ok(None);
    };
    permissions(client, &format!("/subscriptions/{name}"))
        .await
        .map(Some)
}

async fn permissions(client: &Client, scope: &str) -> Result<Vec<Permission>, Failure> {
    let path = format!("{scope}/providers/Microsoft.Authorization/permissions?{VERSION}");
    let found = list(client, Service::Arm, &path).await?;
    Ok(found
        .into_iter()
        .filter_map(|body| serde_json::from_value(body).ok())
        .collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::request::{Place, Scopes};

    #[test]
    fn what_is_expected_is_said_in_words() {
        let contract = Contract::builtin().unwrap();
        let scopes = Scopes::Subscriptions(vec![Place {
            id: "a".to_owned(),
            name: "Production".to_owned(),
        }]);
        let graph = BTreeSet::from(["Directory.Read.All".to_owned()]);
        let of = |custom| {
            Wanted::of(&Expected::of(
                graph.clone(),
                scopes.clone(),
                custom,
                &contract,
            ))
        };
        assert_eq!(
            of(false).words(),
            [
                "the sign-in of the new identity",
                "Directory.Read.All in its token",
                "Reader on subscription Production"
            ]
        );
        assert_eq!(of(true).words().len(), 4);
        assert_eq!(
            of(true).summary(),
            "the sign-in of the new identity and 3 more"
        );
        assert_eq!(Wanted::of(&Expected::sign_in_only()).words().len(), 1);
    }

    #[test]
    fn what_has_come_is_not_waited_for() {
        let mut wanted = Wanted::of(&Expected::sign_in_only());
        wanted.settle(|want| *want == Want::SignIn);
        assert!(wanted.is_empty());
        assert_eq!(wanted.take_come().len(), 1);
        assert!(wanted.take_come().is_empty());
    }
}
