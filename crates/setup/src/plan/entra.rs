//! The application, its service principal and its permissions on Microsoft Graph.

use super::{Draft, Lack};
use crate::request::Audience;
use crate::step::{Speaker, Step};

/// Application and service principal.
pub(super) fn identity(speaker: &Speaker<'_>, draft: &mut Draft) {
    application(speaker, draft);
    let name = speaker.application();
    match &speaker.present.principal {
        None => draft.steps.push(Step::CreatePrincipal),
        Some(principal) if !principal.enabled => draft.steps.push(Step::EnablePrincipal),
        Some(principal) => draft.already.push(format!(
            "the service principal of {name} ({})",
            principal.id
        )),
    }
}

fn application(speaker: &Speaker<'_>, draft: &mut Draft) {
    let (request, present) = (speaker.request, speaker.present);
    let name = speaker.application();
    let Some(application) = &present.application else {
        match &request.application_id {
            None => draft.steps.push(Step::CreateApplication),
            Some(_) => draft.warnings.push(format!(
                "{name} is not registered in this tenant: it is taken for that of a provider, which only \
                 gets a service principal here"
            )),
        }
        return;
    };
    draft.already.push(format!(
        "the application {name} ({})",
        application.application_id
    ));
    if request.audience == Audience::MultiTenant
        && !application
            .audience
            .eq_ignore_ascii_case(Audience::MultiTenant.as_str())
    {
        draft.warnings.push(format!(
            "{name} is registered for {}, not for other tenants: change \"Supported account types\" of the \
             registration, which setup leaves as it is",
            application.audience
        ));
    }
    let asks_for = |permission: &&String| {
        let id = present.graph.roles.get(*permission);
        id.is_none_or(|id| {
            let mut asked = application.asks_for.iter();
            asked.any(|of| of.eq_ignore_ascii_case(id))
        })
    };
    let missing: Vec<String> = request
        .graph
        .iter()
        .filter(|permission| !asks_for(permission))
        .cloned()
        .collect();
    if !missing.is_empty() {
        draft.steps.push(Step::AskFor(missing));
    }
}

/// Consent to each permission.
pub(super) fn consents(speaker: &Speaker<'_>, draft: &mut Draft) {
    let present = speaker.present;
    for permission in &speaker.request.graph {
        let granted = present
            .consents
            .iter()
            .any(|of| of.permission.eq_ignore_ascii_case(permission));
        if granted {
            draft.already.push(format!("consent to {permission}"));
            continue;
        }
        let step = Step::Consent(permission.clone());
        if !present.graph.roles.contains_key(permission) {
            draft.obstacles.push(Lack {
                what: format!(
                    "consent to {permission}: Microsoft Graph does not offer it in this cloud"
                ),
                needs: "a plan without it".to_owned(),
                why: None,
                activate: None,
                steps: vec![step.id()],
            });
        }
        draft.steps.push(step);
    }
}
