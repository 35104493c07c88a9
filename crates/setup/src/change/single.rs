//! The single changes.

use azure::{Failure, FailureKind, Service, Write};
use serde_json::Value;

use super::conduct::{Conduct, Ended, Notice, Patience};
use super::error::ChangeError;
use super::lag::{is_lag, is_there_already, is_unclear};

/// How often it is looked for something of which no answer says whether it was made.
const LOOKS: usize = 4;

/// Sends a change that means the same when it is sent twice, until everything that it names is known.
/// `what` is waited for, in words.
pub(crate) async fn change(
    conduct: &Conduct<'_>,
    what: &str,
    service: Service,
    how: Write,
    path: &str,
    body: Option<&Value>,
) -> Result<Value, ChangeError> {
    let mut patience = conduct.patience(what);
    let mut waited = false;
    loop {
        match conduct.client.write(service, how, path, body).await {
            Ok(reply) => {
                if waited {
                    conduct.say(come(what, &patience));
                }
                // Whoever needs the body of the answer looks into it; many have none.
                return Ok(reply.json().unwrap_or(Value::Null));
            }
            Err(failure) if is_lag(&failure) => {
                waited = true;
                pause(&mut patience, failure).await?;
            }
            Err(failure) => return Err(failure.into()),
        }
    }
}

/// Creates an object by POST, once: `find` looks for it where Azure says that it is there already, or does
/// not answer. Gives the object, and whether it was made here.
pub(crate) async fn create(
    conduct: &Conduct<'_>,
    what: &str,
    path: &str,
    body: &Value,
    find: impl AsyncFn() -> Result<Option<Value>, Failure>,
) -> Result<(Value, bool), ChangeError> {
    let mut patience = conduct.patience(what);
    let mut waited = false;
    loop {
        let sent = conduct
            .client
            .write(Service::Graph, Write::Post, path, Some(body))
            .await;
        let failure = match sent {
            Ok(reply) => {
                if waited {
                    conduct.say(come(what, &patience));
                }
                match reply.json::<Value>() {
                    Ok(made) => return Ok((made, true)),
                    Err(error) => invalid(path, &error),
                }
            }
            Err(failure) => failure,
        };
        if is_there_already(&failure) {
            match find().await? {
                Some(found) => return Ok((found, false)),
                None => pause(&mut patience, failure).await?,
            }
        } else if is_unclear(&failure) {
            // It was not there before: what is found now was made by the request.
            return match look(conduct, what, LOOKS, find).await? {
                Some(found) => Ok((found, true)),
                None => Err(ChangeError::Unclear(Box::new(failure))),
            };
        } else if is_lag(&failure) {
            waited = true;
            pause(&mut patience, failure).await?;
        } else {
            return Err(failure.into());
        }
    }
}

/// Looks for something a few times.
pub(crate) async fn look(
    conduct: &Conduct<'_>,
    what: &str,
    times: usize,
    find: impl AsyncFn() -> Result<Option<Value>, Failure>,
) -> Result<Option<Value>, ChangeError> {
    let mut patience = conduct.patience(what);
    for _ in 0..times {
        match find().await {
            Ok(Some(found)) => return Ok(Some(found)),
            Ok(None) => {}
            Err(failure) if is_lag(&failure) => {}
            Err(failure) => return Err(failure.into()),
        }
        match patience.pause().await {
            Ok(()) => {}
            Err(Ended::Stopped) => return Err(ChangeError::Interrupted),
            Err(Ended::TimeIsUp) => break,
        }
    }
    Ok(None)
}

/// Takes something away. What is there no more is no error; whether it was there.
pub(crate) async fn delete(
    conduct: &Conduct<'_>,
    service: Service,
    path: &str,
) -> Result<bool, ChangeError> {
    match conduct
        .client
        .write(service, Write::Delete, path, None)
        .await
    {
        // A deletion that Resource Manager finds nothing to do for is 204.
        Ok(reply) => Ok(service == Service::Graph || reply.status != 204),
        Err(failure) if is_gone(&failure) => Ok(false),
        Err(failure) => Err(failure.into()),
    }
}

/// Whether it is there no more, which is what a deletion wants.
pub(crate) fn is_gone(failure: &Failure) -> bool {
    failure.kind == FailureKind::NotFound || failure.status == Some(404)
}

pub(crate) async fn pause(
    patience: &mut Patience<'_>,
    failure: Failure,
) -> Result<(), ChangeError> {
    match patience.pause().await {
        Ok(()) => Ok(()),
        Err(Ended::Stopped) => Err(ChangeError::Interrupted),
        Err(Ended::TimeIsUp) => Err(ChangeError::NotYet {
            seconds: patience.since().as_secs(),
            failure: Box::new(failure),
        }),
    }
}

fn come(what: &str, patience: &Patience<'_>) -> Notice {
    Notice::Come {
        what: what.to_owned(),
        after: patience.since(),
    }
}

fn invalid(path: &str, error: &serde_json::Error) -> Failure {
    Failure::new(
        FailureKind::InvalidReply,
        path.to_owned(),
        error.to_string(),
    )
}

/// Reads something that may not be known everywhere yet.
pub(crate) async fn read(
    conduct: &Conduct<'_>,
    what: &str,
    service: Service,
    path: &str,
) -> Result<Value, ChangeError> {
    let mut patience = conduct.patience(what);
    loop {
        match conduct.client.get(service, path).await {
            Ok(reply) => return reply.json().map_err(|error| invalid(path, &error).into()),
            Err(failure) if is_lag(&failure) => pause(&mut patience, failure).await?,
            Err(failure) => return Err(failure.into()),
        }
    }
}
