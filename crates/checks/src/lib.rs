//! Checks: loading, linting, testing and evaluating them.
//!
//! A check is one question about one document type, in one file. It is compiled once; after that an
//! evaluation is a pure function of documents and settings. What could not be read becomes a
//! finding that says so, and an expression that fails never disturbs another.

mod cache;
mod category;
mod check;
mod compile;
mod content;
mod counts;
mod diagnostic;
mod evaluate;
mod evidence;
mod finding;
mod form;
mod functions;
mod gap;
mod judge;
mod known;
mod library;
mod lint;
mod loading;
mod memory;
mod own_tests;
mod places;
mod profile;
mod reads;
mod remediation;
mod requirements;
mod run;
mod scaffold;
mod selection;
mod settings;
mod staging;
mod subject;
mod testing;
mod versions;
pub mod vocabulary;
mod words;

pub use category::CATEGORIES;
pub use check::{Check, Expectation, Instruction, Messages, Read, Remediation, Test};
pub use counts::Counts;
pub use diagnostic::{ContentError, Diagnostic};
pub use evaluate::{Evaluator, PrepareError, RunError};
pub use finding::{Finding, Reason, Severity, Status};
pub use functions::environment;
pub use library::Library;
pub use lint::{lint, lint_check};
pub use memory::Memory;
pub use own_tests::Tests;
pub use profile::{CheckTime, Profile};
pub use reads::UnknownType;
pub use remediation::{RenderedRemediation, render_remediation};
pub use scaffold::scaffold;
pub use selection::{Selection, SelectionError};
pub use settings::{Settings, SettingsError};
pub use testing::{Failure, TestReport, test};
