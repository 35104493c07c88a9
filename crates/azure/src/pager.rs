//! Follows a list from page to page.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::address;
use crate::call::{Call, Service};
use crate::client::Client;
use crate::failure::{Failure, FailureKind};
use crate::page::Page;

/// The pages of a list, one request each. Next links are followed as Azure wrote them.
#[derive(Debug)]
pub struct Pager {
    client: Client,
    service: Service,
    next: Option<String>,
    /// Hashes of the links followed, so that memory stays small over many thousand pages.
    followed: HashSet<u64>,
}

impl Pager {
    pub(crate) fn new(client: Client, service: Service, first: String) -> Self {
        Self {
            client,
            service,
            next: Some(first),
            followed: HashSet::new(),
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
        let mut hasher = DefaultHasher::new();
        url.as_str().hash(&mut hasher);
        if !self.followed.insert(hasher.finish()) {
            return Err(Failure::new(
                FailureKind::InvalidReply,
                address::shown(&url),
                "the list leads back to a page that was read already",
            ));
        }
        let call = Call::get(self.service, url);
        let reply = self.client.send(&call).await?;
        let (status, retries, elapsed) = (reply.status, reply.retries, reply.elapsed);
        let request_id = reply.request_id.clone();
        Page::read(reply).map_err(|message| {
            let mut failure = Failure::new(FailureKind::InvalidReply, call.shown_url(), message);
            failure.status = Some(status);
            failure.retries = retries;
            failure.request_id = request_id;
            failure.elapsed = elapsed;
            failure
        })
    }
}
