//! Microsoft Graph's delta queries: all objects of a collection once, then only what changed.
//!
//! <https://learn.microsoft.com/graph/delta-query-overview>

use serde_json::{Map, Value, json};

use crate::reply::{self, Reply};
use crate::request::Request;
use crate::routes::graph::Address;
use crate::routes::graph_delta_changes::{changed, reference, selected};
use crate::routes::graph_delta_token::DeltaToken;
use crate::routes::graph_lists::{self, Directory};
use crate::state::State;

/// Graph gives about this many objects a page of a delta query.
const PAGE: usize = 200;

/// Collections that can be followed.
const FOLLOWED: [&str; 8] = [
    "users",
    "groups",
    "applications",
    "serviceprincipals",
    "directoryroles",
    "devices",
    "administrativeunits",
    "oauth2permissiongrants",
];

/// The collection of a delta query; `None` for any other path.
pub(super) fn collection(at: &Address) -> Option<Address> {
    let parts: Vec<&str> = at.parts.iter().map(String::as_str).collect();
    let [list, function] = parts.split_last().map_or(parts.as_slice(), |(last, rest)| {
        // `delta()` leaves an empty argument behind.
        if last.is_empty() { rest } else { &parts }
    }) else {
        return None;
    };
    let function = function.to_lowercase();
    let is_delta = matches!(function.as_str(), "delta" | "microsoft.graph.delta");
    let followed = FOLLOWED.contains(&list.to_lowercase().as_str());
    (is_delta && followed).then(|| Address {
        parts: vec![(*list).to_owned()],
        ..at.clone()
    })
}

/// Answers a delta query.
pub(super) fn serve(state: &State, request: &Request, list: &Address) -> Reply {
    let query = &request.query;
    for name in [
        "$top", "$expand", "$orderby", "$search", "$count", "$filter",
    ] {
        if query.get(name).is_some() {
            let message =
                format!("The query parameter '{name}' is not supported with change tracking.");
            return reply::graph(400, "Request_UnsupportedQuery", message);
        }
    }
    let round = Round {
        state,
        request,
        list,
    };
    let name = list.parts.concat().to_lowercase();
    let given = query
        .get("$skiptoken")
        .or_else(|| query.get("$deltatoken"))
        .filter(|token| !token.is_empty());
    let token = match given {
        None | Some("latest") => Some(DeltaToken::first(
            &state.history,
            &name,
            query.get("$select"),
        )),
        Some(text) => DeltaToken::read(text, &state.history, &name),
    };
    match token {
        None => round.start_again(),
        Some(token) if given == Some("latest") => {
            let known = state.history.read(<[_]>::len);
            round.page(&token, known, Vec::new())
        }
        Some(token) if token.from.is_some() => round.changes(&token),
        Some(token) => round.everything(&token),
    }
}

struct Round<'a> {
    state: &'a State,
    request: &'a Request,
    list: &'a Address,
}

impl Round<'_> {
    /// The first round: every object as it is now.
    fn everything(&self, token: &DeltaToken) -> Reply {
        // Writes wait while the tenant is read, so that the history tells of all that is not seen here.
        let tenant = self.state.tenant();
        let until = token.until;
        let known = until.unwrap_or_else(|| self.state.history.read(<[_]>::len));
        let directory = Directory {
            tenant: &tenant,
            caches: &self.state.caches,
        };
        let objects = graph_lists::items(directory, self.list).unwrap_or_default();
        let mut all: Vec<(String, &Value)> = objects
            .iter()
            .filter_map(|object| Some((object["id"].as_str()?.to_lowercase(), object.as_ref())))
            .filter(|(id, _)| *id > token.after)
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        let more = all.len() > self.size();
        all.truncate(self.size());
        let shown = all.into_iter().map(|(id, object)| {
            let mut shown = selected(object, token);
            let members = format!("/v1.0/groups/{id}/members");
            if token.list == "groups" && token.tracks("members") {
                let members = tenant.store.collection(&members).items;
                if !members.is_empty() {
                    let members = members.iter().map(|one| reference(&one.body)).collect();
                    shown.insert("members@delta".to_owned(), Value::Array(members));
                }
            }
            (id, Value::Object(shown))
        });
        self.reply(token, known, shown.collect(), more)
    }

    /// A later round: what changed since the one before.
    fn changes(&self, token: &DeltaToken) -> Reply {
        let minimal = self
            .request
            .header("prefer")
            .is_some_and(|prefer| prefer.contains("return=minimal"));
        let (known, mut all) = self.state.history.read(|entries| {
            let known = token.until.unwrap_or(entries.len()).min(entries.len());
            let from = token.from.unwrap_or_default().min(known);
            (known, changed(&entries[from..known], token, minimal))
        });
        all.retain(|(id, _)| *id > token.after);
        let more = all.len() > self.size();
        all.truncate(self.size());
        self.reply(token, known, all, more)
    }

    fn size(&self) -> usize {
        let most = self.state.options.page_size;
        most.map_or(PAGE, |most| most.min(PAGE)).max(1)
    }

    fn reply(
        &self,
        token: &DeltaToken,
        known: usize,
        shown: Vec<(String, Value)>,
        more: bool,
    ) -> Reply {
        let last = shown.last().map(|(id, _)| id.clone()).filter(|_| more);
        let values = shown.into_iter().map(|(_, value)| value).collect();
        let Some(after) = last else {
            return self.page(token, known, values);
        };
        let next = DeltaToken {
            until: Some(known),
            after,
            ..token.clone()
        };
        self.body("@odata.nextLink", self.link("$skiptoken", &next), values)
    }

    /// The last page of a round, with the link to the next one.
    fn page(&self, token: &DeltaToken, known: usize, values: Vec<Value>) -> Reply {
        let next = DeltaToken {
            from: Some(known),
            until: None,
            after: String::new(),
            ..token.clone()
        };
        self.body("@odata.deltaLink", self.link("$deltatoken", &next), values)
    }

    fn body(&self, link: &str, to: String, values: Vec<Value>) -> Reply {
        let (origin, version) = (&self.request.origin, &self.list.version);
        let context = format!("{origin}/{version}/$metadata#{}", self.list.parts.concat());
        Reply::json(
            200,
            Value::Object(Map::from_iter([
                ("@odata.context".to_owned(), json!(context)),
                (link.to_owned(), json!(to)),
                ("value".to_owned(), Value::Array(values)),
            ])),
        )
    }

    fn link(&self, parameter: &str, token: &DeltaToken) -> String {
        format!(
            "{}?{parameter}={}",
            self.path(),
            token.written(&self.state.history)
        )
    }

    fn path(&self) -> String {
        let (origin, version) = (&self.request.origin, &self.list.version);
        format!("{origin}/{version}/{}/delta", self.list.parts.concat())
    }

    /// The token is unknown or too old: the client reads everything again, from the address that is given.
    fn start_again(&self) -> Reply {
        let message = "The sync state generation is not found. A full synchronization is required.";
        reply::graph(410, "syncStateNotFound", message)
            .header("Location", format!("{}?$deltatoken=", self.path()))
    }
}
