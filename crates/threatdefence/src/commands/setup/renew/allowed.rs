//! Who may renew: not the scanner itself, and nobody without the right to change the application.

use catalog::Contract;
use setup::{Application, Present, Request, Right, Standing, administrator};

use crate::connect::{Connection, refused};
use crate::error::CliError;

/// The application, if it is here and whoever is signed in is not the scanner itself.
///
/// # Errors
/// It is not here, or the scanner is signed in.
pub fn application<'a>(
    connection: &Connection,
    request: &Request,
    present: &'a Present,
) -> Result<&'a Application, CliError> {
    let named = request.application_id.as_ref().unwrap_or(&request.name);
    let Some(application) = &present.application else {
        return Err(
            CliError::failed(format!("there is no application {named} in this tenant")).hint(
                "name it with --name or --application-id; `threatdefence setup apply` makes one",
            ),
        );
    };
    let own = connection
        .claims
        .application_id
        .as_deref()
        .unwrap_or_default();
    if own.eq_ignore_ascii_case(&application.application_id)
        && connection.claims.user_principal_name.is_none()
    {
        return Err(CliError::failed(
            "you are signed in as the scanner itself, which has no right to change its own credential",
        )
        .hint(
            "sign in as the application's owner, or as an Application Administrator, Cloud Application Administrator or Global Administrator",
        ));
    }
    Ok(application)
}

/// Refuses before anything is written.
///
/// # Errors
/// Whoever is signed in may not change the application.
pub async fn may_change(
    connection: &Connection,
    request: &Request,
    present: &Present,
    contract: &Contract,
) -> Result<(), CliError> {
    let who = administrator(&connection.client, request, present, contract)
        .await
        .map_err(refused)?;
    let Standing::Lacks { needs, .. } = who.standing(&Right::ChangeApplication) else {
        return Ok(());
    };
    Err(
        CliError::failed("you lack the right to change the application, and nothing was changed")
            .hint(format!("it takes {needs}")),
    )
}
