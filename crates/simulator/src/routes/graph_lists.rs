//! Microsoft Graph's collections: `$filter`, `$select`, `$expand`, `$count` and pages.

use std::sync::Arc;

use serde_json::Value;

use crate::caches::{Caches, Objects};
use crate::filter::Filter;
use crate::json;
use crate::paging;
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::routes::directory::without_keys;
use crate::routes::graph::Address;
use crate::routes::graph_derived;
use crate::routes::graph_shape::Shape;
use crate::state::State;
use crate::tenant::Tenant;

/// Graph's page when `$top` is not given, and the largest it gives.
const PAGE: usize = 100;
const LARGEST: usize = 999;

/// Collections that exist in every tenant; `*` stands for an id.
const KNOWN: [&str; 56] = [
    "/users",
    "/groups",
    "/applications",
    "/serviceprincipals",
    "/directoryroles",
    "/directoryroletemplates",
    "/domains",
    "/organization",
    "/devices",
    "/subscribedskus",
    "/oauth2permissiongrants",
    "/contacts",
    "/directory/deleteditems",
    "/directory/administrativeunits",
    "/directory/onpremisessynchronization",
    "/groupsettings",
    "/directoryroles/*/members",
    "/groups/*/members",
    "/groups/*/owners",
    "/groups/*/transitivemembers",
    "/groups/*/memberof",
    "/groups/*/transitivememberof",
    "/groups/*/approleassignments",
    "/users/*/memberof",
    "/users/*/transitivememberof",
    "/users/*/authentication/methods",
    "/users/*/approleassignments",
    "/users/*/owneddevices",
    "/users/*/registereddevices",
    "/users/*/licensedetails",
    "/serviceprincipals/*/memberof",
    "/serviceprincipals/*/transitivememberof",
    "/serviceprincipals/*/owners",
    "/serviceprincipals/*/approleassignments",
    "/serviceprincipals/*/approleassignedto",
    "/serviceprincipals/*/oauth2permissiongrants",
    "/applications/*/owners",
    "/applications/*/federatedidentitycredentials",
    "/identity/conditionalaccess/policies",
    "/identity/conditionalaccess/namedlocations",
    "/reports/authenticationmethods/userregistrationdetails",
    "/identitygovernance/accessreviews/definitions",
    "/policies/activitybasedtimeoutpolicies",
    "/policies/appmanagementpolicies",
    "/policies/authenticationstrengthpolicies",
    "/policies/permissiongrantpolicies",
    "/policies/tokenlifetimepolicies",
    "/policies/rolemanagementpolicies",
    "/policies/rolemanagementpolicyassignments",
    "/rolemanagement/directory/roleassignments",
    "/rolemanagement/directory/roledefinitions",
    "/rolemanagement/directory/role*schedules",
    "/rolemanagement/directory/role*scheduleinstances",
    "/auditlogs/signins",
    "/auditlogs/directoryaudits",
    "/identityprotection/riskyusers",
];

/// A tenant's directory, with what was worked out about it.
#[derive(Clone, Copy)]
pub(super) struct Directory<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) caches: &'a Caches,
}

/// The items of a collection; `None` when the path names none, or hangs on an object that does not exist.
pub(super) fn items(directory: Directory<'_>, at: &Address) -> Objects {
    let version = directory.tenant.store.version();
    let objects = &directory.caches.objects;
    objects.always(version, &at.stored(&at.version), || {
        find(directory, at).map(Arc::new)
    })
}

fn find(directory: Directory<'_>, at: &Address) -> Option<Vec<Arc<Value>>> {
    let tenant = directory.tenant;
    let key = at.key();
    if let Some(derived) = graph_derived::list(directory, at) {
        return Some(derived);
    }
    let known = KNOWN.iter().any(|pattern| fits(pattern, &key));
    for version in [at.version.as_str(), "v1.0"] {
        let found = tenant.store.collection(&at.stored(version));
        if found.stored || (known && !found.items.is_empty()) {
            return Some(found.items.into_iter().map(|item| item.body).collect());
        }
    }
    if let Some(cast) = cast(directory, at) {
        return Some(cast);
    }
    (known && has_owner(directory, at)).then(Vec::new)
}

/// True for the path of a collection that every tenant has.
pub(crate) fn is_collection(at: &str) -> bool {
    let key = super::graph::address(at).key();
    KNOWN.iter().any(|pattern| fits(pattern, &key))
}

/// How many items a collection at the top of the directory has.
pub(crate) fn size(tenant: &Tenant, caches: &Caches, list: &str) -> usize {
    let at = super::graph::address(&format!("/v1.0/{list}"));
    items(Directory { tenant, caches }, &at).map_or(0, |items| items.len())
}

/// True when every segment of the pattern fits the one of the path.
fn fits(pattern: &str, key: &str) -> bool {
    let (pattern, key) = (crate::path::segments(pattern), crate::path::segments(key));
    pattern.len() == key.len()
        && pattern
            .iter()
            .zip(key)
            .all(|(pattern, segment)| crate::glob::matches(pattern, segment))
}

