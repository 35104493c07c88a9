//! How many findings a check owes a document: one, unless its `when` rules the document out. What the conditions say is
//! written here a second time, in Rust.

use checks::Check;
use serde_json::Value;

use crate::layout::{Layout, Placed};

/// How many findings a check owes a document of its resource's type.
pub enum Owed {
    /// Exactly so many.
    Exactly(usize),
    /// The check has a condition that this test does not know.
    AtMostOne,
    /// The check has one finding for each of something that this test does not know.
    Any,
}

/// What a check owes a document.
pub fn owed(check: &Check, document: &Placed, layout: &Layout<'_>) -> Owed {
    let body = &document.body;
    let one_if = |applies: bool| Owed::Exactly(usize::from(applies));
    match check.id.as_str() {
        "app_ensure_http_is_redirected_to_https" | "app_minimum_tls_version_12" => {
            one_if(!is_function_app(body))
        }
        "app_function_access_keys_configured" => one_if(is_function_app(body)),
        "vm_ensure_attached_disks_encrypted_with_cmk" => one_if(is_attached(body)),
        "sqlserver_tde_encryption_enabled" => {
            let name = body["name"].as_str();
            one_if(!name.is_some_and(|name| name.eq_ignore_ascii_case("master")))
        }
        "keyvault_key_expiration_set_in_non_rbac" => Owed::Exactly(keys(document, layout)),
        _ if check.each.is_some() => Owed::Any,
        _ if check.when.is_some() => Owed::AtMostOne,
        _ => Owed::Exactly(1),
    }
}

fn is_function_app(site: &Value) -> bool {
    let kind = site["kind"].as_str().unwrap_or_default();
    kind.to_lowercase().contains("functionapp")
}

fn is_attached(disk: &Value) -> bool {
    let managed_by = disk["managedBy"].as_str().unwrap_or_default();
    let state = disk["properties"]["diskState"].as_str().unwrap_or_default();
    !managed_by.is_empty()
        || ["attached", "reserved", "frozen"].contains(&state.to_lowercase().as_str())
}

fn keys(vault: &Placed, layout: &Layout<'_>) -> usize {
    if vault.body["properties"]["enableRbacAuthorization"] == true {
        return 0;
    }
    let beneath = format!("{}/keys/", vault.path.to_lowercase());
    let keys = layout.documents.iter();
    keys.filter(|(path, _)| path.starts_with(&beneath))
        .filter(|(_, key)| key.body["properties"]["attributes"]["enabled"] != false)
        .count()
}
