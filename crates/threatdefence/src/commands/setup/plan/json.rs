//! The plan for programs.

use serde::Serialize;
use setup::{Lack, Part};

use crate::commands::setup::planning::Planning;

/// What `setup plan --format json` prints.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    /// Who is signed in: a user's name, or an application's with its id.
    administrator: &'a str,
    /// The tenant that would be changed.
    tenant: Tenant<'a>,
    /// The scanner's application.
    application: Application<'a>,
    /// What would be changed, in the order in which it must happen.
    steps: Vec<Step<'a>>,
    /// What is there already, in words.
    already: &'a [String],
    /// What to know before going on, in words.
    warnings: &'a [String],
    /// What the scanner holds and nothing asked for, in words; it is never taken away.
    excess: &'a [String],
    /// What keeps the administrator from carrying the plan out. Each has `what` cannot be done, what it
    /// `needs`, `why` (or null), the role to `activate` (or null), and the ids of the `steps` it blocks.
    lacks: &'a [Lack],
    /// Whether everything that was asked for is there: no steps, no lacks.
    complete: bool,
    /// The command that carries the plan out.
    next: &'a str,
}

#[derive(Debug, Serialize)]
struct Tenant<'a> {
    /// Its id.
    id: &'a str,
    /// Its display name; null where it may not be read.
    name: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Application<'a> {
    /// The display name.
    name: &'a str,
    /// The application (client) id; null as long as there is none.
    id: Option<&'a str>,
    /// The object id of its service principal; null as long as there is none.
    principal_id: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Step<'a> {
    /// What the step is known by, the same in every run: `consent:Directory.Read.All`.
    id: &'a str,
    /// Where it changes something: `entra` or `azure`.
    part: Part,
    /// The step in words.
    description: &'a str,
    /// Whether something in `lacks` keeps it from being carried out.
    blocked: bool,
}

/// The report.
pub fn report<'a>(planning: &'a Planning, next: &'a str) -> Report<'a> {
    let plan = &planning.plan;
    let blocked = plan.blocked();
    let application = planning.present.application.as_ref();
    let name = application.map_or(&planning.request.name, |of| &of.name);
    let id = application.map(|of| &of.application_id);
    Report {
        administrator: &planning.administrator.name,
        tenant: Tenant {
            id: &planning.present.tenant_id,
            name: planning.tenant_name.as_deref(),
        },
        application: Application {
            name,
            id: id
                .or(planning.request.application_id.as_ref())
                .map(String::as_str),
            principal_id: planning.present.principal.as_ref().map(|of| of.id.as_str()),
        },
        steps: plan
            .steps
            .iter()
            .map(|planned| Step {
                id: &planned.id,
                part: planned.step.part(),
                description: &planned.description,
                blocked: blocked.contains(planned.id.as_str()),
            })
            .collect(),
        already: &plan.already,
        warnings: &plan.warnings,
        excess: &plan.excess,
        lacks: &plan.lacks,
        complete: plan.is_done(),
        next,
    }
}
