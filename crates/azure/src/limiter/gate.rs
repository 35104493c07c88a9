//! A gate that lets so many requests through as the [`Pace`] allows, in the order in which they came.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::pace::{Bounds, Pace, Sign};

/// The gate. Tokio's semaphore is fair; its permits follow the limit.
#[derive(Debug)]
pub(super) struct Gate {
    permits: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    pace: Pace,
    /// Permits that exist, taken or not. Above the limit after a cut, until enough are given back.
    existing: usize,
}

impl Gate {
    pub fn new(bounds: Bounds) -> Arc<Self> {
        let pace = Pace::new(bounds);
        let existing = pace.limit();
        Arc::new(Self {
            permits: Arc::new(Semaphore::new(existing)),
            state: Mutex::new(State { pace, existing }),
        })
    }

    /// Waits for a place. The semaphore is never closed; without it everybody passes.
    pub async fn enter(self: &Arc<Self>) -> Place {
        Place {
            permit: Arc::clone(&self.permits).acquire_owned().await.ok(),
            gate: Arc::clone(self),
        }
    }

    /// The service has so many requests left.
    pub fn lower_to(&self, left: usize) {
        let mut state = self.state();
        state.pace.lower_to(left);
        self.follow(&mut state);
    }

    /// A request inside a batch was refused for being asked too much.
    pub fn trouble(&self) {
        self.note(Sign::Trouble);
    }

    fn note(&self, sign: Sign) {
        let mut state = self.state();
        let full = self.permits.available_permits() == 0;
        state.pace.note(sign, full);
        self.follow(&mut state);
    }

    /// Makes as many permits exist as may be in flight, as far as they are not taken.
    fn follow(&self, state: &mut State) {
        let limit = state.pace.limit();
        if limit > state.existing {
            self.permits.add_permits(limit - state.existing);
            state.existing = limit;
        } else {
            state.existing -= self.permits.forget_permits(state.existing - limit);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub fn limit(&self) -> usize {
        self.state().pace.limit()
    }
}

/// A place inside the gate; given back by dropping it.
#[derive(Debug)]
pub(super) struct Place {
    gate: Arc<Gate>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// What came of the request.
    pub fn note(&self, sign: Sign) {
        self.gate.note(sign);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else {
            return;
        };
        let mut state = self.gate.state();
        if state.existing > state.pace.limit() {
            state.existing -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;

    const BOUNDS: Bounds = Bounds {
        start: 32,
        most: 256,
    };

    #[tokio::test(start_paused = true)]
    async fn a_healthy_service_has_hundreds_in_flight_within_seconds() {
        let gate = Gate::new(BOUNDS);
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let start = Instant::now();
        let tasks: Vec<_> = (0..2_000)
            .map(|_| {
                let (gate, now, most) = (Arc::clone(&gate), Arc::clone(&now), Arc::clone(&most));
                tokio::spawn(async move {
                    let place = gate.enter().await;
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    now.fetch_sub(1, Ordering::SeqCst);
                    place.note(Sign::Well(1.0));
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("the task ends");
        }
        assert_eq!(most.load(Ordering::SeqCst), 256);
        // 32 + 64 + 128 + 256 each 200 ms: 2,000 are through after eleven rounds.
        assert_eq!(start.elapsed().as_secs(), 2);
    }

    #[tokio::test]
    async fn a_cut_takes_places_away_as_they_are_given_back() {
        let gate = Gate::new(Bounds { start: 4, most: 4 });
        let mut places = Vec::new();
        for _ in 0..4 {
            places.push(gate.enter().await);
        }
        gate.lower_to(2);
        places.truncate(2);
        let mut third = Box::pin(gate.enter());
        assert!(futures::poll!(&mut third).is_pending());
        places.truncate(1);
        let _third = third.await;
        assert_eq!(gate.permits.available_permits(), 0);
        assert_eq!(gate.limit(), 2);
    }

    #[tokio::test]
    async fn places_are_given_in_the_order_of_asking() {
        let gate = Gate::new(Bounds { start: 1, most: 1 });
        let first = gate.enter().await;
        let (mut second, mut third) = (Box::pin(gate.enter()), Box::pin(gate.enter()));
        assert!(futures::poll!(&mut second).is_pending());
        assert!(futures::poll!(&mut third).is_pending());
        drop(first);
        assert!(futures::poll!(&mut third).is_pending());
        assert!(futures::poll!(&mut second).is_ready());
    }
}
