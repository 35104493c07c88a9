//! What doctor found, for people and for programs.

use std::collections::{BTreeMap, BTreeSet};

use inventory::Subscription;
use serde_json::{Value, json};

use super::identity::Identity;
use super::probe::ManagementGroup;
use crate::readiness::{Grants, Lack};
use crate::table;

/// Everything doctor found.
pub struct Diagnosis {
    /// Who signed in.
    pub identity: Identity,
    /// The tenant's name.
    pub tenant_name: Option<String>,
    /// The tenant's id.
    pub tenant_id: String,
    /// The cloud's name.
    pub cloud: String,
    /// Subscriptions that a scan would read.
    pub subscriptions: Vec<Subscription>,
    /// Subscriptions that it would skip.
    pub skipped: Vec<Subscription>,
    /// Management groups, or why they could not be read.
    pub management_groups: Result<Vec<ManagementGroup>, String>,
    /// What may be read.
    pub grants: Grants,
    /// What each selected check lacks.
    pub readiness: Vec<(String, Vec<Lack>)>,
}

impl Diagnosis {
    /// For people.
    pub fn as_text(&self, width: usize) -> String {
        let mut text = self.identity_text();
        text.push_str(&self.subscriptions_text(width));
        text.push_str(&self.readiness_text(width));
        text
    }

    /// For programs.
    pub fn as_json(&self) -> Value {
        let checks: Vec<Value> = self
            .readiness
            .iter()
            .map(|(id, lacks)| {
                let lacks: Vec<Value> = lacks
                    .iter()
                    .map(|lack| json!({"grant": lack.grant, "subscriptions": lack.subscriptions}))
                    .collect();
                json!({"check_id": id, "ready": lacks.is_empty(), "lacks": lacks})
            })
            .collect();
        let subscription =
            |of: &Subscription| json!({"id": of.id, "name": of.name, "state": of.state});
        json!({
            "cloud": self.cloud,
            "tenant": {"id": self.tenant_id, "name": self.tenant_name},
            "identity": {
                "name": self.identity.name,
                "application_id": self.identity.application_id,
                "object_id": self.identity.object_id,
                "is_user": self.identity.is_user,
                "graph_roles": self.identity.graph_roles.as_ref().ok(),
                "credentials": self.identity.credentials.as_ref().ok().map(|proofs| proofs.iter().map(|proof| {
                    json!({"kind": proof.kind, "name": proof.name, "expires": proof.expires})
                }).collect::<Vec<_>>()),
            },
            "subscriptions": self.subscriptions.iter().map(|of| {
                let mut row = subscription(of);
                row["actions"] = json!(self.actions(&of.id));
                row
            }).collect::<Vec<_>>(),
            "skipped_subscriptions": self.skipped.iter().map(subscription).collect::<Vec<_>>(),
            "management_groups": self.management_groups.as_ref().ok().map(|groups| groups.iter().map(|group| {
                json!({"id": group.name, "name": group.display_name()})
            }).collect::<Vec<_>>()),
            "checks": checks,
        })
    }

