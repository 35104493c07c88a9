//! One check's verdict on one document.

use std::sync::{Arc, OnceLock};

use catalog::{Document, DocumentType, SourceError};
use expression::{Bindings, EvalError, Lasting, Program, Template, Value as Operand};
use serde_json::Value;

use crate::finding::{Finding, Reason, Status};
use crate::gap::Gap;
use crate::known::Known;
use crate::loading::Loaded;
use crate::reads::ResolvedRead;
use crate::subject::Subject;
use crate::{Check, evidence};

/// What is the same for every document of an evaluation.
#[derive(Debug)]
pub(crate) struct Facts {
    /// `{ emergency_accounts: [..] }`.
    pub(crate) settings: Value,
    /// When the documents were collected; null when that is not known.
    pub(crate) now: Value,
}

/// A check with its reads looked up and its parameters set.
#[derive(Debug)]
pub(crate) struct Judge<'c> {
    pub(crate) check: &'c Check,
    pub(crate) reads: Vec<ResolvedRead>,
    /// The names of the reads that this type of document lacks.
    pub(crate) lacking: Vec<String>,
    pub(crate) params: Value,
    /// Made for the first document: most checks of a selection meet none.
    pub(crate) shown: OnceLock<evidence::Shown>,
}

/// A finding, and the defect of the check that showed itself on the way, if any.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) finding: Finding,
    pub(crate) defect: Option<String>,
}

/// What a check has to say of a document.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Its findings; none when the check's `when` rules the document out.
    Findings(Vec<Judged>),
    /// Nothing, for a reason that it shares with every document of the scope: `when` asks a joined
    /// list that is not known. With the gap of the list that stands in for it.
    UnknownInScope(Gap, Option<Gap>),
}

/// What the documents of a scope have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Common<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) facts: &'a Facts,
    /// What is computed from joined lists.
    pub(crate) lasting: &'a Lasting,
}

/// A document under judgement.
#[derive(Clone, Copy)]
struct Case<'a> {
    document: &'a Document,
    common: &'a Common<'a>,
}

