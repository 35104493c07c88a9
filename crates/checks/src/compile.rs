//! From a check's file to a check.

use std::sync::Arc;

use catalog::DocumentType;
use expression::{CompileError, Environment, Program, Template};

use crate::Status;
use crate::check::{Check, Expectation, Instruction, Messages, Places, Read, Remediation, Test};
use crate::content::Source;
use crate::diagnostic::{Diagnostic, Place};
use crate::form::{self, CheckForm, MessageForm, Pairs, ReadForm, RemediationForm, TestForm, Text};

/// Compiles a file.
///
/// # Errors
///
/// Everything that is wrong with its syntax or its expressions.
pub(crate) fn compile(
    environment: &Environment,
    source: &Source,
) -> Result<Check, Vec<Diagnostic>> {
    let form = form::parse(&source.file, &source.text).map_err(|diagnostic| vec![diagnostic])?;
    let mut compiler = Compiler {
        environment,
        file: &source.file,
        diagnostics: Vec::new(),
    };
    let check = compiler.check(form, source);
    match check {
        Some(check) if compiler.diagnostics.is_empty() => Ok(check),
        _ => Err(compiler.diagnostics),
    }
}

struct Compiler<'a> {
    environment: &'a Environment,
    file: &'a str,
    diagnostics: Vec<Diagnostic>,
}

