//! `report.html`: one page that needs no network, no server and no build step.

mod data;
mod output;
mod page;
mod policy;

#[cfg(test)]
mod tests;

pub(crate) use output::HtmlOutput;
