//! Whatever the simulator changes of itself, a feed tells of, and nothing else.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use simulator::{ChangeKind, Options, Server, Size, Tenant};

const CLIENT: &str = "c0ffee00-0000-4000-8000-000000000001";

/// A server over a tenant, with an application that may read everything.
struct Azure {
    server: Server,
    client: reqwest::Client,
    token: String,
}

impl Azure {
    /// The demonstration tenant, which is small and holds a bit of everything.
    async fn demo() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/tenants/demo");
        copy(&demo, folder.path());
        let file = folder.path().join("tenant.yaml");
        let yaml = std::fs::read_to_string(&file).unwrap();
        let yaml = yaml
            .replace("applications:\n", &format!("applications:\n  - {{ client_id: {CLIENT}, accept_any_credential: true, graph_roles: ['*'] }}\n"))
            .replace("role_assignments:\n", &format!("role_assignments:\n  - {{ application: {CLIENT}, role: Reader, scope: / }}\n"));
        std::fs::write(&file, yaml).unwrap();
        Self::start(Tenant::load(folder.path()).unwrap(), CLIENT, "x").await
    }

    /// A tenant as large ones are, only smaller.
    async fn generated() -> Self {
        let size = Size {
            subscriptions: 3,
            resources: 500,
            users: 150,
            ..Size::default()
        };
        let tenant = Tenant::generate(&size, 5).unwrap();
        let (client, secret) = tenant.credentials()[0];
        let (client, secret) = (client.to_owned(), secret.to_owned());
        Self::start(tenant, &client, &secret).await
    }

    async fn start(tenant: Tenant, id: &str, secret: &str) -> Self {
        let path = format!("{}/oauth2/v2.0/token", tenant.id());
        let options = Options {
            tls: false,
            ..Options::default()
        };
        let server = Server::start(tenant, options).await.unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::new();
        let scope = format!("{}.default", server.endpoint());
        let form = format!(
            "grant_type=client_credentials&client_id={id}&client_secret={secret}&scope={scope}"
        );
        let login = client
            .post(format!("{}{path}", server.endpoint()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let answer: Value = login.send().await.unwrap().json().await.unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Self {
            server,
            client,
            token,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{}", self.server.endpoint(), path.trim_start_matches('/'))
    }

    async fn get(&self, url: &str) -> Value {
        let request = self.client.get(url).bearer_auth(&self.token);
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn pages(&self, first: &str) -> Vec<Value> {
        let mut url = self.url(first);
        let mut all = Vec::new();
        loop {
            let page = self.get(&url).await;
            all.extend(
                page["value"]
                    .as_array()
                    .unwrap_or_else(|| panic!("{page}"))
                    .clone(),
            );
            let next = page["nextLink"]
                .as_str()
                .or(page["@odata.nextLink"].as_str());
            match next {
                Some(next) => next.clone_into(&mut url),
                None => return all,
            }
        }
    }

    async fn rows(&self, query: &str) -> Vec<Value> {
        let url = self.url("/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01");
        let (mut all, mut skip) = (Vec::new(), Value::Null);
        loop {
            let mut options = json!({"$top": 1000, "resultFormat": "objectArray"});
            if skip.is_string() {
                options["$skipToken"] = skip;
            }
            let body = json!({"query": query, "options": options});
            let request = self.client.post(&url).bearer_auth(&self.token).json(&body);
            let mut page: Value = request.send().await.unwrap().json().await.unwrap();
            all.extend(
                page["data"]
                    .as_array()
                    .unwrap_or_else(|| panic!("{page}"))
                    .clone(),
            );
            skip = page["$skipToken"].take();
            if skip.is_null() {
                return all;
            }
        }
    }

    /// The documents of a table by id in lower case.
    async fn table(&self, table: &str) -> BTreeMap<String, Value> {
        let query = format!(
            "{table} | project id, name, type, location, kind, tags, sku, plan, identity, zones, managedBy, extendedLocation, properties | order by id asc"
        );
        let rows = self.rows(&query).await.into_iter();
        rows.map(|row| (row["id"].as_str().unwrap().to_lowercase(), row))
            .collect()
    }

    /// What a table of changes tells of, in lower case.
    async fn told(&self, table: &str) -> BTreeSet<String> {
        let query = format!(
            "{table} | project id, target = tolower(properties.targetResourceId) | order by id asc"
        );
        let rows = self.rows(&query).await.into_iter();
        rows.map(|row| row["target"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The resources that the activity logs tell of.
    async fn logged(&self) -> BTreeSet<String> {
        let since = jiff::Timestamp::now() - Duration::from_secs(3_600);
        let mut found = BTreeSet::new();
        for subscription in self.pages("/subscriptions?api-version=2022-12-01").await {
            let id = subscription["id"].as_str().unwrap();
            let log = format!(
                "{id}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$filter=eventTimestamp ge '{since}'"
            );
            let events = self.pages(&log).await;
            found.extend(
                events
                    .iter()
                    .map(|event| event["resourceId"].as_str().unwrap().to_lowercase()),
            );
        }
        found
    }

    async fn objects(&self, list: &str) -> BTreeMap<String, Value> {
        let objects = self
            .pages(&format!("/v1.0/{list}?$top=999"))
            .await
            .into_iter();
        objects
            .map(|one| (one["id"].as_str().unwrap().to_owned(), one))
            .collect()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

fn differing(
    before: &BTreeMap<String, Value>,
    after: &BTreeMap<String, Value>,
) -> BTreeSet<String> {
    let ids = before.keys().chain(after.keys());
    ids.filter(|id| before.get(*id) != after.get(*id))
        .cloned()
        .collect()
}

#[tokio::test]
async fn what_differs_in_a_small_tenant_is_what_the_feeds_tell_of() {
    tell_of_all(&Azure::demo().await, 3).await;
}

#[tokio::test]
async fn what_differs_in_a_generated_tenant_is_what_the_feeds_tell_of() {
    tell_of_all(&Azure::generated().await, 4).await;
}

async fn tell_of_all(azure: &Azure, seed: u64) {
    let lists = ["users", "groups", "applications", "servicePrincipals"];
    let (mut tables, mut objects, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for table in ["resources", "resourcecontainers"] {
        tables.push(azure.table(table).await);
    }
    for list in lists {
        objects.push(azure.objects(list).await);
        let first = azure.url(&format!("/v1.0/{list}/delta?$deltatoken=latest"));
        let link = azure.get(&first).await["@odata.deltaLink"].clone();
        links.push(link.as_str().unwrap().to_owned());
    }

    let made = azure.server.change(250, seed);
    assert!(made.len() >= 250, "{}", made.len());

    for (table, before) in ["resources", "resourcecontainers"].iter().zip(&tables) {
        let after = azure.table(table).await;
        let feed = format!("{}changes", table.trim_end_matches('s'));
        let (told, different) = (azure.told(&feed).await, differing(before, &after));
        let untold: Vec<_> = different.difference(&told).collect();
        assert!(untold.is_empty(), "{feed} does not tell of {untold:#?}");
        assert!(!different.is_empty());
    }
    for ((list, before), link) in lists.iter().zip(&objects).zip(&links) {
        let after = azure.objects(list).await;
        let told = azure.get(link).await;
        let told: BTreeSet<String> = told["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        let different = differing(before, &after);
        assert!(different.is_subset(&told), "{list}: {different:?} {told:?}");
    }
    let logged = azure.logged().await;
    for change in &made {
        assert_ne!(change.kind, ChangeKind::Action);
        let path = change.path.to_lowercase();
        assert_eq!(
            path.starts_with("/subscriptions/"),
            logged.contains(&path),
            "{change:?}"
        );
    }
}

#[tokio::test]
async fn every_kind_of_change_is_made() {
    let made = Azure::demo().await.server.change(2_000, 11);
    let has = |kind: &str, what: ChangeKind| {
        let found = made
            .iter()
            .any(|one| one.type_name == kind && one.kind == what);
        assert!(found, "no {what:?} of {kind}");
    };
    for what in [ChangeKind::Create, ChangeKind::Update, ChangeKind::Delete] {
        has("microsoft.storage/storageaccounts", what);
        has("microsoft.resources/resourcegroups", what);
        has("graph/users", what);
    }
    for what in [ChangeKind::Create, ChangeKind::Delete] {
        has("microsoft.authorization/roleassignments", what);
        has("microsoft.insights/diagnosticsettings", what);
        has("graph/groups/members", what);
    }
    has(
        "microsoft.authorization/policyassignments",
        ChangeKind::Create,
    );
    has(
        "microsoft.storage/storageaccounts/blobservices",
        ChangeKind::Update,
    );
    has(
        "microsoft.network/networksecuritygroups",
        ChangeKind::Update,
    );
    has("microsoft.sql/servers/auditingsettings", ChangeKind::Update);
    has("graph/applications", ChangeKind::Update);
    has(
        "graph/identity/conditionalaccess/policies",
        ChangeKind::Update,
    );
}
