//! Follows a list from page to page.

use url::Url;

use crate::address;
use crate::call::{Call, Service};
use crate::client::Client;
use crate::failure::{Failure, FailureKind};
use crate::followed::Followed;
use crate::page::Page;

/// The pages of a list, one request each. Next links are followed as Azure wrote them.
#[derive(Debug)]
pub struct Pager {
    client: Client,
    service: Service,
    next: Option<String>,
    followed: Followed,
}

impl Pager {
    pub(crate) fn new(client: Client, service: Service, first: String) -> Self {
        Self {
            client,
            service,
            next: Some(first),
            followed: Followed::default(),
        }
    }

    /// The next page; `None` after the last one, and after a failure.
    ///
    /// A failure leaves the pages before it valid: reading can go on later from the `next` of the
    /// last page.
    pub async fn next(&mut self) -> Option<Result<Page, Failure>> {
        let link = self.next.take()?;
        let result = self.read(&link).await;
        if let Ok(page) = &result {
            self.next.clone_from(&page.next);
        }
        Some(result)
    }

    async fn read(&mut self, link: &str) -> Result<Page, Failure> {
        let url = self.client.own_url(self.service, link)?;
        if !self.followed.insert(url.as_str()) {
            return Err(Failure::new(
                FailureKind::InvalidReply,
                address::shown(&url),
                "the list leads back to a page that was read already",
            ));
        }
        let call = Call::get(self.service, url);
        let reply = self.client.send(&call).await.map_err(|mut failure| {
            // Gone is the place in the list, not the list.
            if failure.status == Some(410) && leads_on(&call.url) {
                failure.kind = FailureKind::ExpiredPage;
            }
            failure
        })?;
        Page::read(&reply).map_err(|message| reply.unusable(&call, message))
    }
}

/// Whether a URL leads on from a page: it then names the token of a place in the list.
fn leads_on(url: &Url) -> bool {
    url.query_pairs()
        .any(|(name, _)| name.to_ascii_lowercase().contains("skiptoken"))
}
