//! A check, ready to run.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog::{DocumentType, Outcome};
use expression::{MemberPath, Program, Template};
use serde_json::{Map, Value};

use crate::own_tests::Tests;
use crate::places::Places;
use crate::{Severity, Status};

/// One question about one document type or a few, with everything that is known about it.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its id: the file's name.
    pub id: String,
    /// Its service: the file's folder.
    pub service: String,
    /// What is good, in one line.
    pub title: String,
    /// How bad a failure is.
    pub severity: Severity,
    /// Why it is that bad, where the usual severity is another.
    pub severity_reason: Option<String>,
    /// What it is filed under.
    pub categories: Vec<String>,
    /// The types of document it judges, at least one.
    pub resources: Vec<DocumentType>,
    /// The other documents it reads.
    pub reads: Vec<Read>,
    /// Which documents it judges; all of them when absent.
    pub when: Option<Arc<Program>>,
    /// The list whose items it judges one by one.
    pub each: Option<Program>,
    /// What users may tune, with the defaults.
    pub params: Map<String, Value>,
    /// When a person must look.
    pub manual: Option<Program>,
    /// What must hold.
    pub pass: Program,
    /// One sentence for each status.
    pub message: Messages,
    /// How and why its verdict differs from the one that other tools give, in one sentence.
    pub differs: Option<String>,
    /// Labelled evidence; when there is none, the paths that `manual` and `pass` read are shown.
    pub evidence: Vec<(String, Program)>,
    /// What happens if nobody acts.
    pub risk: String,
    /// How to repair it.
    pub remediation: Remediation,
    /// Where to read on.
    pub references: Vec<String>,
    /// Its own proof.
    pub tests: Tests,
    /// The file it comes from.
    pub file: String,
    pub(crate) places: Places,
}

/// A read of other documents, bound to a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The name that expressions use.
    pub name: String,
    /// The child key or document type as the file writes it.
    pub read: String,
    /// The children that each document carries along.
    pub children: Vec<String>,
    /// The other read that this one stands in for.
    pub fallback_for: Option<String>,
}

/// One sentence for each status.
#[derive(Debug, Clone)]
pub struct Messages {
    /// For `pass`.
    pub pass: Template,
    /// For `fail`.
    pub fail: Template,
    /// For `manual`.
    pub manual: Option<Template>,
}

/// How to repair a failure: a text, and what to type or write.
#[derive(Debug, Clone)]
pub struct Remediation {
    /// In words.
    pub text: Instruction,
    /// For the Azure CLI.
    pub az: Option<Instruction>,
    /// In Terraform.
    pub terraform: Option<Instruction>,
    /// In Bicep.
    pub bicep: Option<Instruction>,
    /// In PowerShell.
    pub powershell: Option<Instruction>,
    /// Where to click in the Azure portal.
    pub portal: Option<Instruction>,
    /// What the repair may break.
    pub breaks: Option<Instruction>,
}

/// A part of a remediation: as the file writes it, and ready to be filled in.
#[derive(Debug, Clone)]
pub struct Instruction {
    /// As the file writes it.
    pub source: String,
    pub(crate) template: Template,
}

/// A test: a document and what must come out.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// What must come out.
    pub expectation: Expectation,
    /// The document, as far as the test cares.
    pub resource: Value,
    /// The other documents by name.
    pub with: Vec<(String, Value)>,
    /// Parameters that differ from the defaults.
    pub params: Map<String, Value>,
    /// The ids or user principal names of the emergency accounts.
    pub emergency_accounts: Vec<String>,
    /// The time of the scan.
    pub now: Option<String>,
    /// The reads that are not known, with how they ended. `resource` means the list itself.
    pub unreadable: Vec<(String, Outcome)>,
    /// Why.
    pub why: Option<String>,
    /// The line it begins on.
    pub line: u64,
}

/// What must come out of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// Findings, all of this status.
    Status(Status),
    /// No finding.
    None,
}

impl Remediation {
    /// Every part, with the word the file has for it.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &Instruction)> {
        [
            ("text", Some(&self.text)),
            ("az", self.az.as_ref()),
            ("terraform", self.terraform.as_ref()),
            ("bicep", self.bicep.as_ref()),
            ("powershell", self.powershell.as_ref()),
            ("portal", self.portal.as_ref()),
            ("breaks", self.breaks.as_ref()),
        ]
        .into_iter()
        .filter_map(|(name, part)| Some((name, part?)))
    }
}

impl Check {
    /// The read of that name.
    pub fn read(&self, name: &str) -> Option<&Read> {
        self.reads.iter().find(|read| read.name == name)
    }

    /// The type among those the check judges that an id of Azure Resource Manager belongs to, itself or as what
    /// lies below it; the first one where the id tells nothing.
    pub(crate) fn resource_of(&self, id: &str) -> &DocumentType {
        let fits = |resource: &&DocumentType| resource.holds(id);
        self.resources
            .iter()
            .find(fits)
            .unwrap_or(&self.resources[0])
    }

    /// The paths that decide between manual, pass and fail, in alphabetical order.
    pub fn deciding_paths(&self) -> BTreeSet<&MemberPath> {
        self.manual
            .iter()
            .chain([&self.pass])
            .flat_map(Program::paths)
            .collect()
    }
}
