//! `threatdefence checks show`.

use catalog::DocumentType;
use checks::Check;
use clap::Args;

use crate::args::ContentArgs;
use crate::content::Content;
use crate::error::{CliError, Exit, nearest};
use crate::stdio;

/// Show one check: its question, what it reads, what that needs, and the remedy
#[derive(Debug, Clone, Args)]
pub struct ShowArgs {
    /// The check's id
    #[arg(value_name = "ID")]
    pub id: String,

    #[command(flatten)]
    pub content: ContentArgs,
}

/// Runs it.
///
/// # Errors
/// There is no such check.
pub fn run(arguments: &ShowArgs) -> Result<Exit, CliError> {
    let content = Content::load(&arguments.content)?;
    let Some(check) = content.library.check(&arguments.id) else {
        let error = CliError::usage(format!("there is no check `{}`", arguments.id));
        let ids = content
            .library
            .checks()
            .iter()
            .map(|check| check.id.as_str());
        return Err(match nearest(&arguments.id, ids).as_slice() {
            [] => error.hint("`threatdefence checks list` shows every check"),
            near => error.hint(format!("did you mean {}?", near.join(", "))),
        });
    };
    stdio::print(describe(check, &content))?;
    Ok(Exit::Done)
}

fn describe(check: &Check, content: &Content) -> String {
    let mut text = format!("{}\n{}\n\n", check.id, check.title);
    line(&mut text, "severity", check.severity.as_str());
    if let Some(reason) = &check.severity_reason {
        line(&mut text, "", reason);
    }
    line(&mut text, "service", &check.service);
    line(&mut text, "categories", &check.categories.join(", "));
    let judges: Vec<&str> = check.resources.iter().map(DocumentType::as_str).collect();
    line(&mut text, "judges", &judges.join("\n"));
    line(&mut text, "reads", &content.reads(check).join("\n"));
    line(
        &mut text,
        "needs",
        &check.permissions(&content.catalog).join("\n"),
    );
    if let Some(when) = &check.when {
        line(&mut text, "when", when.source());
    }
    if let Some(each) = &check.each {
        line(&mut text, "each", each.source());
    }
    if let Some(manual) = &check.manual {
        line(&mut text, "manual if", manual.source());
    }
    line(&mut text, "passes if", check.pass.source());
    if !check.params.is_empty() {
        let params: Vec<String> = check
            .params
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        line(&mut text, "params", &params.join("\n"));
    }
    paragraph(&mut text, "Risk", &check.risk);
    if let Some(differs) = &check.differs {
        paragraph(&mut text, "How the verdict differs", differs);
    }
    paragraph(&mut text, "Remediation", &check.remediation.text.source);
    for (name, part) in check
        .remediation
        .parts()
        .filter(|(name, _)| *name != "text")
    {
        paragraph(&mut text, &format!("Remediation ({name})"), &part.source);
    }
    paragraph(&mut text, "References", &check.references.join("\n"));
    line(&mut text, "tests", &check.tests.len().to_string());
    line(&mut text, "file", &check.file);
    text
}

/// A label and its value; further lines of the value stand below its first.
fn line(text: &mut String, label: &str, value: &str) {
    let mut lines = value.trim().lines();
    text.push_str(&format!("{label:<12}{}\n", lines.next().unwrap_or("none")));
    for line in lines {
        text.push_str(&format!("{:<12}{line}\n", ""));
    }
}

fn paragraph(text: &mut String, heading: &str, body: &str) {
    text.push_str(&format!("\n{heading}\n"));
    for line in body.trim().lines() {
        text.push_str(&format!("  {line}\n"));
    }
    text.push('\n');
    while text.ends_with("\n\n\n") {
        text.pop();
    }
}
