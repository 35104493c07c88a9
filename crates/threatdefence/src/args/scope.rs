//! What to scan.

use clap::Args;
use inventory::ScopeRequest;

/// What to scan.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Scope")]
pub struct ScopeArgs {
    /// A subscription to scan, by id or name; every enabled one when absent
    #[arg(long, value_name = "ID|NAME", value_delimiter = ',')]
    pub subscription: Vec<String>,

    /// A management group to scan, with all that is nested in it
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub management_group: Vec<String>,

    /// Only findings on resources of this resource group
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub resource_group: Vec<String>,

    /// A subscription to leave out, by id or name
    #[arg(long, value_name = "ID|NAME", value_delimiter = ',')]
    pub exclude_subscription: Vec<String>,
}

impl ScopeArgs {
    /// The request as the inventory takes it.
    pub fn request(&self) -> ScopeRequest {
        ScopeRequest {
            subscriptions: self.subscription.clone(),
            excluded: self.exclude_subscription.clone(),
            management_groups: self.management_group.clone(),
            resource_groups: self.resource_group.clone(),
        }
    }
}