impl Compiler<'_> {
    /// The check, unless a part of it was refused. Every part is compiled before that is known, so
    /// that one run names every defect.
    fn check(&mut self, form: CheckForm, source: &Source) -> Option<Check> {
        let places = places(&form);
        let when = self.optional(form.when);
        let each = self.optional(form.each);
        let manual = self.optional(form.manual);
        let pass = self.program(&form.pass);
        let message = self.messages(&form.message);
        let evidence = self.evidence(&form.evidence);
        let remediation = self.remediation(form.remediation);
        let tests = form
            .tests
            .into_iter()
            .filter_map(|test| self.test(test.value, test.referenced.into()))
            .collect();
        Some(Check {
            id: source.id.clone(),
            service: source.service.clone(),
            title: form.title.value.trim().to_owned(),
            severity: form.severity,
            categories: values(form.categories),
            resource: DocumentType::new(form.resource.value),
            reads: form
                .with
                .0
                .into_iter()
                .map(|(name, read)| self::read(name, read.value))
                .collect(),
            when: when?.map(Arc::new),
            each: each?,
            params: form.params,
            manual: manual?,
            pass: pass?,
            message: message?,
            evidence: evidence?,
            risk: form.risk.value.trim().to_owned(),
            remediation: remediation?,
            references: values(form.references),
            tests,
            file: source.file.clone(),
            places,
        })
    }

    fn refuse(&mut self, text: &Text, what: &str, error: &CompileError) {
        let mut place = Place::from(text.referenced);
        // The expression's first line stands at the place of the text, unless it is a block.
        if let Some((1, column)) = error.position
            && !text.value.contains('\n')
        {
            place.column += u64::try_from(column).unwrap_or(1).saturating_sub(1);
        }
        self.diagnostics
            .push(Diagnostic::file(self.file, format!("{what}: {error}")).at(place));
    }

    fn program(&mut self, text: &Text) -> Option<Program> {
        Program::compile(self.environment, text.value.trim())
            .inspect_err(|error| self.refuse(text, "expression", error))
            .ok()
    }

    /// `None` when it was refused, `Some(None)` when there is none.
    fn optional(&mut self, text: Option<Text>) -> Option<Option<Program>> {
        match text {
            None => Some(None),
            Some(text) => self.program(&text).map(Some),
        }
    }

    fn template(&mut self, text: &Text) -> Option<Template> {
        Template::compile(self.environment, text.value.trim())
            .inspect_err(|error| self.refuse(text, "template", error))
            .ok()
    }

    fn messages(&mut self, form: &MessageForm) -> Option<Messages> {
        let pass = self.template(&form.pass);
        let fail = self.template(&form.fail);
        let manual = match &form.manual {
            None => Some(None),
            Some(text) => self.template(text).map(Some),
        };
        Some(Messages {
            pass: pass?,
            fail: fail?,
            manual: manual?,
        })
    }

    fn evidence(&mut self, form: &Pairs<Text>) -> Option<Vec<(String, Program)>> {
        let compiled: Vec<_> = form
            .0
            .iter()
            .map(|(label, text)| (label, self.program(text)))
            .collect();
        compiled
            .into_iter()
            .map(|(label, program)| Some((label.clone(), program?)))
            .collect()
    }

    fn remediation(&mut self, form: RemediationForm) -> Option<Remediation> {
        let text = self.instruction(form.text);
        let mut optional = |part: Option<Text>| match part {
            None => Some(None),
            Some(part) => self.instruction(part).map(Some),
        };
        let (az, terraform) = (optional(form.az), optional(form.terraform));
        let (bicep, powershell) = (optional(form.bicep), optional(form.powershell));
        Some(Remediation {
            text: text?,
            az: az?,
            terraform: terraform?,
            bicep: bicep?,
            powershell: powershell?,
        })
    }

    fn instruction(&mut self, text: Text) -> Option<Instruction> {
        let template = self.template(&text)?;
        Some(Instruction {
            source: text.value.trim().to_owned(),
            template,
        })
    }

    fn test(&mut self, form: TestForm, place: Place) -> Option<Test> {
        let expected = [
            (form.pass, Expectation::Status(Status::Pass)),
            (form.fail, Expectation::Status(Status::Fail)),
            (form.manual, Expectation::Status(Status::Manual)),
            (form.not_assessed, Expectation::Status(Status::NotAssessed)),
            (form.none, Expectation::None),
        ];
        let mut given = expected
            .into_iter()
            .filter_map(|(resource, expectation)| Some((resource?, expectation)));
        let (Some((resource, expectation)), None) = (given.next(), given.next()) else {
            let message = "a test has a document under exactly one of pass, fail, manual, none and not_assessed";
            self.diagnostics
                .push(Diagnostic::file(self.file, message).at(place));
            return None;
        };
        if !resource.is_object() {
            let message = "the document of a test is an object";
            self.diagnostics
                .push(Diagnostic::file(self.file, message).at(place));
            return None;
        }
        Some(Test {
            expectation,
            resource,
            with: form.with.into_iter().collect(),
            params: form.params,
            emergency_accounts: form.settings.emergency_accounts,
            now: form.settings.now,
            unreadable: form.unreadable.into_iter().collect(),
            why: form.why,
            line: place.line,
        })
    }
}

fn values(texts: Vec<Text>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}

fn read(name: String, form: ReadForm) -> Read {
    match form {
        ReadForm::Read(read) => Read {
            name,
            read,
            children: Vec::new(),
            fallback_for: None,
        },
        ReadForm::Detailed(form) => Read {
            name,
            read: form.read,
            children: form.children,
            fallback_for: form.fallback_for,
        },
    }
}

fn places(form: &CheckForm) -> Places {
    let of = |text: &Text| Place::from(text.referenced);
    let maybe = |text: &Option<Text>| text.as_ref().map(of).unwrap_or_default();
    Places {
        title: of(&form.title),
        categories: form.categories.iter().map(of).collect(),
        resource: of(&form.resource),
        reads: form
            .with
            .0
            .iter()
            .map(|(_, read)| read.referenced.into())
            .collect(),
        when: maybe(&form.when),
        each: maybe(&form.each),
        manual: maybe(&form.manual),
        pass: of(&form.pass),
        messages: [
            of(&form.message.pass),
            of(&form.message.fail),
            maybe(&form.message.manual),
        ],
        evidence: form.evidence.0.iter().map(|(_, text)| of(text)).collect(),
        risk: of(&form.risk),
        remediation: of(&form.remediation.text),
        references: form.references.iter().map(of).collect(),
    }
}
