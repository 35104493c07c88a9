//! The buckets of all lanes, by the region of Resource Manager that answers.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::bucket::Bucket;
use super::charge::Charges;
use super::lane::{Lane, Width};
use super::rate::Rate;
use crate::statistics::LimitUse;

type Region = Option<Arc<str>>;
type Shared = Arc<Mutex<Bucket>>;

/// The buckets.
#[derive(Debug, Default)]
pub(super) struct Buckets(Mutex<All>);

#[derive(Debug, Default)]
struct All {
    /// The region that answered last; unknown before the first reply.
    region: Region,
    by_lane: HashMap<(Lane, Region), Shared>,
    /// Rates that turned out to be others than the published ones.
    rates: HashMap<Lane, Rate>,
}

impl Buckets {
    /// Takes the charges, narrow lanes first, and waits until all of them are there.
    pub async fn take(&self, charges: &Charges) {
        for width in [Width::Narrow, Width::Scope, Width::Wide] {
            let now = Instant::now();
            let tickets: Vec<_> = charges
                .iter()
                .filter(|(lane, _)| lane.width() == width)
                .map(|(lane, cost)| {
                    let bucket = self.bucket(lane, None);
                    let ticket = locked(&bucket).take(*cost, now);
                    (bucket, ticket)
                })
                .collect();
            for (bucket, ticket) in tickets {
                // A pause may move the time while this waits.
                loop {
                    let due = locked(&bucket).due(ticket, Instant::now());
                    match due {
                        Some(due) => tokio::time::sleep_until(due).await,
                        None => break,
                    }
                }
            }
        }
    }

    /// The latest end of any pause on these lanes.
    pub fn paused_until(&self, charges: &Charges) -> Option<Instant> {
        let now = Instant::now();
        charges
            .keys()
            .filter_map(|lane| locked(&self.bucket(lane, None)).paused(now))
            .max()
    }

    /// Acts on the bucket of a lane in the region that answered, or in the last one.
    pub fn with<T>(
        &self,
        lane: &Lane,
        region: Option<&str>,
        act: impl FnOnce(&mut Bucket, Instant) -> T,
    ) -> T {
        let bucket = self.bucket(lane, region);
        let mut bucket = locked(&bucket);
        act(&mut bucket, Instant::now())
    }

    /// The region that answered. The first one takes over the buckets of the unknown region.
    pub fn answered_by(&self, region: &str) {
        let mut all = self.all();
        if all.region.as_deref() == Some(region) {
            return;
        }
        let region: Region = Some(region.into());
        if all.region.is_none() {
            let (unknown, known) = std::mem::take(&mut all.by_lane)
                .into_iter()
                .partition::<HashMap<_, _>, _>(|((lane, region), _)| {
                    region.is_none() && lane.is_regional()
                });
            all.by_lane = known;
            for ((lane, _), bucket) in unknown {
                all.by_lane.insert((lane, region.clone()), bucket);
            }
        }
        all.region = region;
    }

    /// A lane has another rate than the published one.
    pub fn set_rate(&self, lane: &Lane, rate: Rate) {
        let mut all = self.all();
        all.rates.insert(lane.clone(), rate);
        for ((of, _), bucket) in &all.by_lane {
            if of == lane {
                locked(bucket).set_rate(rate, Instant::now());
            }
        }
    }

    /// What each limited lane was charged, all regions together, and the time that takes.
    pub fn uses(&self) -> Vec<LimitUse> {
        let all = self.all();
        let mut uses: BTreeMap<&Lane, LimitUse> = BTreeMap::new();
        for ((lane, _), bucket) in &all.by_lane {
            let (rate, charged) = locked(bucket).charged();
            // Resource units can be given back, tokens come in whole numbers.
            let requests = charged.max(0.0).round() as u64;
            if rate.is_unlimited() || requests == 0 {
                continue;
            }
            let entry = uses.entry(lane).or_insert_with(|| LimitUse {
                name: lane.to_string(),
                ..LimitUse::default()
            });
            entry.requests += requests;
            entry.floor = entry.floor.max(rate.floor(charged));
        }
        uses.into_values().collect()
    }

    fn bucket(&self, lane: &Lane, region: Option<&str>) -> Shared {
        let mut all = self.all();
        let region = match region {
            _ if !lane.is_regional() => None,
            Some(region) if all.region.as_deref() != Some(region) => Some(region.into()),
            _ => all.region.clone(),
        };
        let rate = all.rates.get(lane).copied().unwrap_or_else(|| lane.rate());
        let bucket = all
            .by_lane
            .entry((lane.clone(), region))
            .or_insert_with(|| Arc::new(Mutex::new(Bucket::full(rate, Instant::now()))));
        Arc::clone(bucket)
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn locked(bucket: &Shared) -> MutexGuard<'_, Bucket> {
    bucket.lock().unwrap_or_else(PoisonError::into_inner)
}
