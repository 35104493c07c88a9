//! The activity log of each subscription: who wrote what through Resource Manager.
//!
//! <https://learn.microsoft.com/rest/api/monitor/activity-logs/list>

use std::collections::{BTreeMap, BTreeSet};

use azure::{Client, Service};
use futures::stream::{self, StreamExt};
use jiff::Timestamp;

use super::effects::{self, Effect};
use super::event::Event;
use super::watched::Watched;
use super::window::Window;

/// Logs that are read side by side; each subscription has limits of its own.
const AT_ONCE: usize = 32;

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
    let mut logs = stream::iter(subscriptions)
        .map(|subscription| async move {
            (
                subscription,
                read_one(client, watched, subscription, window).await,
            )
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
    told
}

async fn read_one(
    client: &Client,
    watched: &[Watched],
    subscription: &str,
    window: Window,
) -> Result<BTreeSet<Effect>, String> {
    let mut effects = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut pages = client.pages(Service::Arm, &path(subscription, window));
    let mut count = 0;
    while let Some(page) = pages.next().await {
        let page = page.map_err(|failure| failure.to_string())?;
        count += 1;
        if count > PAGES {
            return Err(format!("its activity log has more than {PAGES} pages"));
        }
        for item in &page.items {
            // A request is told of by several events; one of a kind is enough.
            if let Some(event) = Event::read(item.get())
                && seen.insert((
                    event.resource.clone(),
                    event.document_type.clone(),
                    event.deed,
                ))
            {
                effects.extend(effects::of(watched, &event));
            }
        }
    }
    Ok(effects)
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
