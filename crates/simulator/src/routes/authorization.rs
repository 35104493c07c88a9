//! `Microsoft.Authorization`: roles, who holds them, what is denied, and locks.
//!
//! <https://learn.microsoft.com/rest/api/authorization/>

mod assignment;
mod definition;
mod errors;
mod filter;
mod item;
mod list;
mod scopes;
mod sent;

use std::sync::Arc;

use crate::path::ProviderPath;
use crate::rbac::Grants;
use crate::reply::Reply;
use crate::request::Request;
use crate::routes::arm::Context;
use crate::routes::arm_access::Caller;
use crate::routes::writes::Writer;
use crate::state::State;
use crate::tenant::Tenant;

/// Answers a read of roles, permissions, deny assignments and locks; `None` for any other.
pub(super) fn read(context: &Context<'_>, provider: &ProviderPath<'_>) -> Option<Reply> {
    if !provider.is_authorization() {
        return None;
    }
    let kind = provider.rest.first()?.to_lowercase();
    match provider.rest.len() {
        1 => list::read(context, provider, &kind),
        2 => item::read(context, provider, &kind),
        _ => None,
    }
}

/// A write of a role definition or assignment by a caller who may write there.
pub(super) struct Writing<'a> {
    pub(super) state: &'a State,
    pub(super) tenant: &'a mut Tenant,
    pub(super) request: &'a Request,
    pub(super) caller: &'a Caller,
    pub(super) grants: Arc<Grants>,
}

impl Writing<'_> {
    /// Who writes what is written, for the feeds of changes.
    fn writer(&mut self) -> Writer<'_> {
        let author = self.caller.principal.author();
        let correlation = self.request.correlation();
        Writer::new(self.tenant, &self.state.history, author, correlation)
    }
}

/// Answers a write of a role definition or assignment; `None` for any other, which is written like any document.
pub(super) fn write(writing: &mut Writing<'_>) -> Option<Reply> {
    let request = writing.request;
    let provider = ProviderPath::parse(&request.path)?;
    if !provider.is_authorization() || provider.rest.len() != 2 {
        return None;
    }
    let scope = provider.scope_path();
    let name = provider.rest[1];
    let answered = match provider.rest[0].to_lowercase().as_str() {
        "roledefinitions" => match request.method.as_str() {
            "PUT" => definition::put(writing, &scope, name),
            "DELETE" => definition::delete(writing, &scope, name),
            _ => Err(errors::method(request)),
        },
        "roleassignments" => match request.method.as_str() {
            "PUT" => assignment::put(writing, &scope, name),
            "DELETE" => Ok(assignment::delete(writing, &scope)),
            _ => Err(errors::method(request)),
        },
        "denyassignments" => Err(errors::method(request)),
        _ => return None,
    };
    Some(answered.unwrap_or_else(|refusal| refusal))
}
