//! Azure Resource Graph: `POST /providers/Microsoft.ResourceGraph/resources`.
//!
//! <https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data>

use std::sync::Arc;

use serde_json::{Value, json};

use crate::ids;
use crate::json::Object;
use crate::kql::{self, KqlQuery, Rows};
use crate::paging;
use crate::rbac::Grants;
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::resource_index::Index;
use crate::resource_tables::TABLES;
use crate::routes::resource_scope::Scope;
use crate::routes::{arm_access, changes, resource_rows};
use crate::state::State;
use crate::tenant::Tenant;

/// Resource Graph gives up to a thousand rows a page, and a hundred unless asked for more.
const LARGEST: usize = 1_000;
const PAGE: usize = 100;

/// A reply that would be longer is refused.
const LONGEST: usize = 16_777_216;

/// Answers a query.
pub(super) fn query(state: &State, request: &Request) -> Reply {
    let caller = match arm_access::admit(state, request) {
        Ok(caller) => caller,
        Err(refusal) => return refusal,
    };
    let mut reply = answer(state, request, &caller).unwrap_or_else(|refusal| refusal);
    reply.headers.extend(caller.headers);
    reply
}

fn answer(state: &State, request: &Request, caller: &arm_access::Caller) -> Result<Reply, Reply> {
    if request.method != "POST" {
        return Err(reply::arm(405, "MethodNotAllowed", "A query is posted."));
    }
    let tenant = state.tenant();
    if tenant.resource_graph.refused {
        let action = "Microsoft.ResourceGraph/resources/read";
        return Err(arm_access::denied(&caller.principal, action, "/"));
    }
    let body = request
        .json()
        .ok_or_else(|| invalid("The request body is not JSON."))?;
    let text = body["query"].as_str().unwrap_or_default();
    let query = kql::parse(text).map_err(|message| invalid(&message))?;
    let grants = arm_access::grants(state, &tenant, &caller.principal);
    let scope =
        Scope::of(&tenant, &grants, &body).map_err(|message| failed("BadRequest", &message))?;
    let asking = Asking {
        state,
        tenant: &tenant,
        grants: &grants,
        scope: &scope,
    };
    let rows = match asking.changes(&query)? {
        Some(rows) => Arc::new(rows),
        None => {
            let client = &caller.principal.client_id;
            let key = format!(
                "{client} {} {} {} {text}",
                caller.principal.object_id,
                grants.awaited(),
                scope.key
            );
            asking.rows(&query, &key)?
        }
    };
    let reply = page(state, &rows, &body["options"])?;
    Ok(if scope.cut {
        reply.header("x-ms-tenant-subscription-limit-hit", "true")
    } else {
        reply
    })
}

/// A query's surroundings.
struct Asking<'a> {
    state: &'a State,
    tenant: &'a Tenant,
    grants: &'a Grants,
    scope: &'a Scope,
}

impl Asking<'_> {
    /// The answer of a table of changes; `None` for any other table.
    fn changes(&self, query: &KqlQuery) -> Result<Option<Rows>, Reply> {
        self.known(&query.table)?;
        let mut ids: Vec<String> = self.scope.ids(self.tenant).map(str::to_owned).collect();
        if ids.is_empty() {
            // An empty list would mean every subscription.
            ids.push(String::new());
        }
        let rows = changes::rows(
            &self.state.history,
            self.tenant,
            self.grants,
            &query.table,
            &ids,
        );
        Ok(rows.map(|rows| query.run(Rows::of(rows))))
    }

    /// The answer of a table of documents, worked out once and then cut into pages.
    fn rows(&self, query: &KqlQuery, key: &str) -> Result<Arc<Rows>, Reply> {
        if !TABLES.contains(&query.table.to_lowercase().as_str()) {
            return Err(disallowed(&query.table));
        }
        let mut columns = resource_rows::columns();
        // Documented for some types only; a row without it has null.
        columns.push("systemData".into());
        query.check(&columns).map_err(|message| invalid(&message))?;
        let (caches, version) = (&self.state.caches, self.tenant.store.version());
        let run = || {
            let made = || Arc::new(Index::of(self.tenant));
            let index = caches.rows.always(version, "", made);
            let rows = resource_rows::select(self.tenant, self.grants, &index, self.scope, query);
            Arc::new(query.run(rows))
        };
        Ok(caches.queries.always(version, key, run))
    }

    fn known(&self, table: &str) -> Result<(), Reply> {
        let missing = &self.tenant.resource_graph.missing_tables;
        if missing.iter().any(|name| name.eq_ignore_ascii_case(table)) {
            return Err(disallowed(table));
        }
        Ok(())
    }
}

