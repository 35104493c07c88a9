//! The simulated Azure of a benchmark, and how programs sign in to it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use simulator::{Faults, Options, Server, Tenant};

use crate::error::CliError;

/// A running simulated Azure with the files that a program needs to reach it.
pub(super) struct AzureSide {
    pub(super) server: Server,
    authorities: PathBuf,
    secret: PathBuf,
    tenant: String,
    client: String,
}

impl AzureSide {
    /// Serves a tenant; files go into `folder`.
    ///
    /// # Errors
    /// No address can be listened on, or the files cannot be written.
    pub(super) async fn start(
        tenant: Tenant,
        latency: Duration,
        throttle: bool,
        faults: Faults,
        folder: &Path,
    ) -> Result<Self, CliError> {
        let id = tenant.id().to_owned();
        let (client, secret) = tenant
            .credentials()
            .first()
            .map(|(client, secret)| ((*client).to_owned(), (*secret).to_owned()))
            .ok_or_else(|| CliError::failed("the tenant has no application to sign in with"))?;
        let options = Options {
            latency,
            throttle,
            faults,
            ..Options::default()
        };
        let server = Server::start(tenant, options)
            .await
            .map_err(CliError::failed)?;
        let side = Self {
            authorities: folder.join("authorities.pem"),
            secret: folder.join("secret.txt"),
            tenant: id,
            client,
            server,
        };
        let pem = side.server.ca_pem().unwrap_or_default();
        for (file, text) in [(&side.authorities, pem), (&side.secret, secret.as_str())] {
            std::fs::write(file, text).map_err(|error| {
                CliError::failed(format!("{} could not be written: {error}", file.display()))
            })?;
        }
        Ok(side)
    }

    /// The arguments by which a program reaches it and signs in.
    pub(super) fn arguments(&self) -> Vec<String> {
        let file = |path: &Path| path.display().to_string();
        [
            ("--cloud", self.server.endpoint().to_string()),
            ("--ca-file", file(&self.authorities)),
            ("--auth", "client-secret".to_owned()),
            ("--tenant-id", self.tenant.clone()),
            ("--client-id", self.client.clone()),
            ("--client-secret-file", file(&self.secret)),
        ]
        .into_iter()
        .flat_map(|(flag, value)| [flag.to_owned(), value])
        .collect()
    }
}
