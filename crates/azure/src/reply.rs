//! A successful reply.

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::call::Call;
use crate::failure::{Failure, FailureKind};

/// A 2xx reply whose body is valid JSON. `Debug` leaves the body out: it may be a new secret.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body as Azure sent it; `null` for 204, and for a write that none came back for.
    pub body: Box<RawValue>,
    /// Retries that were needed.
    pub retries: u32,
    /// The service's own id of the request (`x-ms-request-id`, `request-id`).
    pub request_id: Option<String>,
    /// The time from the first attempt's start to the end of the last, waits included.
    pub elapsed: Duration,
    /// Whether Resource Graph said that it left subscriptions out.
    pub(crate) limited: bool,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("bytes", &self.body.get().len())
            .field("retries", &self.retries)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl Reply {
    /// The body as a type.
    ///
    /// # Errors
    ///
    /// When the JSON is not of that shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.body.get())
    }

    /// The failure of a reply that is JSON, but not of the form that the protocol says.
    pub(crate) fn unusable(&self, call: &Call, message: String) -> Failure {
        let mut failure = Failure::new(FailureKind::InvalidReply, call.shown_url(), message);
        failure.status = Some(self.status);
        failure.retries = self.retries;
        failure.request_id.clone_from(&self.request_id);
        failure.elapsed = self.elapsed;
        failure
    }
}
