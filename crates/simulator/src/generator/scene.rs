//! What a body can speak of while it is written: itself, what it lies in, other resources, people, dates and numbers.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::dates;
use super::directory;
use super::people;
use super::random::Random;
use super::template::Scene;
use super::words::{COMPANY, DOMAINS, ENVIRONMENTS, REGIONS, SHORT};
use super::world::{Slot, World};

/// A document that is being written.
#[derive(Debug)]
pub(super) struct Picture<'w> {
    world: &'w World,
    random: Random,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: &'w str,
    /// What the document is an answer about when it is below another: its id, name and body's members.
    parent: Option<(String, String)>,
    pub(super) group: Option<usize>,
    pub(super) subscription: Option<usize>,
    region: usize,
    ordinal: usize,
    local: usize,
    sibling: usize,
    pub(super) first: bool,
    place: usize,
    /// What links.rs found; what hangs below a resource may name it as well.
    links: Rc<Map<String, Value>>,
}

impl<'w> Picture<'w> {
    /// The picture in which a resource is named.
    pub(super) fn naming(world: &'w World, slot: &Slot, random: Random) -> Self {
        Self {
            world,
            random,
            id: String::new(),
            name: String::new(),
            kind: "",
            parent: slot
                .parent
                .map(|parent| (String::new(), world.slots[parent].name.clone())),
            group: Some(slot.group),
            subscription: Some(world.group(slot).subscription),
            region: slot.region,
            ordinal: slot.ordinal,
            local: slot.local,
            sibling: slot.sibling,
            first: false,
            place: 0,
            links: Rc::default(),
        }
    }

    /// The picture of a resource.
    pub(super) fn resource(world: &'w World, slot: &Slot, links: Map<String, Value>) -> Self {
        let form = &world.forms[slot.form];
        let random = Random::of(world.seed, &format!("body of {}", form.kind), slot.ordinal);
        let parent = slot.parent.map(|parent| &world.slots[parent]);
        Self {
            id: world.id(slot),
            name: slot.name.clone(),
            kind: &form.kind,
            parent: parent.map(|parent| (world.id(parent), parent.name.clone())),
            links: Rc::new(links),
            first: slot.ordinal == 0,
            ..Self::naming(world, slot, random)
        }
    }

    /// The picture of what lies directly in a scope.
    pub(super) fn in_scope(
        world: &'w World,
        kind: &'w str,
        scope: &str,
        subscription: Option<usize>,
        ordinal: usize,
    ) -> Self {
        Self {
            world,
            random: Random::of(world.seed, &format!("{kind} in {scope}"), ordinal),
            id: String::new(),
            name: String::new(),
            kind,
            parent: Some((
                scope.to_owned(),
                scope.rsplit('/').next().unwrap_or_default().to_owned(),
            )),
            group: None,
            subscription,
            region: 0,
            ordinal,
            local: ordinal,
            sibling: 0,
            first: false,
            place: 0,
            links: Rc::default(),
        }
    }

    /// The picture of what hangs below this one.
    pub(super) fn below(&mut self, kind: &'w str) -> Self {
        Self {
            world: self.world,
            random: Random::of(self.random.next(), kind, 0),
            id: String::new(),
            name: String::new(),
            kind,
            parent: Some((self.id.clone(), self.name.clone())),
            group: self.group,
            subscription: self.subscription,
            region: self.region,
            ordinal: self.ordinal,
            local: self.local,
            sibling: self.sibling,
            first: false,
            place: 0,
            links: Rc::clone(&self.links),
        }
    }

    /// The tags of a resource: most have those that the rules ask for.
    pub(super) fn tags(&mut self) -> Option<Value> {
        if self.random.chance(12) {
            return None;
        }
        let group = &self.world.layout.groups[self.group?];
        let mut tags = Map::new();
        tags.insert(
            "environment".to_owned(),
            json!(ENVIRONMENTS[group.environment].0),
        );
        tags.insert("workload".to_owned(), json!(group.workload));
        if let Some(owner) = &group.owner {
            tags.insert("owner".to_owned(), json!(owner));
        }
        tags.insert(
            "cost-center".to_owned(),
            json!(group.cost_center.to_string()),
        );
        Some(Value::Object(tags))
    }

    fn of_group(&self, name: &str) -> Option<Value> {
        let group = &self.world.layout.groups[self.group?];
        let (environment, letter, _) = ENVIRONMENTS[group.environment];
        Some(match name {
            "group" => json!(group.name),
            "group_id" => json!(self.world.group_path(group)),
            "workload" => json!(group.workload),
            "env" => json!(environment),
            "e" => json!(letter),
            "owner" => json!(group.owner),
            _ => return None,
        })
    }

