//! Why what is there could not be found out.

use azure::Failure;

/// Applications that an error lists at most.
const LISTED: usize = 10;

/// Why what is there could not be found out.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// Azure did not answer, and without the answer there is no plan.
    #[error("{what} could not be read: {failure}")]
    Unreadable {
        /// What was asked for.
        what: String,
        /// Why it failed.
        failure: Box<Failure>,
    },
    /// Several applications have the display name.
    #[error("{} applications have the name `{name}`:{}", found.len(), listed(found))]
    SeveralApplications {
        /// The display name.
        name: String,
        /// Their application ids and when they were registered.
        found: Vec<(String, String)>,
    },
    /// The tenant does not have Microsoft Graph.
    #[error("Microsoft Graph has no service principal in this tenant, so nobody can consent to it")]
    NoGraph,
}

impl DiscoverError {
    pub(super) fn unreadable(what: impl Into<String>) -> impl FnOnce(Failure) -> Self {
        let what = what.into();
        move |failure| Self::Unreadable {
            what,
            failure: Box::new(failure),
        }
    }

    /// What the administrator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { failure, .. } => match failure.hint {
                Some(hint) => hint.to_owned(),
                None => "sign in as somebody who may read it: a member of the tenant reads \
                         applications, and Reader is enough for roles in Azure"
                    .to_owned(),
            },
            Self::SeveralApplications { .. } => {
                "say which with --application-id, or take another name with --name".to_owned()
            }
            Self::NoGraph => "open the Microsoft Graph Explorer once as an administrator of the \
                 tenant; Entra ID then adds it"
                .to_owned(),
        }
    }
}

fn listed(found: &[(String, String)]) -> String {
    let lines = found.iter().take(LISTED);
    let mut text: String = lines
        .map(|(id, created)| format!("\n  {id}, registered {created}"))
        .collect();
    if let Some(more) = found.len().checked_sub(LISTED).filter(|more| *more > 0) {
        text.push_str(&format!("\n  and {more} more"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applications_of_one_name_are_listed() {
        let found = vec![
            ("a".to_owned(), "2024-01-01".to_owned()),
            ("b".to_owned(), "2025-01-01".to_owned()),
        ];
        let error = DiscoverError::SeveralApplications {
            name: "ThreatDefence".to_owned(),
            found,
        };
        assert_eq!(
            error.to_string(),
            "2 applications have the name `ThreatDefence`:\n  a, registered 2024-01-01\n  b, registered 2025-01-01"
        );
        assert!(error.hint().contains("--application-id"));
    }
}
