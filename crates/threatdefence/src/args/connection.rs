//! How to reach Azure and as whom.

use std::path::PathBuf;

use azure::AuthMethod;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Requests under way at once, unless said otherwise.
const CONCURRENCY: u16 = 256;

/// Seconds after which a refused read is given up, unless said otherwise.
const DEADLINE: u64 = 300;

/// How to reach Azure and as whom.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// How to sign in; found from the environment, then the Azure CLI, when absent
    #[arg(long, value_name = "METHOD", value_parser = methods())]
    pub auth: Option<AuthMethod>,

    /// The tenant to sign in to; AZURE_TENANT_ID when absent
    #[arg(long, value_name = "ID")]
    pub tenant_id: Option<String>,

    /// The application to sign in as; AZURE_CLIENT_ID when absent
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,

    /// A file that holds the client secret; AZURE_CLIENT_SECRET, or a prompt, when absent
    #[arg(long, value_name = "FILE")]
    pub client_secret_file: Option<PathBuf>,

    /// AzureCloud, AzureUSGovernment, AzureChinaCloud, or the URL of an ARM endpoint
    #[arg(long, value_name = "NAME|URL", default_value = "AzureCloud")]
    pub cloud: String,

    /// A PEM file with certificate authorities to trust besides the system's
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,

    /// The most requests under way at once; how many there are depends on how Azure answers
    #[arg(long, value_name = "N", default_value_t = CONCURRENCY, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub concurrency: u16,

    /// Seconds after which a read that Azure keeps refusing is given up
    #[arg(long, value_name = "SECONDS", default_value_t = DEADLINE, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub deadline: u64,
}

impl ConnectionArgs {
    /// The defaults, to a cloud whose ARM endpoint is known.
    pub fn to_cloud(endpoint: &str) -> Self {
        Self {
            auth: None,
            tenant_id: None,
            client_id: None,
            client_secret_file: None,
            cloud: endpoint.to_owned(),
            ca_file: None,
            concurrency: CONCURRENCY,
            deadline: DEADLINE,
        }
    }
}

fn methods() -> impl TypedValueParser<Value = AuthMethod> {
    PossibleValuesParser::new(AuthMethod::ALL.map(AuthMethod::as_str))
        .try_map(|name| name.parse::<AuthMethod>())
}
