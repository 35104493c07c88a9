//! What a caller may tune.

use std::time::Duration;

/// How patient and how busy a [`Client`](crate::Client) is.
#[derive(Debug, Clone)]
pub struct Options {
    /// The time one request may take with all its retries and pauses. Time spent waiting for a turn
    /// in the limiter does not count: a long queue is no failure.
    pub deadline: Duration,
    /// The longest a single attempt may take.
    pub attempt: Duration,
    /// The most requests in flight at once, over all services. Each service starts with a few, and
    /// gets more while it answers well.
    pub concurrency: usize,
    /// The upper bound of the first random pause when Azure names none; it doubles with each retry.
    pub first_pause: Duration,
    /// The upper bound of any random pause.
    pub longest_pause: Duration,
    /// Retries after server errors and dropped connections. Throttling is bound by the deadline only.
    pub server_retries: u32,
    /// Retries after replies that are no JSON.
    pub invalid_reply_retries: u32,
    /// The time that a sign-in may take, retries included.
    pub sign_in: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(300),
            attempt: Duration::from_secs(100),
            concurrency: 256,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            server_retries: 5,
            invalid_reply_retries: 2,
            sign_in: Duration::from_secs(30),
        }
    }
}
