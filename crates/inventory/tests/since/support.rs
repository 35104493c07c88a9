//! A simulated tenant, a client of it, and what two snapshots have in common.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use azure::{Client, Cloud, Credential, Secret, SignIn, Transport};
use catalog::{Catalog, Changes, Documents, Method, Plan, Requirement, Service, Shape};
use inventory::{
    ChildReads, Collection, LedgerRow, Lists, Manifest, Prepared, ResolvedScope, ScopeRequest,
    Since, Snapshot, Unwatched,
};
use jiff::Timestamp;
use serde_json::Value;
use simulator::{Kind, Options, Server, Size, Tenant};

/// A tenant, whoever reads it, and a folder for snapshots.
pub struct World {
    pub server: Server,
    pub client: Client,
    pub plan: Plan,
    pub lists: Lists,
    tenant_id: String,
    folder: tempfile::TempDir,
}

impl World {
    /// A small tenant that holds something of everything the catalogue knows.
    pub async fn new(seed: u64) -> Self {
        let catalog = Catalog::builtin().unwrap();
        let size = Size {
            subscriptions: 3,
            resources: 150,
            users: 60,
            skew: None,
            kinds: kinds(&catalog),
        };
        let tenant = Tenant::generate(&size, seed).unwrap();
        let tenant_id = tenant.id().to_owned();
        let (client_id, secret) = tenant
            .credentials()
            .first()
            .map(|(id, secret)| ((*id).to_owned(), (*secret).to_owned()))
            .unwrap();
        let server = Server::start(tenant, Options::default()).await.unwrap();
        let transport = Transport::new(server.ca_pem().map(str::as_bytes)).unwrap();
        let cloud = Cloud::discover(&server.endpoint(), &transport)
            .await
            .unwrap();
        let sign_in = SignIn::ClientSecret {
            tenant: tenant_id.clone(),
            client: client_id,
            secret: Secret::new(secret),
        };
        let credential = Credential::new(sign_in, &cloud, &transport).unwrap();
        Self {
            client: Client::new(cloud, credential, transport, azure::Options::default()),
            plan: plan(&catalog),
            lists: Lists::ResourceGraph,
            tenant_id,
            server,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.tdsnap"))
    }

    pub async fn scope(&self) -> ResolvedScope {
        inventory::resolve(&self.client, &self.tenant_id, &ScopeRequest::default())
            .await
            .unwrap()
    }

    pub fn manifest(&self) -> Manifest {
        Manifest {
            tool_version: "1".to_owned(),
            tenant_id: self.tenant_id.clone(),
            tenant_name: None,
            cloud: self.client.cloud().name.clone(),
            identity: "the scanner".to_owned(),
            started: Timestamp::now(),
            finished: None,
            subscriptions: Vec::new(),
            skipped: Vec::new(),
            resource_groups: Vec::new(),
            checks: Vec::new(),
            everything: true,
            requests: BTreeMap::new(),
            collect_seconds: 0.0,
        }
    }

    /// Reads everything.
    pub async fn full(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        self.collect(&self.scope().await, &path, self.manifest(), false)
            .await;
        path
    }

    /// Goes on from a snapshot; also what was said of it.
    pub async fn since(&self, base: &Path, name: &str) -> (PathBuf, Since) {
        self.since_in(&self.scope().await, base, name).await
    }

    /// The same in a scope.
    pub async fn since_in(
        &self,
        scope: &ResolvedScope,
        base: &Path,
        name: &str,
    ) -> (PathBuf, Since) {
        let path = self.path(name);
        let manifest = self.manifest();
        match self.prepare(scope, base, &path, &manifest).await {
            Prepared::Incremental(since) => {
                self.collect(scope, &path, manifest, true).await;
                (path, since)
            }
            Prepared::Full { reason } => panic!("{reason}"),
        }
    }

    pub async fn prepare(
        &self,
        scope: &ResolvedScope,
        base: &Path,
        to: &Path,
        manifest: &Manifest,
    ) -> Prepared {
        inventory::prepare(
            &self.client,
            &self.plan,
            scope,
            self.lists,
            base,
            to,
            manifest,
        )
        .await
        .unwrap()
    }

    pub async fn collect(
        &self,
        scope: &ResolvedScope,
        path: &Path,
        manifest: Manifest,
        resume: bool,
    ) {
        let collection = Collection {
            client: &self.client,
            plan: &self.plan,
            scope,
            manifest,
            path,
            resume,
            lists: self.lists,
            children: ChildReads::Measured,
            progress: &Unwatched,
        };
        let ended = inventory::collect(collection, std::future::pending())
            .await
            .unwrap();
        assert!(ended);
    }
}

/// Everything, but for what Microsoft Graph gives at five objects in ten seconds, and what no feed of it
/// tells of and may so be a day old.
fn plan(catalog: &Catalog) -> Plan {
    let requirements: Vec<Requirement> = catalog
        .entries()
        .filter(|entry| entry.name.as_str() != "graph/users/authentication/methods")
        .filter(|entry| entry.service != Service::Graph || entry.changes != Changes::Aged)
        .map(|entry| Requirement::always(entry.name.clone()))
        .collect();
    Plan::new(catalog, &requirements).unwrap()
}

fn kinds(catalog: &Catalog) -> Vec<Kind> {
    let kinds = catalog.entries().map(|entry| Kind {
        name: entry.name.to_string(),
        parent: entry.parent.as_ref().map(ToString::to_string),
        path: entry.path.clone(),
        list: entry.shape == Shape::List,
        posted: entry.method == Method::Post,
        table: entry
            .resource_graph
            .as_ref()
            .map(|table| table.name.clone()),
        properties: Vec::new(),
    });
    kinds.collect()
}

/// Documents by type, scope and id, and the ledger by type, scope and parent.
#[derive(Debug, Default)]
pub struct Contents {
    pub documents: BTreeMap<String, Value>,
    pub ledger: BTreeMap<String, LedgerRow>,
}

pub fn contents(path: &Path, plan: &Plan) -> Contents {
    let snapshot = Snapshot::open(path).unwrap();
    let mut contents = Contents::default();
    let mut places = Vec::new();
    snapshot
        .each_ledger_row(|row| {
            let key = format!(
                "{} {:?} {}",
                row.document_type.key(),
                row.scope,
                row.parent.to_lowercase()
            );
            places.push((row.document_type.clone(), row.scope.clone()));
            contents.ledger.insert(key, row);
            ControlFlow::Continue(())
        })
        .unwrap();
    places.sort();
    places.dedup();
    assert!(!plan.steps.is_empty());
    for (document_type, scope) in places {
        snapshot
            .visit(&document_type, &scope, &mut |document| {
                let key = format!(
                    "{} {scope:?} {}",
                    document_type.key(),
                    document.id.to_lowercase()
                );
                contents.documents.insert(key, comparable(document.body));
                ControlFlow::Continue(())
            })
            .unwrap();
    }
    contents
}

/// Resource Graph and Resource Manager write the same place as `westeurope` and `West Europe`.
fn comparable(mut body: Value) -> Value {
    if let Some(Value::String(location)) = body.get_mut("location") {
        *location = location.to_lowercase().replace(' ', "");
    }
    body
}

/// Where two snapshots differ, in words: nowhere, if going on gives what reading everything gives.
pub fn differences(one: &Contents, other: &Contents) -> Vec<String> {
    let mut found = Vec::new();
    for (key, body) in &one.documents {
        match other.documents.get(key) {
            None => found.push(format!("only in the first: {key}")),
            Some(same) if same == body => {}
            Some(another) => found.push(format!("differs: {key}\n  {body}\n  {another}")),
        }
    }
    let only = other
        .documents
        .keys()
        .filter(|key| !one.documents.contains_key(*key));
    found.extend(only.map(|key| format!("only in the second: {key}")));
    let told = |row: &LedgerRow| (row.outcome, row.documents);
    for (key, row) in &one.ledger {
        match other.ledger.get(key) {
            None => found.push(format!("read only in the first: {key}")),
            Some(same) if told(same) == told(row) => {}
            Some(another) => found.push(format!(
                "read differs: {key}: {:?} {:?}",
                told(row),
                told(another)
            )),
        }
    }
    let only = other
        .ledger
        .keys()
        .filter(|key| !one.ledger.contains_key(*key));
    found.extend(only.map(|key| format!("read only in the second: {key}")));
    found
}
