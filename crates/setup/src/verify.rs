//! Proof that the new identity works: it signs in, its token carries the permissions, and Azure allows what
//! the scan does, as often asked as it takes Entra ID and Azure to learn of what was made.

use std::collections::BTreeSet;
use std::time::Duration;

use azure::{Client, Cloud, Credential, Failure, FailureKind, Options, Service, SignIn, Transport};
use catalog::Contract;
use rbac::Permission;
use serde_json::Value;

use crate::change::{Conduct, Ended, Notice, is_lag};
use crate::discover::VERSION;
use crate::read::{list, text};
use crate::request::Scopes;

/// Where identities sign in: what a client is made of, but for who it is.
#[derive(Debug, Clone)]
pub struct Door {
    /// The cloud.
    pub cloud: Cloud,
    /// The connections.
    pub transport: Transport,
    /// How patient a client is.
    pub options: Options,
}

impl Door {
    /// A client that has no token yet: each one sees what a new token says.
    fn client(&self, sign_in: &SignIn) -> Result<Client, azure::Error> {
        let credential = Credential::new(sign_in.clone(), &self.cloud, &self.transport)?;
        Ok(Client::new(
            self.cloud.clone(),
            credential,
            self.transport.clone(),
            self.options.clone(),
        ))
    }
}

/// What the new identity is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Application permissions in its token for Microsoft Graph.
    pub graph: BTreeSet<String>,
    /// Where it is to have its roles.
    pub scopes: Scopes,
    /// Roles that it is to have there, by name, with what each allows: `Reader`, `*/read`.
    pub roles: Vec<(String, Vec<String>)>,
}

impl Expected {
    /// That it signs in, and nothing more.
    pub fn sign_in_only() -> Self {
        Self {
            graph: BTreeSet::new(),
            scopes: Scopes::Directory,
            roles: Vec::new(),
        }
    }

    /// Its permissions, with Reader at the scopes, and the custom role where it has it.
    pub fn of(
        graph: BTreeSet<String>,
        scopes: Scopes,
        custom_role: bool,
        contract: &Contract,
    ) -> Self {
        let azure = &contract.azure;
        let mut roles = vec![(azure.reader.name.clone(), vec!["*/read".to_owned()])];
        if custom_role {
            roles.push((azure.role.name.clone(), azure.role.actions.clone()));
        }
        Self {
            graph,
            scopes,
            roles,
        }
    }
}

/// What was seen of what is expected.
#[derive(Debug, Clone, Default)]
pub struct Verified {
    /// What came, in words, and after how long.
    pub come: Vec<(String, Duration)>,
    /// What did not come, in words.
    pub missing: Vec<String>,
    /// Why it ended before everything came.
    pub failure: Option<Failure>,
    /// Whether somebody stopped it.
    pub interrupted: bool,
}

impl Verified {
    /// Whether everything came.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.failure.is_none() && !self.interrupted
    }
}

/// Signs in as the new identity until everything expected is there, or the time is up.
///
/// # Errors
/// The sign-in cannot be prepared: the certificate's file is not what it should be.
pub async fn verify(
    door: &Door,
    sign_in: &SignIn,
    expected: &Expected,
    contract: &Contract,
    conduct: &Conduct<'_>,
) -> Result<Verified, azure::Error> {
    let mut left = Wanted::of(expected);
    let mut verified = Verified::default();
    let mut patience = conduct.patience("");
    loop {
        let client = door.client(sign_in)?;
        let looked = left.look(&client, contract).await;
        for what in left.take_come() {
            let after = patience.since();
            conduct.say(Notice::Come {
                what: what.clone(),
                after,
            });
            verified.come.push((what, after));
        }
        verified.failure = match looked {
            Ok(()) if left.is_empty() => {
                verified.failure = None;
                return Ok(verified);
            }
            Ok(()) => None,
            Err(failure) if may_pass(&failure) => Some(failure),
            Err(failure) => {
                verified.missing = left.words();
                verified.failure = Some(failure);
                return Ok(verified);
            }
        };
        patience.waits_for(&left.summary());
        if let Err(ended) = patience.pause().await {
            verified.missing = left.words();
            verified.interrupted = ended == Ended::Stopped;
            return Ok(verified);
        }
    }
}

/// Whether a failure to sign in may only be that Entra ID does not know yet.
fn may_pass(failure: &Failure) -> bool {
    is_lag(failure) || failure.kind == FailureKind::Denied
}

/// One thing that is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Want {
    SignIn,
    Permission(String),
    Role { scope: String, actions: Vec<String> },
}

/// What has not come yet, with its words.
struct Wanted {
    left: Vec<(Want, String)>,
    come: Vec<String>,
}

impl Wanted {
    fn of(expected: &Expected) -> Self {
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

    fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    fn words(&self) -> Vec<String> {
        self.left.iter().map(|(_, words)| words.clone()).collect()
    }

    /// The first of them, and how many more there are.
    fn summary(&self) -> String {
        match self.left.as_slice() {
            [] => String::new(),
            [(_, one)] => one.clone(),
            [(_, first), more @ ..] => format!("{first} and {} more", more.len()),
        }
    }

    fn take_come(&mut self) -> Vec<String> {
        std::mem::take(&mut self.come)
    }

    /// Looks once at everything that has not come yet.
    async fn look(&mut self, client: &Client, contract: &Contract) -> Result<(), Failure> {
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
        for scope in scopes {
            match allowed(client, &scope).await {
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
    use super::*;
    use crate::request::Place;

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
