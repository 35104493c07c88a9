//! From a check's file to a check.

use std::borrow::Cow;
use std::sync::Arc;

use catalog::DocumentType;
use expression::{CompileError, Environment, Program, Template};
use serde_json::{Map, Value};

use crate::check::{Check, Instruction, Messages, Read, Remediation};
use crate::content::Source;
use crate::diagnostic::{Diagnostic, Place};
use crate::form::{
    self, CheckForm, MessageForm, Pairs, ReadForm, RemediationForm, ResourceForm, Text,
};
use crate::functions;
use crate::own_tests::{self, Tests};
use crate::places::Places;
use crate::versions;

/// Compiles a file as a whole.
///
/// # Errors
///
/// Everything that is wrong with its syntax or its expressions.
pub(crate) fn compile(
    environment: &Arc<Environment>,
    source: &Source,
) -> Result<Check, Vec<Diagnostic>> {
    compiled(environment, source, false)
}

/// Reads a file that is known to compile: its expressions are compiled and its tests read when
/// they are first needed. The tests are the last section of such a file.
///
/// # Errors
///
/// Everything that is wrong with the syntax of what comes before the tests.
pub(crate) fn compile_on_use(
    environment: &Arc<Environment>,
    source: &Source,
) -> Result<Check, Vec<Diagnostic>> {
    let mut check = compiled(environment, &source.without_tests(), true)?;
    check.tests = Tests::deferred(source.clone());
    Ok(check)
}

/// A check all of whose parts are compiled and read, whichever way it was loaded.
///
/// # Errors
///
/// As for [`compile`].
pub(crate) fn whole(check: &Check) -> Result<Cow<'_, Check>, Vec<Diagnostic>> {
    match check.tests.source() {
        None => Ok(Cow::Borrowed(check)),
        Some(source) => compile(&functions::shared(), source).map(Cow::Owned),
    }
}

fn compiled(
    environment: &Arc<Environment>,
    source: &Source,
    on_use: bool,
) -> Result<Check, Vec<Diagnostic>> {
    let form = form::parse(&source.file, &source.text).map_err(|diagnostic| vec![diagnostic])?;
    let mut compiler = Compiler {
        environment,
        file: &source.file,
        on_use,
        diagnostics: Vec::new(),
    };
    let check = compiler.check(form, source);
    match check {
        Some(check) if compiler.diagnostics.is_empty() => Ok(check),
        _ => Err(compiler.diagnostics),
    }
}

struct Compiler<'a> {
    environment: &'a Arc<Environment>,
    file: &'a str,
    /// Whether expressions are left to be compiled by their first use.
    on_use: bool,
    diagnostics: Vec<Diagnostic>,
}

impl Compiler<'_> {
    /// The check, unless a part of it was refused. Every part is compiled before that is known, so
    /// that one run names every defect.
    fn check(&mut self, form: CheckForm, source: &Source) -> Option<Check> {
        let places = Places::of(&form);
        let when = self.optional(form.when);
        let each = self.optional(form.each);
        let manual = self.optional(form.manual);
        let pass = self.program(&form.pass);
        let message = self.messages(&form.message);
        let evidence = self.evidence(&form.evidence);
        let remediation = self.remediation(form.remediation);
        let params = self.params(form.params);
        let mut tests = Vec::new();
        for test in form.tests {
            match own_tests::test(self.file, test.value, test.referenced.into()) {
                Ok(test) => tests.push(test),
                Err(diagnostic) => self.diagnostics.push(diagnostic),
            }
        }
        Some(Check {
            id: source.id.clone(),
            service: source.service.clone(),
            title: form.title.value.trim().to_owned(),
            severity: form.severity,
            severity_reason: form.severity_reason.map(sentence),
            categories: values(form.categories),
            resources: resources(form.resource.value),
            reads: form
                .with
                .0
                .into_iter()
                .map(|(name, read)| self::read(name, read.value))
                .collect(),
            when: when?.map(Arc::new),
            each: each?,
            params: params?,
            manual: manual?,
            pass: pass?,
            message: message?,
            differs: form.differs.map(sentence),
            evidence: evidence?,
            risk: form.risk.value.trim().to_owned(),
            remediation: remediation?,
            references: values(form.references),
            tests: Tests::of(tests),
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
        let source = text.value.trim();
        if self.on_use {
            return Some(Program::deferred(self.environment, source));
        }
        Program::compile(self.environment, source)
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
        let source = text.value.trim();
        if self.on_use {
            return Some(Template::deferred(self.environment, source));
        }
        Template::compile(self.environment, source)
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
        let (portal, breaks) = (optional(form.portal), optional(form.breaks));
        Some(Remediation {
            text: text?,
            az: az?,
            terraform: terraform?,
            bicep: bicep?,
            powershell: powershell?,
            portal: portal?,
            breaks: breaks?,
        })
    }

    /// The parameters, with what they take from the file of versions.
    fn params(&mut self, params: Map<String, Value>) -> Option<Map<String, Value>> {
        versions::filled_in(params)
            .map_err(|message| {
                self.diagnostics.push(
                    Diagnostic::file(self.file, message).hint(Some(VERSIONS_HINT.to_owned())),
                );
            })
            .ok()
    }

    fn instruction(&mut self, text: Text) -> Option<Instruction> {
        let template = self.template(&text)?;
        Some(Instruction {
            source: text.value.trim().to_owned(),
            template,
        })
    }
}

const VERSIONS_HINT: &str = "a parameter that begins with `versions.` names a value of that file";

/// A text of one paragraph, without the line breaks of its file.
fn sentence(text: Text) -> String {
    text.value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn values(texts: Vec<Text>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}

/// The types that a check judges. An empty list is one type without a name, which lint refuses.
fn resources(form: ResourceForm) -> Vec<DocumentType> {
    let names = match form {
        ResourceForm::One(name) => vec![name],
        ResourceForm::Several(names) if names.is_empty() => vec![String::new()],
        ResourceForm::Several(names) => names,
    };
    names.into_iter().map(DocumentType::new).collect()
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

#[cfg(test)]
mod tests;
