//! How many requests may be in flight: grown while all is well, cut down when a service is in trouble.
//!
//! The form is that of TCP's congestion control (RFC 5681): the limit doubles each round trip until
//! the first trouble, then it grows by a little; trouble cuts it by a part. Trouble is a share of the
//! replies, not a single one: one request in a hundred fails for reasons that have nothing to do with
//! us, and a limit that fell each time would never rise. Latency is judged as Netflix's and Vector's
//! adaptive concurrency do, against what is usual.

/// Replies that are looked at together, at least.
const WINDOW: usize = 32;
/// The share of bad replies that is trouble, and how many they have to be.
const BAD_SHARE: f64 = 0.05;
const BAD_LEAST: usize = 3;
/// What trouble leaves of the limit, and what it leaves when most replies are bad.
const CUT: f64 = 0.7;
const CUT_HARD: f64 = 0.5;
/// Replies this many times slower than usual, on the average, are trouble too.
const SLOW: f64 = 2.5;
const CUT_SLOW: f64 = 0.8;

/// What one request says about its service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sign {
    /// It answered, in so many times the usual time.
    Well(f64),
    /// It refused or failed for being asked too much.
    Trouble,
    /// It says nothing about the load.
    Nothing,
}

/// The bounds of a limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub start: usize,
    pub most: usize,
}

/// A limit on the requests in flight.
#[derive(Debug)]
pub(super) struct Pace {
    limit: f64,
    bounds: Bounds,
    /// Until the first trouble.
    doubling: bool,
    window: Window,
    /// Replies still to come to requests from before the last cut: they tell of the same trouble.
    stale: usize,
}

#[derive(Debug, Default)]
struct Window {
    /// Replies that close it: a round trip's, as the limit was when it began.
    size: usize,
    replies: usize,
    bad: usize,
    timed: usize,
    slowness: f64,
}

impl Pace {
    pub fn new(bounds: Bounds) -> Self {
        let start = bounds.start.clamp(1, bounds.most.max(1));
        Self {
            limit: whole(start),
            bounds: Bounds {
                start,
                most: bounds.most.max(1),
            },
            doubling: true,
            window: Window::of(start),
            stale: 0,
        }
    }

    /// Requests that may be in flight, at least one.
    pub fn limit(&self) -> usize {
        // Between one and the upper bound.
        self.limit as usize
    }

    /// Takes note of a reply. `full` says whether the limit is what held requests back.
    pub fn note(&mut self, sign: Sign, full: bool) {
        if self.stale > 0 {
            self.stale -= 1;
            return;
        }
        match sign {
            Sign::Nothing => return,
            Sign::Trouble => self.window.bad += 1,
            Sign::Well(slowness) => {
                self.window.timed += 1;
                self.window.slowness += slowness;
                if full {
                    self.grow();
                }
            }
        }
        self.window.replies += 1;
        if self.window.replies >= self.window.size {
            self.judge();
        }
    }

    /// The service has this many requests left: no more of them at once.
    pub fn lower_to(&mut self, left: usize) {
        if whole(left) < self.limit {
            self.limit = whole(left.max(1));
            self.doubling = false;
        }
    }

    fn grow(&mut self) {
        let more = if self.doubling {
            1.0
        } else {
            // About 4 + a sixteenth of the limit each round trip.
            4.0 / self.limit + 1.0 / 16.0
        };
        self.limit = (self.limit + more).min(whole(self.bounds.most));
    }

    fn judge(&mut self) {
        let next = Window::of(self.limit());
        let window = std::mem::replace(&mut self.window, next);
        let share = whole(window.bad) / whole(window.replies);
        if window.bad >= BAD_LEAST && share > BAD_SHARE {
            let part = if share > 0.5 { CUT_HARD } else { CUT };
            self.cut(part, 1);
        } else if window.timed > 0 && window.slowness / whole(window.timed) > SLOW {
            // Slow is not broken: what we started with stays allowed.
            self.cut(CUT_SLOW, self.bounds.start);
        }
    }

