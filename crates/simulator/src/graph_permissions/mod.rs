//! Who may do what in Microsoft Graph: applications by their permissions, users by their directory roles, both by what
//! they own.

mod ask;
mod delegated;
mod owned;
mod reading;
mod role_rights;
#[cfg(test)]
mod tests;
mod writing;

pub(crate) use ask::Ask;
pub(crate) use reading::spelled_out;

use crate::principal::Principal;

/// True when the caller may do what it asks for.
///
/// A user needs both a delegated permission of the application it came through and a right of its own. An application
/// by itself needs an application permission, or a directory role.
pub(crate) fn allow(ask: &Ask<'_>) -> bool {
    match &ask.principal.user {
        Some(user) => delegated::permit(ask, &user.scopes) && role_rights::user_may(ask),
        None => application_may(ask),
    }
}

/// True when an application may read when users signed in, or a user asks: what roles let users see is not told apart.
pub(crate) fn may_read_sign_ins(principal: &Principal) -> bool {
    principal.user.is_some() || reading::permit(&principal.roles, "/auditlogs")
}

fn application_may(ask: &Ask<'_>) -> bool {
    let held = &ask.principal.roles;
    if held.iter().any(|role| role == "*") || role_rights::roles_suffice(ask) {
        return true;
    }
    if ask.is_reading() {
        return reading::permit(held, ask.path) || writing::lets_read(held, ask.path);
    }
    writing::permit(held, ask)
}