/// Cuts a page of the rows.
fn page(state: &State, rows: &Rows, options: &Value) -> Result<Reply, Reply> {
    let total = rows.rows.len();
    let asked = whole(&options["$top"]).unwrap_or(PAGE);
    let most = state.options.page_size.unwrap_or(LARGEST).min(LARGEST);
    let skip = options["$skipToken"].as_str();
    let first = whole(&options["$skip"]).map(paging::token);
    let cut = paging::page(total, asked.min(most), skip.or(first.as_deref()))
        .ok_or_else(|| failed("CouldNotDecodeSkipToken", "The skip token is invalid."))?;
    // Rows without an id cannot be told apart, so there is no way to go on after them.
    let goes_on = rows.columns.iter().any(|name| name.as_ref() == "id");
    let truncated = cut.next.is_some() && !goes_on;

    let mut body = Object::new();
    body.member("totalRecords", &total);
    body.member("count", &(cut.end - cut.start));
    let as_table = options["resultFormat"]
        .as_str()
        .is_some_and(|form| form.eq_ignore_ascii_case("table"));
    if as_table {
        body.member("data", &table(rows, cut.start, cut.end));
    } else {
        body.list("data", rows.objects(cut.start, cut.end));
    }
    body.member("facets", &json!([]));
    body.member(
        "resultTruncated",
        if truncated { &"true" } else { &"false" },
    );
    if let Some(token) = cut.next.filter(|_| goes_on) {
        body.member("$skipToken", &token);
    }
    let length = body.len() + 1;
    if length > LONGEST {
        let message = format!(
            "Response payload size is {length}, and has exceeded the limit of {LONGEST}. Please consider querying less data at a time and make paginated call if needed."
        );
        return Err(failed("ResponsePayloadTooLarge", &message));
    }
    Ok(Reply::raw(200, body.finish()))
}

fn whole(value: &Value) -> Option<usize> {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
}

fn table(rows: &Rows, from: usize, to: usize) -> Value {
    let kind = |value: &Value| match value {
        Value::Number(_) => "integer",
        Value::Bool(_) => "boolean",
        Value::String(_) => "string",
        _ => "object",
    };
    let shown = &rows.rows[from..to];
    let first = shown.first();
    let columns: Vec<Value> = rows
        .columns
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let kind = first.map_or("object", |row| kind(row[at].value()));
            json!({"name": name.as_ref(), "type": kind})
        })
        .collect();
    let rows: Vec<Vec<&Value>> = shown
        .iter()
        .map(|row| row.iter().map(kql::Cell::value).collect())
        .collect();
    json!({"columns": columns, "rows": rows})
}

fn disallowed(table: &str) -> Reply {
    let message = format!("Table {table} is invalid, unsupported or disallowed.");
    failed("DisallowedLogicalTableName", &message)
}

fn invalid(message: &str) -> Reply {
    failed("InvalidQuery", message)
}

fn failed(code: &str, message: &str) -> Reply {
    let support = format!(
        "Please provide below info when asking for support: timestamp = {}, correlationId = {}.",
        crate::clock::seconds(),
        ids::random_guid()
    );
    let body = json!({"error": {
        "code": "BadRequest",
        "message": support,
        "details": [{"code": code, "message": message}],
    }});
    Reply::json(400, body)
}
