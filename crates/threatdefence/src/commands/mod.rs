//! The commands, one file each.

pub mod bench;
pub mod checks;
pub mod collect;
pub mod demo;
pub mod doctor;
pub mod evaluate;
pub mod generate;
pub mod ledger;
pub mod scan;
pub mod setup;
pub mod simulate;
