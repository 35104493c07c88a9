//! The shipped program, run as its users run it, against a simulated Azure over real sockets.

mod chance;
mod children;
mod config;
mod content;
mod counts;
mod demo;
mod disk;
mod doctor;
mod doctor_grants;
mod doctor_rights;
mod doctor_sign_in;
mod faults;
mod generated;
mod interrupt;
mod ledger;
mod methods;
mod odd_documents;
mod odd_lists;
mod output_stream;
mod own_checks;
mod paging;
mod refused_snapshots;
mod resource_graph;
mod scope;
mod setup_apply;
mod setup_end_to_end;
mod setup_export;
mod setup_least_privilege;
mod setup_partial;
#[cfg(unix)]
mod setup_plan;
#[cfg(unix)]
mod setup_plan_present;
#[cfg(unix)]
mod setup_plan_who;
mod setup_remove;
mod setup_renew;
mod setup_resume;
mod sign_in;
mod since;
mod sources;
mod support;
mod throttling;
