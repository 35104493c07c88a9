//! Everything that is assigned.

use std::collections::{HashMap, HashSet};

use crate::access::Access;
use crate::ancestry::Ancestry;
use crate::assignment::Assignment;
use crate::deny::DenyAssignment;
use crate::grant::Grant;
use crate::lenient::last_segment;
use crate::principal::Principal;
use crate::role::RoleDefinition;
use crate::scope::Scope;

/// Role definitions, role assignments and deny assignments, of one scope or of many.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    roles: HashMap<String, RoleDefinition>,
    assignments: Vec<Assignment>,
    denials: Vec<DenyAssignment>,
    /// The ids of both, in lower case.
    ids: HashSet<String>,
    ancestry: Ancestry,
}

impl Policy {
    /// A policy in which nothing is assigned yet.
    pub fn new(ancestry: Ancestry) -> Self {
        Self {
            ancestry,
            ..Self::default()
        }
    }

    /// With these roles, which are one wherever they were read.
    #[must_use]
    pub fn with_roles(mut self, roles: impl IntoIterator<Item = RoleDefinition>) -> Self {
        for role in roles {
            self.roles.insert(role.name.to_lowercase(), role);
        }
        self
    }

    /// With these assignments. One that was listed at several scopes counts once.
    #[must_use]
    pub fn with_assignments(mut self, assignments: impl IntoIterator<Item = Assignment>) -> Self {
        for assignment in assignments {
            if self.is_new(&assignment.id) {
                self.assignments.push(assignment);
            }
        }
        self
    }

    /// With these deny assignments. One that was listed at several scopes counts once.
    #[must_use]
    pub fn with_denials(mut self, denials: impl IntoIterator<Item = DenyAssignment>) -> Self {
        for denial in denials {
            if self.is_new(&denial.id) {
                self.denials.push(denial);
            }
        }
        self
    }

    /// Whether nothing of this id was added before. What has none is always new.
    fn is_new(&mut self, id: &str) -> bool {
        id.is_empty() || self.ids.insert(id.to_lowercase())
    }

    /// A role by its id, whole or its last segment alone.
    pub fn role(&self, role_definition_id: &str) -> Option<&RoleDefinition> {
        self.roles
            .get(&last_segment(role_definition_id).to_lowercase())
    }

    /// What holds for a principal at a scope.
    pub fn access<'a>(&'a self, principal: &'a Principal, scope: &Scope) -> Access<'a> {
        let grants = self.assignments.iter().filter_map(|assignment| {
            let via = principal.via(&assignment.principal_id)?;
            let holds = assignment.scope.covers(scope, &self.ancestry);
            holds.then(|| Grant {
                assignment,
                role: self.role(&assignment.role_definition_id),
                via,
                inherited: assignment.scope != *scope,
            })
        });
        let denials = self
            .denials
            .iter()
            .filter(|denial| denial.holds_at(scope, &self.ancestry) && denial.is_for(principal));
        Access {
            grants: grants.collect(),
            denials: denials.collect(),
        }
    }
}
