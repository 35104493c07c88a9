//! URL paths as Azure reads them: decoded, without doubled slashes, compared without case.

use percent_encoding::percent_decode_str;

/// The path with percent escapes decoded; bytes that are not UTF-8 become replacement characters.
pub(crate) fn decode(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// The path with one leading slash, no trailing slash and no doubled slashes.
pub(crate) fn tidy(path: &str) -> String {
    let mut tidy = String::with_capacity(path.len() + 1);
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        tidy.push('/');
        tidy.push_str(segment);
    }
    if tidy.is_empty() {
        tidy.push('/');
    }
    tidy
}

/// The form under which the store finds a path: tidy and in lower case.
pub(crate) fn key(path: &str) -> String {
    tidy(path).to_lowercase()
}

/// The segments of a path.
pub(crate) fn segments(path: &str) -> Vec<&str> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .collect()
}

/// The subscription id in a path that starts with `/subscriptions/{id}`.
pub(crate) fn subscription(path: &str) -> Option<&str> {
    let mut parts = path.split('/').filter(|segment| !segment.is_empty());
    if !parts.next()?.eq_ignore_ascii_case("subscriptions") {
        return None;
    }
    parts.next()
}

/// The resource group name in a path that starts with `/subscriptions/{id}/resourceGroups/{name}`.
pub(crate) fn resource_group(path: &str) -> Option<&str> {
    let parts = segments(path);
    let named = parts.len() >= 4
        && parts[0].eq_ignore_ascii_case("subscriptions")
        && parts[2].eq_ignore_ascii_case("resourceGroups");
    named.then(|| parts[3])
}

/// A path split at its last `/providers/`: what a resource provider answers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProviderPath<'a> {
    /// What stands before the last `/providers/`, without a leading slash: the scope.
    pub(crate) scope: Vec<&'a str>,
    /// The provider's namespace, such as `Microsoft.Storage`.
    pub(crate) namespace: &'a str,
    /// Types and names in turn.
    pub(crate) rest: Vec<&'a str>,
}

impl<'a> ProviderPath<'a> {
    /// Splits a path; `None` when it names no resource type.
    pub(crate) fn parse(path: &'a str) -> Option<Self> {
        let parts = segments(path);
        let at = parts
            .iter()
            .rposition(|part| part.eq_ignore_ascii_case("providers"))?;
        if parts.len() < at + 3 {
            return None;
        }
        Some(Self {
            scope: parts[..at].to_vec(),
            namespace: parts[at + 1],
            rest: parts[at + 2..].to_vec(),
        })
    }

    /// True for what `Microsoft.Authorization` answers for: roles, policies, locks.
    pub(crate) fn is_authorization(&self) -> bool {
        self.namespace
            .eq_ignore_ascii_case("Microsoft.Authorization")
    }

    /// True when the path ends on a type: a list, or an action when posted to.
    pub(crate) fn ends_on_type(&self) -> bool {
        self.rest.len() % 2 == 1
    }

    /// The full type, such as `Microsoft.Web/sites/config`.
    pub(crate) fn type_name(&self) -> String {
        let mut name = self.namespace.to_owned();
        for part in self.rest.iter().step_by(2) {
            name.push('/');
            name.push_str(part);
        }
        name
    }

    /// The path of the resource that holds this list or nested resource, if it is nested.
    pub(crate) fn parent(&self) -> Option<String> {
        let names = self.rest.len() / 2;
        let held_by = if self.ends_on_type() {
            names * 2
        } else {
            names.saturating_sub(1) * 2
        };
        if held_by == 0 {
            return self.scope_resource();
        }
        let mut path = self.scope_path();
        path.push_str("/providers/");
        path.push_str(self.namespace);
        for part in &self.rest[..held_by] {
            path.push('/');
            path.push_str(part);
        }
        Some(path)
    }

    /// The scope as a path; empty for the tenant.
    pub(crate) fn scope_path(&self) -> String {
        self.scope.iter().map(|part| format!("/{part}")).collect()
    }

    /// The scope when it is itself a resource (an extension resource hangs on it).
    fn scope_resource(&self) -> Option<String> {
        self.scope
            .iter()
            .any(|part| part.eq_ignore_ascii_case("providers"))
            .then(|| self.scope_path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_no_case_no_double_slash_and_no_trailing_slash() {
        assert_eq!(key("//Subscriptions//A/"), "/subscriptions/a");
        assert_eq!(key(""), "/");
    }

    #[test]
    fn odd_escapes_decode_without_loss_of_the_rest() {
        assert_eq!(decode("/a%20b%zz%ff"), "/a b%zz\u{fffd}");
    }

    #[test]
    fn the_last_provider_names_the_type() {
        let path = "/subscriptions/s/resourceGroups/r/providers/A.B/vaults/v/providers/Microsoft.Insights/diagnosticSettings";
        let split = ProviderPath::parse(path).unwrap();
        assert_eq!(split.type_name(), "Microsoft.Insights/diagnosticSettings");
        assert!(split.ends_on_type());
        assert_eq!(
            split.parent().unwrap(),
            "/subscriptions/s/resourceGroups/r/providers/A.B/vaults/v"
        );
    }

    #[test]
    fn parents_of_lists_items_and_top_level_types() {
        let parent = |path: &str| ProviderPath::parse(path).unwrap().parent();
        assert_eq!(parent("/subscriptions/s/providers/A.B/c"), None);
        assert_eq!(parent("/subscriptions/s/providers/A.B/c/n"), None);
        assert_eq!(
            parent("/subscriptions/s/providers/A.B/c/n/d").as_deref(),
            Some("/subscriptions/s/providers/A.B/c/n")
        );
        assert_eq!(
            parent("/subscriptions/s/providers/A.B/c/n/d/m").as_deref(),
            Some("/subscriptions/s/providers/A.B/c/n")
        );
    }

    #[test]
    fn paths_without_a_type_are_not_provider_paths() {
        assert!(ProviderPath::parse("/subscriptions/s/providers").is_none());
        assert!(ProviderPath::parse("/subscriptions/s/providers/A.B").is_none());
        assert!(ProviderPath::parse("/subscriptions").is_none());
    }

    #[test]
    fn subscription_and_group_are_read_without_case() {
        assert_eq!(subscription("/SUBSCRIPTIONS/x/y"), Some("x"));
        assert_eq!(subscription("/tenants"), None);
        assert_eq!(
            resource_group("/subscriptions/x/resourcegroups/G"),
            Some("G")
        );
        assert_eq!(resource_group("/subscriptions/x/resourceGroups"), None);
    }
}
