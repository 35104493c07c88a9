//! Who calls: an application by itself, or a user through an application.

use std::sync::Arc;

use crate::history::Author;

/// Who calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Principal {
    /// The application that holds the token.
    pub(crate) client_id: String,
    /// The service principal's, or the user's.
    pub(crate) object_id: String,
    /// Application permissions of Microsoft Graph; none for a user.
    pub(crate) roles: Arc<[String]>,
    /// Template ids of the active directory roles, also of those held through groups.
    pub(crate) directory_roles: Arc<[String]>,
    /// The user, where one signed in.
    pub(crate) user: Option<SignedInUser>,
}

/// A user, as its token tells of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SignedInUser {
    /// The user principal name.
    pub(crate) name: String,
    pub(crate) display_name: String,
    /// Delegated permissions.
    pub(crate) scopes: Arc<[String]>,
}

impl Principal {
    /// True for a user, false for an application by itself.
    pub(crate) const fn is_user(&self) -> bool {
        self.user.is_some()
    }

    /// How messages name the caller: a user by its name, an application by its client id.
    pub(crate) fn shown(&self) -> &str {
        self.user
            .as_ref()
            .map_or(self.client_id.as_str(), |user| user.name.as_str())
    }

    /// The caller as the author of what it changes.
    pub(crate) fn author(&self) -> Author {
        match &self.user {
            Some(user) => Author {
                name: user.name.clone(),
                is_user: true,
            },
            None => Author {
                name: self.object_id.clone(),
                is_user: false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_named_by_their_names_and_applications_by_their_ids() {
        let mut caller = Principal {
            client_id: "c".to_owned(),
            object_id: "o".to_owned(),
            ..Principal::default()
        };
        assert_eq!(caller.shown(), "c");
        assert_eq!(caller.author().name, "o");
        assert!(!caller.is_user());
        caller.user = Some(SignedInUser {
            name: "ada@example.org".to_owned(),
            ..SignedInUser::default()
        });
        assert_eq!(caller.shown(), "ada@example.org");
        assert!(caller.author().is_user);
    }
}
