//! Who signed in, with what permissions in Microsoft Graph and what credentials.

use super::layout::{Mark, Sheet, counted};
use crate::{
    ApplicationCredential, CredentialKind, CredentialState, Diagnosis, GraphPermission,
    IdentityKind, Used,
};

const LABEL: usize = 13;
const STATE: usize = 9;

pub(super) fn identity(sheet: &mut Sheet, of: &Diagnosis) {
    let identity = &of.identity;
    sheet.heading("Identity");
    let mut field = |label: &str, value: &str| sheet.field(2, LABEL, label, value);
    let tenant = match &of.tenant.name {
        Some(name) => format!("{name} ({})", of.tenant.id),
        None => of.tenant.id.clone(),
    };
    field("tenant", &tenant);
    field("cloud", &of.cloud);
    let name = identity.name.as_deref().unwrap_or("name not known");
    field("identity", &format!("{name}, {}", identity.kind.as_str()));
    for (label, value) in [
        ("user", &identity.user_principal_name),
        ("application", &identity.application_id),
        ("object id", &identity.object_id),
        ("home tenant", &identity.home_tenant),
    ] {
        if let Some(value) = value {
            field(label, value);
        }
    }
    field("signed in by", of.sign_in.method);
    match identity.enabled {
        Some(true) => sheet.marked(2, LABEL, "enabled", Mark::Plain, "yes"),
        Some(false) => sheet.marked(
            2,
            LABEL,
            "disabled",
            Mark::Bad,
            "no further token will be given",
        ),
        None => sheet.field(2, LABEL, "enabled", "not known"),
    }
    let roles: Vec<&str> = of
        .directory_roles
        .items
        .iter()
        .map(|role| role.name.as_str())
        .collect();
    let roles = match (roles.is_empty(), &of.directory_roles.unread) {
        (true, Some(unread)) => unread.sentence(),
        (true, None) => "none".to_owned(),
        (false, _) => roles.join(", "),
    };
    sheet.field(2, LABEL, "entra roles", &roles);
    if !identity.groups.items.is_empty() {
        let groups: Vec<String> = identity
            .groups
            .items
            .iter()
            .map(|group| match group.nested {
                true => format!("{} (through another group)", group.name),
                false => group.name.clone(),
            })
            .collect();
        sheet.field(2, LABEL, "groups", &groups.join(", "));
    }
    for unread in identity.unread.iter().chain(&identity.groups.unread) {
        sheet.marked(2, LABEL, "not read", Mark::Doubtful, &unread.sentence());
    }
}

pub(super) fn graph(sheet: &mut Sheet, of: &Diagnosis) {
    let graph = &of.graph;
    sheet.heading("Microsoft Graph");
    if let Some(unread) = &graph.unread {
        sheet.marked(2, STATE, "not read", Mark::Doubtful, &unread.sentence());
        return;
    }
    if of.identity.kind == IdentityKind::User {
        let scopes = graph.delegated_scopes.join(", ");
        sheet.text(2, "A user signed in: their directory roles decide, and what the program that signed them in may do for them:");
        sheet.text(2, &scopes);
        return;
    }
    for one in &graph.base {
        permission(sheet, one, "base");
    }
    let is_idle = |one: &&GraphPermission| one.granted != Some(true) && one.checks.is_empty();
    let (idle, useful): (Vec<_>, Vec<_>) = graph.optional.iter().partition(is_idle);
    for one in useful {
        permission(sheet, one, "optional");
    }
    if !idle.is_empty() {
        let names: Vec<&str> = idle.iter().map(|one| one.permission.as_str()).collect();
        let text = format!(
            "{} (optional): no check of this version reads with them",
            names.join(", ")
        );
        sheet.marked(2, STATE, "without", Mark::Plain, &text);
    }
    for one in &graph.pending {
        let text = format!("{one}: granted in the directory, and not in this token yet");
        sheet.marked(2, STATE, "pending", Mark::Doubtful, &text);
    }
    for one in &graph.beyond {
        sheet.marked(
            2,
            STATE,
            "beyond",
            Mark::Doubtful,
            &format!("{one}: no check needs it"),
        );
    }
}

