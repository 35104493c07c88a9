//! What came of a request, as far as the limiter acts on it.

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A success.
    Answered,
    /// A refusal that has nothing to do with the load.
    Refused,
    /// Throttled, and a bucket of ours stands for the limit: the bucket follows.
    Explained,
    /// Throttled for no limit that we know.
    Throttled,
    /// The service or a provider is overloaded (503, 504).
    Unavailable,
    /// No complete reply in time.
    TimedOut,
    /// No connection, or one that broke.
    Broken,
}
