//! The tokens in the links of a delta query. A client cannot look into them; everything it asked for is in there.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::history::History;

/// Tokens for directory objects hold for seven days.
/// <https://learn.microsoft.com/graph/delta-query-overview#token-duration>
const HOLDS: i64 = 7 * 86_400;

/// Where a delta query stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DeltaToken {
    pub(super) server: String,
    pub(super) issued: i64,
    /// The collection, in lower case.
    pub(super) list: String,
    /// The properties asked for, if not all.
    pub(super) select: Option<Vec<String>>,
    /// The first change that was not told; `None` while all objects are told.
    pub(super) from: Option<usize>,
    /// The change up to which this round tells; `None` in the link to the next round.
    pub(super) until: Option<usize>,
    /// The last id that was told.
    pub(super) after: String,
}

impl DeltaToken {
    /// The token of a first request.
    pub(super) fn first(history: &History, list: &str, select: Option<&str>) -> Self {
        let names = |select: &str| {
            select
                .split(',')
                .map(|name| name.trim().to_lowercase())
                .collect()
        };
        Self {
            server: history.server().to_owned(),
            issued: history.clock(),
            list: list.to_owned(),
            select: select.filter(|select| *select != "*").map(names),
            from: None,
            until: None,
            after: String::new(),
        }
    }

    /// Reads a token; `None` for one that was not given out here for this collection, or is too old.
    pub(super) fn read(text: &str, history: &History, list: &str) -> Option<Self> {
        let token: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let ours = token.server == history.server() && token.list == list;
        let age = history.clock().saturating_sub(token.issued);
        (ours && age <= HOLDS).then_some(token)
    }

    /// The token as it stands in a link.
    pub(super) fn written(&self, history: &History) -> String {
        let fresh = Self {
            issued: history.clock(),
            ..self.clone()
        };
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&fresh).unwrap_or_default())
    }

    /// True when changes of a property are told.
    pub(super) fn tracks(&self, name: &str) -> bool {
        self.select.as_ref().is_none_or(|select| {
            select
                .iter()
                .any(|wanted| wanted.eq_ignore_ascii_case(name))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_token_holds_for_its_server_collection_and_week() {
        let history = History::new(Duration::ZERO);
        let token = DeltaToken::first(&history, "users", Some("id, displayName"));
        let text = token.written(&history);
        let read = DeltaToken::read(&text, &history, "users").unwrap();
        assert!(read.tracks("displayname") && !read.tracks("mail"));
        assert!(DeltaToken::read(&text, &history, "groups").is_none());
        assert!(DeltaToken::read(&text, &History::new(Duration::ZERO), "users").is_none());
        assert!(DeltaToken::read("nonsense", &history, "users").is_none());
        history.age(Duration::from_secs(8 * 86_400));
        assert!(DeltaToken::read(&text, &history, "users").is_none());
        assert!(DeltaToken::read(&token.written(&history), &history, "users").is_some());
    }
}
