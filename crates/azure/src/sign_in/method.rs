//! The sign-in methods by the names that `--auth` takes.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// A way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AuthMethod {
    /// `client-secret`
    ClientSecret,
    /// `client-certificate`
    ClientCertificate,
    /// `workload-identity`
    WorkloadIdentity,
    /// `managed-identity`
    ManagedIdentity,
    /// `azure-cli`
    AzureCli,
    /// `azure-developer-cli`
    AzureDeveloperCli,
}

impl AuthMethod {
    /// Every method.
    pub const ALL: [Self; 6] = [
        Self::ClientSecret,
        Self::ClientCertificate,
        Self::WorkloadIdentity,
        Self::ManagedIdentity,
        Self::AzureCli,
        Self::AzureDeveloperCli,
    ];

    /// The name that `--auth` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecret => "client-secret",
            Self::ClientCertificate => "client-certificate",
            Self::WorkloadIdentity => "workload-identity",
            Self::ManagedIdentity => "managed-identity",
            Self::AzureCli => "azure-cli",
            Self::AzureDeveloperCli => "azure-developer-cli",
        }
    }
}

impl fmt::Display for AuthMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AuthMethod {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|method| method.as_str().eq_ignore_ascii_case(name))
            .ok_or_else(|| Error::UnknownMethod(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for method in AuthMethod::ALL {
            assert_eq!(method.to_string().parse::<AuthMethod>().ok(), Some(method));
        }
        assert!("password".parse::<AuthMethod>().is_err());
    }
}
