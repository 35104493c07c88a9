//! The activity log of each subscription: who wrote what through Resource Manager.
//!
//! <https://learn.microsoft.com/rest/api/monitor/activity-logs/list>

use std::collections::{BTreeMap, BTreeSet};

use azure::{Client, Failure, Page, Reply, Service};
use futures::stream::{self, StreamExt};
use jiff::Timestamp;

use super::effects::{self, Effect};
use super::event::{Deed, Event};
use super::watched::Watched;
use super::window::Window;

/// Logs that are read side by side; each subscription has limits of its own.
const AT_ONCE: usize = 32;

/// Subscriptions whose first pages are held at a time.
const CHUNK: usize = 200;

/// A log of more pages than this is given up: reading the subscription's children again takes less.
const PAGES: usize = 200;

/// What the logs of subscriptions tell.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// What has to be done.
    pub(super) effects: BTreeSet<Effect>,
    /// Subscriptions whose log could not be read, and why.
    pub(super) lost: BTreeMap<String, String>,
}

/// Reads the logs of subscriptions (ids in lower case).
pub(super) async fn read(
    client: &Client,
    watched: &[Watched],
    subscriptions: &[String],
    window: Window,
) -> Told {
    let mut told = Told::default();
    if watched.is_empty() {
        return told;
    }
    for chunk in subscriptions.chunks(CHUNK) {
        let begun = first_pages(client, chunk, window).await;
        let mut logs = stream::iter(chunk.iter().zip(begun))
            .map(|(subscription, first)| async move {
                let log = Log::new(watched, client, subscription, window);
                (subscription, log.read(first).await)
            })
            .buffer_unordered(AT_ONCE);
        while let Some((subscription, log)) = logs.next().await {
            match log {
                Ok(effects) => told.effects.extend(effects),
                Err(reason) => {
                    told.lost.insert(subscription.clone(), reason);
                }
            }
        }
    }
    told
}

/// The first page of each log, twenty in a request; most logs have no other. `None` where it has to be
/// asked for alone: Azure may not take the batch.
async fn first_pages(
    client: &Client,
    subscriptions: &[String],
    window: Window,
) -> Vec<Option<Begun>> {
    let paths: Vec<String> = subscriptions.iter().map(|id| path(id, window)).collect();
    let batch = match paths.len() {
        0 | 1 => None,
        _ => client.arm_batch(&paths).await.ok(),
    };
    match batch {
        Some(replies) => replies.into_iter().map(Some).collect(),
        None => paths.iter().map(|_| None).collect(),
    }
}

type Begun = Result<Reply, Failure>;

/// The log of one subscription while it is read.
struct Log<'a> {
    watched: &'a [Watched],
    client: &'a Client,
    first: String,
    effects: BTreeSet<Effect>,
    /// A request is told of by several events; one of a kind is enough.
    seen: BTreeSet<(String, String, Deed)>,
}

impl<'a> Log<'a> {
    fn new(watched: &'a [Watched], client: &'a Client, subscription: &str, window: Window) -> Self {
        Self {
            watched,
            client,
            first: path(subscription, window),
            effects: BTreeSet::new(),
            seen: BTreeSet::new(),
        }
    }

    async fn read(mut self, first: Option<Begun>) -> Result<BTreeSet<Effect>, String> {
        let from = match first {
            None => Some(self.first.clone()),
            Some(reply) => {
                let reply = reply.map_err(|failure| failure.to_string())?;
                self.take(Page::read(&reply)?)
            }
        };
        let Some(from) = from else {
            return Ok(self.effects);
        };
        let mut pages = self.client.pages(Service::Arm, &from);
        let mut count = 0;
        while let Some(page) = pages.next().await {
            count += 1;
            if count > PAGES {
                return Err(format!("its activity log has more than {PAGES} pages"));
            }
            self.take(page.map_err(|failure| failure.to_string())?);
        }
        Ok(self.effects)
    }

    /// Enters a page; gives where the next one is.
    fn take(&mut self, page: Page) -> Option<String> {
        for event in page.items.iter().filter_map(|item| Event::read(item.get())) {
            let kind = (
                event.resource.clone(),
                event.document_type.clone(),
                event.deed,
            );
            if self.seen.insert(kind) {
                self.effects.extend(effects::of(self.watched, &event));
            }
        }
        page.next
    }
}

fn path(subscription: &str, window: Window) -> String {
    format!(
        "/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values\
         ?api-version=2015-04-01\
         &$filter=eventTimestamp%20ge%20'{}'%20and%20eventTimestamp%20le%20'{}'\
         &$select=resourceId,operationName,status,subStatus,eventTimestamp",
        time(window.from),
        time(window.until)
    )
}

/// As the documentation writes it: with seven digits behind the second.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6f0Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_asked_for_in_its_window() {
        let at = |text: &str| text.parse().unwrap();
        let window = Window {
            from: at("2026-03-01T00:00:00.25Z"),
            until: at("2026-03-01T01:00:00Z"),
        };
        let path = path("s", window);
        assert!(
            path.contains("eventTimestamp%20ge%20'2026-03-01T00:00:00.2500000Z'%20and%20eventTimestamp%20le%20'2026-03-01T01:00:00.0000000Z'"),
            "{path}"
        );
        assert!(!path.contains(' '));
    }
}
