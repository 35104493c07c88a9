//! What a read costs in resource units of Microsoft Graph's identity and access service
//! (<https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>).

use url::Url;

use super::rate::Rate;

/// Reads that cost more than one unit; `*` stands for an id. The names of `me/` hold for `users/*/`.
const COSTS: &[(&str, u32)] = &[
    ("applications", 2),
    ("applications/*/extensionproperties", 2),
    ("contracts", 3),
    ("directoryobjects/getbyids", 3),
    ("domains/*/domainnamereferences", 4),
    ("groups/*/members", 3),
    ("groups/*/transitivemembers", 5),
    ("oauth2permissiongrants", 2),
    ("oauth2permissiongrants/*", 2),
    ("serviceprincipals/*/approleassignments", 2),
    ("subscribedskus", 3),
    ("users", 2),
    ("users/*/checkmembergroups", 4),
    ("users/*/checkmemberobjects", 4),
    ("users/*/getmembergroups", 2),
    ("users/*/getmemberobjects", 2),
    ("users/*/licensedetails", 2),
    ("users/*/memberof", 2),
    ("users/*/ownedobjects", 2),
    ("users/*/transitivememberof", 2),
];
/// A page smaller than this costs one unit less.
const SMALL_PAGE: u32 = 20;

/// A request without its ids: requests of one shape cost the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    /// The path after the version, ids as `*`, in lower case.
    pub path: String,
    selects: bool,
    expands: bool,
    small: bool,
}

impl Shape {
    pub fn of(url: &Url) -> Self {
        let (mut selects, mut expands, mut small) = (false, false, false);
        for (name, value) in url.query_pairs() {
            match name.trim_start_matches('$').to_ascii_lowercase().as_str() {
                "select" => selects = true,
                "expand" => expands = true,
                "top" => small = value.parse().is_ok_and(|top: u32| top < SMALL_PAGE),
                _ => {}
            }
        }
        Self {
            path: pattern(url.path()),
            selects,
            expands,
            small,
        }
    }

    /// The published cost.
    pub fn units(&self) -> u32 {
        let base = COSTS
            .iter()
            .find(|(pattern, _)| *pattern == self.path)
            .map_or(1, |(_, units)| *units);
        (base + u32::from(self.expands))
            .saturating_sub(u32::from(self.selects) + u32::from(self.small))
            .max(1)
    }
}

/// The path after the version, ids as `*`.
fn pattern(path: &str) -> String {
    let path = path.to_ascii_lowercase();
    let mut segments: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .skip(1)
        .collect();
    // A cast (`members/microsoft.graph.user`) costs what the list costs.
    segments.retain(|part| !part.starts_with("microsoft.graph."));
    if segments.first() == Some(&"me") {
        segments.splice(..1, ["users", "*"]);
    }
    let named = is_collection(segments.first().copied());
    for (at, segment) in segments.iter_mut().enumerate() {
        let id = at == 1 && named && !matches!(*segment, "delta" | "$count" | "getbyids");
        if id || is_guid(segment) {
            *segment = "*";
        }
    }
    segments.join("/")
}

/// Whether what follows is the id of an object of the directory.
fn is_collection(first: Option<&str>) -> bool {
    matches!(
        first,
        Some(
            "administrativeunits"
                | "applications"
                | "devices"
                | "directoryobjects"
                | "directoryroles"
                | "domains"
                | "groups"
                | "oauth2permissiongrants"
                | "serviceprincipals"
                | "users"
        )
    )
}

fn is_guid(segment: &str) -> bool {
    segment.len() == 36 && segment.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// The quota of a tenant with so many users: small, medium or large.
pub(super) fn rate_for(users: u64) -> Rate {
    let units = match users {
        0..50 => 3_500.0,
        50..=500 => 5_000.0,
        _ => 8_000.0,
    };
    Rate::window(units, 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(path: &str) -> u32 {
        let url = Url::parse(&format!("https://graph.microsoft.com{path}")).expect("a URL");
        Shape::of(&url).units()
    }

    #[test]
    fn published_costs() {
        for (path, expected) in [
            ("/v1.0/users", 2),
            ("/v1.0/users?$select=id&$top=999", 1),
            ("/v1.0/users?$expand=manager", 3),
            ("/v1.0/users?$select=id&$top=5", 1),
            ("/v1.0/users/1", 1),
            ("/v1.0/users/delta", 1),
            ("/v1.0/users/1/memberOf", 2),
            ("/v1.0/me/memberOf", 2),
            ("/v1.0/groups", 1),
            ("/v1.0/groups/1/members", 3),
            ("/v1.0/groups/1/members/microsoft.graph.user?$top=5", 2),
            ("/v1.0/groups/1/transitiveMembers?%24select=id", 4),
            ("/beta/servicePrincipals/1/appRoleAssignments", 2),
            ("/v1.0/servicePrincipals/1/appRoleAssignedTo", 1),
            ("/v1.0/oauth2PermissionGrants", 2),
            ("/v1.0/domains/contoso.com/domainNameReferences", 4),
            ("/v1.0/policies/authorizationPolicy", 1),
            ("/v1.0/directoryRoles?$expand=members", 2),
        ] {
            assert_eq!(units(path), expected, "{path}");
        }
    }

    #[test]
    fn one_shape_for_all_ids() {
        let shape = |path: &str| {
            Shape::of(&Url::parse(&format!("https://graph.microsoft.com{path}")).expect("a URL"))
        };
        assert_eq!(
            shape("/v1.0/users/1/memberOf"),
            shape("/v1.0/users/2/memberOf")
        );
        let review = |id: &str| {
            shape(&format!(
                "/v1.0/identityGovernance/accessReviews/definitions/{id}/instances"
            ))
        };
        assert_eq!(
            review("00000000-0000-0000-0000-000000000001"),
            review("00000000-0000-0000-0000-000000000002")
        );
        assert_ne!(shape("/v1.0/users/1"), shape("/v1.0/users/1?$select=id"));
    }

    #[test]
    fn the_size_of_the_tenant_decides_its_quota() {
        let quota = |users| rate_for(users).capacity;
        assert_eq!(
            [quota(49), quota(50), quota(500), quota(501)],
            [3_500.0, 5_000.0, 5_000.0, 8_000.0]
        );
    }
}
