//! A small tenant, served in this process, and a diagnosis of it.

use azure::{Client, Cloud, Credential, Options, Secret, Service, SignIn, Transport};
use catalog::{Catalog, Contract, Plan};
use checks::{Check, Library};
use doctor::{Diagnosis, Proof, Remedy, Request};
use inventory::ScopeRequest;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use simulator::{Server, Tenant};

pub const TENANT: &str = "11111111-1111-4111-8111-111111111111";
pub const APPLICATION: &str = "c0000000-0000-4000-8000-000000000001";
pub const SCANNER: &str = "c0000000-0000-4000-8000-00000000000a";
pub const PRODUCTION: &str = "aaaaaaaa-0000-4000-8000-000000000001";
pub const BASE: [&str; 3] = [
    "Directory.Read.All",
    "Policy.Read.All",
    "UserAuthenticationMethod.Read.All",
];
const SECRET: &str = "abC8Q~a-secret-for-tests";

/// A tenant under construction: one subscription with a function app, and the scanner.
pub struct Company {
    tenant: Value,
    arm: Map<String, Value>,
    graph: Map<String, Value>,
}

pub fn subscription() -> String {
    format!("/subscriptions/{PRODUCTION}")
}

pub fn site() -> String {
    format!(
        "{}/resourceGroups/web/providers/Microsoft.Web/sites/orders",
        subscription()
    )
}

impl Company {
    /// With base permissions, Reader and ThreatDefenceRole: nothing is missing.
    pub fn new() -> Self {
        let role =
            |role: &str| json!({"application": APPLICATION, "role": role, "scope": subscription()});
        let mut arm = Map::new();
        let body = json!({"id": site(), "name": "orders", "type": "Microsoft.Web/sites",
            "kind": "functionapp", "location": "westeurope", "properties": {}});
        arm.insert(site(), body);
        arm.insert(
            format!("{}/host/default/listkeys", site()),
            json!({"functionKeys": {}}),
        );
        Self {
            tenant: json!({
                "tenant_id": TENANT,
                "display_name": "Contoso",
                "domains": ["contoso.onmicrosoft.com"],
                "subscriptions": [{"id": PRODUCTION, "name": "Production"}],
                "applications": [{"client_id": APPLICATION, "object_id": SCANNER, "display_name": "Scanner",
                    "secret": SECRET, "secret_expires": "2027-06-30", "graph_roles": BASE}],
                "role_assignments": [role("Reader"), role("ThreatDefenceRole")],
            }),
            arm,
            graph: Map::new(),
        }
    }

    /// Sets a key of the tenant's file.
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.tenant[key] = value;
        self
    }

    /// Sets a key of the application.
    pub fn application(mut self, key: &str, value: Value) -> Self {
        self.tenant["applications"][0][key] = value;
        self
    }

    /// Gives it these roles at these scopes, and no other.
    pub fn roles(self, roles: &[(Value, String)]) -> Self {
        let given = roles
            .iter()
            .map(|(role, scope)| json!({"application": APPLICATION, "role": role, "scope": scope}));
        let given = given.collect::<Vec<_>>();
        self.with("role_assignments", json!(given))
    }

    pub fn arm(mut self, path: &str, body: Value) -> Self {
        self.arm.insert(path.to_owned(), body);
        self
    }

    pub fn graph(mut self, path: &str, body: Value) -> Self {
        self.graph.insert(path.to_owned(), body);
        self
    }

    pub async fn start(&self) -> Sim {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tenant.json");
        let body = json!({"tenant": self.tenant, "hosts": {
            "management.azure.com": self.arm, "graph.microsoft.com": self.graph}});
        std::fs::write(&file, body.to_string()).unwrap();
        let server = Server::start(Tenant::load(&file).unwrap(), simulator::Options::default());
        Sim {
            server: server.await.unwrap(),
        }
    }

    /// What is found when nothing is narrowed down.
    pub async fn diagnosis(&self) -> Diagnosis {
        self.start()
            .await
            .diagnosis(&ScopeRequest::default(), &[])
            .await
    }
}

/// A running tenant.
pub struct Sim {
    pub server: Server,
}

impl Sim {
    /// Diagnoses the scanner, for these checks or for all.
    pub async fn diagnosis(&self, scope: &ScopeRequest, checks: &[&str]) -> Diagnosis {
        let transport = Transport::new(self.server.ca_pem().map(str::as_bytes)).unwrap();
        let cloud = Cloud::discover(&self.server.endpoint(), &transport)
            .await
            .unwrap();
        let sign_in = SignIn::ClientSecret {
            tenant: TENANT.to_owned(),
            client: APPLICATION.to_owned(),
            secret: Secret::new(SECRET),
        };
        let credential = Credential::new(sign_in.clone(), &cloud, &transport).unwrap();
        let client = Client::new(cloud, credential, transport, Options::default());
        let claims = client.claims(Service::Arm).await.unwrap();
        let (library, catalog) = (Library::builtin().unwrap(), Catalog::builtin().unwrap());
        let is_selected = |check: &&Check| checks.is_empty() || checks.contains(&check.id.as_str());
        let selected: Vec<&Check> = library.checks().iter().filter(is_selected).collect();
        let requirements: Vec<_> = selected
            .iter()
            .flat_map(|check| check.requirements(&catalog))
            .collect();
        let request = Request {
            client: &client,
            claims: &claims,
            tenant_id: TENANT,
            proof: &Proof::of(&sign_in),
            scope,
            checks: &selected,
            library: library.checks(),
            catalog: &catalog,
            plan: &Plan::new(&catalog, &requirements).unwrap(),
            contract: &Contract::builtin().unwrap(),
            now: "2026-11-24T12:00:00Z".parse::<Timestamp>().unwrap(),
        };
        doctor::diagnose(&request).await.unwrap()
    }
}

/// The checks that are not ready for want of more than optional permissions, with what each lacks of that.
pub fn unready(of: &Diagnosis) -> Vec<(&str, Vec<&str>)> {
    of.checks
        .iter()
        .filter(|check| !check.is_as_asked())
        .map(|check| {
            let lacks = check.lacks.iter().filter(|lack| !lack.optional);
            let titles = lacks.map(|lack| lack.title());
            (check.check_id.as_str(), titles.collect())
        })
        .collect()
}

/// What to do, but for granting optional permissions.
pub fn to_do(of: &Diagnosis) -> Vec<&Remedy> {
    of.what_to_do.iter().filter(|one| !one.optional).collect()
}
