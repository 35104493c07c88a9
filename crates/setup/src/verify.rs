//! Proof that the new identity works: it signs in, its token carries the permissions, and Azure allows what
//! the scan does, as often asked as it takes Entra ID and Azure to learn of what was made.

mod wanted;

use std::collections::BTreeSet;
use std::time::Duration;

use azure::{Client, Cloud, Credential, Failure, FailureKind, Options, SignIn, Transport};
use catalog::Contract;

use self::wanted::Wanted;
use crate::change::{Conduct, Ended, Notice, is_lag};
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
    /// Whether the time was up.
    pub timed_out: bool,
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
            verified.timed_out = ended == Ended::TimeIsUp;
            return Ok(verified);
        }
    }
}

/// Whether a failure to sign in may only be that Entra ID does not know yet.
fn may_pass(failure: &Failure) -> bool {
    is_lag(failure) || failure.kind == FailureKind::Denied
}
