//! What the tests share: the program, a simulated Azure, small tenants, findings and the ledger.

#[cfg(unix)]
pub mod administrator;
mod azure;
mod collected;
mod company;
mod contents;
mod demo_tenant;
mod findings;
mod generated;
mod program;
mod scan;
mod selection;
pub mod setup;

pub use azure::{Azure, LISTED, ONE_BY_ONE, RESOURCE_GRAPH, rule, rules};
pub use collected::{Collected, Judged, into_format_1};
pub use company::{APPLICATION, Company, PRODUCTION, TENANT, denied};
pub use contents::{Contents, alike};
pub use demo_tenant::{
    baseline, client_id, demo, demo_with, demo_written, secret, unchanged, unchanged_in,
};
pub use findings::{Finding, changes, verdicts};
pub use generated::generated;
pub use program::{Ended, Program};
pub use scan::Scan;
pub use selection::{SELECTION, selection};
