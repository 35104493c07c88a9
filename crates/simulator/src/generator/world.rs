//! Everything that a tenant has, named and placed before any body is written, so that bodies can speak of each other.

use std::collections::HashMap;

use serde_json::Value;

use super::form::{Form, Naming};
use super::layout::{self, Group, Layout, Turns};
use super::mix::{self, Share};
use super::random::Random;
use super::scene::Picture;
use super::size::Size;
use super::template::Template;
use super::words::REGIONS;

/// A resource: what it is, where it lies and what it is called.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// Which of the forms.
    pub(super) form: usize,
    /// Which of the slots it lies below.
    pub(super) parent: Option<usize>,
    /// Which of the resource groups.
    pub(super) group: usize,
    /// Which of the regions.
    pub(super) region: usize,
    /// Its place among those of its form.
    pub(super) ordinal: usize,
    /// Its place among those of its form in its subscription.
    pub(super) local: usize,
    /// Its place among those of its form below the same parent.
    pub(super) sibling: usize,
    pub(super) name: String,
}

/// A tenant before its bodies are written.
#[derive(Debug)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) users: usize,
    pub(super) layout: Layout,
    /// The forms of resources, each after the one that it lies below.
    pub(super) forms: Vec<Form>,
    below: Vec<Option<usize>>,
    pub(super) slots: Vec<Slot>,
    /// The slots of each form in each subscription.
    placed: Vec<Vec<Vec<usize>>>,
    /// How many slots each form has.
    counts: Vec<usize>,
    siblings: HashMap<(usize, usize), usize>,
    by_kind: HashMap<String, usize>,
}

impl World {
    /// Names and places every resource.
    pub(super) fn new(size: &Size, seed: u64, forms: Vec<Form>) -> Self {
        let (forms, below) = flat(forms);
        let layout = Layout::new(size, seed, &layout::shares(size));
        let mut by_kind = HashMap::new();
        for (at, form) in forms.iter().enumerate() {
            by_kind.entry(form.kind.to_lowercase()).or_insert(at);
        }
        let mut world = Self {
            seed,
            users: size.users,
            placed: vec![vec![Vec::new(); size.subscriptions]; forms.len()],
            counts: vec![0; forms.len()],
            siblings: HashMap::new(),
            layout,
            forms,
            below,
            slots: Vec::with_capacity(size.resources),
            by_kind,
        };
        world.place_all(size);
        world
    }

    fn place_all(&mut self, size: &Size) {
        let shares: Vec<Share> = self
            .forms
            .iter()
            .zip(&self.below)
            .map(|(form, below)| Share {
                weight: form.count,
                each_of: below.filter(|_| form.each),
                below: *below,
            })
            .collect();
        let numbers = mix::numbers(&shares, size.resources);
        let mut turns = Turns::new(size);
        for (at, number) in numbers.into_iter().enumerate() {
            if let Some(parent) = shares[at].each_of {
                let parents: Vec<usize> = self.placed[parent].iter().flatten().copied().collect();
                for parent in parents {
                    // What comes with another takes a turn too, so that the shares stay what they are.
                    turns.next();
                    self.place(at, Some(parent), self.subscription_of(parent));
                }
                continue;
            }
            for _ in 0..number {
                let subscription = turns.next();
                let parent =
                    self.below[at].and_then(|parent| self.parent_in(at, parent, subscription));
                let home = parent.map_or(subscription, |parent| self.subscription_of(parent));
                self.place(at, parent, home);
            }
        }
    }

    /// One of the possible parents, in the subscription if there are any.
    fn parent_in(&self, form: usize, parent: usize, subscription: usize) -> Option<usize> {
        let mut random = Random::of(self.seed, "parent", self.counts[form]);
        if let Some(found) = random.one(&self.placed[parent][subscription]) {
            return Some(*found);
        }
        let anywhere: Vec<usize> = self.placed[parent].iter().flatten().copied().collect();
        random.one(&anywhere).copied()
    }

