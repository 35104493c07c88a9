//! Reaching Azure: the cloud, the credential and the client, as the flags and the environment say.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use azure::{
    AuthMethod, Claims, Client, Cloud, Credential, Failure, Options, Service, SignIn, Transport,
};
use setup::verify::Door;
use url::Url;

use crate::args::ConnectionArgs;
use crate::console::Console;
use crate::error::{CliError, nearest};

/// A client that has signed in.
pub struct Connection {
    /// The way to Azure.
    pub client: Client,
    /// The cloud's name.
    pub cloud: Cloud,
    /// The tenant's id.
    pub tenant_id: String,
    /// What the ARM token says.
    pub claims: Claims,
    /// Who signed in, in words.
    pub identity: String,
    /// Seconds it took.
    pub seconds: f64,
}

/// Why nobody is signed in.
pub enum NotConnected {
    /// Entra ID or the identity library refused the sign-in.
    Refused(Failure, SignIn),
    /// With this configuration it cannot be tried.
    Unprepared(azure::Error),
    /// Anything else.
    Other(CliError),
}

impl From<CliError> for NotConnected {
    fn from(error: CliError) -> Self {
        Self::Other(error)
    }
}

impl From<azure::Error> for NotConnected {
    fn from(error: azure::Error) -> Self {
        Self::Unprepared(error)
    }
}

impl From<NotConnected> for CliError {
    fn from(not: NotConnected) -> Self {
        match not {
            NotConnected::Refused(failure, _) => refused(failure),
            NotConnected::Unprepared(error) => configuration(error),
            NotConnected::Other(error) => error,
        }
    }
}

/// Finds the cloud, signs in and says as whom.
///
/// # Errors
/// The cloud is unknown or does not answer, no credential is found, or Entra ID refuses it.
pub async fn connect(
    arguments: &ConnectionArgs,
    console: &Console,
) -> Result<Connection, CliError> {
    Ok(try_connect(arguments, console).await?.0)
}

/// The same with what signed in; a failure keeps its parts.
///
/// # Errors
/// As [`connect`].
pub async fn try_connect(
    arguments: &ConnectionArgs,
    console: &Console,
) -> Result<(Connection, SignIn), NotConnected> {
    let sign_in = sign_in(arguments)?;
    console.say(format!("Signing in with {}", sign_in.description()));
    let authorities = authorities(arguments)?;
    let connection = connected(sign_in.clone(), arguments, &authorities, console).await?;
    Ok((connection, sign_in))
}

/// The same with a sign-in and certificate authorities that are known already.
///
/// # Errors
/// As [`connect`].
pub async fn connect_as(
    sign_in: SignIn,
    arguments: &ConnectionArgs,
    authorities: &Option<Vec<u8>>,
    console: &Console,
) -> Result<Connection, CliError> {
    Ok(connected(sign_in, arguments, authorities, console).await?)
}

