//! Ids of Resource Manager, as text: where they are and of what type.
//!
//! All ids here are in lower case, with a slash in front and none at the end.

/// The last part of an id that only carries the tags of the resource before it.
const TAGS: &str = "/providers/microsoft.resources/tags/default";

/// An id as it is compared; `None` for what is no id.
pub(super) fn normal(id: &str) -> Option<String> {
    let id = id.trim().trim_matches('/');
    if id.is_empty() {
        return None;
    }
    Some(format!("/{}", id.to_lowercase()))
}

/// The resource that an id of tags belongs to; any other id as it is.
///
/// <https://learn.microsoft.com/rest/api/resources/tags>
pub(super) fn without_tags(id: &str) -> &str {
    match id.strip_suffix(TAGS) {
        Some("") | None => id,
        Some(tagged) => tagged,
    }
}

/// The subscription that an id lies in.
pub(super) fn subscription(id: &str) -> Option<&str> {
    let rest = id.strip_prefix("/subscriptions/")?;
    rest.split('/').next().filter(|found| !found.is_empty())
}

/// The type that an id, or the path of a list, is of: what the innermost provider calls it.
pub(super) fn type_of(id: &str) -> String {
    match id.rsplit_once("/providers/") {
        Some((_, own)) => {
            let mut segments = own.split('/');
            let namespace = segments.next().unwrap_or_default();
            let types: Vec<&str> = segments.step_by(2).collect();
            join(namespace, &types)
        }
        None => {
            let types: Vec<&str> = id.trim_matches('/').split('/').step_by(2).collect();
            join("microsoft.resources", &types)
        }
    }
}

fn join(namespace: &str, types: &[&str]) -> String {
    match types {
        [] => namespace.to_owned(),
        types => format!("{namespace}/{}", types.join("/")),
    }
}

/// The id itself, then each id above it, up to the first segment.
pub(super) fn lineage(id: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(id), |id| {
        id.rsplit_once('/')
            .map(|(above, _)| above)
            .filter(|above| !above.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "/subscriptions/s/resourcegroups/g/providers/microsoft.web/sites/x";

    #[test]
    fn ids_are_brought_to_one_form() {
        assert_eq!(
            normal("subscriptions/S/ResourceGroups/g/"),
            Some("/subscriptions/s/resourcegroups/g".to_owned())
        );
        assert_eq!(normal(" / "), None);
        assert_eq!(subscription("/subscriptions/s"), Some("s"));
        assert_eq!(subscription("/subscriptions/"), None);
        assert_eq!(
            subscription("/providers/microsoft.management/managementgroups/g"),
            None
        );
    }

    #[test]
    fn the_innermost_provider_names_the_type() {
        let of = |rest: &str| type_of(&format!("{SITE}{rest}"));
        assert_eq!(of(""), "microsoft.web/sites");
        assert_eq!(of("/config/web"), "microsoft.web/sites/config");
        assert_eq!(of("/config"), "microsoft.web/sites/config");
        assert_eq!(
            of("/providers/microsoft.insights/diagnosticsettings/d"),
            "microsoft.insights/diagnosticsettings"
        );
        assert_eq!(
            type_of("/subscriptions/s"),
            "microsoft.resources/subscriptions"
        );
        assert_eq!(
            type_of("/subscriptions/s/resourcegroups/g"),
            "microsoft.resources/subscriptions/resourcegroups"
        );
        assert_eq!(
            type_of("/subscriptions/{subscription}/providers/microsoft.authorization/locks"),
            "microsoft.authorization/locks"
        );
    }

    #[test]
    fn lineages_go_up_by_whole_segments() {
        let lineage: Vec<&str> = lineage("/a/b/c").collect();
        assert_eq!(lineage, ["/a/b/c", "/a/b", "/a"]);
    }

    #[test]
    fn tags_belong_to_what_they_tag() {
        assert_eq!(without_tags(&format!("{SITE}{TAGS}")), SITE);
        assert_eq!(without_tags(SITE), SITE);
        assert_eq!(without_tags(TAGS), TAGS);
    }
}
