//! Why it is not clear what to scan.

use azure::Failure;

/// Why it is not clear what to scan.
#[derive(Debug, thiserror::Error)]
pub enum ScopeError {
    /// Azure did not answer.
    #[error("{what} could not be read: {failure}")]
    Unreadable {
        /// What was asked for.
        what: String,
        /// Why it failed.
        failure: Box<Failure>,
    },
    /// No visible subscription has this id or name.
    #[error("no subscription with the id or name `{asked}` is visible to this identity")]
    UnknownSubscription {
        /// What the user wrote.
        asked: String,
        /// The names that come nearest.
        visible: Vec<String>,
    },
    /// Several subscriptions have this name.
    #[error("the name `{asked}` stands for {} subscriptions", ids.len())]
    AmbiguousSubscription {
        /// What the user wrote.
        asked: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// A subscription was asked for by name and cannot be scanned in its state.
    #[error("the subscription `{asked}` is in state {state} and cannot be scanned")]
    UnusableSubscription {
        /// What the user wrote.
        asked: String,
        /// Azure's state.
        state: String,
    },
    /// No scanned subscription has a resource group of this name.
    #[error("no scanned subscription has a resource group `{asked}`")]
    UnknownResourceGroup {
        /// What the user wrote.
        asked: String,
        /// The names there are.
        visible: Vec<String>,
    },
    /// Everything was excluded.
    #[error("no subscription is left to scan")]
    NothingLeft,
}
