//! What the tests of planning begin with: a request, an empty tenant, an administrator who may all.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use catalog::Contract;
use jiff::Timestamp;

use super::{Plan, Terms, plan};
use crate::administrator::{
    Administrator, AzureAuthority, DirectoryAuthority, DirectoryRole, Standing,
};
use crate::present::{Application, DefinedRole, GraphService, Present, RoleAssignment, key};
use crate::request::{Audience, Place, Proof, Request, Scopes};

pub(super) const PRODUCTION: &str = "/subscriptions/aa";
pub(super) const GROUP: &str = "/providers/Microsoft.Management/managementGroups/root";

/// Read once: thousands of plans are made with it.
pub(super) fn contract() -> &'static Contract {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::builtin().unwrap());
    &CONTRACT
}

pub(super) fn now() -> Timestamp {
    "2026-11-24T00:00:00Z".parse().unwrap()
}

pub(super) fn terms() -> Terms {
    Terms {
        now: now(),
        new_proof: false,
    }
}

/// A scope by its name for people.
pub(super) fn place(id: &str, name: &str) -> Place {
    Place {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

/// The base on one subscription, with a secret for half a year.
pub(super) fn request() -> Request {
    Request {
        name: "ThreatDefence".to_owned(),
        application_id: None,
        audience: Audience::SingleTenant,
        proof: Some(Proof::Secret { days: 180 }),
        graph: contract().graph.base.keys().cloned().collect(),
        scopes: Scopes::Subscriptions(vec![place("aa", "Production")]),
        custom_role: true,
    }
}

/// A tenant that never saw the scanner. Each permission of Graph has an id that is its name's in lower case.
pub(super) fn empty() -> Present {
    let contract = contract();
    let known = contract
        .graph
        .base
        .keys()
        .chain(contract.graph.optional.keys());
    Present {
        tenant_id: "t".to_owned(),
        graph: GraphService {
            id: "graph".to_owned(),
            roles: known
                .map(|name| (name.clone(), name.to_lowercase()))
                .collect(),
        },
        ..Present::default()
    }
}

/// ThreatDefenceRole as it should be, assignable at these scopes.
pub(super) fn role(scopes: &[&str]) -> DefinedRole {
    DefinedRole {
        id: "/providers/Microsoft.Authorization/roleDefinitions/tdr".to_owned(),
        guid: "tdr".to_owned(),
        description: String::new(),
        actions: contract().azure.role.actions.clone(),
        has_more: false,
        assignable_scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        body: serde_json::Value::Null,
    }
}

/// A user who may do everything at the scopes.
pub(super) fn administrator(scopes: &[String]) -> Administrator {
    let may = AzureAuthority {
        assign: Standing::Has,
        define: Standing::Has,
        condition: None,
    };
    Administrator {
        name: "ada@contoso.com".to_owned(),
        object_id: "ada".to_owned(),
        directory: DirectoryAuthority {
            is_user: true,
            roles: BTreeSet::from([DirectoryRole::GlobalAdministrator]),
            may_register: Some(true),
            ..DirectoryAuthority::default()
        },
        azure: scopes
            .iter()
            .map(|scope| (key(scope), may.clone()))
            .collect(),
    }
}

/// The plan of an administrator who may do everything.
pub(super) fn planned(request: &Request, present: &Present) -> Plan {
    let mut scopes = request.scopes.paths();
    let role = present.role.iter();
    scopes.extend(role.flat_map(|role| role.assignable_scopes.clone()));
    plan(
        request,
        present,
        contract(),
        &administrator(&scopes),
        terms(),
    )
}

/// The ids of the steps.
pub(super) fn ids(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.id.as_str()).collect()
}

/// A tenant in which everything is there.
pub(super) fn complete() -> Present {
    let mut present = empty();
    for planned in planned(&request(), &empty()).steps {
        planned
            .step
            .apply_to(&mut present, &request(), contract(), now());
    }
    present
}

/// Its application.
pub(super) fn application(present: &mut Present) -> &mut Application {
    present.application.as_mut().unwrap()
}

/// A role of the scanner's at a scope.
pub(super) fn assigned(role: &str, scope: &str, name: Option<&str>) -> RoleAssignment {
    RoleAssignment {
        id: format!("{scope}/{role}"),
        scope: scope.to_owned(),
        role: role.to_owned(),
        name: name.map(str::to_owned),
    }
}
