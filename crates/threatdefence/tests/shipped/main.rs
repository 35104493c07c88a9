//! The shipped program, run as its users run it, against a simulated Azure over real sockets.

mod config;
mod content;
mod demo;
mod disk;
mod doctor;
mod faults;
mod generated;
mod interrupt;
mod odd_documents;
mod odd_lists;
mod output_stream;
mod own_checks;
mod paging;
mod scope;
mod sign_in;
mod support;
mod throttling;
