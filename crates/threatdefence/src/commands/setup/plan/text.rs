//! The plan for people: one thing on a line, no wider than a terminal, the same without colour.

use setup::{Lack, Part, Plan};

use crate::commands::setup::planning::Planning;

/// What is shown of a plan beside who carries it out.
#[derive(Debug, Clone, Copy)]
pub struct Outline<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Columns.
    pub width: usize,
}

/// The whole report of `setup plan`.
pub fn report(planning: &Planning, next: &str, width: usize) -> String {
    let tenant = &planning.present.tenant_id;
    let tenant = match &planning.tenant_name {
        Some(name) => format!("{name} ({tenant})"),
        None => tenant.clone(),
    };
    let plan = &planning.plan;
    let mut text = format!(
        "Signed in as  {}\nTenant        {tenant}\n\n",
        planning.administrator.name
    );
    text.push_str(&outline(Outline { plan, width }));
    text.push_str("\nNothing was written.\n");
    text.push_str(&ending(plan, next, width));
    text
}

/// Steps, what is there, warnings, excess and lacks; each part only where there is something to say.
pub fn outline(shown: Outline<'_>) -> String {
    let Outline { plan, width } = shown;
    let mut text = match plan.steps.len() {
        0 => "There is nothing to change.\n".to_owned(),
        1 => "1 change:\n".to_owned(),
        count => format!("{count} changes, in this order:\n"),
    };
    for part in [Part::Entra, Part::Azure] {
        let steps = plan.steps.iter().enumerate();
        let steps: Vec<String> = steps
            .filter(|(_, planned)| planned.step.part() == part)
            .map(|(place, planned)| {
                let number = format!("{:>4}. ", place + 1);
                wrapped(&number, &planned.description, width)
            })
            .collect();
        if !steps.is_empty() {
            text.push_str(&format!("\n{}\n{}", part.as_str(), steps.concat()));
        }
    }
    let listed = |heading: &str, items: &[String]| match items {
        [] => String::new(),
        _ => {
            let lines = items.iter().map(|item| wrapped("  - ", item, width));
            format!("\n{heading}\n{}", lines.collect::<String>())
        }
    };
    text.push_str(&listed("There already", &plan.already));
    text.push_str(&listed("Warnings", &plan.warnings));
    let excess = "Held beyond that; setup takes nothing away that it did not give";
    text.push_str(&listed(excess, &plan.excess));
    if !plan.lacks.is_empty() {
        let lacks = plan.lacks.iter().map(|of| lack(of, plan, width));
        text.push_str(&format!("\nYou cannot\n{}", lacks.collect::<String>()));
    }
    text
}

/// A lack with the numbers of the steps that it blocks.
fn lack(lack: &Lack, plan: &Plan, width: usize) -> String {
    let numbers: Vec<String> = plan
        .steps
        .iter()
        .enumerate()
        .filter(|(_, planned)| lack.steps.contains(&planned.id))
        .map(|(place, _)| (place + 1).to_string())
        .collect();
    let steps = match numbers.as_slice() {
        [] => String::new(),
        [one] => format!(" (change {one})"),
        several => format!(" (changes {})", several.join(", ")),
    };
    let mut text = wrapped("  - ", &format!("{}{steps}", lack.what), width);
    text.push_str(&wrapped("    needed: ", &lack.needs, width));
    if let Some(why) = &lack.why {
        text.push_str(&wrapped("    why: ", why, width));
    }
    if let Some(role) = &lack.activate {
        let advice = format!(
            "you are eligible for {role}: activate it in Privileged Identity Management, sign in again"
        );
        text.push_str(&wrapped("    hint: ", &advice, width));
    }
    text
}

/// How to go on.
fn ending(plan: &Plan, next: &str, width: usize) -> String {
    if plan.is_done() {
        return "Everything is there. Next: threatdefence doctor, signed in as the scanner\n"
            .to_owned();
    }
    if plan.lacks.is_empty() {
        return format!("Next: {next}\n");
    }
    let mut text = wrapped(
        "",
        "Next: sign in as somebody who may do all of it, or do your part with --allow-partial and hand the \
         rest over with `threatdefence setup export`:",
        width,
    );
    text.push_str(&format!("  {next} --allow-partial\n"));
    text
}

/// A text in lines of at most `width` columns: the first after `lead`, the others below its text. A word
/// that is longer stays whole, so that ids can be copied.
pub fn wrapped(lead: &str, text: &str, width: usize) -> String {
    let indent = " ".repeat(lead.chars().count());
    let mut lines = String::from(lead);
    let mut column = indent.len();
    let mut at_start = true;
    for word in text.split_whitespace() {
        let long = word.chars().count();
        if !at_start && column + 1 + long > width {
            lines.push('\n');
            lines.push_str(&indent);
            column = indent.len();
            at_start = true;
        }
        if !at_start {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += long;
        at_start = false;
    }
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use setup::{PlannedStep, Right, Step};

    fn planned(step: Step, description: &str) -> PlannedStep {
        PlannedStep {
            id: step.id(),
            step,
            description: description.to_owned(),
            rights: vec![Right::Consent],
        }
    }

    #[test]
    fn lines_are_wrapped_below_their_text_and_words_stay_whole() {
        assert_eq!(
            wrapped("  - ", "one two three", 12),
            "  - one two\n    three\n"
        );
        assert_eq!(
            wrapped("- ", "averyverylongword x", 8),
            "- averyverylongword\n  x\n"
        );
        assert_eq!(wrapped("", "", 8), "\n");
    }

    #[test]
    fn steps_are_numbered_through_and_lacks_name_their_numbers() {
        let role = Step::CreateRole(vec!["/subscriptions/a".to_owned()]);
        let plan = Plan {
            steps: vec![
                planned(Step::CreatePrincipal, "Create it"),
                planned(role.clone(), "Define it"),
            ],
            already: vec!["the application".to_owned()],
            lacks: vec![Lack {
                what: "define custom roles".to_owned(),
                needs: "Owner there".to_owned(),
                why: None,
                activate: Some("Owner".to_owned()),
                steps: vec![role.id()],
            }],
            ..Plan::default()
        };
        let text = outline(Outline {
            plan: &plan,
            width: 80,
        });
        assert_eq!(
            text,
            "2 changes, in this order:\n\nEntra ID\n   1. Create it\n\nAzure\n   2. Define it\n\nThere already\n  \
             - the application\n\nYou cannot\n  - define custom roles (change 2)\n    needed: Owner there\n    \
             hint: you are eligible for Owner: activate it in Privileged Identity\n          Management, sign \
             in again\n"
        );
    }

    #[test]
    fn the_end_says_how_to_go_on() {
        assert!(ending(&Plan::default(), "x", 80).starts_with("Everything is there."));
        let mut plan = Plan {
            steps: vec![planned(Step::CreatePrincipal, "Create it")],
            ..Plan::default()
        };
        assert_eq!(ending(&plan, "apply it", 80), "Next: apply it\n");
        plan.lacks.push(Lack {
            what: String::new(),
            needs: String::new(),
            why: None,
            activate: None,
            steps: Vec::new(),
        });
        assert!(ending(&plan, "apply it", 80).ends_with("  apply it --allow-partial\n"));
    }
}
