//! Whole generated tenants.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::*;
use crate::path::{self, ProviderPath};
use crate::resource_tables;
use crate::store::Store;

fn kinds() -> Vec<Kind> {
    let catalog = catalog::Catalog::builtin().unwrap();
    let entries = catalog.entries().map(|entry| Kind {
        name: entry.name.to_string(),
        parent: entry.parent.as_ref().map(ToString::to_string),
        path: entry.path.clone(),
        list: entry.shape == catalog::Shape::List,
        posted: entry.method == catalog::Method::Post,
        table: entry
            .resource_graph
            .as_ref()
            .map(|table| table.name.clone()),
        properties: vec!["properties.state".to_owned()],
    });
    entries.collect()
}

fn tenant(subscriptions: usize, resources: usize, users: usize, seed: u64) -> Tenant {
    let size = Size {
        subscriptions,
        resources,
        users,
        kinds: kinds(),
        ..Size::default()
    };
    generate(&size, seed).unwrap()
}

/// The documents that Resource Graph counts as resources, by subscription.
fn resources(tenant: &Tenant) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (key, _) in tenant.store.range("/subscriptions/") {
        let Some(provider) = ProviderPath::parse(key) else {
            continue;
        };
        let in_group = provider.scope.len() == 4;
        let table = resource_tables::table_of(&provider.type_name(), in_group);
        if table == Some("resources") && !provider.ends_on_type() {
            let subscription = path::subscription(key).unwrap().to_owned();
            *counts.entry(subscription).or_default() += 1;
        }
    }
    counts
}

#[test]
fn there_are_just_as_many_resources_as_were_asked_for() {
    for (subscriptions, count) in [(1, 1), (2, 17), (2, 300), (3, 2_345)] {
        let found: usize = resources(&tenant(subscriptions, count, 5, 3))
            .values()
            .sum();
        assert_eq!(found, count);
    }
}

#[test]
fn a_skewed_tenant_has_its_share_in_the_first_subscription() {
    let size = Size {
        subscriptions: 5,
        resources: 1_000,
        users: 5,
        skew: Some(40),
        kinds: Vec::new(),
    };
    let tenant = generate(&size, 1).unwrap();
    let counts = resources(&tenant);
    let of = |at: usize| counts[&tenant.subscriptions[at].id];
    assert_eq!(counts.values().sum::<usize>(), 1_000);
    // What comes with its parent, as a server's master, lies where the parent does.
    assert!((380..=420).contains(&of(0)), "{}", of(0));
    assert!((1..5).all(|at| (130..=170).contains(&of(at))), "{counts:?}");
}

fn text(tenant: &Tenant) -> Vec<(String, Value)> {
    let documents = tenant.store.range("/");
    documents
        .map(|(_, document)| {
            (
                document.path.to_string(),
                document.in_list().as_ref().clone(),
            )
        })
        .collect()
}

#[test]
fn a_seed_always_gives_the_same_tenant_and_another_seed_another() {
    let (one, same, other) = (
        tenant(2, 200, 20, 7),
        tenant(2, 200, 20, 7),
        tenant(2, 200, 20, 8),
    );
    assert!(text(&one) == text(&same));
    assert_ne!(one.id, other.id);
    assert_eq!(one.credentials(), same.credentials());
    assert!(text(&one) != text(&other));
}

/// Where documents of each type are.
struct Finder<'a> {
    store: &'a Store,
    kinds: Vec<Kind>,
    by_type: BTreeMap<String, Vec<String>>,
    groups: Vec<String>,
}

impl<'a> Finder<'a> {
    fn new(tenant: &'a Tenant) -> Self {
        let mut by_type: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, _) in tenant.store.range("/") {
            if let Some(provider) = ProviderPath::parse(key) {
                let paths = by_type.entry(provider.type_name()).or_default();
                paths.push(key.to_string());
            }
        }
        let groups = tenant.all_management_groups().into_iter();
        let groups = groups.map(|group| {
            format!(
                "/providers/microsoft.management/managementgroups/{}",
                group.id
            )
        });
        Self {
            store: &tenant.store,
            kinds: kinds(),
            by_type,
            groups: groups.collect(),
        }
    }

    fn of(&self, kind: &Kind) -> Vec<String> {
        let at = kind.path.split('?').next().unwrap();
        if let Some(parent) = &kind.parent {
            let parent = self
                .kinds
                .iter()
                .find(|other| other.name == *parent)
                .unwrap();
            let found = self.of(parent).into_iter();
            return found
                .flat_map(|parent| self.at(&format!("{parent}/{at}")))
                .collect();
        }
        if kind.is_graph() {
            return self.at(at);
        }
        if kind.name == "Microsoft.Resources/subscriptions" {
            let groups = &self.by_type["microsoft.storage/storageaccounts"];
            let ids = groups.iter().map(|key| path::segments(key)[..2].join("/"));
            return ids
                .map(|id| format!("/{id}"))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect();
        }
        if kind.name == "Microsoft.Management/managementGroups" {
            return self.groups.clone();
        }
        if kind.name == "Microsoft.Resources/resourceGroups" {
            let all = self
                .store
                .range("/subscriptions/")
                .map(|(key, _)| key.to_string());
            return all
                .filter(|key| path::segments(key).len() == 4 && key.contains("/resourcegroups/"))
                .collect();
        }
        let Some((_, name)) = at.rsplit_once("/providers/") else {
            // Answered from the layout.
            return vec!["/".to_owned()];
        };
        if kind.list {
            return self
                .by_type
                .get(&name.to_lowercase())
                .cloned()
                .unwrap_or_default();
        }
        let wanted = name.to_lowercase();
        let all = self.by_type.values().flatten();
        all.filter(|key| key.ends_with(&wanted)).cloned().collect()
    }

    fn at(&self, at: &str) -> Vec<String> {
        if at.ends_with("/.") {
            return vec![at.to_owned()];
        }
        if self.store.get(at).is_some() {
            return vec![at.to_owned()];
        }
        let items = self.store.collection(at).items;
        items.iter().map(|item| item.path.to_lowercase()).collect()
    }
}

