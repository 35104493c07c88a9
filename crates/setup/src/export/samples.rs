//! Requests for the tests of the forms.

use std::collections::BTreeSet;

use catalog::Contract;

use super::Target;
use crate::request::{Audience, Federation, Place, Proof, Request, Scopes};

pub const SUBSCRIPTION: &str = "3f9b2c74-8e15-4a6d-b0c7-91d2e5a4f683";
pub const OTHER: &str = "a84c0e19-6b7d-4f32-8d51-2c9e7f10b6a5";
pub const TENANT: &str = "7d1f6c1a-52a8-4b0e-9a3e-6b1c9f0e4d27";
pub const TARGET: Target<'static> = Target {
    tenant_id: Some(TENANT),
    cloud: "AzureCloud",
};
/// Something of everything that any of the languages takes for code.
pub const HOSTILE: &str = "a'b\"c$(touch x)`id`\\ ${d} %{e} \u{2019}f | {{ g }} #";

pub fn contract() -> Contract {
    Contract::builtin().unwrap()
}

pub fn subscriptions(ids: &[&str]) -> Scopes {
    let place = |id: &&str| Place {
        id: (*id).to_owned(),
        name: (*id).to_owned(),
    };
    Scopes::Subscriptions(ids.iter().map(place).collect())
}

pub fn management_group(id: &str) -> Scopes {
    Scopes::ManagementGroup(Place {
        id: id.to_owned(),
        name: id.to_owned(),
    })
}

pub fn federated(repository: &str) -> Proof {
    Proof::Federated(Federation {
        name: "github".to_owned(),
        issuer: "https://token.actions.githubusercontent.com".to_owned(),
        subject: format!("repo:{repository}:ref:refs/heads/main"),
        audience: "api://AzureADTokenExchange".to_owned(),
    })
}

/// The defaults: a certificate, the base, the role, one subscription.
pub fn certificate() -> Request {
    Request {
        name: "ThreatDefence".to_owned(),
        application_id: None,
        audience: Audience::SingleTenant,
        proof: Some(Proof::Certificate { days: 365 }),
        graph: contract().graph.base.keys().cloned().collect(),
        scopes: subscriptions(&[SUBSCRIPTION]),
        custom_role: true,
    }
}

/// Every kind of request that the flags can make, with a name for each.
pub fn all() -> Vec<(&'static str, Request)> {
    let everything: BTreeSet<String> = {
        let contract = contract();
        let tiers = contract
            .graph
            .base
            .keys()
            .chain(contract.graph.optional.keys());
        tiers.cloned().collect()
    };
    let with = |change: &dyn Fn(&mut Request)| {
        let mut request = certificate();
        change(&mut request);
        request
    };
    vec![
        ("certificate", certificate()),
        (
            "secret",
            with(&|of| of.proof = Some(Proof::Secret { days: 180 })),
        ),
        (
            "federated",
            with(&|of| of.proof = Some(federated("octo/scan"))),
        ),
        ("no-proof", with(&|of| of.proof = None)),
        (
            "optional-permissions",
            with(&|of| of.graph = everything.clone()),
        ),
        ("directory-only", with(&|of| of.scopes = Scopes::Directory)),
        ("without-role", with(&|of| of.custom_role = false)),
        (
            "multi-tenant",
            with(&|of| of.audience = Audience::MultiTenant),
        ),
        (
            "management-group",
            with(&|of| of.scopes = management_group("contoso-root")),
        ),
        (
            "two-subscriptions",
            with(&|of| of.scopes = subscriptions(&[SUBSCRIPTION, OTHER])),
        ),
        (
            "provider",
            with(&|of| {
                of.application_id = Some(TENANT.to_owned());
                of.proof = None;
            }),
        ),
        (
            "hostile-names",
            with(&|of| {
                of.name = HOSTILE.to_owned();
                of.proof = Some(federated(HOSTILE));
            }),
        ),
    ]
}
