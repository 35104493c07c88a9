//! Loads a tenant from one JSON file: `{"tenant": {…}, "hosts": {host: {path: body}}, "errors": {host: {path: [status, body]}}}`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::load_error::LoadError;
use crate::request::split_url;
use crate::store::is_graph;
use crate::tenant::Tenant;
use crate::tenant_file::{InjectedError, TenantFile};
use crate::tenant_users;

#[derive(Deserialize)]
struct File {
    tenant: TenantFile,
    #[serde(default)]
    hosts: BTreeMap<String, BTreeMap<String, Value>>,
    #[serde(default)]
    errors: BTreeMap<String, BTreeMap<String, (u16, Value)>>,
}

/// Loads the tenant in a JSON file.
pub(crate) fn from_path(file: &Path) -> Result<Tenant, LoadError> {
    let text = fs::read_to_string(file).map_err(|source| LoadError::Read {
        path: file.to_owned(),
        source,
    })?;
    from_text(&file.display().to_string(), &text)
}

fn from_text(name: &str, text: &str) -> Result<Tenant, LoadError> {
    let file: File = serde_json::from_str(text).map_err(|error| LoadError::parse(name, error))?;
    let mut tenant = Tenant::new(file.tenant);
    for (host, paths) in file.hosts {
        for (at, body) in paths {
            tenant.store.load(&place(&host, &at), body);
        }
    }
    tenant_users::settle(&mut tenant).map_err(|error| LoadError::parse(name, error))?;
    for (host, paths) in file.errors {
        for (at, (status, body)) in paths {
            let error = InjectedError {
                status,
                body,
                headers: BTreeMap::new(),
                times: None,
            };
            tenant.injected.add(&place(&host, &at), error);
        }
    }
    Ok(tenant)
}

/// Where a host's path is served on the simulator's one origin.
fn place(host: &str, at: &str) -> String {
    let (path, _) = split_url(at);
    if host.to_lowercase().contains("graph.") && !is_graph(&path) {
        return format!("/v1.0{path}");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{
        "tenant": {"tenant_id": "t", "client_id": "c", "subscriptions": ["s", {"subscriptionId": "u", "displayName": "U"}]},
        "hosts": {
            "management.azure.com": {"//subscriptions/s/providers/A.B/c": {"value": [{"id": "/subscriptions/s/resourceGroups/g/providers/A.B/c/n"}]}},
            "graph.microsoft.com": {"/v1.0/users": {"value": [{"id": "1"}]}, "/groups": {"value": []}}
        },
        "errors": {"management.azure.com": {"/subscriptions/s/providers/X.Y/z": [403, {"error": {"code": "No"}}]}}
    }"#;

    #[test]
    fn hosts_become_services() {
        let tenant = from_text("f", FILE).unwrap();
        assert!(
            tenant
                .store
                .get("/subscriptions/s/resourcegroups/g/providers/a.b/c/n")
                .is_some()
        );
        assert!(tenant.store.get("/v1.0/users/1").is_some());
        assert!(tenant.store.collection("/v1.0/groups").stored);
        assert_eq!(tenant.subscription("U").unwrap().name, "U");
        let error = tenant
            .injected
            .pick("GET", "/subscriptions/s/providers/x.y/Z");
        assert_eq!(error.unwrap().status, 403);
    }

    #[test]
    fn a_file_of_another_form_is_refused_by_name() {
        let error = from_text("other.json", "{}").unwrap_err().to_string();
        assert!(
            error.starts_with("other.json: missing field `tenant`"),
            "{error}"
        );
    }
}