/// Worked out by the server from other documents, or answered from the layout.
const DERIVED: [&str; 2] = [
    "graph/groups/transitiveMembers",
    "Microsoft.Resources/subscriptions/locations",
];

#[test]
fn every_type_of_the_catalogue_has_a_document_in_the_smallest_tenants() {
    for seed in [1, 7, 8] {
        let tenant = tenant(2, 300, 50, seed);
        let finder = Finder::new(&tenant);
        let missing: Vec<&str> = finder
            .kinds
            .iter()
            .filter(|kind| !DERIVED.contains(&kind.name.as_str()) && finder.of(kind).is_empty())
            .map(|kind| kind.name.as_str())
            .collect();
        assert!(missing.is_empty(), "seed {seed}: {missing:#?}");
    }
}

#[test]
fn types_that_only_a_catalogue_knows_get_documents() {
    let size = Size {
        subscriptions: 2,
        resources: 400,
        users: 3,
        kinds: vec![
            Kind {
                name: "Contoso.Data/stores".to_owned(),
                path: "/subscriptions/{subscription}/providers/Contoso.Data/stores".to_owned(),
                list: true,
                table: Some("resources".to_owned()),
                properties: vec!["properties.publicNetworkAccess".to_owned()],
                ..Kind::default()
            },
            Kind {
                name: "Contoso.Data/stores/rules".to_owned(),
                parent: Some("Contoso.Data/stores".to_owned()),
                path: "rules".to_owned(),
                list: true,
                ..Kind::default()
            },
            Kind {
                name: "graph/contoso".to_owned(),
                path: "/v1.0/contoso?$filter=a".to_owned(),
                list: true,
                properties: vec!["isEnabled".to_owned()],
                ..Kind::default()
            },
        ],
        ..Size::default()
    };
    let tenant = generate(&size, 1).unwrap();
    let stores: Vec<&str> = tenant
        .store
        .range("/subscriptions/")
        .filter(|(key, _)| key.contains("/contoso.data/stores/"))
        .map(|(key, _)| key.as_ref())
        .collect();
    assert!(
        stores.iter().any(|key| key.contains("/rules/")),
        "{stores:?}"
    );
    let first = tenant.store.get(stores[0]).unwrap().alone();
    assert!(first["location"].is_string() && first["properties"].is_object());
    assert_eq!(tenant.store.collection("/v1.0/contoso").items.len(), 5);
}

fn strings<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(members) => members.values().for_each(|member| strings(member, found)),
        _ => {}
    }
}

#[test]
fn ids_lead_to_documents() {
    let tenant = tenant(3, 1_500, 60, 5);
    let known = |id: &str| {
        let parts = path::segments(id);
        // Subnets, rules and configurations stand within their resource's body.
        (8..=parts.len()).any(|end| {
            tenant
                .store
                .get(&format!("/{}", parts[..end].join("/")))
                .is_some()
        })
    };
    let managed = ["rg-old", "rg-guard", "databricks-rg", "MC_"];
    let mut checked = 0;
    for (_, document) in tenant.store.range("/") {
        let body = document.in_list();
        let mut found = Vec::new();
        strings(&body, &mut found);
        for id in found {
            let is_id = id.starts_with("/subscriptions/")
                && id.contains("/providers/")
                && id.contains("/resourceGroups/");
            if !is_id || managed.iter().any(|group| id.contains(group)) {
                continue;
            }
            checked += 1;
            assert!(known(id), "{} names {id}", document.path);
        }
    }
    assert!(checked > 3_000, "{checked}");
}

