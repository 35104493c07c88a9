//! The permission that a read of ARM needs, derived from what is read.

use crate::DocumentType;
use crate::entry::Method;

/// The ARM action of reading `path` below `parent`: type segments alternate with names, and an
/// extension (`providers/Microsoft.Insights/diagnosticSettings`) has a provider of its own. `above` is
/// what the parent's own read needs, where that is known. Paths without a provider are those of
/// subscriptions and their resource groups.
///
/// <https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions>
pub(crate) fn arm_action(
    above: Option<&str>,
    parent: Option<&DocumentType>,
    path: &str,
    method: Method,
) -> String {
    let verb = match method {
        Method::Get => "read",
        Method::Post => "action",
    };
    if let Some((_, extension)) = path.rsplit_once("providers/") {
        return format!("{}/{verb}", types_of(extension, 1));
    }
    let Some(parent) = parent else {
        return format!(
            "Microsoft.Resources/{}/{verb}",
            types_of(path.trim_start_matches('/'), 0)
        );
    };
    // What the parent needs leaves out the names that its own name may hold: `blobServices/default`.
    let above = above.and_then(|action| action.strip_suffix("/read"));
    let mut types = vec![above.unwrap_or(parent.as_str()).to_owned()];
    types.extend((!path.is_empty()).then(|| types_of(path, 0)));
    types.push(verb.to_owned());
    types.join("/")
}

/// Keeps the first `head` segments and the type segments after them, dropping names.
fn types_of(path: &str, head: usize) -> String {
    path.split('/')
        .enumerate()
        .filter(|(index, _)| *index < head || (index - head).is_multiple_of(2))
        .map(|(_, segment)| segment)
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(parent: &str, path: &str, method: Method) -> String {
        arm_action(None, Some(&DocumentType::from(parent)), path, method)
    }

    #[test]
    fn names_of_instances_are_no_part_of_an_action() {
        assert_eq!(
            below(
                "Microsoft.Storage/storageAccounts",
                "blobServices/default",
                Method::Get
            ),
            "Microsoft.Storage/storageAccounts/blobServices/read"
        );
        assert_eq!(
            below("Microsoft.Web/sites", "host/default/listkeys", Method::Post),
            "Microsoft.Web/sites/host/listkeys/action"
        );
    }

    #[test]
    fn an_extension_has_the_action_of_its_own_provider() {
        assert_eq!(
            below(
                "Microsoft.KeyVault/vaults",
                "providers/Microsoft.Insights/diagnosticSettings",
                Method::Get
            ),
            "Microsoft.Insights/diagnosticSettings/read"
        );
    }

    #[test]
    fn a_list_of_its_own_needs_its_types_read() {
        assert_eq!(
            arm_action(
                None,
                None,
                "/subscriptions/{subscription}/providers/Microsoft.Sql/servers",
                Method::Get
            ),
            "Microsoft.Sql/servers/read"
        );
    }

    #[test]
    fn resource_groups_belong_to_the_provider_of_resources() {
        assert_eq!(
            arm_action(
                None,
                None,
                "/subscriptions/{subscription}/resourceGroups",
                Method::Get
            ),
            "Microsoft.Resources/subscriptions/resourceGroups/read"
        );
    }

    #[test]
    fn a_grandchild_builds_on_what_its_parent_needs() {
        let parent = DocumentType::from("Microsoft.Storage/storageAccounts/blobServices/default");
        assert_eq!(
            arm_action(
                Some("Microsoft.Storage/storageAccounts/blobServices/read"),
                Some(&parent),
                "containers",
                Method::Get
            ),
            "Microsoft.Storage/storageAccounts/blobServices/containers/read"
        );
    }
}
