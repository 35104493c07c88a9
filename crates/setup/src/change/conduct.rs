//! How changes are carried out: as whom, how patiently, and who is told.

use std::time::Duration;

use azure::Client;
use tokio::time::Instant;

/// Something worth telling while a run is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A step begins.
    Doing(String),
    /// A step is done.
    Done {
        /// The step in words.
        what: String,
        /// Whether it made something; otherwise it was there already.
        made: bool,
    },
    /// Something that was to be taken away was not there any more.
    Gone(String),
    /// Entra ID or Azure does not know of something yet.
    Waiting {
        /// What is waited for, in words.
        what: String,
        /// How long already.
        since: Duration,
    },
    /// Something that was waited for has come.
    Come {
        /// What, in words.
        what: String,
        /// After how long.
        after: Duration,
    },
}

/// How changes are carried out.
#[derive(Clone, Copy)]
pub struct Conduct<'a> {
    /// The administrator's way to Azure.
    pub client: &'a Client,
    /// How long one thing is waited for.
    pub wait: Duration,
    /// Who is told.
    pub notice: &'a (dyn Fn(Notice) + Sync),
    /// Whether to stop at the next good place.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

/// The first pause; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// How often a pause looks whether to stop.
const GLANCE: Duration = Duration::from_millis(100);

impl<'a> Conduct<'a> {
    pub(crate) fn say(&self, notice: Notice) {
        (self.notice)(notice);
    }

    /// Begins to wait for something.
    pub(crate) fn patience(&self, what: &str) -> Patience<'a> {
        Patience {
            conduct: *self,
            what: what.to_owned(),
            began: Instant::now(),
            pause: FIRST_PAUSE,
        }
    }
}

/// Why a pause did not end in another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The time is up.
    TimeIsUp,
    /// Somebody wants to stop.
    Stopped,
}

/// Waiting for one thing, with pauses that grow.
pub(crate) struct Patience<'a> {
    conduct: Conduct<'a>,
    what: String,
    began: Instant,
    pause: Duration,
}

impl Patience<'_> {
    /// Pauses before another try.
    pub async fn pause(&mut self) -> Result<(), Ended> {
        let since = self.began.elapsed();
        let left = self.conduct.wait.saturating_sub(since);
        if left.is_zero() {
            return Err(Ended::TimeIsUp);
        }
        self.conduct.say(Notice::Waiting {
            what: self.what.clone(),
            since,
        });
        let end = Instant::now() + self.pause.min(left);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        loop {
            if (self.conduct.stop)() {
                return Err(Ended::Stopped);
            }
            let now = Instant::now();
            if now >= end {
                return Ok(());
            }
            tokio::time::sleep(GLANCE.min(end - now)).await;
        }
    }

    /// Says from now on that something else is waited for.
    pub fn waits_for(&mut self, what: &str) {
        what.clone_into(&mut self.what);
    }

    /// How long it has been waited.
    pub fn since(&self) -> Duration {
        self.began.elapsed()
    }
}