    fn place(&mut self, form: usize, parent: Option<usize>, subscription: usize) {
        let ordinal = self.counts[form];
        let mut random = Random::of(self.seed, &self.forms[form].kind, ordinal);
        let (group, region) = match parent {
            Some(parent) => (self.slots[parent].group, self.slots[parent].region),
            None => {
                let groups = &self.layout.groups_of[subscription];
                let group = groups.get(random.below(groups.len())).copied().unwrap_or(0);
                let usual = self.layout.groups[group].region;
                let region = if random.chance(4) {
                    random.below(REGIONS.len())
                } else {
                    usual
                };
                (group, region)
            }
        };
        let sibling = parent.map_or(0, |parent| {
            let count = self.siblings.entry((form, parent)).or_default();
            *count += 1;
            *count - 1
        });
        let mut slot = Slot {
            form,
            parent,
            group,
            region,
            ordinal,
            local: self.placed[form][subscription].len(),
            sibling,
            name: String::new(),
        };
        slot.name = self.name(&slot, random);
        self.placed[form][subscription].push(self.slots.len());
        self.counts[form] += 1;
        self.slots.push(slot);
    }

    fn name(&self, slot: &Slot, random: Random) -> String {
        let form = &self.forms[slot.form];
        match &form.naming {
            Naming::Path => form.path.rsplit('/').next().unwrap_or_default().to_owned(),
            Naming::These(names) => names
                .get(slot.ordinal % names.len().max(1))
                .cloned()
                .unwrap_or_default(),
            Naming::Some(_, _, template) => {
                let name = text(template, &mut Picture::naming(self, slot, random));
                // A template of cases may have none for this one.
                if name.is_empty() {
                    format!("more-{}", slot.sibling)
                } else {
                    name
                }
            }
        }
    }

    /// The subscription of a slot.
    pub(super) fn subscription_of(&self, slot: usize) -> usize {
        self.group(&self.slots[slot]).subscription
    }

    /// The resource group of a slot.
    pub(super) fn group(&self, slot: &Slot) -> &Group {
        &self.layout.groups[slot.group]
    }

    /// The path of a resource group.
    pub(super) fn group_path(&self, group: &Group) -> String {
        let subscription = &self.layout.subscriptions[group.subscription].id;
        format!(
            "/subscriptions/{subscription}/resourceGroups/{}",
            group.name
        )
    }

    /// The id of a slot.
    pub(super) fn id(&self, slot: &Slot) -> String {
        let form = &self.forms[slot.form];
        match slot.parent {
            None => {
                let group = self.group_path(self.group(slot));
                format!("{group}/providers/{}/{}", form.kind, slot.name)
            }
            Some(parent) => {
                let parent = self.id(&self.slots[parent]);
                match form.naming {
                    Naming::Path => format!("{parent}/{}", form.path),
                    _ => format!("{parent}/{}/{}", form.path, slot.name),
                }
            }
        }
    }

    /// The slots of a type in a subscription.
    pub(super) fn in_subscription(&self, kind: &str, subscription: usize) -> &[usize] {
        self.by_kind
            .get(&kind.to_lowercase())
            .and_then(|form| self.placed[*form].get(subscription))
            .map_or(&[], Vec::as_slice)
    }

    /// One of a type: in the subscription if it has any, else anywhere.
    pub(super) fn any(
        &self,
        kind: &str,
        subscription: usize,
        random: &mut Random,
    ) -> Option<&Slot> {
        if let Some(found) = random.one(self.in_subscription(kind, subscription)) {
            return self.slots.get(*found);
        }
        let form = self.by_kind.get(&kind.to_lowercase())?;
        let filled: Vec<&Vec<usize>> = self.placed[*form]
            .iter()
            .filter(|slots| !slots.is_empty())
            .collect();
        let slots = random.one(&filled)?;
        random.one(slots).and_then(|found| self.slots.get(*found))
    }
}

/// A name as text.
pub(super) fn text(template: &Template, scene: &mut Picture<'_>) -> String {
    match template.fill(scene) {
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// Takes those children out that are resources themselves, and remembers what they lie below.
fn flat(forms: Vec<Form>) -> (Vec<Form>, Vec<Option<usize>>) {
    let mut flat = Vec::new();
    let mut below = Vec::new();
    let mut open: Vec<(Form, Option<usize>)> =
        forms.into_iter().rev().map(|form| (form, None)).collect();
    while let Some((mut form, parent)) = open.pop() {
        let at = flat.len();
        let (resources, others) = form.children.into_iter().partition(Form::is_resource);
        form.children = others;
        let resources: Vec<Form> = resources;
        open.extend(resources.into_iter().rev().map(|child| (child, Some(at))));
        flat.push(form);
        below.push(parent);
    }
    (flat, below)
}
