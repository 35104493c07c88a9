//! Which quotas a read of Microsoft Graph draws on
//! (<https://learn.microsoft.com/graph/throttling-limits>).

use url::Url;

use super::graph_cost::Shape;
use super::lane::Lane;

/// What a read draws on.
pub(super) enum Class {
    /// A limit in requests of a service of its own.
    Requests(Lane),
    /// Resource units of the directory.
    Units(Shape),
    /// Resource units, and a limit for `signInActivity` that only some copies of Microsoft's page have:
    /// ten a minute. So it holds from the first refusal on.
    SignIns(Shape),
    /// A user's authentication methods: resource units, or the reports' requests. Microsoft lists the
    /// resource `authenticationMethod` among those of the reports, where everything else is a report,
    /// and reading them faster is not refused
    /// (<https://github.com/microsoftgraph/msgraph-beta-sdk-dotnet/issues/396>). So the published limit
    /// holds from the first refusal on.
    Methods(Shape),
    /// The batch itself is free; what it holds is not.
    Batch,
}

/// The class of a path.
pub(super) fn class(url: &Url) -> Class {
    let shape = Shape::of(url);
    let path = shape.path.as_str();
    if path == "$batch" {
        return Class::Batch;
    }
    if below(path, "identity/conditionalaccess") || below(path, "identityprotection") {
        return Class::Requests(Lane::GraphProtection);
    }
    if below(path, "reports") || below(path, "auditlogs") {
        return Class::Requests(Lane::GraphReports);
    }
    if below(path, "users/*/authentication") {
        return Class::Methods(shape);
    }
    match below(path, "users") && asks_for_sign_ins(url) {
        true => Class::SignIns(shape),
        false => Class::Units(shape),
    }
}

/// Whether the path is this one or lies below it.
fn below(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn asks_for_sign_ins(url: &Url) -> bool {
    url.query_pairs()
        .any(|(_, value)| value.to_ascii_lowercase().contains("signinactivity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(path: &str) -> Option<Lane> {
        let url = Url::parse(&format!("https://graph.microsoft.com{path}")).expect("a URL");
        match class(&url) {
            Class::Requests(lane) => Some(lane),
            Class::SignIns(_) => Some(Lane::GraphSignInActivity),
            Class::Units(_) | Class::Batch | Class::Methods(_) => None,
        }
    }

    #[test]
    fn a_user_s_methods_are_a_class_of_their_own() {
        for (path, expected) in [
            ("/v1.0/users/1/authentication/methods", true),
            ("/v1.0/me/authentication/methods", true),
            ("/v1.0/users/1/authenticationMethods", false),
            ("/v1.0/policies/authenticationMethodsPolicy", false),
        ] {
            let url = Url::parse(&format!("https://graph.microsoft.com{path}")).expect("a URL");
            assert_eq!(matches!(class(&url), Class::Methods(_)), expected, "{path}");
        }
    }

    #[test]
    fn services_with_limits_of_their_own() {
        for (path, expected) in [
            (
                "/v1.0/identity/conditionalAccess/policies",
                Some(Lane::GraphProtection),
            ),
            (
                "/v1.0/identity/conditionalAccess/namedLocations",
                Some(Lane::GraphProtection),
            ),
            (
                "/beta/identityProtection/riskyUsers",
                Some(Lane::GraphProtection),
            ),
            (
                "/beta/reports/authenticationMethods/userRegistrationDetails",
                Some(Lane::GraphReports),
            ),
            ("/v1.0/auditLogs/signIns?$top=5", Some(Lane::GraphReports)),
            (
                "/v1.0/users?$select=id,signInActivity",
                Some(Lane::GraphSignInActivity),
            ),
            ("/v1.0/users?$select=id", None),
            ("/v1.0/policies/authenticationMethodsPolicy", None),
            ("/v1.0/$batch", None),
        ] {
            assert_eq!(lane(path), expected, "{path}");
        }
    }
}
