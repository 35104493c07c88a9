//! Azure Resource Manager: reads, lists, posted actions and writes.

use std::sync::Arc;

use crate::action;
use crate::caches::{Caches, Listed};
use crate::filter::Filter;
use crate::history::History;
use crate::path::{self, ProviderPath};
use crate::rbac::Grants;
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::routes::arm_access::{self, Caller};
use crate::routes::writes::Writer;
use crate::routes::{
    activity_log, arm_actions, arm_containers, arm_lists, authorization, management_groups,
};
use crate::state::State;
use crate::tenant::Tenant;

/// What a route needs to know about its request.
pub(super) struct Context<'a> {
    pub(super) request: &'a Request,
    pub(super) tenant: &'a Tenant,
    pub(super) caller: &'a Caller,
    pub(super) grants: &'a Grants,
    pub(super) caches: &'a Caches,
    pub(super) page_size: Option<usize>,
    pub(super) history: &'a History,
}

impl Context<'_> {
    /// A list as this caller sees it, filtered as the request asks. It is worked out once and then cut into pages.
    pub(super) fn listed(
        &self,
        make: impl FnOnce() -> Result<Listed, Reply>,
    ) -> Result<Arc<Listed>, Reply> {
        let filter = self.filter();
        self.listed_as_made(|| {
            let mut listed = make()?;
            // Providers differ in what they filter on; forms that are not known here are left to the client.
            if let Some(filter) = Filter::parse(filter) {
                listed.items.retain(|item| filter.fits(&item.body));
            }
            Ok(listed)
        })
    }

    /// As [`Context::listed`], where the filter is applied in making the list.
    pub(super) fn listed_as_made(
        &self,
        make: impl FnOnce() -> Result<Listed, Reply>,
    ) -> Result<Arc<Listed>, Reply> {
        let principal = &self.caller.principal;
        let key = format!(
            "{} {} {} {} {}",
            principal.client_id,
            principal.object_id,
            self.grants.awaited(),
            self.request.path,
            self.filter()
        );
        let version = self.tenant.store.version();
        self.caches
            .lists
            .get(version, &key, || make().map(Arc::new))
    }

    /// The request's `$filter`; empty without one.
    pub(super) fn filter(&self) -> &str {
        self.request.query.get("$filter").unwrap_or_default()
    }
}

/// Answers a request to ARM.
pub(super) fn serve(state: &State, request: &Request) -> Reply {
    let caller = match arm_access::admit(state, request) {
        Ok(caller) => caller,
        Err(refusal) => return refusal,
    };
    let mut reply = if matches!(request.method.as_str(), "PUT" | "PATCH" | "DELETE") {
        arm_actions::write(state, request, &caller)
    } else {
        let tenant = state.tenant();
        let grants = arm_access::grants(state, &tenant, &caller.principal);
        answer(&Context {
            request,
            tenant: &tenant,
            caller: &caller,
            grants: &grants,
            caches: &state.caches,
            page_size: state.options.page_size,
            history: &state.history,
        })
    };
    if request.method == "POST" && reply.status == 200 {
        let author = caller.principal.author();
        Writer::act(&state.history, author, request.correlation(), &request.path);
    }
    reply.headers.extend(caller.headers);
    reply
}

/// Where a role must be held to read what Entra ID keeps in ARM: no role on a subscription or management group reaches it.
const ENTRA: &str = "/providers/microsoft.aadiam";

fn is_entras(action: &str) -> bool {
    action.to_ascii_lowercase().starts_with("microsoft.aadiam/")
}

fn answer(context: &Context<'_>) -> Reply {
    let (request, tenant) = (context.request, context.tenant);
    if let Err(refusal) = arm_access::known_subscription(tenant, &request.path) {
        return refusal;
    }
    if let Some(action) = action::of(&request.method, &request.path) {
        let lists = request.method != "POST";
        let may = if is_entras(&action.name) {
            context.grants.allow(tenant, &action.name, ENTRA)
        } else if lists {
            context
                .grants
                .allow_some(tenant, &action.name, &action.scope)
        } else {
            context.grants.allow(tenant, &action.name, &action.scope)
        };
        if !may {
            return arm_access::denied(&context.caller.principal, &action.name, &action.scope);
        }
    }
    let refused = arm_access::known_group(tenant, &request.path)
        .and_then(|()| arm_access::unlocked(context.caches, tenant, request));
    if let Err(refusal) = refused {
        return refusal;
    }
    match request.method.as_str() {
        "GET" | "HEAD" => read(context),
        "POST" => arm_actions::post(context),
        other => reply::arm(
            405,
            "MethodNotAllowed",
            format!(
                "The HTTP method '{other}' is not supported at scope '{}'.",
                request.path
            ),
        ),
    }
}

fn read(context: &Context<'_>) -> Reply {
    let at = &context.request.path;
    if let Some(reply) = activity_log::read(context) {
        return reply;
    }
    if let Some(reply) = management_groups::read(context) {
        return reply;
    }
    if let Some(reply) = arm_containers::read(context) {
        return reply;
    }
    let Some(provider) = ProviderPath::parse(at) else {
        return document(context).unwrap_or_else(|| missing(context.tenant, at));
    };
    if let Some(reply) = authorization::read(context, &provider) {
        return reply;
    }
    if provider.ends_on_type() {
        return arm_lists::read(context, &provider);
    }
    document(context).unwrap_or_else(|| missing(context.tenant, at))
}

/// The document stored at the request's path.
fn document(context: &Context<'_>) -> Option<Reply> {
    let document = context.tenant.store.get(&context.request.path)?;
    let reply = Reply::document(200, &document.alone());
    Some(reply.header("ETag", document.etag.clone()))
}

/// ARM's answer for a resource that does not exist: its group may be what is missing.
pub(super) fn missing(tenant: &Tenant, at: &str) -> Reply {
    if let Some(group) = path::resource_group(at)
        && !arm_containers::group_exists(tenant, at)
    {
        let message = format!("Resource group '{group}' could not be found.");
        return reply::arm(404, "ResourceGroupNotFound", message);
    }
    not_found(at)
}

fn not_found(at: &str) -> Reply {
    let Some(provider) = ProviderPath::parse(at) else {
        let message = format!("No HTTP resource was found that matches the request URI '{at}'.");
        return reply::arm(404, "InvalidResourceType", message);
    };
    let named = format!("{}/{}", provider.namespace, provider.rest.join("/"));
    let under = path::resource_group(at).map_or_else(
        || "was not found.".to_owned(),
        |group| format!("under resource group '{group}' was not found."),
    );
    let message = format!(
        "The Resource '{named}' {under} For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    );
    reply::arm(404, "ResourceNotFound", message)
}
