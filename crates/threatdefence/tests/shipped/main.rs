//! The shipped program, run as its users run it, against a simulated Azure over real sockets.

mod chance;
mod children;
mod config;
mod content;
mod counts;
mod demo;
mod disk;
mod doctor;
mod faults;
mod generated;
mod interrupt;
mod ledger;
mod odd_documents;
mod odd_lists;
mod output_stream;
mod own_checks;
mod paging;
mod refused_snapshots;
mod resource_graph;
mod scope;
mod sign_in;
mod since;
mod sources;
mod support;
mod throttling;
