//! Conditional Access for workload identities: the policies that hold for this service principal.
//!
//! <https://learn.microsoft.com/entra/identity/conditional-access/workload-identity>

use azure::{Client, Service};
use serde::Serialize;
use serde_json::Value;

use crate::ask::{self, array, text, texts};
use crate::identity::{Identity, IdentityKind};
use crate::reading::Reading;

/// What stands for every service principal that is registered in the tenant.
const ALL: &str = "ServicePrincipalsInMyTenant";

/// A policy that holds for this identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessPolicy {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is enforced.
    pub state: PolicyState,
    /// Whether it is certain that it holds for this identity.
    pub applies: Applies,
    /// What it demands: `block`, `location`, `risk`.
    pub requires: Vec<String>,
    /// What that means for this identity.
    pub meaning: String,
}

/// Whether a policy is enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyState {
    /// It is.
    Enabled,
    /// It only writes to the sign-in log what it would do.
    ReportOnly,
}

/// Whether a policy holds for this identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Applies {
    /// It names it, or all.
    Yes,
    /// A filter on attributes decides, which are not read.
    Maybe,
}

/// The policies that hold for a service principal.
pub(crate) async fn read(client: &Client, identity: &Identity) -> Reading<AccessPolicy> {
    let (Some(id), IdentityKind::ServicePrincipal) = (&identity.object_id, identity.kind) else {
        // Users have policies of their own kind, and managed identities are exempt.
        return Reading::all(Vec::new());
    };
    let (policies, locations) = futures::join!(
        ask::list(
            client,
            Service::Graph,
            "/v1.0/identity/conditionalAccess/policies"
        ),
        ask::list(
            client,
            Service::Graph,
            "/v1.0/identity/conditionalAccess/namedLocations"
        ),
    );
    let locations = locations.unwrap_or_default();
    let is_foreign = identity.home_tenant.is_some();
    let found = policies.map(|policies| {
        let held = policies.iter();
        held.filter_map(|policy| judge(policy, id, is_foreign, &locations))
            .collect()
    });
    Reading::of("Conditional Access", "Policy.Read.All", found)
}

fn judge(policy: &Value, id: &str, is_foreign: bool, locations: &[Value]) -> Option<AccessPolicy> {
    let state = match text(policy, "/state")? {
        state if state.eq_ignore_ascii_case("enabled") => PolicyState::Enabled,
        state if state.eq_ignore_ascii_case("enabledForReportingButNotEnforced") => {
            PolicyState::ReportOnly
        }
        _ => return None,
    };
    let applies = applies(
        policy.pointer("/conditions/clientApplications")?,
        id,
        is_foreign,
    )?;
    let blocks = texts(policy, "/grantControls/builtInControls")
        .iter()
        .any(|control| control.eq_ignore_ascii_case("block"));
    let places = Places::of(policy, locations);
    let risks = texts(policy, "/conditions/servicePrincipalRiskLevels");
    let mut requires = Vec::new();
    requires.extend(blocks.then(|| "block".to_owned()));
    requires.extend(places.limit().then(|| "location".to_owned()));
    requires.extend((!risks.is_empty()).then(|| "risk".to_owned()));
    Some(AccessPolicy {
        id: text(policy, "/id").unwrap_or_default().to_owned(),
        name: text(policy, "/displayName").unwrap_or("unnamed").to_owned(),
        state,
        applies,
        requires,
        meaning: meaning(state, applies, blocks, &places, &risks),
    })
}

/// Whether the policy's applications include this one. A filter on custom security attributes can
/// include and exclude; what those say of this identity is not read.
fn applies(clients: &Value, id: &str, is_foreign: bool) -> Option<Applies> {
    let names = |pointer: &str, wanted: &str| {
        texts(clients, pointer)
            .iter()
            .any(|name| name.eq_ignore_ascii_case(wanted))
    };
    if names("/excludeServicePrincipals", id) {
        return None;
    }
    let filter = clients
        .get("servicePrincipalFilter")
        .filter(|filter| text(filter, "/rule").is_some());
    let named = names("/includeServicePrincipals", id)
        || (names("/includeServicePrincipals", ALL) && !is_foreign);
    let mode = filter.and_then(|filter| text(filter, "/mode"));
    match (named, mode) {
        (true, None) => Some(Applies::Yes),
        (_, Some(_)) => Some(Applies::Maybe),
        (false, None) => None,
    }
}

/// Where a policy holds.
struct Places {
    included: Vec<String>,
    excluded: Vec<String>,
}

impl Places {
    fn of(policy: &Value, locations: &[Value]) -> Self {
        let named = |pointer: &str| {
            array(policy, pointer)
                .iter()
                .filter_map(Value::as_str)
                .map(|id| name_of(id, locations))
                .collect()
        };
        Self {
            included: named("/conditions/locations/includeLocations"),
            excluded: named("/conditions/locations/excludeLocations"),
        }
    }

    fn everywhere(&self) -> bool {
        self.included.is_empty() || self.included.iter().any(|place| place == "All")
    }

    fn limit(&self) -> bool {
        !self.everywhere() || !self.excluded.is_empty()
    }

    fn sentence(&self) -> String {
        let excluded = match self.excluded.is_empty() {
            true => String::new(),
            false => format!(" except from {}", self.excluded.join(", ")),
        };
        match self.everywhere() {
            true => format!("from everywhere{excluded}"),
            false => format!("from {}{excluded}", self.included.join(", ")),
        }
    }
}

fn name_of(id: &str, locations: &[Value]) -> String {
    let found = locations
        .iter()
        .find(|one| text(one, "/id").is_some_and(|other| other.eq_ignore_ascii_case(id)));
    let name = found.and_then(|one| text(one, "/displayName"));
    match (name, id) {
        (Some(name), _) => name.to_owned(),
        (None, "AllTrusted") => "trusted locations".to_owned(),
        (None, id) => id.to_owned(),
    }
}

fn meaning(
    state: PolicyState,
    applies: Applies,
    blocks: bool,
    places: &Places,
    risks: &[String],
) -> String {
    let action = match (state, blocks) {
        (PolicyState::Enabled, true) => "blocks its sign-ins",
        (PolicyState::ReportOnly, true) => "would block its sign-ins, and only reports yet,",
        (PolicyState::Enabled, false) => "puts conditions on its sign-ins",
        (PolicyState::ReportOnly, false) => {
            "would put conditions on its sign-ins, and only reports yet,"
        }
    };
    let risk = match risks.is_empty() {
        true => String::new(),
        false => format!(" at {} risk", risks.join(" or ")),
    };
    let doubt = match applies {
        Applies::Yes => "",
        Applies::Maybe => "; its filter on attributes decides whether it holds for this identity",
    };
    format!("{action} {}{risk}{doubt}", places.sentence())
}

#[cfg(test)]
#[path = "conditional_access_tests.rs"]
mod tests;
