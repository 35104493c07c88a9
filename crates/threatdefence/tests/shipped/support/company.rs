//! Small tenants, built in a test as one JSON file.

use serde_json::{Map, Value, json};
use simulator::{Options, Tenant};

use super::Azure;

/// The tenant's id.
pub const TENANT: &str = "11111111-1111-4111-8111-111111111111";
/// The application that may read everything.
pub const APPLICATION: &str = "c0000000-0000-4000-8000-000000000001";
/// The first subscription's id.
pub const PRODUCTION: &str = "aaaaaaaa-0000-4000-8000-000000000001";
/// Its secret: the simulator accepts any.
const SECRET: &str = "any-secret-will-do";

/// A tenant under construction: one subscription, an application that may read everything.
pub struct Company {
    tenant: Value,
    arm: Map<String, Value>,
    graph: Map<String, Value>,
    errors: Map<String, Value>,
}

impl Company {
    pub fn new() -> Self {
        let subscriptions = json!([{"id": PRODUCTION, "name": "Production"}]);
        Self {
            tenant: json!({
                "tenant_id": TENANT,
                "client_id": APPLICATION,
                "display_name": "Contoso",
                "subscriptions": subscriptions,
            }),
            arm: Map::new(),
            graph: Map::new(),
            errors: Map::new(),
        }
    }

    /// Sets a key of the tenant, as `tenant.yaml` has it.
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.tenant[key] = value;
        self
    }

    /// Adds a document or list at a path of ARM.
    pub fn arm(mut self, path: &str, body: Value) -> Self {
        self.arm.insert(path.to_owned(), body);
        self
    }

    /// Adds the resources of a type in the first subscription, as its list gives them.
    pub fn list(self, document_type: &str, items: Value) -> Self {
        let path = format!("/subscriptions/{PRODUCTION}/providers/{document_type}");
        self.arm(&path, json!({ "value": items }))
    }

    /// Adds a document or list at a path of Microsoft Graph.
    pub fn graph(mut self, path: &str, body: Value) -> Self {
        self.graph.insert(path.to_owned(), body);
        self
    }

    /// Answers an ARM path with an error.
    pub fn error(mut self, path: &str, status: u16, body: Value) -> Self {
        self.errors.insert(path.to_owned(), json!([status, body]));
        self
    }

    /// The id of a resource in the first subscription.
    pub fn id(document_type: &str, name: &str) -> String {
        format!("/subscriptions/{PRODUCTION}/resourceGroups/data/providers/{document_type}/{name}")
    }

    /// The tenant.
    pub fn tenant(&self) -> Tenant {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tenant.json");
        let body = json!({
            "tenant": self.tenant,
            "hosts": {"management.azure.com": self.arm, "graph.microsoft.com": self.graph},
            "errors": {"management.azure.com": self.errors},
        });
        std::fs::write(&file, body.to_string()).unwrap();
        Tenant::load(&file).unwrap()
    }

    /// Serves it.
    pub fn start(&self) -> Azure {
        self.start_with(Options::default())
    }

    /// Serves it with options.
    pub fn start_with(&self, options: Options) -> Azure {
        Azure::start(self.tenant(), [TENANT, APPLICATION, SECRET], options)
    }
}

/// The body of ARM's refusal.
pub fn denied() -> Value {
    json!({"error": {"code": "AuthorizationFailed",
        "message": "The client does not have authorization to perform the action over the scope."}})
}
