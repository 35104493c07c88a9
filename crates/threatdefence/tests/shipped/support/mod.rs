//! What the tests share: the program, a simulated Azure, small tenants, findings and the ledger.

mod azure;
mod company;
mod demo_tenant;
mod findings;
mod program;
mod scan;

pub use azure::{Azure, rule, rules};
pub use company::{APPLICATION, Company, PRODUCTION, TENANT, denied};
pub use demo_tenant::{
    baseline, client_id, demo, demo_with, expected, secret, unchanged, unchanged_in,
};
pub use findings::{Finding, changes, verdicts};
pub use program::{Ended, Program};
pub use scan::Scan;
