//! Who owns what was just made.
//!
//! A user who registers an application becomes its owner; so does an application that may only manage what it owns:
//! <https://learn.microsoft.com/graph/permissions-reference#applicationreadwriteownedby>

use super::{Call, find};
use crate::routes::graph_derived;
use crate::tenant::Tenant;

const ANY: [&str; 3] = ["Application.ReadWrite.All", "Directory.ReadWrite.All", "*"];

/// Makes the caller the owner of an object, where it becomes that.
pub(super) fn add(call: &Call<'_>, tenant: &mut Tenant, list: &str, id: &str) {
    let caller = call.principal;
    let may_any = caller
        .roles
        .iter()
        .any(|role| ANY.iter().any(|any| any.eq_ignore_ascii_case(role)));
    if !caller.is_user() && may_any {
        return;
    }
    let Some(owner) = graph_derived::object(tenant, &caller.object_id) else {
        return;
    };
    let at = format!(
        "{}/owners/{}",
        find::path(list, id),
        caller.object_id.to_lowercase()
    );
    call.writer(tenant).write_along(&at, owner);
}
