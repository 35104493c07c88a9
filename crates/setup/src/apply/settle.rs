//! What is there before a run that goes on: what an earlier run made may not be known everywhere yet.

use azure::Service;
use catalog::Contract;
use jiff::{SignedDuration, Timestamp};

use crate::change::{Conduct, Ended, is_gone, is_lag};
use crate::discover::{DiscoverError, discover};
use crate::journal::{Begun, Line, Owned};
use crate::present::{Present, ProofKind};
use crate::request::Request;

/// Finds out what is there, and waits until what the journal's earlier runs made is seen too. A secret whose
/// value nobody has is left out: it is to be made again.
///
/// # Errors
/// As [`discover`].
pub async fn settle(
    conduct: &Conduct<'_>,
    request: &Request,
    contract: &Contract,
    lines: &[Line],
) -> Result<Present, DiscoverError> {
    let owned = Owned::of(lines);
    let mut patience = conduct.patience("the directory to know what an earlier run made");
    loop {
        let found = discover(conduct.client, request, contract).await;
        let settled = match &found {
            // What was made long ago and is not seen is there no more.
            _ if is_old(lines, conduct) => true,
            Ok(present) => is_settled(conduct, &owned, present).await,
            Err(DiscoverError::Unreadable { failure, .. }) => owned.is_empty() || !is_lag(failure),
            Err(_) => true,
        };
        if settled {
            return found.map(|present| without_orphans(present, &owned));
        }
        match patience.pause().await {
            Ok(()) => {}
            Err(Ended::TimeIsUp | Ended::Stopped) => {
                return found.map(|present| without_orphans(present, &owned));
            }
        }
    }
}

/// Whether the last run was longer ago than anything is waited for.
fn is_old(lines: &[Line], conduct: &Conduct<'_>) -> bool {
    let last = lines.last().map(|line| match line {
        Line::Run { time, .. } | Line::Step { time, .. } => *time,
    });
    last.is_none_or(|last| {
        let age = Timestamp::now().duration_since(last);
        SignedDuration::try_from(conduct.wait).is_ok_and(|wait| age > wait)
    })
}

/// Whether what was made is seen, or is deleted by now.
async fn is_settled(conduct: &Conduct<'_>, owned: &Owned, present: &Present) -> bool {
    let unseen_application = owned
        .application()
        .filter(|_| present.application.is_none());
    let unseen_principal = owned.principal().filter(|_| present.principal.is_none());
    let deleted = async |id: &str| {
        let path = format!("/v1.0/directory/deletedItems/{id}");
        match conduct.client.get(Service::Graph, &path).await {
            Ok(_) => true,
            // Who may not look there cannot tell; what is deleted for good is not there either.
            Err(failure) => !is_gone(&failure),
        }
    };
    if let Some((id, _)) = unseen_application
        && !deleted(id).await
    {
        return false;
    }
    match unseen_principal {
        Some(id) => deleted(id).await,
        None => true,
    }
}

fn without_orphans(mut present: Present, owned: &Owned) -> Present {
    let Some(Some(Begun::Secret { name })) = owned.begun("proof:secret") else {
        return present;
    };
    if let Some(application) = &mut present.application {
        application.proofs.retain(|proof| {
            proof.kind != ProofKind::Secret || proof.name.as_deref() != Some(name.as_str())
        });
    }
    present
}
