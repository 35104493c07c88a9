//! What a step needs of whoever carries it out.

/// A right that a step needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Register an application. Whoever does becomes its owner, and may change it and make its service
    /// principal.
    CreateApplication,
    /// Change the application that is there: what it asks for, its proofs.
    ChangeApplication,
    /// Make the service principal of an application that is there already, here or in another tenant.
    CreatePrincipal,
    /// Change the service principal.
    ChangePrincipal,
    /// Consent to application permissions of Microsoft Graph.
    Consent,
    /// Write the definition of a custom role that is assignable at this scope (ARM path).
    DefineRole(String),
    /// Assign roles at this scope (ARM path).
    AssignRoles(String),
}

/// Whether the administrator has a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Yes.
    Has,
    /// No.
    Lacks {
        /// Who has it, as roles: `Privileged Role Administrator or Global Administrator`.
        needs: String,
        /// Why, where more is known than that no role gives it.
        why: Option<String>,
        /// What the administrator can activate to have it.
        activate: Option<String>,
    },
    /// It could not be found out.
    Unknown {
        /// Who has it, as roles.
        needs: String,
        /// Why.
        why: String,
    },
}

impl Right {
    /// The right in words, to follow "the right to".
    pub fn as_words(&self, name_of: impl Fn(&str) -> String) -> String {
        match self {
            Self::CreateApplication => "register applications".to_owned(),
            Self::ChangeApplication => "change the application".to_owned(),
            Self::CreatePrincipal => {
                "make the service principal of an application that exists".to_owned()
            }
            Self::ChangePrincipal => "change the service principal".to_owned(),
            Self::Consent => "consent to application permissions of Microsoft Graph".to_owned(),
            Self::DefineRole(scope) => format!("define custom roles on {}", name_of(scope)),
            Self::AssignRoles(scope) => format!("assign roles on {}", name_of(scope)),
        }
    }
}
