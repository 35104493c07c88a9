//! Microsoft Graph's collections: `$filter`, `$select`, `$expand`, `$count` and pages.

use serde_json::{Map, Value, json};

use crate::filter::Filter;
use crate::paging;
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::routes::graph::Address;
use crate::routes::graph_derived;
use crate::state::State;
use crate::tenant::Tenant;

/// Graph's page when `$top` is not given, and the largest it gives.
const PAGE: usize = 100;
const LARGEST: usize = 999;

/// Collections that exist in every tenant; `*` stands for an id.
const KNOWN: [&str; 46] = [
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

/// The items of a collection; `None` when the path names none, or hangs on an object that does not exist.
pub(super) fn items(tenant: &Tenant, at: &Address) -> Option<Vec<Value>> {
    let key = at.key();
    if let Some(derived) = graph_derived::list(tenant, at) {
        return Some(derived);
    }
    let known = KNOWN.iter().any(|pattern| fits(pattern, &key));
    for version in [at.version.as_str(), "v1.0"] {
        let found = tenant.store.collection(&at.stored(version));
        if found.stored || (known && !found.items.is_empty()) {
            let bodies = found.items.iter().map(|item| item.body.as_ref().clone());
            return Some(bodies.collect());
        }
    }
    if let Some(cast) = cast(tenant, at) {
        return Some(cast);
    }
    (known && has_owner(tenant, at)).then(Vec::new)
}

/// True for the path of a collection that every tenant has.
pub(super) fn is_collection(at: &str) -> bool {
    let key = super::graph::address(at).key();
    KNOWN.iter().any(|pattern| fits(pattern, &key))
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
fn cast(tenant: &Tenant, at: &Address) -> Option<Vec<Value>> {
    let kind = at.parts.last()?.to_lowercase();
    if !kind.starts_with("microsoft.graph.") {
        return None;
    }
    let mut list = at.clone();
    list.parts.pop();
    let mut found = items(tenant, &list)?;
    found.retain(|item| {
        let have = item["@odata.type"].as_str().unwrap_or_default();
        have.trim_start_matches('#').eq_ignore_ascii_case(&kind)
    });
    Some(found)
}

/// A nested collection exists only where its object does.
fn has_owner(tenant: &Tenant, at: &Address) -> bool {
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
    super::graph::single(tenant, &owner).is_some() || tenant.store.knows(&owner.stored("v1.0"))
}

/// One page of a collection.
pub(super) fn page(
    state: &State,
    request: &Request,
    tenant: &Tenant,
    at: &Address,
    mut items: Vec<Value>,
) -> Reply {
    let query = &request.query;
    if let Some(text) = query.get("$filter") {
        let Some(filter) = Filter::parse(text) else {
            let message = format!("Invalid filter clause: {text}");
            return reply::graph(400, "BadRequest", message);
        };
        items.retain(|item| filter.fits(item));
    }
    let asked = match query.get("$top").map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(top)) if (1..=LARGEST).contains(&top) => top,
        Some(_) => {
            let message = "Invalid page size specified. Must be between 1 and 999 inclusive.";
            return reply::graph(400, "Request_BadRequest", message);
        }
    };
    let size = state
        .options
        .page_size
        .map_or(asked, |most| asked.min(most));
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
    let mut body = Map::from_iter([("@odata.context".to_owned(), json!(context))]);
    if query
        .get("$count")
        .is_some_and(|count| count.eq_ignore_ascii_case("true"))
    {
        body.insert("@odata.count".to_owned(), json!(items.len()));
    }
    if let Some(token) = cut.next {
        let link = paging::link(request, &token);
        body.insert("@odata.nextLink".to_owned(), json!(link));
    }
    let shown: Vec<Value> = items
        .drain(cut.start..cut.end)
        .map(|item| shape(request, tenant, at, item))
        .collect();
    body.insert("value".to_owned(), Value::Array(shown));
    Reply::json(200, Value::Object(body))
}

/// One document, with what was asked of it.
pub(super) fn shape_one(request: &Request, tenant: &Tenant, at: &Address, item: Value) -> Value {
    let mut list = at.clone();
    list.parts.pop();
    let context = format!(
        "{}/{}/$metadata#{}/$entity",
        request.origin,
        at.version,
        at.parts.join("/")
    );
    let shaped = shape(request, tenant, &list, item);
    let Value::Object(shaped) = shaped else {
        return shaped;
    };
    let mut body = Map::from_iter([("@odata.context".to_owned(), json!(context))]);
    body.extend(shaped);
    Value::Object(body)
}

/// Applies `$expand` and `$select` to an item of a collection.
fn shape(request: &Request, tenant: &Tenant, list: &Address, item: Value) -> Value {
    let Value::Object(mut object) = item else {
        return item;
    };
    let expanded = request
        .query
        .get("$expand")
        .map(|what| what.split('(').next().unwrap_or(what).to_owned());
    if let (Some(what), Some(id)) = (&expanded, object.get("id").and_then(Value::as_str)) {
        let mut nested = list.clone();
        nested.parts.push(id.to_owned());
        nested.parts.push(what.clone());
        if let Some(found) = items(tenant, &nested) {
            // Graph expands twenty objects at most.
            let few: Vec<Value> = found.into_iter().take(20).collect();
            object.insert(what.clone(), Value::Array(few));
        }
    }
    let Some(select) = request.query.get("$select").filter(|select| *select != "*") else {
        return Value::Object(object);
    };
    let wanted: Vec<&str> = select.split(',').map(str::trim).collect();
    object.retain(|name, _| {
        name.starts_with("@odata")
            || Some(name) == expanded.as_ref()
            || wanted
                .iter()
                .any(|wanted| wanted.eq_ignore_ascii_case(name))
    });
    Value::Object(object)
}