    fn identity_text(&self) -> String {
        let tenant = match &self.tenant_name {
            Some(name) => format!("{name} ({})", self.tenant_id),
            None => self.tenant_id.clone(),
        };
        let mut lines = vec![
            ("tenant", tenant),
            ("cloud", self.cloud.clone()),
            ("identity", self.identity.name.clone()),
        ];
        lines.extend(self.identity.object_id.clone().map(|id| ("object id", id)));
        let credentials = match &self.identity.credentials {
            Ok(proofs) if proofs.is_empty() => {
                "expiry not known: none is listed for this identity".to_owned()
            }
            Ok(proofs) => proofs
                .iter()
                .map(|proof| format!("{} `{}` expires {}", proof.kind, proof.name, proof.expires))
                .collect::<Vec<_>>()
                .join("; "),
            Err(why) => format!("expiry could not be read: {why}"),
        };
        if !self.identity.is_user {
            lines.push(("credential", credentials));
        }
        let graph = match (&self.identity.graph_roles, self.identity.is_user) {
            (Ok(_), true) => "as the signed-in user's directory roles allow".to_owned(),
            (Ok(roles), false) if roles.is_empty() => {
                "none: no application permission is granted".to_owned()
            }
            (Ok(roles), false) => roles.join(", "),
            (Err(why), _) => format!("no token: {why}"),
        };
        lines.push(("graph", graph));
        let groups = match &self.management_groups {
            Ok(groups) if groups.is_empty() => "none visible".to_owned(),
            Ok(groups) => groups
                .iter()
                .map(ManagementGroup::display_name)
                .collect::<Vec<_>>()
                .join(", "),
            Err(why) => format!("could not be read: {why}"),
        };
        lines.push(("mgmt groups", groups));
        lines
            .iter()
            .map(|(label, value)| format!("{label:<13}{value}\n"))
            .collect()
    }

    fn subscriptions_text(&self, width: usize) -> String {
        if self.subscriptions.is_empty() && self.skipped.is_empty() {
            return "\nNo subscription is visible to this identity.\n  \
                    hint: assign Reader on a subscription or a management group\n"
                .to_owned();
        }
        let rows = self.subscriptions.iter().map(|of| {
            let actions = match self.actions(&of.id) {
                Some(actions) => actions.into_iter().collect::<Vec<_>>().join("\n"),
                None => "not readable".to_owned(),
            };
            vec![of.name.clone(), of.id.clone(), of.state.clone(), actions]
        });
        let skipped = self.skipped.iter().map(|of| {
            vec![
                of.name.clone(),
                of.id.clone(),
                of.state.clone(),
                "skipped because of its state".to_owned(),
            ]
        });
        format!(
            "\n{}\n",
            table::of(
                &["subscription", "id", "state", "actions"],
                rows.chain(skipped),
                width
            )
        )
    }

    fn readiness_text(&self, width: usize) -> String {
        let ready = self
            .readiness
            .iter()
            .filter(|(_, lacks)| lacks.is_empty())
            .count();
        let mut text = format!(
            "\n{ready} of {} selected checks can be assessed everywhere.\n",
            self.readiness.len()
        );
        let mut by_grant: BTreeMap<&str, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
        for (id, lacks) in &self.readiness {
            for lack in lacks {
                let (checks, subscriptions) = by_grant.entry(&lack.grant).or_default();
                checks.insert(id);
                subscriptions.extend(lack.subscriptions.iter().map(String::as_str));
            }
        }
        if by_grant.is_empty() {
            return text;
        }
        let rows = by_grant
            .into_iter()
            .map(|(grant, (checks, subscriptions))| {
                let places: Vec<&str> = subscriptions
                    .into_iter()
                    .map(|id| self.subscription_name(id))
                    .collect();
                let places = if places.is_empty() {
                    "the directory".to_owned()
                } else {
                    places.join(", ")
                };
                vec![
                    grant.to_owned(),
                    places,
                    checks.into_iter().collect::<Vec<_>>().join(", "),
                ]
            });
        text.push_str(&format!(
            "\n{}\n",
            table::of(
                &["missing", "on", "checks it leaves not assessed"],
                rows,
                width
            )
        ));
        text
    }

    fn subscription_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.subscriptions
            .iter()
            .find(|of| of.id.eq_ignore_ascii_case(id))
            .map_or(id, |of| &of.name)
    }

    /// The actions granted in a subscription, over all roles.
    fn actions(&self, id: &str) -> Option<BTreeSet<String>> {
        let permissions = self
            .grants
            .subscriptions
            .get(&id.to_lowercase())?
            .as_ref()?;
        let blocks = permissions.get("value")?.as_array()?;
        let actions = blocks
            .iter()
            .filter_map(|block| block.get("actions")?.as_array())
            .flatten();
        Some(
            actions
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        )
    }
}