    fn of_subscription(&self, name: &str) -> Option<Value> {
        let one = self.world.layout.subscriptions.get(self.subscription?)?;
        Some(match name {
            "subscription" => json!(one.id),
            "subscription_id" => json!(format!("/subscriptions/{}", one.id)),
            "subscription_name" => json!(one.name),
            _ => return None,
        })
    }

    fn of_itself(&self, name: &str) -> Option<Value> {
        let region = &REGIONS[self.region];
        let parent = self.parent.as_ref();
        Some(match name {
            "id" => json!(self.id),
            "name" => json!(self.name),
            "plain" => json!(plain(&self.name)),
            "type" => json!(self.kind),
            "parent" => json!(parent?.0),
            "parent_name" => json!(parent?.1),
            "location" => json!(region.name),
            "shown" => json!(region.shown),
            "r" => json!(region.short),
            "n" => json!(format!("{:03}", self.ordinal + 1)),
            "m" => json!(format!("{:02}", self.local + 1)),
            "local" => json!(self.local),
            "s" => json!(self.sibling.to_string()),
            "octet" => json!((self.local % 250).to_string()),
            "i" => json!(self.place),
            "i_text" => json!(self.place.to_string()),
            "emergency_group" => json!(group_object(self.world.seed, 0)),
            "tenant" => json!(self.world.layout.tenant),
            "root_group" => json!(format!(
                "/providers/Microsoft.Management/managementGroups/{SHORT}"
            )),
            "domain" => json!(DOMAINS[0]),
            "initial_domain" => json!(DOMAINS[1]),
            "company" => json!(COMPANY),
            "short" => json!(SHORT),
            _ => return None,
        })
    }

    fn by_chance(&mut self, name: &str, argument: &str) -> Option<Value> {
        let random = &mut self.random;
        Some(match name {
            "guid" => json!(random.guid()),
            "hex" => json!(random.hex(argument.parse().unwrap_or(8))),
            "base64" => json!(format!("{}=", random.hex(43))),
            "ip" => json!(format!(
                "10.{}.{}.{}",
                random.below(200),
                random.below(256),
                4 + random.below(250)
            )),
            "public_ip" => json!(format!("203.0.113.{}", 1 + random.below(254))),
            "seconds" => {
                let days = dates::days(argument, random)?;
                json!(dates::seconds(days, random))
            }
            "user" | "user_id" => {
                let number = random.below(self.world.users);
                let person = people::person(self.world.seed, number);
                json!(if name == "user" {
                    person.principal_name
                } else {
                    person.id
                })
            }
            "identity" => json!(identity(self.world.seed, self.world.users, random)),
            "application_principal" => json!(directory::service_principal(
                self.world.seed,
                random.below(12)
            )),
            "group_object" => json!(group_object(self.world.seed, random.below(40))),
            word => {
                let days = dates::days(word, random)?;
                json!(dates::moment(days, random))
            }
        })
    }

    fn of_others(&mut self, name: &str, argument: &str) -> Option<Value> {
        let here = self.subscription.unwrap_or(0);
        let world = self.world;
        match name {
            "any" => world
                .any(argument, here, &mut self.random)
                .map(|slot| json!(world.id(slot))),
            "any_name" => world
                .any(argument, here, &mut self.random)
                .map(|slot| json!(slot.name)),
            "peer" => {
                let peers = world.in_subscription(argument, here);
                let peer = peers
                    .get(self.local)
                    .and_then(|peer| world.slots.get(*peer))?;
                Some(json!(world.id(peer)))
            }
            // Most logs go to one workspace of the platform's.
            "workspace" => {
                let kind = "Microsoft.OperationalInsights/workspaces";
                let home = if self.random.chance(70) { 0 } else { here };
                world
                    .any(kind, home, &mut self.random)
                    .map(|slot| json!(world.id(slot)))
            }
            _ => None,
        }
    }
}

/// The object id of one of the directory's groups.
pub(super) fn group_object(seed: u64, number: usize) -> String {
    Random::of(seed, "group", number).guid()
}

/// The object id of one of the managed identities of resources.
pub(super) fn identity(seed: u64, users: usize, random: &mut Random) -> String {
    Random::of(
        seed,
        "identity's principal",
        random.below(identities(users)),
    )
    .guid()
}

/// How many managed identities the directory shows.
pub(super) fn identities(users: usize) -> usize {
    20 + users / 20
}

/// A name without what storage accounts and registries do not allow.
fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase()
}

impl Scene for Picture<'_> {
    fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    fn look_up(&mut self, name: &str, argument: &str) -> Option<Value> {
        if let Some(link) = self.links.get(name) {
            return Some(link.clone());
        }
        self.of_itself(name)
            .or_else(|| self.of_group(name))
            .or_else(|| self.of_subscription(name))
            .or_else(|| self.of_others(name, argument))
            .or_else(|| self.by_chance(name, argument))
    }

    fn repeating(&mut self, place: usize) {
        self.place = place;
    }

    fn is_first(&self) -> bool {
        self.first
    }
}