/// `…/members/microsoft.graph.user`: the items of one kind.
fn cast(directory: Directory<'_>, at: &Address) -> Option<Vec<Arc<Value>>> {
    let kind = at.parts.last()?.to_lowercase();
    if !kind.starts_with("microsoft.graph.") {
        return None;
    }
    let mut list = at.clone();
    list.parts.pop();
    let of_kind = |item: &&Arc<Value>| {
        let have = item["@odata.type"].as_str().unwrap_or_default();
        have.trim_start_matches('#').eq_ignore_ascii_case(&kind)
    };
    let found = items(directory, &list)?;
    Some(found.iter().filter(of_kind).map(Arc::clone).collect())
}

/// A nested collection exists only where its object does.
fn has_owner(directory: Directory<'_>, at: &Address) -> bool {
    let owned = at.parts.len() >= 3
        && matches!(
            at.parts[0].to_lowercase().as_str(),
            "users" | "groups" | "directoryroles" | "serviceprincipals" | "applications"
        );
    if !owned {
        return true;
    }
    let mut owner = at.clone();
    owner.parts.truncate(2);
    super::graph::single(directory, &owner).is_some()
        || directory.tenant.store.knows(&owner.stored("v1.0"))
}

/// One page of a collection.
pub(super) fn page(
    state: &State,
    request: &Request,
    directory: Directory<'_>,
    at: &Address,
    items: Arc<Vec<Arc<Value>>>,
) -> Reply {
    let query = &request.query;
    let items = match query.get("$filter") {
        None => items,
        Some(text) => match filtered(directory, at, items, text) {
            Ok(items) => items,
            Err(refusal) => return refusal,
        },
    };
    let items = visible(state, items);
    let asked = match query.get("$top").map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(top)) if (1..=LARGEST).contains(&top) => top,
        Some(_) => {
            let message = "Invalid page size specified. Must be between 1 and 999 inclusive.";
            return reply::graph(400, "Request_BadRequest", message);
        }
    };
    let most = state.options.page_size;
    let size = most.map_or(asked, |most| asked.min(most));
    let Some(cut) = paging::page(items.len(), size, query.get("$skiptoken")) else {
        let message = "The specified page token value has expired and can no longer be included in your request.";
        return reply::graph(400, "Directory_ExpiredPageToken", message);
    };
    let context = format!(
        "{}/{}/$metadata#{}",
        request.origin,
        at.version,
        at.parts.join("/")
    );
    let mut body = json::Object::new();
    body.member("@odata.context", &context);
    if query
        .get("$count")
        .is_some_and(|count| count.eq_ignore_ascii_case("true"))
    {
        body.member("@odata.count", &items.len());
    }
    if let Some(token) = cut.next {
        body.member("@odata.nextLink", &paging::link(request, &token));
    }
    let shape = Shape::of(query);
    let shown: Vec<Arc<Value>> = items[cut.start..cut.end].iter().map(without_keys).collect();
    body.list(
        "value",
        shown.iter().map(|item| shape.of_item(directory, at, item)),
    );
    Reply::raw(200, body.finish())
}

/// The items that every copy of the directory has by now.
fn visible(state: &State, items: Arc<Vec<Arc<Value>>>) -> Arc<Vec<Arc<Value>>> {
    let known = |item: &Value| {
        let id = item["id"].as_str();
        id.is_none_or(|id| state.replication.knows(id))
    };
    if items.iter().all(|item| known(item)) {
        return items;
    }
    let fitting = items.iter().filter(|item| known(item));
    Arc::new(fitting.map(Arc::clone).collect())
}

fn filtered(
    directory: Directory<'_>,
    at: &Address,
    items: Arc<Vec<Arc<Value>>>,
    text: &str,
) -> Result<Arc<Vec<Arc<Value>>>, Reply> {
    let version = directory.tenant.store.version();
    let key = format!("{} {text}", at.stored(&at.version));
    let found = directory.caches.objects.get(version, &key, || {
        let Some(filter) = Filter::parse(text) else {
            let message = format!("Invalid filter clause: {text}");
            return Err(reply::graph(400, "BadRequest", message));
        };
        let fitting = items.iter().filter(|item| filter.fits(item));
        Ok(Some(Arc::new(fitting.map(Arc::clone).collect())))
    })?;
    Ok(found.unwrap_or_default())
}

/// One document, with what was asked of it. It alone shows the public keys of certificates, to whom selects them.
pub(super) fn one(
    request: &Request,
    directory: Directory<'_>,
    at: &Address,
    item: &Arc<Value>,
) -> Reply {
    let mut list = at.clone();
    list.parts.pop();
    let context = format!(
        "{}/{}/$metadata#{}/$entity",
        request.origin,
        at.version,
        at.parts.join("/")
    );
    let shape = Shape::of(&request.query);
    if !item.is_object() {
        return Reply::document(200, item);
    }
    let item = &if shape.names("keyCredentials") {
        Arc::clone(item)
    } else {
        without_keys(item)
    };
    let mut body = json::Object::new();
    body.member("@odata.context", &context);
    let shaped = shape.of_item(directory, &list, item);
    for (name, value) in shaped.members {
        body.member(name, value);
    }
    if let Some((name, found)) = shaped.expanded {
        body.member(name, &found);
    }
    Reply::raw(200, body.finish())
}
