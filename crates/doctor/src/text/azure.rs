//! Rights in each subscription, locks, Conditional Access.

use super::layout::{Mark, Sheet, counted};
use crate::{
    ActionRight, AssignedRole, Diagnosis, IdentityKind, PolicyState, Reach, SubscriptionRights,
};

const STATE: usize = 9;
/// Actions that are named one by one; the rest is counted, and stands in the JSON.
const SHOWN: usize = 6;

pub(super) fn subscriptions(sheet: &mut Sheet, of: &Diagnosis) {
    sheet.heading("Azure");
    for missing in &of.missing {
        let grant = missing
            .grant
            .as_ref()
            .map_or(String::new(), |grant| format!(": assign {grant} on it"));
        let text = format!(
            "{} {}: {}{grant}",
            missing.kind.as_str(),
            missing.asked,
            missing.reason
        );
        sheet.marked(2, STATE, "missing", Mark::Bad, &text);
    }
    if of.subscriptions.is_empty() && of.skipped_subscriptions.is_empty() {
        sheet.text(2, "No subscription is visible to this identity.");
        sheet.text(
            2,
            "hint: assign Reader on a subscription or a management group",
        );
    }
    for one in &of.subscriptions {
        subscription(sheet, one);
    }
    for one in &of.skipped_subscriptions {
        let text = format!(
            "{} ({}), because of its state {}",
            one.name, one.id, one.state
        );
        sheet.marked(2, STATE, "skipped", Mark::Plain, &text);
    }
    for scope in &of.unseen {
        let text = format!("{scope} cannot be seen: assign Reader on it");
        let is_missing = of
            .missing
            .iter()
            .any(|one| one.scope.as_ref() == Some(scope));
        if !is_missing {
            sheet.marked(2, STATE, "unseen", Mark::Bad, &text);
        }
    }
    let groups = &of.management_groups;
    let names: Vec<&str> = groups
        .items
        .iter()
        .map(|group| group.name.as_str())
        .collect();
    let shown = match (&groups.unread, names.is_empty()) {
        (Some(unread), _) => unread.sentence(),
        (None, true) => "none is visible".to_owned(),
        (None, false) => names.join(", "),
    };
    sheet.text(2, &format!("management groups: {shown}"));
}

fn subscription(sheet: &mut Sheet, of: &SubscriptionRights) {
    let parts = of.parts.join(", ");
    let (label, mark, reach) = match of.reach {
        Reach::Full => (
            "full",
            Mark::Good,
            "everything that the selected checks read".to_owned(),
        ),
        Reach::Limited => (
            "limited",
            Mark::Doubtful,
            "some actions are missing".to_owned(),
        ),
        Reach::Partial => ("partial", Mark::Bad, format!("only {parts}")),
        Reach::None => (
            "none",
            Mark::Bad,
            "nothing that the selected checks read".to_owned(),
        ),
    };
    sheet.marked(
        2,
        STATE,
        label,
        mark,
        &format!("{} ({}): {reach}", of.name, of.id),
    );
    for one in &of.assignments {
        sheet.field(11, 6, "role", &assignment(one));
    }
    if of.assignments.is_empty() && of.unread.is_empty() {
        sheet.field(11, 6, "role", "none is assigned");
    }
    for one in &of.deny_assignments {
        let forbids = match one.forbids.is_empty() {
            true => "nothing that the selected checks need".to_owned(),
            false => some(&one.forbids),
        };
        sheet.field(
            11,
            6,
            "deny",
            &format!("{} at {}, forbids {forbids}", one.name, one.scope),
        );
    }
    actions(sheet, &of.actions);
    for unread in &of.unread {
        sheet.marked(11, 6, "not read", Mark::Doubtful, &unread.sentence());
    }
}

/// `Reader through group Scanners (nested), inherited from management group landing`.
fn assignment(of: &AssignedRole) -> String {
    let mut text = of.role.clone();
    if let Some(group) = &of.through_group {
        text.push_str(&format!(" through group {}", group.name));
        if group.nested {
            text.push_str(" (nested)");
        }
    }
    match of.inherited {
        true => text.push_str(&format!(", inherited from {}", of.place)),
        false => text.push_str(&format!(", on {}", of.place)),
    }
    if !of.not_actions.is_empty() {
        text.push_str(&format!(", without {}", some(&of.not_actions)));
    }
    if of.condition.is_some() {
        text.push_str(", under a condition (which limits no read)");
    }
    text
}

fn actions(sheet: &mut Sheet, actions: &[ActionRight]) {
    if actions.is_empty() {
        return;
    }
    let granted = actions
        .iter()
        .filter(|one| one.computed == "granted")
        .count();
    let proven = actions.iter().filter(|one| one.probed == "read").count();
    let text = format!(
        "{granted} of {} granted, {proven} proven by asking",
        counted(actions.len(), "action", "actions")
    );
    sheet.field(11, 6, "reads", &text);
    let lacking: Vec<&ActionRight> = actions
        .iter()
        .filter(|one| {
            one.computed != "granted" || one.disagreement.is_some() || one.probed == "refused"
        })
        .collect();
    for one in lacking.iter().take(SHOWN) {
        let mut text = format!("{}: {}", one.action, one.because);
        if one.probed == "refused" {
            text.push_str(&format!(
                "; Azure refused it ({})",
                one.code.as_deref().unwrap_or("no code")
            ));
        }
        if let Some(disagreement) = &one.disagreement {
            text.push_str(&format!("; {disagreement}"));
        }
        let label = if one.disagreement.is_some() {
            "odd"
        } else {
            "lacks"
        };
        sheet.marked(11, 6, label, Mark::Doubtful, &text);
    }
    if let Some(more) = lacking.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        sheet.field(
            11,
            6,
            "",
            &format!("and {more} more, which --format json lists"),
        );
    }
}

fn some(items: &[String]) -> String {
    let shown = items.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    match items.len().saturating_sub(3) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

pub(super) fn locks(sheet: &mut Sheet, of: &Diagnosis) {
    if of.locks.is_empty() {
        return;
    }
    sheet.heading("Read-only locks");
    for lock in &of.locks {
        for fails in &lock.fails {
            let at_least = if fails.more { "at least " } else { "" };
            let text = format!(
                "{} on {} refuses {} of {at_least}{} ({})",
                lock.name,
                lock.place,
                fails.read,
                counted(fails.resources, "resource", "resources"),
                fails.checks.join(", ")
            );
            sheet.marked(2, STATE, "refuses", Mark::Bad, &text);
        }
    }
}

pub(super) fn conditional_access(sheet: &mut Sheet, of: &Diagnosis) {
    if of.identity.kind != IdentityKind::ServicePrincipal {
        return;
    }
    sheet.heading("Conditional Access for workload identities");
    for policy in &of.conditional_access.items {
        let (label, mark) = match policy.state {
            PolicyState::Enabled => ("enabled", Mark::Doubtful),
            PolicyState::ReportOnly => ("report", Mark::Plain),
        };
        let text = format!("{}: {}", policy.name, policy.meaning);
        sheet.marked(2, STATE, label, mark, &text);
    }
    match &of.conditional_access.unread {
        Some(unread) => sheet.marked(2, STATE, "not read", Mark::Doubtful, &unread.sentence()),
        None if of.conditional_access.items.is_empty() => {
            sheet.text(2, "No policy holds for this identity.");
        }
        None => {}
    }
}
