//! Subscriptions, management groups and resource groups.

use super::random::Random;
use super::size::Size;
use super::words::{COMPANY, ENVIRONMENTS, REGIONS, SHORT, WORKLOADS};
use crate::tenant_file::{ManagementGroup, Subscription};

/// A resource group: one workload in one environment and region.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Which of the subscriptions it is in.
    pub(super) subscription: usize,
    pub(super) name: String,
    pub(super) workload: &'static str,
    /// Which of the environments.
    pub(super) environment: usize,
    /// Which of the regions.
    pub(super) region: usize,
    /// The tag `owner`, unless nobody wrote one.
    pub(super) owner: Option<String>,
    pub(super) cost_center: u32,
}

/// What holds resources.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) tenant: String,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) management_groups: Vec<ManagementGroup>,
    pub(super) groups: Vec<Group>,
    /// The groups of each subscription.
    pub(super) groups_of: Vec<Vec<usize>>,
}

impl Layout {
    /// Lays out a tenant. `shares` says how many resources each subscription has.
    pub(super) fn new(size: &Size, seed: u64, shares: &[usize]) -> Self {
        let mut random = Random::of(seed, "layout", 0);
        let tenant = random.guid();
        let mut layout = Self {
            tenant,
            subscriptions: Vec::with_capacity(size.subscriptions),
            management_groups: management_groups(),
            groups: Vec::new(),
            groups_of: vec![Vec::new(); size.subscriptions],
        };
        for (at, resources) in shares.iter().enumerate() {
            let mut random = Random::of(seed, "subscription", at);
            let environment = environment_of(at);
            layout
                .subscriptions
                .push(subscription(at, environment, &mut random));
            layout.add_groups(at, environment, *resources, &mut random);
        }
        layout.add_closed(seed);
        layout
    }

    fn add_groups(
        &mut self,
        subscription: usize,
        environment: usize,
        resources: usize,
        random: &mut Random,
    ) {
        // Some thirty resources a group; the first one is the platform's.
        let count = 2 + resources / 30;
        let home = random.below(2);
        for place in 0..count {
            let workload = if place == 0 {
                "network"
            } else {
                WORKLOADS[(subscription * 7 + place) % WORKLOADS.len()]
            };
            let abroad = random.chance(15);
            let region = if abroad {
                random.below(REGIONS.len())
            } else {
                home
            };
            let (shown, _, _) = ENVIRONMENTS[environment];
            let mut name = format!("rg-{workload}-{shown}-{}", REGIONS[region].short);
            // Older groups were named before there was a rule.
            if random.chance(6) {
                name = format!("{}_{workload}", SHORT.to_uppercase());
            }
            let name = self.free_name(subscription, name);
            let owner = random
                .chance(80)
                .then(|| format!("{workload}-team@northgate.example"));
            self.groups_of[subscription].push(self.groups.len());
            self.groups.push(Group {
                subscription,
                name,
                workload,
                environment,
                region,
                owner,
                cost_center: random.between(1_000, 9_999),
            });
        }
    }

    fn free_name(&self, subscription: usize, wanted: String) -> String {
        let taken = |name: &str| {
            self.groups_of[subscription]
                .iter()
                .any(|at| self.groups[*at].name == name)
        };
        if !taken(&wanted) {
            return wanted;
        }
        let mut number = 2;
        loop {
            let name = format!("{wanted}-{number:02}");
            if !taken(&name) {
                return name;
            }
            number += 1;
        }
    }

    /// A company of this size has one subscription that nobody pays any more.
    fn add_closed(&mut self, seed: u64) {
        if self.subscriptions.len() < 10 {
            return;
        }
        let mut random = Random::of(seed, "closed subscription", 0);
        self.subscriptions.push(Subscription {
            id: random.guid(),
            name: format!("{COMPANY} Pilot 2021"),
            state: "Disabled".to_owned(),
            management_group: Some(format!("{SHORT}-decommissioned")),
        });
    }
}

/// Environments in the proportion of the words' list, the first one productive.
fn environment_of(at: usize) -> usize {
    let mut place = at % 10;
    for (environment, (_, _, share)) in ENVIRONMENTS.iter().enumerate() {
        if place < *share {
            return environment;
        }
        place -= share;
    }
    0
}