#[test]
fn partners_agree_with_each_other() {
    let tenant = tenant(2, 2_000, 10, 5);
    let of_type = |name: &str| -> Vec<std::sync::Arc<Value>> {
        let all = tenant.store.range("/subscriptions/");
        let own = all.filter(|(key, _)| {
            ProviderPath::parse(key).is_some_and(|provider| provider.type_name() == name)
        });
        own.map(|(_, document)| document.in_list()).collect()
    };
    let get = |id: &Value| tenant.store.get(id.as_str().unwrap()).unwrap().alone();
    let machines = of_type("microsoft.compute/virtualmachines");
    assert!(machines.len() > 100);
    for machine in &machines {
        let properties = &machine["properties"];
        let nic = get(&properties["networkProfile"]["networkInterfaces"][0]["id"]);
        assert_eq!(nic["properties"]["virtualMachine"]["id"], machine["id"]);
        let disk = &properties["storageProfile"]["osDisk"];
        if disk.get("managedDisk").is_some() {
            let managed = get(&disk["managedDisk"]["id"]);
            assert_eq!(managed["managedBy"], machine["id"]);
            assert_eq!(managed["properties"]["osType"], disk["osType"]);
        } else {
            assert!(disk["vhd"]["uri"].is_string());
        }
    }
    for group in of_type("microsoft.network/networksecuritygroups") {
        for subnet in group["properties"]["subnets"]
            .as_array()
            .unwrap_or(&Vec::new())
        {
            let (network, name) = subnet["id"]
                .as_str()
                .unwrap()
                .rsplit_once("/subnets/")
                .unwrap();
            let network = tenant.store.get(network).unwrap().alone();
            let subnets = network["properties"]["subnets"].as_array().unwrap();
            let own = subnets
                .iter()
                .find(|subnet| subnet["name"] == name)
                .unwrap();
            assert_eq!(own["properties"]["networkSecurityGroup"]["id"], group["id"]);
        }
    }
    let mut met = 0;
    for endpoint in of_type("microsoft.network/privateendpoints") {
        let link = &endpoint["properties"]["privateLinkServiceConnections"][0]["properties"];
        let Some(target) = link["privateLinkServiceId"].as_str() else {
            continue;
        };
        // Apps tell of theirs in a list of its own alone.
        if target.contains("/Microsoft.Web/sites/") {
            continue;
        }
        let target = tenant.store.get(target).unwrap().alone();
        let back = &target["properties"]["privateEndpointConnections"][0]["properties"];
        assert_eq!(
            back["privateEndpoint"]["id"], endpoint["id"],
            "{}",
            target["id"]
        );
        met += 1;
    }
    assert!(met > 50, "{met}");
}

#[test]
fn members_and_role_holders_are_in_the_directory() {
    let tenant = tenant(2, 300, 200, 9);
    let ids = |list: &str| -> BTreeSet<String> {
        let items = tenant.store.collection(list).items;
        items
            .iter()
            .map(|item| item.body["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut everyone = ids("/v1.0/users");
    assert_eq!(everyone.len(), 200);
    everyone.extend(ids("/v1.0/groups"));
    everyone.extend(ids("/v1.0/servicePrincipals"));
    for holder in ["groups", "directoryRoles"] {
        for id in ids(&format!("/v1.0/{holder}")) {
            let members = ids(&format!("/v1.0/{holder}/{id}/members"));
            assert!(members.is_subset(&everyone), "{holder} {id}");
        }
    }
    let given: Vec<_> = tenant.store.role_assignments().collect();
    let holders = given.iter().filter(|document| {
        let principal = document.alone()["properties"]["principalId"].clone();
        everyone.contains(principal.as_str().unwrap())
    });
    // One in ten has left the company.
    let share = holders.count() * 100 / given.len();
    assert!((75..100).contains(&share), "{share}");
    let scopes: BTreeSet<bool> = given
        .iter()
        .map(|document| document.path.starts_with("/subscriptions/"))
        .collect();
    assert_eq!(scopes.len(), 2);
}

#[test]
fn properties_are_secure_and_insecure_and_sometimes_absent() {
    let tenant = tenant(3, 3_000, 10, 2);
    let mut seen: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let watched = [
        (
            "microsoft.storage/storageaccounts",
            "/properties/allowBlobPublicAccess",
        ),
        (
            "microsoft.storage/storageaccounts",
            "/properties/minimumTlsVersion",
        ),
        (
            "microsoft.keyvault/vaults",
            "/properties/enableRbacAuthorization",
        ),
        ("microsoft.web/sites", "/properties/httpsOnly"),
        ("microsoft.web/sites/config", "/properties/minTlsVersion"),
        ("microsoft.compute/disks", "/properties/encryption/type"),
        (
            "microsoft.sql/servers/auditingsettings",
            "/properties/state",
        ),
        ("microsoft.security/pricings", "/properties/pricingTier"),
    ];
    for (key, document) in tenant.store.range("/subscriptions/") {
        let Some(provider) = ProviderPath::parse(key) else {
            continue;
        };
        let body = document.alone();
        for (kind, pointer) in watched {
            if provider.type_name() == kind {
                let value = body
                    .pointer(pointer)
                    .map_or("absent".to_owned(), Value::to_string);
                seen.entry(pointer).or_default().insert(value);
            }
        }
    }
    assert!(seen.values().all(|values| values.len() >= 2), "{seen:#?}");
    assert!(seen["/properties/allowBlobPublicAccess"].contains("absent"));
}