    fn cut(&mut self, part: f64, least: usize) {
        self.doubling = false;
        let least = whole(least).min(self.limit);
        self.stale = self.limit();
        self.limit = (self.limit * part).floor().max(least);
        self.window = Window::of(self.limit());
    }
}

impl Window {
    fn of(limit: usize) -> Self {
        Self {
            size: limit.max(WINDOW),
            ..Self::default()
        }
    }
}

/// A small count as a float.
fn whole(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        start: 32,
        most: 256,
    };

    /// A round trip: as many replies as requests may be in flight.
    fn round(pace: &mut Pace, sign: impl Fn(usize) -> Sign) {
        for number in 0..pace.limit() {
            pace.note(sign(number), true);
        }
    }

    fn well(_: usize) -> Sign {
        Sign::Well(1.0)
    }

    #[test]
    fn it_doubles_up_to_the_bound() {
        let mut pace = Pace::new(BOUNDS);
        let limits: Vec<usize> = (0..4)
            .map(|_| {
                round(&mut pace, well);
                pace.limit()
            })
            .collect();
        assert_eq!(limits, [64, 128, 256, 256]);
    }

    #[test]
    fn it_does_not_grow_while_it_holds_nobody_back() {
        let mut pace = Pace::new(BOUNDS);
        for _ in 0..1_000 {
            pace.note(Sign::Well(1.0), false);
        }
        assert_eq!(pace.limit(), 32);
    }

    #[test]
    fn trouble_cuts_it_once_and_it_recovers_slowly() {
        let mut pace = Pace::new(BOUNDS);
        (0..3).for_each(|_| round(&mut pace, well));
        round(&mut pace, |number| match number % 10 {
            0 => Sign::Trouble,
            _ => Sign::Well(1.0),
        });
        assert_eq!(pace.limit(), 179);
        // The replies to what was sent before count no more.
        for _ in 0..256 {
            pace.note(Sign::Trouble, true);
        }
        assert_eq!(pace.limit(), 179);
        round(&mut pace, well);
        let after = pace.limit();
        assert!((190..200).contains(&after), "{after}");
    }

    #[test]
    fn a_service_that_fails_altogether_is_asked_by_one() {
        let mut pace = Pace::new(BOUNDS);
        for _ in 0..2_000 {
            pace.note(Sign::Trouble, true);
        }
        assert_eq!(pace.limit(), 1);
    }

    #[test]
    fn one_fault_in_a_hundred_is_no_trouble() {
        let mut pace = Pace::new(BOUNDS);
        for number in 0..10_000 {
            let sign = match number % 100 {
                50 => Sign::Trouble,
                _ => Sign::Well(1.0),
            };
            pace.note(sign, true);
        }
        assert_eq!(pace.limit(), 256);
    }

    #[test]
    fn slow_replies_cut_it_no_further_than_to_the_start() {
        let mut pace = Pace::new(BOUNDS);
        (0..3).for_each(|_| round(&mut pace, well));
        let mut limits = Vec::new();
        for _ in 0..100 {
            round(&mut pace, |_| Sign::Well(4.0));
            limits.push(pace.limit());
        }
        assert!(limits.iter().all(|limit| *limit >= 32), "{limits:?}");
        assert!(limits.contains(&32), "{limits:?}");
    }

    #[test]
    fn what_azure_has_left_is_the_most() {
        let mut pace = Pace::new(BOUNDS);
        pace.lower_to(14_999);
        assert_eq!(pace.limit(), 32);
        pace.lower_to(0);
        assert_eq!(pace.limit(), 1);
    }

    #[test]
    fn a_low_bound_is_kept_from_the_start() {
        let bounds = Bounds { start: 32, most: 0 };
        assert_eq!(Pace::new(bounds).limit(), 1);
    }
}
