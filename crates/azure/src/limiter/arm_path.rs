//! A path of Resource Manager, as far as its quotas go.

/// Whose quotas a path draws on, everything in lower case.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ArmPath {
    pub subscription: Option<String>,
    /// The last resource provider: an extension resource belongs to its own, not to the one that it
    /// extends.
    pub namespace: Option<String>,
    /// The types below the provider, names left out.
    pub types: Vec<String>,
    /// Whether the path ends in a type, and not in a name.
    pub is_list: bool,
}

impl ArmPath {
    pub fn parse(path: &str) -> Self {
        let path = path.to_ascii_lowercase();
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let subscription = match segments.as_slice() {
            ["subscriptions", id, ..] => Some((*id).to_owned()),
            _ => None,
        };
        let below: &[&str] = segments
            .iter()
            .rposition(|part| *part == "providers")
            .and_then(|at| segments.get(at + 1..))
            .unwrap_or(&[]);
        let (namespace, rest) = match below {
            [namespace, rest @ ..] => (Some((*namespace).to_owned()), rest),
            [] => (None, below),
        };
        Self {
            subscription,
            namespace,
            types: rest
                .iter()
                .step_by(2)
                .map(|part| (*part).to_owned())
                .collect(),
            is_list: rest.len() % 2 == 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provider_is_the_last_one() {
        let path = ArmPath::parse(
            "/Subscriptions/S1/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/providers/Microsoft.Insights/diagnosticSettings",
        );
        assert_eq!(path.subscription.as_deref(), Some("s1"));
        assert_eq!(path.namespace.as_deref(), Some("microsoft.insights"));
        assert_eq!(path.types, ["diagnosticsettings"]);
        assert!(path.is_list);
    }

    #[test]
    fn paths_without_a_provider_or_a_subscription() {
        let groups = ArmPath::parse("/subscriptions/s/resourceGroups");
        assert_eq!(groups.namespace, None);
        assert_eq!(ArmPath::parse("/subscriptions/").subscription, None);
        let tenant = ArmPath::parse("/providers/Microsoft.Management/managementGroups/g");
        assert_eq!(tenant.subscription, None);
        assert_eq!(tenant.types, ["managementgroups"]);
        assert!(!tenant.is_list);
    }
}