fn subscription(at: usize, environment: usize, random: &mut Random) -> Subscription {
    let (shown, _, _) = ENVIRONMENTS[environment];
    let name = match at {
        0 => "sub-platform-management-prod".to_owned(),
        1 => "sub-platform-connectivity-prod".to_owned(),
        _ => format!(
            "sub-{}-{shown}-{at:03}",
            WORKLOADS[at * 5 % WORKLOADS.len()]
        ),
    };
    let group = match (at, environment) {
        (0 | 1, _) => "platform",
        (_, 0) if at.is_multiple_of(3) => "online",
        (_, 0) => "corp",
        (_, 3) => "sandbox",
        _ => "nonprod",
    };
    Subscription {
        id: random.guid(),
        name,
        state: "Enabled".to_owned(),
        management_group: Some(format!("{SHORT}-{group}")),
    }
}

/// Three levels below the root, as Microsoft's landing zones have them.
///
/// Source: <https://learn.microsoft.com/azure/cloud-adoption-framework/ready/landing-zone/design-area/resource-org-management-groups>
fn management_groups() -> Vec<ManagementGroup> {
    let group = |id: &str, name: &str, parent: Option<&str>| ManagementGroup {
        id: format!("{SHORT}{id}"),
        name: name.to_owned(),
        parent: parent.map(|parent| format!("{SHORT}{parent}")),
    };
    vec![
        group("", COMPANY, None),
        group("-platform", "Platform", Some("")),
        group("-landingzones", "Landing zones", Some("")),
        group("-corp", "Corp", Some("-landingzones")),
        group("-online", "Online", Some("-landingzones")),
        group("-nonprod", "Non-production", Some("-landingzones")),
        group("-sandbox", "Sandbox", Some("")),
        group("-decommissioned", "Decommissioned", Some("")),
    ]
}

/// How many resources each subscription has.
pub(super) fn shares(size: &Size) -> Vec<usize> {
    let mut shares = vec![0; size.subscriptions];
    let mut turns = Turns::new(size);
    for _ in 0..size.resources {
        shares[turns.next()] += 1;
    }
    shares
}

/// Whose turn it is: subscriptions get resources in turn, the first one more often where the tenant is skewed.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    subscriptions: usize,
    skew: Option<usize>,
    given: usize,
    to_others: usize,
}

impl Turns {
    /// Starts with the first subscription.
    pub(super) fn new(size: &Size) -> Self {
        Self {
            subscriptions: size.subscriptions,
            skew: size.skew.map(|skew| skew as usize),
            given: 0,
            to_others: 0,
        }
    }

    /// The subscription of the next resource.
    pub(super) fn next(&mut self) -> usize {
        let at = self.given;
        self.given += 1;
        let Some(skew) = self.skew.filter(|_| self.subscriptions > 1) else {
            return at % self.subscriptions.max(1);
        };
        // The first one's part of all so far rises by one whenever its turn has come.
        if (at + 1) * skew / 100 > at * skew / 100 {
            return 0;
        }
        self.to_others += 1;
        1 + (self.to_others - 1) % (self.subscriptions - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(subscriptions: usize, resources: usize, skew: Option<u32>) -> Size {
        Size {
            subscriptions,
            resources,
            skew,
            ..Size::default()
        }
    }

    #[test]
    fn resources_are_spread_evenly_unless_skewed() {
        assert_eq!(shares(&size(4, 10, None)), [3, 3, 2, 2]);
        let skewed = shares(&size(5, 1_000, Some(20)));
        assert_eq!(skewed, [200; 5]);
        let skewed = shares(&size(50, 20_000, Some(20)));
        assert_eq!(skewed[0], 4_000);
        assert!(skewed[1..].iter().all(|share| (320..=330).contains(share)));
        assert_eq!(shares(&size(1, 5, Some(20))), [5]);
        assert_eq!(shares(&size(2, 5, Some(0))), [0, 5]);
    }

    #[test]
    fn groups_have_names_of_their_own_and_subscriptions_hang_in_the_tree() {
        let size = size(12, 5_000, None);
        let layout = Layout::new(&size, 7, &shares(&size));
        assert_eq!(layout.subscriptions.len(), 13);
        let tree: Vec<&str> = layout
            .management_groups
            .iter()
            .map(|group| group.id.as_str())
            .collect();
        for one in &layout.subscriptions {
            assert!(tree.contains(&one.management_group.as_deref().unwrap()));
        }
        for groups in &layout.groups_of {
            let names: std::collections::BTreeSet<String> = groups
                .iter()
                .map(|at| layout.groups[*at].name.to_lowercase())
                .collect();
            assert_eq!(names.len(), groups.len());
            assert!(groups.len() >= 2);
        }
    }
}