async fn connected(
    sign_in: SignIn,
    arguments: &ConnectionArgs,
    authorities: &Option<Vec<u8>>,
    console: &Console,
) -> Result<Connection, NotConnected> {
    let started = Instant::now();
    let transport = Transport::new(authorities.as_deref())?;
    let cloud = cloud(&arguments.cloud, &transport).await?;
    let credential = Credential::new(sign_in.clone(), &cloud, &transport)?;
    let client = Client::new(cloud.clone(), credential, transport, options(arguments));
    let claims = client
        .claims(Service::Arm)
        .await
        .map_err(|failure| NotConnected::Refused(failure, sign_in))?;
    let identity = identity(&claims);
    let tenant_id = claims.tenant_id.clone().ok_or_else(|| {
        CliError::failed("the token does not say which tenant it is for")
            .hint("name the tenant with --tenant-id")
    })?;
    console.say(format!("Signed in as {identity} to tenant {tenant_id}"));
    Ok(Connection {
        client,
        cloud,
        tenant_id,
        claims,
        identity,
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// Where another identity than the one that is signed in can sign in, in the same cloud.
///
/// # Errors
/// The certificate authorities cannot be read.
pub fn door(arguments: &ConnectionArgs, cloud: &Cloud) -> Result<Door, CliError> {
    let authorities = authorities(arguments)?;
    Ok(Door {
        cloud: cloud.clone(),
        transport: Transport::new(authorities.as_deref()).map_err(configuration)?,
        options: options(arguments),
    })
}

fn options(arguments: &ConnectionArgs) -> Options {
    Options {
        deadline: Duration::from_secs(arguments.deadline),
        concurrency: usize::from(arguments.concurrency),
        ..Options::default()
    }
}

/// An error of Azure's that ends the run, with its hint.
pub fn refused(failure: Failure) -> CliError {
    let error = CliError::failed(&failure);
    match failure.hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn sign_in(arguments: &ConnectionArgs) -> Result<SignIn, NotConnected> {
    let secret = secret(arguments)?;
    let lookup = |name: &str| {
        let flag = match name {
            "AZURE_TENANT_ID" => arguments.tenant_id.clone(),
            "AZURE_CLIENT_ID" => arguments.client_id.clone(),
            "AZURE_CLIENT_SECRET" => secret.clone(),
            _ => None,
        };
        flag.or_else(|| std::env::var(name).ok())
    };
    match arguments.auth {
        Some(method) => SignIn::with_method(method, lookup),
        None => SignIn::detect(lookup),
    }
    .map_err(NotConnected::Unprepared)
}

/// The secret from a file or the prompt; `None` leaves it to the environment.
fn secret(arguments: &ConnectionArgs) -> Result<Option<String>, CliError> {
    if let Some(path) = &arguments.client_secret_file {
        return std::fs::read_to_string(path)
            .map(|text| Some(text.trim().to_owned()))
            .map_err(|error| {
                CliError::usage(format!(
                    "the secret's file {} could not be read: {error}",
                    path.display()
                ))
            });
    }
    match arguments.auth {
        Some(AuthMethod::ClientSecret) if std::env::var_os("AZURE_CLIENT_SECRET").is_none() => {
            prompt()
        }
        _ => Ok(None),
    }
}

/// Asks for the secret where someone can type it; it never comes as a flag.
fn prompt() -> Result<Option<String>, CliError> {
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    rpassword::prompt_password("Client secret: ")
        .map(Some)
        .map_err(|error| CliError::failed(format!("the secret could not be read: {error}")))
}

fn authorities(arguments: &ConnectionArgs) -> Result<Option<Vec<u8>>, CliError> {
    let Some(path) = &arguments.ca_file else {
        return Ok(None);
    };
    std::fs::read(path).map(Some).map_err(|error| {
        CliError::usage(format!(
            "the CA file {} could not be read: {error}",
            path.display()
        ))
    })
}

async fn cloud(name: &str, transport: &Transport) -> Result<Cloud, CliError> {
    if let Some(cloud) = Cloud::named(name) {
        return Ok(cloud);
    }
    let known = ["AzureCloud", "AzureUSGovernment", "AzureChinaCloud"];
    match Url::parse(name) {
        Ok(url) if url.has_host() => Cloud::discover(&url, transport)
            .await
            .map_err(configuration),
        _ => Err(CliError::usage(format!(
            "`{name}` is neither a cloud nor the URL of an ARM endpoint"
        ))
        .hint(format!(
            "did you mean {}?",
            nearest(name, known).first().unwrap_or(&known[0])
        ))),
    }
}

/// A mistake in the configuration, with its hint.
pub fn configuration(error: azure::Error) -> CliError {
    let hint = error.hint();
    let failed = CliError::failed(error);
    match hint {
        Some(hint) => failed.hint(hint),
        None => failed,
    }
}

/// Who signed in, as a person would know them.
fn identity(claims: &Claims) -> String {
    if let Some(user) = &claims.user_principal_name {
        return user.clone();
    }
    match (&claims.application_name, &claims.application_id) {
        (Some(name), Some(id)) => format!("application {name} ({id})"),
        (None, Some(id)) => format!("application {id}"),
        (_, None) => claims
            .object_id
            .clone()
            .unwrap_or_else(|| "an unnamed identity".to_owned()),
    }
}
