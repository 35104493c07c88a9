//! What the scanner holds beyond what was asked for. It is said and left alone: somebody may need it.

use crate::step::Speaker;

pub(super) fn excess(speaker: &Speaker<'_>) -> Vec<String> {
    let (request, present, contract) = (speaker.request, speaker.present, speaker.contract);
    let mut excess = Vec::new();
    for consent in &present.consents {
        let permission = &consent.permission;
        let mut asked = request.graph.iter();
        if asked.any(|of| of.eq_ignore_ascii_case(permission)) {
            continue;
        }
        let why = match contract.tier(permission) {
            Some(_) => "which this plan does not ask for",
            None => "which no scan needs",
        };
        excess.push(format!("{permission} on Microsoft Graph, {why}"));
    }
    excess.extend(present.other_consents.iter().map(|of| {
        format!(
            "an application permission on {}, which no scan needs",
            of.service
        )
    }));
    excess.extend(
        present
            .directory_roles
            .iter()
            .map(|role| format!("the role {role} in Entra ID, which no scan needs")),
    );
    let custom = present.role.as_ref().map(|role| role.guid.as_str());
    let ours = [Some(contract.azure.reader.id.as_str()), custom];
    for assigned in &present.assignments {
        let mut ours = ours.iter().flatten();
        if ours.any(|guid| guid.eq_ignore_ascii_case(&assigned.role)) {
            continue;
        }
        // The custom role is not looked for where it is not asked for.
        let name = assigned.name.as_deref().unwrap_or(&assigned.role);
        if name.eq_ignore_ascii_case(&contract.azure.role.name) {
            continue;
        }
        let place = speaker.place(&assigned.scope);
        excess.push(format!("the role {name} on {place}, which no scan needs"));
    }
    excess
}
