//! What goes and stays, before and after.

use serde_json::json;
use setup::remove::{Left, Removal, Removed};

use super::RemoveArgs;
use crate::commands::setup::args::SetupFormat;
use crate::commands::setup::plan::text::wrapped;
use crate::console::Console;
use crate::error::{CliError, Exit};
use crate::stdio;

/// The plan for people.
pub fn outline(plan: &Removal, width: usize) -> String {
    let mut text = match plan.steps.len() {
        0 => "There is nothing to take away.\n".to_owned(),
        1 => "1 thing goes:\n".to_owned(),
        count => format!("{count} things go, in this order:\n"),
    };
    for (number, step) in (1..).zip(&plan.steps) {
        text.push_str(&wrapped(&format!("{number:>4}. "), &step.words, width));
    }
    for (heading, lines) in [("Going with them", &plan.along), ("Staying", &plan.stays)] {
        if !lines.is_empty() {
            text.push_str(&format!("\n{heading}\n"));
        }
        for line in lines {
            text.push_str(&wrapped("  - ", line, width));
        }
    }
    text
}

/// What went and what is left, and how the run ends for it.
///
/// # Errors
/// Something is left.
pub fn report(
    arguments: &RemoveArgs,
    plan: &Removal,
    removed: &Removed,
    console: &Console,
) -> Result<Exit, CliError> {
    let reason = |left: &Left| match &left.error {
        Some(error) => error.to_string(),
        None if removed.interrupted => "interrupted before".to_owned(),
        None => "something that needs it is left".to_owned(),
    };
    let goes_to_the_bin = removed
        .done
        .iter()
        .any(|step| step.id() == "remove-application");
    match arguments.format {
        SetupFormat::Json => {
            let left: Vec<_> = removed
                .left
                .iter()
                .map(|left| {
                    json!({"step": left.step.id(), "what": left.step.words,
                        "reason": reason(left), "needs": left.step.needs()})
                })
                .collect();
            let done: Vec<_> = removed.done.iter().map(|step| step.id()).collect();
            let value = json!({"removed": done, "along": plan.along, "stays": plan.stays,
                "left": left, "journal": arguments.change.journal});
            stdio::print_line(format!("{value:#}"))?;
        }
        SetupFormat::Table => {
            for step in &removed.done {
                stdio::print_line(format!("removed  {}", step.words))?;
            }
            for line in &plan.stays {
                stdio::print_line(format!("stays    {line}"))?;
            }
            for left in &removed.left {
                stdio::print_line(format!("left     {}: {}", left.step.words, reason(left)))?;
            }
        }
    }
    if goes_to_the_bin && !arguments.purge {
        console.say(
            "Entra ID keeps the deleted application for 30 days; --purge deletes it for good.",
        );
    }
    if removed.interrupted {
        return Err(
            CliError::failed("interrupted; what was taken away is noted in the journal")
                .hint("run the same command again: it goes on where this run stopped"),
        );
    }
    let Some(first) = removed.left.iter().find(|left| left.error.is_some()) else {
        return Ok(Exit::Done);
    };
    Err(CliError::failed(format!(
        "{} of {} are left: {}: {}",
        removed.left.len(),
        plan.steps.len(),
        first.step.words,
        reason(first)
    ))
    .hint(format!(
        "it takes {}; then run the same command again",
        first.step.needs()
    )))
}
