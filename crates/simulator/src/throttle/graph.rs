//! Microsoft Graph's limits: resource units of the directory, reports, Conditional Access and identity protection.
//!
//! <https://learn.microsoft.com/graph/throttling-limits>.

use super::bucket::Limit;
use super::charge::{Charge, Kind};
use crate::glob;
use crate::request::Query;

/// Who asks, and of how large a tenant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) application: &'a str,
    pub(crate) tenant: &'a str,
    /// The tenant's users.
    pub(crate) users: usize,
}

/// Reports and sign-in methods: five requests in ten seconds.
const REPORTS: [&str; 4] = [
    "/auditlogs/*",
    "/reports/*",
    "/users/*/authentication/*",
    "/reports",
];

/// One request a second for the whole tenant.
const PROTECTION: [&str; 3] = [
    "/identity/conditionalaccess/*",
    "/identityprotection/*",
    "/riskyusers*",
];

/// Resource units by path; any other costs one.
const COSTS: [(&str, f64); 17] = [
    ("/applications", 2.0),
    ("/applications/*/extensionproperties", 2.0),
    ("/contracts", 3.0),
    ("/directoryobjects/getbyids", 3.0),
    ("/domains/*/domainnamereferences", 4.0),
    ("/groups/*/members", 3.0),
    ("/groups/*/transitivemembers", 5.0),
    ("/users/*/memberof", 2.0),
    ("/users/*/transitivememberof", 2.0),
    ("/users/*/ownedobjects", 2.0),
    ("/users/*/licensedetails", 2.0),
    ("/oauth2permissiongrants", 2.0),
    ("/oauth2permissiongrants/*", 2.0),
    ("/serviceprincipals/*/approleassignments", 2.0),
    ("/serviceprincipals/*/approleassignedto", 2.0),
    ("/subscribedskus", 2.0),
    ("/users", 2.0),
];

/// What a request is charged. The path has no version and is in lower case.
pub(super) fn charges(asker: Asker<'_>, method: &str, path: &str, query: &Query) -> Vec<Charge> {
    let pair = format!("{} {}", asker.application, asker.tenant);
    let among = |patterns: &[&str]| patterns.iter().any(|one| glob::matches(one, path));
    let window = |most, seconds| Limit::Window { most, seconds };
    let requests = |key: String, limit, scope: String, tells_when| {
        vec![Charge {
            key,
            limit,
            cost: 1.0,
            kind: Kind::Requests { scope, tells_when },
        }]
    };
    let (application, tenant) = (asker.application, asker.tenant);
    let scope = format!("Tenant_Application/ReadWrite/{application}/{tenant}");
    if among(&PROTECTION) {
        let scope = format!("Tenant/ReadWrite/{application}/{tenant}");
        return requests(format!("protection {tenant}"), window(1, 1), scope, false);
    }
    if among(&REPORTS) {
        return requests(format!("reports {pair}"), window(5, 10), scope, true);
    }
    let size = match asker.users {
        0..50 => 3_500.0,
        50..=500 => 5_000.0,
        _ => 8_000.0,
    };
    let mut charges = vec![Charge {
        key: format!("units {pair}"),
        limit: Limit::Tokens {
            size,
            refill: size / 10.0,
        },
        cost: cost(path, query),
        kind: Kind::Units {
            scope: scope.clone(),
        },
    }];
    if matches!(method, "PATCH" | "PUT" | "DELETE") {
        let written = requests(format!("writes {pair}"), window(3_000, 150), scope, true);
        charges.extend(written);
    }
    charges
}

fn cost(path: &str, query: &Query) -> f64 {
    let segments = path.matches('/').count();
    let known = COSTS
        .iter()
        .find(|(at, _)| at.matches('/').count() == segments && glob::matches(at, path));
    let mut cost = known.map_or(1.0, |(_, cost)| *cost);
    if query.get("$select").is_some() {
        cost -= 1.0;
    }
    if query.get("$expand").is_some() {
        cost += 1.0;
    }
    let top = query.get("$top").and_then(|top| top.parse::<u32>().ok());
    if top.is_some_and(|top| top < 20) {
        cost -= 1.0;
    }
    cost.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_follow_the_path_and_what_is_asked() {
        let of = |path: &str, query: &str| cost(path, &Query::parse(query));
        assert_eq!(of("/users", ""), 2.0);
        assert_eq!(of("/users/1", ""), 1.0);
        assert_eq!(of("/users", "$select=id&$top=5"), 1.0);
        assert_eq!(of("/groups/1/members", "$top=999"), 3.0);
        assert_eq!(of("/groups/1/transitivemembers", "$select=id"), 4.0);
        assert_eq!(of("/directoryroles", "$expand=members"), 2.0);
    }

    #[test]
    fn the_directory_allows_more_to_larger_tenants() {
        let most = |users| {
            let asker = Asker {
                application: "a",
                tenant: "t",
                users,
            };
            charges(asker, "GET", "/users", &Query::default())[0]
                .limit
                .most()
        };
        assert_eq!((most(49), most(50), most(501)), (3_500.0, 5_000.0, 8_000.0));
    }
}
