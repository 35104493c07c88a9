//! Which action a request to ARM is, and at which scope it is authorised.

use crate::path::{self, ProviderPath};

/// An operation that a role may permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Action {
    /// Such as `Microsoft.Storage/storageAccounts/read`.
    pub(crate) name: String,
    /// The path that roles must cover.
    pub(crate) scope: String,
}

/// The action of a request; `None` for paths that anyone signed in may use (their answers are filtered instead).
pub(crate) fn of(method: &str, at: &str) -> Option<Action> {
    let Some(provider) = ProviderPath::parse(at) else {
        return of_container(method, at);
    };
    let is_group_list = provider.scope.is_empty()
        && provider
            .namespace
            .eq_ignore_ascii_case("Microsoft.Management")
        && provider.rest.len() == 1;
    if is_group_list
        || provider
            .namespace
            .eq_ignore_ascii_case("Microsoft.ResourceGraph")
    {
        return None;
    }
    let scope = if provider.ends_on_type() {
        provider.parent().unwrap_or_else(|| provider.scope_path())
    } else {
        at.to_owned()
    };
    let scope = if scope.is_empty() {
        "/".to_owned()
    } else {
        scope
    };
    Some(Action {
        name: format!("{}/{}", provider.type_name(), verb(method)),
        scope,
    })
}

fn of_container(method: &str, at: &str) -> Option<Action> {
    let parts = path::segments(at);
    if parts.len() < 2 || !parts[0].eq_ignore_ascii_case("subscriptions") {
        return None;
    }
    let subscription = "Microsoft.Resources/subscriptions";
    let kind = match parts.get(2).map(|part| part.to_lowercase()).as_deref() {
        None => subscription.to_owned(),
        Some("resourcegroups") if parts.len() > 4 => {
            format!("{subscription}/resourceGroups/{}", parts[4])
        }
        Some("resourcegroups") => format!("{subscription}/resourceGroups"),
        Some(_) => format!("{subscription}/{}", parts[2]),
    };
    let depth = if parts.len() >= 4 && parts[2].eq_ignore_ascii_case("resourceGroups") {
        4
    } else {
        2
    };
    let scope = parts[..depth]
        .iter()
        .map(|part| format!("/{part}"))
        .collect();
    Some(Action {
        name: format!("{kind}/{}", verb(method)),
        scope,
    })
}

fn verb(method: &str) -> &'static str {
    match method {
        "POST" => "action",
        "PUT" | "PATCH" => "write",
        "DELETE" => "delete",
        _ => "read",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(method: &str, at: &str) -> String {
        of(method, at).unwrap().name
    }

    #[test]
    fn reads_writes_and_deletes() {
        let at = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a";
        assert_eq!(name("GET", at), "Microsoft.Storage/storageAccounts/read");
        assert_eq!(name("HEAD", at), "Microsoft.Storage/storageAccounts/read");
        assert_eq!(name("PATCH", at), "Microsoft.Storage/storageAccounts/write");
        assert_eq!(
            name("DELETE", at),
            "Microsoft.Storage/storageAccounts/delete"
        );
        assert_eq!(of("GET", at).unwrap().scope, at);
    }

    #[test]
    fn posted_actions_leave_names_out() {
        let site = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/x";
        assert_eq!(
            name("POST", &format!("{site}/host/default/listkeys")),
            "Microsoft.Web/sites/host/listkeys/action"
        );
        let settings = of("POST", &format!("{site}/config/appsettings/list")).unwrap();
        assert_eq!(settings.name, "Microsoft.Web/sites/config/list/action");
        assert_eq!(settings.scope, format!("{site}/config/appsettings"));
    }

    #[test]
    fn lists_are_authorised_where_they_hang() {
        let list = of("GET", "/subscriptions/s/providers/Microsoft.Sql/servers").unwrap();
        assert_eq!(list.scope, "/subscriptions/s");
        let tenant_wide = of("GET", "/providers/Microsoft.Authorization/roleDefinitions").unwrap();
        assert_eq!(tenant_wide.scope, "/");
    }

    #[test]
    fn containers_have_actions_of_their_own() {
        assert_eq!(
            name("GET", "/subscriptions/s"),
            "Microsoft.Resources/subscriptions/read"
        );
        let group = of("GET", "/subscriptions/s/resourcegroups/g").unwrap();
        assert_eq!(
            group.name,
            "Microsoft.Resources/subscriptions/resourceGroups/read"
        );
        assert_eq!(group.scope, "/subscriptions/s/resourcegroups/g");
        assert_eq!(
            name("GET", "/subscriptions/s/resources"),
            "Microsoft.Resources/subscriptions/resources/read"
        );
        assert!(of("GET", "/subscriptions").is_none());
        assert!(of("GET", "/tenants").is_none());
        assert!(of("GET", "/providers/Microsoft.Management/managementGroups").is_none());
        assert!(of("POST", "/providers/Microsoft.ResourceGraph/resources").is_none());
    }
}
