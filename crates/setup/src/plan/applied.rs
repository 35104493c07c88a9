//! What is there once a step was carried out, as Azure would have it.

use catalog::Contract;
use jiff::{SignedDuration, Timestamp};

use crate::present::{
    Application, Consent, DefinedRole, FederatedProof, Present, PresentProof, ProofKind,
    RoleAssignment, ServicePrincipal,
};
use crate::request::{Proof, Request};
use crate::step::{Role, Step};

impl Step {
    /// Changes what is there as the step would.
    pub(super) fn apply_to(
        &self,
        present: &mut Present,
        request: &Request,
        contract: &Contract,
        now: Timestamp,
    ) {
        match self {
            Self::CreateApplication => {
                assert!(present.application.is_none(), "made twice");
                present.application = Some(Application {
                    id: "object".to_owned(),
                    application_id: "app".to_owned(),
                    name: request.name.clone(),
                    audience: request.audience.as_str().to_owned(),
                    asks_for: ids_of(present, request.graph.iter()),
                    ..Application::default()
                });
            }
            Self::AskFor(names) => {
                let ids = ids_of(present, names.iter());
                present.application.as_mut().unwrap().asks_for.extend(ids);
            }
            Self::CreatePrincipal => {
                assert!(present.principal.is_none(), "made twice");
                present.principal = Some(ServicePrincipal {
                    id: "principal".to_owned(),
                    application_id: "app".to_owned(),
                    enabled: true,
                });
            }
            Self::EnablePrincipal => present.principal.as_mut().unwrap().enabled = true,
            Self::AddProof(proof) => add(present.application.as_mut().unwrap(), proof, now),
            Self::RemoveProof { .. } => panic!("a plan takes no proof away"),
            Self::Consent(permission) => {
                assert!(present.principal.is_some(), "consent before the principal");
                present.consents.push(Consent {
                    id: format!("consent-{permission}"),
                    permission: permission.clone(),
                });
            }
            Self::CreateRole(scopes) => {
                assert!(present.role.is_none(), "made twice");
                present.role = Some(role(contract, scopes));
            }
            Self::ChangeRole {
                assignable_scopes, ..
            } => {
                let there = present.role.as_mut().unwrap();
                there.actions.clone_from(&contract.azure.role.actions);
                there.has_more = false;
                there.assignable_scopes.clone_from(assignable_scopes);
            }
            Self::Assign { role, scope } => {
                assert!(present.principal.is_some(), "a role before the principal");
                let guid = match role {
                    Role::Reader => contract.azure.reader.id.clone(),
                    Role::Custom => present.role.as_ref().unwrap().guid.clone(),
                };
                present.assignments.push(RoleAssignment {
                    id: format!("{scope}/{guid}"),
                    scope: scope.clone(),
                    role: guid,
                    name: None,
                });
            }
        }
    }
}

fn ids_of<'a>(present: &Present, names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let ids = names.filter_map(|name| present.graph.roles.get(name));
    ids.cloned().collect()
}

fn role(contract: &Contract, scopes: &[String]) -> DefinedRole {
    DefinedRole {
        id: "/providers/Microsoft.Authorization/roleDefinitions/tdr".to_owned(),
        guid: "tdr".to_owned(),
        description: contract.azure.role.description.clone(),
        actions: contract.azure.role.actions.clone(),
        has_more: false,
        assignable_scopes: scopes.to_vec(),
        body: serde_json::Value::Null,
    }
}

fn add(application: &mut Application, proof: &Proof, now: Timestamp) {
    let (kind, days) = match proof {
        Proof::Federated(of) => {
            let same = |there: &FederatedProof| there.name.eq_ignore_ascii_case(&of.name);
            assert!(!application.federated.iter().any(same), "a name twice");
            application.federated.push(FederatedProof {
                id: of.name.clone(),
                name: of.name.clone(),
                issuer: of.issuer.clone(),
                subject: of.subject.clone(),
            });
            return;
        }
        Proof::Certificate { days } => (ProofKind::Certificate, *days),
        Proof::Secret { days } => (ProofKind::Secret, *days),
    };
    let life = SignedDuration::from_hours(24 * i64::from(days));
    application.proofs.push(PresentProof {
        kind,
        key_id: format!("key-{}", application.proofs.len()),
        name: None,
        thumbprint: None,
        starts: Some(now),
        ends: Some(now.checked_add(life).unwrap()),
    });
}
