//! Azure Resource Graph: `POST /providers/Microsoft.ResourceGraph/resources`.

use serde_json::{Value, json};

use crate::kql;
use crate::paging;
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::routes::{arm_access, changes, resource_rows};
use crate::state::State;

/// Resource Graph gives up to a thousand rows a page, and a hundred unless asked for more.
const LARGEST: usize = 1_000;
const PAGE: usize = 100;

/// Answers a query.
pub(super) fn query(state: &State, request: &Request) -> Reply {
    let caller = match arm_access::admit(state, request) {
        Ok(caller) => caller,
        Err(refusal) => return refusal,
    };
    if request.method != "POST" {
        return reply::arm(405, "MethodNotAllowed", "A query is posted.");
    }
    let tenant = state.tenant();
    let Some(body) = request.json() else {
        return invalid("The request body is not JSON.");
    };
    let text = body["query"].as_str().unwrap_or_default();
    let query = match kql::parse(text) {
        Ok(query) => query,
        Err(message) => return invalid(&message),
    };
    let grants = arm_access::grants(state, &tenant, &caller.principal);
    let subscriptions = asked(&tenant, &body);
    let of = &query.table;
    let Some(rows) = changes::rows(&state.history, &tenant, &grants, of, &subscriptions)
        .or_else(|| resource_rows::rows(&tenant, &grants, of, &subscriptions))
    else {
        let message = format!(
            "Table {} is invalid, unsupported or disallowed.",
            query.table
        );
        return failed("DisallowedLogicalTableName", &message);
    };
    let rows = query.run(rows);

    let options = &body["options"];
    let asked_for = whole(&options["$top"]).unwrap_or(PAGE);
    let most = state
        .options
        .page_size
        .map_or(LARGEST, |most| most.min(LARGEST));
    let skip = options["$skipToken"].as_str();
    let start = if skip.is_none() {
        whole(&options["$skip"])
    } else {
        None
    };
    let first = start.map(paging::token);
    let Some(cut) = paging::page(rows.len(), asked_for.min(most), skip.or(first.as_deref())) else {
        return failed("InvalidSkipToken", "The skip token is invalid.");
    };
    let data: Vec<Value> = rows[cut.start..cut.end].to_vec();
    let data = if options["resultFormat"]
        .as_str()
        .is_some_and(|form| form.eq_ignore_ascii_case("table"))
    {
        table(&data)
    } else {
        Value::Array(data)
    };
    let mut answer = json!({
        "totalRecords": rows.len(),
        "count": cut.end - cut.start,
        "data": data,
        "facets": [],
        "resultTruncated": "false",
    });
    if let Some(token) = cut.next {
        answer["$skipToken"] = json!(token);
    }
    let mut reply = Reply::json(200, answer);
    reply.headers.extend(caller.headers);
    reply
}

fn whole(value: &Value) -> Option<usize> {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
}

/// The subscriptions a query is for: those named, those of the groups named, or none for all.
fn asked(tenant: &crate::tenant::Tenant, body: &Value) -> Vec<String> {
    let strings = |list: &Value| -> Vec<String> {
        let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
        items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    };
    let mut found = strings(&body["subscriptions"]);
    let groups = strings(&body["managementGroups"]);
    if groups.is_empty() {
        return found;
    }
    for one in &tenant.subscriptions {
        let above = tenant.ancestors(&tenant.group_of(one));
        let within = above
            .iter()
            .any(|id| groups.iter().any(|group| group.eq_ignore_ascii_case(id)));
        if within {
            found.push(one.id.clone());
        }
    }
    if found.is_empty() {
        // An empty list means every subscription; these groups have none.
        found.push(String::new());
    }
    found
}

fn table(rows: &[Value]) -> Value {
    let names: Vec<String> = rows
        .first()
        .and_then(Value::as_object)
        .map(|row| row.keys().cloned().collect())
        .unwrap_or_default();
    let kind = |value: &Value| match value {
        Value::Number(_) => "integer",
        Value::Bool(_) => "boolean",
        Value::String(_) => "string",
        _ => "object",
    };
    let columns: Vec<Value> = names
        .iter()
        .map(|name| json!({"name": name, "type": rows.first().map_or("object", |row| kind(&row[name]))}))
        .collect();
    let rows: Vec<Vec<Value>> = rows
        .iter()
        .map(|row| names.iter().map(|name| row[name].clone()).collect())
        .collect();
    json!({"columns": columns, "rows": rows})
}

fn invalid(message: &str) -> Reply {
    failed("InvalidQuery", message)
}

fn failed(code: &str, message: &str) -> Reply {
    let body = json!({"error": {
        "code": "BadRequest",
        "message": "Please provide below info when asking for support.",
        "details": [{"code": code, "message": message}],
    }});
    Reply::json(400, body)
}