fn permission(sheet: &mut Sheet, of: &GraphPermission, tier: &str) {
    let is_base = tier == "base";
    let (label, mark) = match (of.granted, is_base) {
        (Some(true), _) => ("granted", Mark::Good),
        (_, true) => ("missing", Mark::Bad),
        (_, false) => ("without", Mark::Plain),
    };
    let mut text = format!("{} ({tier})", of.permission);
    if let Some(through) = &of.through {
        text.push_str(&format!(", through {through}"));
    }
    if of.granted != Some(true) {
        let checks = counted(of.checks.len(), "check", "checks");
        text.push_str(&format!(": {} {checks} would read with it.", of.why));
    }
    sheet.marked(2, STATE, label, mark, &text);
}

pub(super) fn credentials(sheet: &mut Sheet, of: &Diagnosis) {
    match of.identity.kind {
        IdentityKind::ServicePrincipal => {}
        IdentityKind::ManagedIdentity => {
            sheet.heading("Credentials");
            sheet.text(
                2,
                "Azure itself keeps and renews those of a managed identity.",
            );
            return;
        }
        IdentityKind::User => return,
    }
    sheet.heading("Credentials");
    let found = &of.credentials;
    for one in &found.items {
        credential(sheet, one);
    }
    if let Some(unread) = &found.unread {
        sheet.marked(2, STATE, "not read", Mark::Doubtful, &unread.sentence());
    } else if found.items.is_empty() {
        match &of.identity.home_tenant {
            Some(home) => sheet.text(2, &format!("The application is registered in tenant {home}, and its credentials are seen there alone.")),
            None => sheet.text(2, "None is listed for this application."),
        }
    }
    let hurry = |one: &ApplicationCredential| one.state != CredentialState::Valid;
    if found.items.iter().any(hurry) {
        sheet.text(2, "hint: `threatdefence setup renew` makes a new one; the old one holds until it is taken away");
    }
}

fn credential(sheet: &mut Sheet, of: &ApplicationCredential) {
    let (label, mark) = match of.state {
        CredentialState::Valid => ("valid", Mark::Good),
        CredentialState::ExpiresSoon => ("soon", Mark::Doubtful),
        CredentialState::Expired => ("expired", Mark::Bad),
        CredentialState::NotYetValid => ("not yet", Mark::Doubtful),
    };
    let mut parts = vec![format!("{} `{}`", of.kind.as_str(), of.name)];
    parts.extend(of.hint.as_ref().map(|hint| format!("begins with {hint}")));
    parts.extend(
        of.thumbprint
            .as_ref()
            .map(|one| format!("thumbprint {one}")),
    );
    if let (Some(issuer), Some(subject)) = (&of.issuer, &of.subject) {
        parts.push(format!("for {subject} of {issuer}"));
    }
    if let (Some(expires), Some(left)) = (of.expires, of.days_left) {
        let day = expires.strftime("%Y-%m-%d");
        parts.push(match left {
            left if of.state == CredentialState::Expired => format!(
                "expired {day}, {} ago",
                counted(left.unsigned_abs() as usize, "day", "days")
            ),
            left => format!(
                "expires {day}, in {}",
                counted(left.unsigned_abs() as usize, "day", "days")
            ),
        });
    } else if of.kind != CredentialKind::Federated {
        parts.push("never expires".to_owned());
    }
    if let Some(age) = of.age_days.filter(|age| *age >= 0) {
        parts.push(format!(
            "{} old",
            counted(age.unsigned_abs() as usize, "day", "days")
        ));
    }
    match of.used {
        Used::Yes => parts.push("this sign-in used it".to_owned()),
        Used::Maybe => parts.push("this sign-in may have used it".to_owned()),
        Used::No => {}
    }
    sheet.marked(2, STATE, label, mark, &parts.join(", "));
}
