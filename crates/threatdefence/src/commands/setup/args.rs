//! Flags that several of the setup commands share.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Days that a certificate holds, unless said otherwise.
pub const CERTIFICATE_DAYS: u16 = 365;
/// Days that a client secret holds, unless said otherwise.
pub const SECRET_DAYS: u16 = 180;

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SetupFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

/// Which application.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Application")]
pub struct ApplicationArgs {
    /// The application's display name
    #[arg(long, value_name = "NAME", default_value = "ThreatDefence")]
    pub name: String,

    /// An application that exists, by its application (client) id: an earlier one, or a provider's
    #[arg(long, value_name = "ID")]
    pub application_id: Option<String>,
}

/// What the identity is given.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Permissions")]
pub struct GrantArgs {
    /// A subscription to give roles on, by id or name
    #[arg(long, value_name = "ID|NAME", value_delimiter = ',', group = "where")]
    pub subscription: Vec<String>,

    /// The management group to give roles on, by id or name, with all that is below it
    #[arg(long, value_name = "ID|NAME", value_delimiter = ',', group = "where")]
    pub management_group: Vec<String>,

    /// Give roles on every subscription that you can see
    #[arg(long, group = "where")]
    pub all_subscriptions: bool,

    /// Give no Azure roles: look at Entra ID alone
    #[arg(long, group = "where")]
    pub directory_only: bool,

    /// An optional Graph permission beside the base, as in AuditLog.Read.All; `all` takes every one
    #[arg(long, value_name = "PERMISSION", value_delimiter = ',')]
    pub with: Vec<String>,

    /// Leave ThreatDefenceRole out; the checks that need it are then not assessed
    #[arg(long)]
    pub without_role: bool,

    /// Register the application for other tenants too, as providers do
    #[arg(long)]
    pub multi_tenant: bool,
}

/// How the identity proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProofKind {
    /// A certificate; its key is made here and stays here
    Certificate,
    /// A client secret
    Secret,
    /// Tokens of another issuer, such as GitHub: no secret at all
    Federated,
    /// None: somebody else sees to it
    None,
}

/// Its credential.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Credential")]
pub struct ProofArgs {
    /// How the identity proves who it is; certificate, or federated where an issuer is named
    #[arg(long, value_enum, value_name = "KIND")]
    pub proof: Option<ProofKind>,

    /// Days until it expires; 365 for a certificate and 180 for a secret when absent
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=730))]
    pub days: Option<u16>,

    /// A GitHub repository whose workflows may sign in
    #[arg(long, value_name = "OWNER/REPOSITORY", conflicts_with_all = ["issuer", "subject"])]
    pub github: Option<String>,

    /// The branch of the repository; main when neither branch, environment nor tag is named
    #[arg(long, value_name = "NAME", requires = "github", group = "entity")]
    pub branch: Option<String>,

    /// The environment of the repository
    #[arg(long, value_name = "NAME", requires = "github", group = "entity")]
    pub environment: Option<String>,

    /// The tag of the repository
    #[arg(long, value_name = "NAME", requires = "github", group = "entity")]
    pub tag: Option<String>,

    /// The issuer of the tokens, as a URL
    #[arg(long, value_name = "URL", requires = "subject")]
    pub issuer: Option<String>,

    /// The subject of the tokens
    #[arg(long, value_name = "SUBJECT", requires = "issuer")]
    pub subject: Option<String>,
}

/// Where a new credential is written.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Credential")]
pub struct ProofFileArgs {
    /// Where to write certificate and key; NAME.pem in the current folder when absent
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<PathBuf>,

    /// Where to write the client secret; shown once on the terminal when absent
    #[arg(long, value_name = "FILE")]
    pub write_secret: Option<PathBuf>,
}

/// How a change is carried out.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Change")]
pub struct ChangeArgs {
    /// Do not ask before writing
    #[arg(long)]
    pub yes: bool,

    /// The journal: what was done, and what was there before
    #[arg(long, value_name = "FILE", default_value = "threatdefence-setup.jsonl")]
    pub journal: PathBuf,

    /// Seconds to wait for Entra ID and Azure to learn of what was just made
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub wait: u64,
}