impl Judge<'_> {
    /// What the check has to say of a document.
    /// `load` gives the documents of the read with that index.
    pub(crate) fn judge(
        &self,
        document: &Document,
        common: &Common<'_>,
        mut load: impl FnMut(usize) -> Result<Arc<Loaded>, SourceError>,
    ) -> Result<Verdict, SourceError> {
        let case = Case { document, common };
        if let Some(when) = self.check.when.as_deref() {
            let used = |read: &ResolvedRead| when.variables().any(|name| name == read.name);
            let known = Known::load(&self.reads, used, &mut load)?;
            match when.bool(&self.bindings(case, &known)) {
                Ok(false) => return Ok(Verdict::Findings(Vec::new())),
                Ok(true) => {}
                Err(error) => return Ok(self.undecided(document, &known, &error)),
            }
        }
        let known = Known::load(&self.reads, |_| true, &mut load)?;
        if let Some(missing) = known.missing().first() {
            let subject = Subject::document(document);
            return Ok(Verdict::Findings(vec![self.unread(
                subject,
                &missing.gap,
                missing.fallback.as_ref(),
            )]));
        }
        let bindings = self.bindings(case, &known);
        Ok(Verdict::Findings(match &self.check.each {
            None => vec![self.decide(Subject::document(document), &bindings)],
            Some(each) => self.decide_each(case, each, &bindings),
        }))
    }

    /// What to say when `when` failed. What is missing, not the expression, is to blame if something
    /// is missing; and a list that every document of the scope lacks before one of this document.
    fn undecided(&self, document: &Document, known: &Known, error: &EvalError) -> Verdict {
        let missing = known.missing();
        if let Some(shared) = missing.iter().find(|missing| missing.in_scope) {
            return Verdict::UnknownInScope(shared.gap.clone(), shared.fallback.clone());
        }
        let subject = Subject::document(document);
        Verdict::Findings(vec![match missing.first() {
            Some(own) => self.unread(subject, &own.gap, own.fallback.as_ref()),
            None => self.failed(subject, "when", error),
        }])
    }

    fn bindings<'a>(&'a self, case: Case<'a>, known: &'a Known) -> Bindings<'a> {
        let mut bindings = Bindings::new();
        let common = case.common;
        bindings
            .keep_in(common.lasting)
            .bind("resource", &case.document.body)
            .bind_lasting("params", &self.params)
            .bind_lasting("settings", &common.facts.settings)
            .bind_lasting("now", &common.facts.now)
            .bind_value("tenant", Operand::text(common.tenant))
            .bind_value(
                "subscription",
                case.document
                    .scope
                    .subscription_id()
                    .map_or(Operand::Null, Operand::text),
            );
        for (index, value) in known.values() {
            let read = &self.reads[index];
            match read.own_child {
                true => bindings.bind(&read.name, value),
                false => bindings.bind_lasting(&read.name, value),
            };
        }
        for lacking in &self.lacking {
            bindings.bind_value(lacking, Operand::Null);
        }
        bindings
    }

    fn decide_each<'a>(
        &'a self,
        case: Case<'a>,
        each: &'a Program,
        bindings: &Bindings<'a>,
    ) -> Vec<Judged> {
        let whole = || Subject::document(case.document);
        let list = match each.evaluate(bindings) {
            Err(error) => return vec![self.failed(whole(), "each", &error)],
            Ok(Operand::Null) => return Vec::new(),
            Ok(list) => list,
        };
        let Some(items) = list.elements() else {
            let error = EvalError::Kind {
                operation: "a list of items".to_owned(),
                kind: list.kind(),
            };
            return vec![self.failed(whole(), "each", &error)];
        };
        let item_type = self.item_type(each);
        let judged = items.enumerate().map(|(index, item)| {
            let subject = Subject::item(case.document, &item.to_json(), item_type, index);
            self.decide(subject, &bindings.with("item", item))
        });
        judged.collect()
    }

    /// The type of the items, when the list is one of the reads.
    fn item_type(&self, each: &Program) -> Option<&DocumentType> {
        let name = each.source().trim();
        self.reads
            .iter()
            .find(|read| read.name == name)
            .map(|read| &read.entry.name)
    }

    fn decide<'a>(&'a self, subject: Subject, bindings: &Bindings<'a>) -> Judged {
        let check = self.check;
        let manual = match check
            .manual
            .as_ref()
            .map(|manual| manual.bool(bindings))
            .transpose()
        {
            Err(error) => return self.failed(subject, "manual", &error),
            Ok(manual) => manual == Some(true),
        };
        let (status, message) = if manual {
            (Status::Manual, check.message.manual.as_ref())
        } else {
            match check.pass.bool(bindings) {
                Err(error) => return self.failed(subject, "pass", &error),
                Ok(true) => (Status::Pass, Some(&check.message.pass)),
                Ok(false) => (Status::Fail, Some(&check.message.fail)),
            }
        };
        let (message, defect) = render(message, &check.title, bindings);
        let mut finding = self.finding(subject, status, message);
        let shown = || self.shown.get_or_init(|| evidence::shown(check));
        finding.evidence = evidence::collect(check, shown, bindings);
        Judged { finding, defect }
    }

    /// The finding on a document, a parent or a scope of which something could not be read.
    pub(crate) fn unread(&self, subject: Subject, gap: &Gap, fallback: Option<&Gap>) -> Judged {
        let message = match fallback {
            None => gap.message(),
            Some(fallback) => gap.message_with_fallback(fallback),
        };
        let mut finding = self.finding(subject, Status::NotAssessed, message);
        finding.reason = Some(gap.reason);
        finding.permission = gap
            .permission
            .clone()
            .or_else(|| fallback?.permission.clone());
        Judged {
            finding,
            defect: None,
        }
    }

    fn failed(&self, subject: Subject, part: &str, error: &EvalError) -> Judged {
        let mut finding = self.finding(
            subject,
            Status::NotAssessed,
            format!("Could not be judged: {error}."),
        );
        finding.reason = Some(Reason::Error);
        Judged {
            finding,
            defect: Some(format!("`{part}` failed: {error}")),
        }
    }

    fn finding(&self, subject: Subject, status: Status, message: String) -> Finding {
        Finding {
            check_id: self.check.id.clone(),
            status,
            reason: None,
            severity: self.check.severity,
            service: self.check.service.clone(),
            resource_id: subject.id,
            resource_name: subject.name,
            resource_type: subject.document_type,
            subscription_id: subject.subscription,
            region: subject.region,
            message,
            evidence: Default::default(),
            permission: None,
        }
    }
}

/// The message; the title when it cannot be written, because the verdict stands all the same.
fn render<'a>(
    template: Option<&'a Template>,
    title: &str,
    bindings: &Bindings<'a>,
) -> (String, Option<String>) {
    let Some(template) = template else {
        return ("A person must look at this.".to_owned(), None);
    };
    match template.render(bindings) {
        Ok(message) => (message, None),
        Err(error) => (
            format!("{title}: the message could not be written."),
            Some(format!("`message` failed: {error}")),
        ),
    }
}
