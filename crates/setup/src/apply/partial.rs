//! What of a plan can be done by somebody who may not do all of it.

use crate::plan::Plan;
use crate::present::Present;
use crate::request::Request;
use crate::step::{Role, Step};

/// A plan in two: what can be done, and what is left to others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partial {
    /// What can be done, in its order.
    pub possible: Vec<Step>,
    /// What cannot, or only after somebody has done what cannot.
    pub left: Vec<Step>,
}

/// Takes out of a plan what the administrator may not do, and what needs that first.
pub fn partial(plan: &Plan, request: &Request, present: &Present) -> Partial {
    let blocked = plan.blocked();
    let role = present.role.as_ref();
    let mut there = There {
        present,
        application: present.application.is_some(),
        elsewhere: request.application_id.is_some(),
        principal: present.principal.is_some(),
        assignable: role
            .map(|role| role.assignable_scopes.clone())
            .unwrap_or_default(),
    };
    let mut parts = Partial::default();
    for planned in &plan.steps {
        let possible = !blocked.contains(planned.id.as_str()) && there.allows(&planned.step);
        match possible {
            true => {
                there.gains(&planned.step);
                parts.possible.push(planned.step.clone());
            }
            false => parts.left.push(planned.step.clone()),
        }
    }
    parts
}

/// What is there when a step's turn comes.
struct There<'a> {
    present: &'a Present,
    application: bool,
    /// The application is somebody else's: it needs no registration here.
    elsewhere: bool,
    principal: bool,
    /// Where the custom role can be assigned.
    assignable: Vec<String>,
}

impl There<'_> {
    fn allows(&self, step: &Step) -> bool {
        match step {
            Step::CreateApplication | Step::CreateRole(_) | Step::ChangeRole { .. } => true,
            Step::CreatePrincipal => self.application || self.elsewhere,
            Step::AskFor(_) | Step::AddProof(_) | Step::RemoveProof { .. } => self.application,
            Step::EnablePrincipal | Step::Consent(_) => self.principal,
            Step::Assign {
                role: Role::Reader, ..
            } => self.principal,
            Step::Assign {
                role: Role::Custom,
                scope,
            } => {
                let mut assignable = self.assignable.iter();
                self.principal && assignable.any(|from| self.present.reaches(from, scope))
            }
        }
    }

    fn gains(&mut self, step: &Step) {
        match step {
            Step::CreateApplication => self.application = true,
            Step::CreatePrincipal => self.principal = true,
            Step::CreateRole(scopes) => self.assignable.clone_from(scopes),
            Step::ChangeRole {
                assignable_scopes, ..
            } => self.assignable.clone_from(assignable_scopes),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::plan::{Lack, PlannedStep};
    use crate::request::{Audience, Scopes};

    const A: &str = "/subscriptions/a";

    fn parts(blocked: &[Step]) -> Partial {
        let assign = |role| Step::Assign {
            role,
            scope: A.to_owned(),
        };
        let steps = [
            Step::CreateApplication,
            Step::CreatePrincipal,
            Step::Consent("Directory.Read.All".to_owned()),
            Step::CreateRole(vec![A.to_owned()]),
            assign(Role::Reader),
            assign(Role::Custom),
        ];
        let plan = Plan {
            steps: steps
                .iter()
                .map(|step| PlannedStep {
                    step: step.clone(),
                    id: step.id(),
                    description: String::new(),
                    rights: Vec::new(),
                })
                .collect(),
            lacks: vec![Lack {
                what: String::new(),
                needs: String::new(),
                why: None,
                activate: None,
                steps: blocked.iter().map(Step::id).collect(),
            }],
            ..Plan::default()
        };
        let request = Request {
            name: "ThreatDefence".to_owned(),
            application_id: None,
            audience: Audience::SingleTenant,
            proof: None,
            graph: BTreeSet::new(),
            scopes: Scopes::Directory,
            custom_role: true,
        };
        partial(&plan, &request, &Present::default())
    }

    #[test]
    fn what_others_must_consent_to_is_left_to_them() {
        let consent = Step::Consent("Directory.Read.All".to_owned());
        let parts = parts(std::slice::from_ref(&consent));
        assert_eq!(parts.left, [consent]);
        assert_eq!(parts.possible.len(), 5);
    }

    #[test]
    fn what_needs_something_else_first_is_left_too() {
        let without_application = parts(&[Step::CreateApplication]);
        assert_eq!(
            without_application.possible,
            [Step::CreateRole(vec![A.to_owned()])]
        );
        let without_role = parts(&[Step::CreateRole(Vec::new())]);
        assert_eq!(without_role.left.len(), 2, "{:?}", without_role.left);
    }
}
