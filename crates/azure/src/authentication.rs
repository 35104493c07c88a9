//! The authentication layer: gives each request its bearer token, renews tokens before they expire,
//! and once more when Azure says that one has expired.

use std::time::Duration as StdDuration;

use azure_core::credentials::{AccessToken, Secret};
use azure_core::time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use crate::call::{Call, Service};
use crate::cloud::Cloud;
use crate::credential::Credential;
use crate::failure::{Failure, FailureKind};
use crate::reply::Reply;
use crate::retry::Effort;
use crate::stack::Stack;

/// Tokens are renewed this long before they expire, or in the last quarter of a short life.
const AHEAD: Duration = Duration::minutes(5);
/// A failed sign-in is not tried again before this: thousands of reads would each knock at Entra ID.
const REMEMBER_FAILURE: StdDuration = StdDuration::from_secs(30);

/// The tokens of one identity, by service.
pub(crate) struct Tokens {
    credential: Mutex<Credential>,
    login: Url,
    arm: Slot,
    graph: Slot,
    sign_in: StdDuration,
}

struct Slot {
    scope: String,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    token: Option<Token>,
    failed: Option<(Instant, Failure)>,
}

struct Token {
    secret: Secret,
    expires: OffsetDateTime,
    renew: OffsetDateTime,
}

impl Tokens {
    pub fn new(credential: Credential, cloud: &Cloud, sign_in: StdDuration) -> Self {
        let slot = |scope: &str| Slot {
            scope: scope.to_owned(),
            held: Mutex::default(),
        };
        Self {
            credential: Mutex::new(credential),
            login: cloud.login.clone(),
            arm: slot(&cloud.arm_scope),
            graph: slot(&cloud.graph_scope),
            sign_in,
        }
    }

    /// Sends the call with a token; when Azure refuses the token, once more with a new one.
    pub async fn send(
        &self,
        stack: &Stack,
        call: &Call,
        effort: &mut Effort,
    ) -> Result<Reply, Failure> {
        let token = self.token(call.service).await?;
        let result = stack.send(call, Some(&token), effort).await;
        let refused = matches!(&result, Err(failure) if renews(failure));
        if !refused {
            return result;
        }
        let token = self.renew(call.service, &token).await?;
        effort.retries += 1;
        stack.transport.counters().retry();
        stack.send(call, Some(&token), effort).await
    }

    /// A token that is good for a while yet.
    pub async fn token(&self, service: Service) -> Result<Secret, Failure> {
        let slot = self.slot(service);
        let mut held = slot.held.lock().await;
        let now = OffsetDateTime::now_utc();
        if let Some(token) = held.token.as_ref().filter(|token| now < token.renew) {
            return Ok(token.secret.clone());
        }
        if let Some((since, failure)) = &held.failed
            && since.elapsed() < REMEMBER_FAILURE
        {
            return still_good(&held, now).ok_or_else(|| failure.clone());
        }
        self.acquire(slot, &mut held).await
    }

    /// A token other than the one that Azure refused.
    async fn renew(&self, service: Service, refused: &Secret) -> Result<Secret, Failure> {
        let slot = self.slot(service);
        let mut held = slot.held.lock().await;
        if let Some(token) = &held.token
            && token.secret != *refused
        {
            return Ok(token.secret.clone());
        }
        tracing::debug!(%service, "the token was refused: signing in again");
        held.token = None;
        // The identity library keeps tokens of its own and would hand out the refused one.
        self.credential.lock().await.forget_tokens();
        self.acquire(slot, &mut held).await
    }

    async fn acquire(&self, slot: &Slot, held: &mut Held) -> Result<Secret, Failure> {
        let credential = self.credential.lock().await.clone();
        let started = Instant::now();
        let asked = tokio::time::timeout(self.sign_in, credential.token(&slot.scope, &self.login));
        let result = asked.await.unwrap_or_else(|_| {
            let message = format!("no token within {} s", self.sign_in.as_secs_f32());
            Err(Failure::new(
                FailureKind::SignIn,
                self.login.to_string(),
                message,
            ))
        });
        match result {
            Ok(token) => {
                let token = Token::new(token, OffsetDateTime::now_utc());
                let secret = token.secret.clone();
                *held = Held {
                    token: Some(token),
                    failed: None,
                };
                Ok(secret)
            }
            Err(mut failure) => {
                failure.elapsed = started.elapsed();
                held.failed = Some((Instant::now(), failure.clone()));
                still_good(held, OffsetDateTime::now_utc()).ok_or(failure)
            }
        }
    }

    fn slot(&self, service: Service) -> &Slot {
        match service {
            Service::Arm => &self.arm,
            Service::Graph => &self.graph,
        }
    }
}

impl Token {
    fn new(token: AccessToken, now: OffsetDateTime) -> Self {
        let life = token.expires_on - now;
        Self {
            renew: token.expires_on - AHEAD.min(life / 4),
            expires: token.expires_on,
            secret: token.token,
        }
    }
}

/// The held token while it has not expired: better than none when a renewal fails.
fn still_good(held: &Held, now: OffsetDateTime) -> Option<Secret> {
    let token = held.token.as_ref()?;
    (now < token.expires).then(|| token.secret.clone())
}

fn renews(failure: &Failure) -> bool {
    failure.status == Some(401)
        && failure.code.as_deref() != Some("InvalidAuthenticationTokenTenant")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(life: Duration) -> (Token, OffsetDateTime) {
        let now = OffsetDateTime::now_utc();
        (Token::new(AccessToken::new("t", now + life), now), now)
    }

    #[test]
    fn a_token_is_renewed_ahead_of_its_end() {
        let (hour, now) = token(Duration::hours(1));
        assert_eq!(hour.renew, now + Duration::minutes(55));
        let (minute, now) = token(Duration::minutes(1));
        assert_eq!(minute.renew, now + Duration::seconds(45));
    }

    #[test]
    fn a_held_token_serves_until_it_expires() {
        let (token, now) = token(Duration::minutes(1));
        let held = Held {
            token: Some(token),
            failed: None,
        };
        assert!(still_good(&held, now + Duration::seconds(59)).is_some());
        assert!(still_good(&held, now + Duration::seconds(60)).is_none());
        assert!(still_good(&Held::default(), now).is_none());
    }
}
