//! A sign-in made ready: what hands out tokens, and how to start it afresh.

use std::fmt;
use std::sync::Arc;

use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::{AccessToken, TokenCredential};
use azure_core::http::{
    ClientOptions, ExponentialRetryOptions, RetryOptions, Transport as CoreTransport,
};
use azure_core::time::Duration;
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential,
    AzureDeveloperCliCredentialOptions, ClientAssertionCredential,
    ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    Executor, ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
    WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};
use url::Url;

use crate::cloud::Cloud;
use crate::error::Error;
use crate::failure::Failure;
use crate::sign_in::{SignIn, SignedAssertion, explain};
use crate::transport::{IdentityClient, Transport};

type Source = Arc<dyn TokenCredential>;

/// What hands out tokens for one identity. Nothing is sent before the first token is needed.
#[derive(Clone)]
pub struct Credential {
    source: Source,
    /// How to make the source again, without the tokens that it keeps.
    recipe: Option<Arc<Recipe>>,
}

struct Recipe {
    sign_in: SignIn,
    login: Url,
    transport: Transport,
    /// What runs the Azure CLIs; the identity library's own way without it.
    executor: Option<Arc<dyn Executor>>,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").finish_non_exhaustive()
    }
}

impl Credential {
    /// Prepares a sign-in at the cloud's endpoint. Certificates and token files are read here.
    ///
    /// # Errors
    ///
    /// A certificate or file that cannot be used, a malformed tenant id.
    pub fn new(sign_in: SignIn, cloud: &Cloud, transport: &Transport) -> Result<Self, Error> {
        Self::from_recipe(Recipe {
            sign_in,
            login: cloud.login.clone(),
            transport: transport.clone(),
            executor: None,
        })
    }

    fn from_recipe(recipe: Recipe) -> Result<Self, Error> {
        Ok(Self {
            source: recipe.source()?,
            recipe: Some(Arc::new(recipe)),
        })
    }

    /// Tokens from elsewhere, for instance another credential of `azure_identity`.
    pub fn from_source(source: Arc<dyn TokenCredential>) -> Self {
        Self {
            source,
            recipe: None,
        }
    }

    /// Starts afresh, so that the next token is a new one.
    pub(crate) fn forget_tokens(&mut self) {
        if let Some(Ok(source)) = self.recipe.as_ref().map(|recipe| recipe.source()) {
            self.source = source;
        }
    }

    /// A token for the scope; a failure is explained and never repeats the secret.
    pub(crate) async fn token(&self, scope: &str, login: &Url) -> Result<AccessToken, Failure> {
        let result = self.source.get_token(&[scope], None).await;
        result.map_err(|error| {
            let mut failure = explain(&error, login);
            if let Some(recipe) = &self.recipe {
                failure.message = recipe.sign_in.without_secrets(&failure.message);
                failure.hint = failure.hint.or(recipe.sign_in.hint());
            }
            failure
        })
    }
}

impl Recipe {
    fn source(&self) -> Result<Source, Error> {
        let source: azure_core::Result<Source> = match &self.sign_in {
            SignIn::ClientSecret {
                tenant,
                client,
                secret,
            } => {
                let options = ClientSecretCredentialOptions {
                    client_options: self.client_options(),
                };
                ClientSecretCredential::new(tenant, client.clone(), secret.clone(), Some(options))
                    .map(|source| source as Source)
            }
            SignIn::ClientCertificate {
                tenant,
                client,
                path,
                password,
            } => {
                let assertion =
                    SignedAssertion::new(path, password.as_ref(), tenant, client, &self.login)?;
                ClientAssertionCredential::new(
                    tenant.clone(),
                    client.clone(),
                    assertion,
                    Some(self.assertion_options()),
                )
                .map(|source| source as Source)
            }
            SignIn::WorkloadIdentity {
                tenant,
                client,
                token_file,
            } => {
                let options = WorkloadIdentityCredentialOptions {
                    credential_options: self.assertion_options(),
                    client_id: Some(client.clone()),
                    tenant_id: Some(tenant.clone()),
                    token_file_path: Some(token_file.clone()),
                };
                WorkloadIdentityCredential::new(Some(options)).map(|source| source as Source)
            }
            SignIn::ManagedIdentity { client } => {
                let options = ManagedIdentityCredentialOptions {
                    user_assigned_id: client.clone().map(UserAssignedId::ClientId),
                    client_options: self.client_options(),
                };
                ManagedIdentityCredential::new(Some(options)).map(|source| source as Source)
            }
            SignIn::AzureCli { tenant } => {
                let options = AzureCliCredentialOptions {
                    tenant_id: tenant.clone(),
                    executor: self.executor.clone(),
                    ..AzureCliCredentialOptions::default()
                };
                AzureCliCredential::new(Some(options)).map(|source| source as Source)
            }
            SignIn::AzureDeveloperCli { tenant } => {
                let options = AzureDeveloperCliCredentialOptions {
                    tenant_id: tenant.clone(),
                    executor: self.executor.clone(),
                };
                AzureDeveloperCliCredential::new(Some(options)).map(|source| source as Source)
            }
        };
        source.map_err(|error| Error::Identity(self.sign_in.without_secrets(&error.to_string())))
    }

    fn assertion_options(&self) -> ClientAssertionCredentialOptions {
        ClientAssertionCredentialOptions {
            client_options: self.client_options(),
        }
    }

    /// This crate's transport, the cloud's authority, and a few quick retries.
    fn client_options(&self) -> ClientOptions {
        let mut authority = self.login.clone();
        // The library accepts https only; the transport turns plain loopback back to http.
        if authority.scheme() == "http" && authority.set_scheme("https").is_err() {
            authority = self.login.clone();
        }
        let mut custom = CustomConfiguration::default();
        custom.authority_host = authority.into();
        ClientOptions {
            transport: Some(CoreTransport::new(IdentityClient::new(
                self.transport.clone(),
                &self.login,
            ))),
            cloud: Some(Arc::new(CloudConfiguration::Custom(custom))),
            retry: RetryOptions::exponential(ExponentialRetryOptions {
                initial_delay: Duration::milliseconds(200),
                max_retries: 3,
                max_total_elapsed: Duration::seconds(10),
                max_delay: Duration::seconds(2),
            }),
            ..ClientOptions::default()
        }
    }
}

#[cfg(test)]
mod tests;
