//! What cannot be written down.

use super::Target;
use crate::request::{Proof, Request, Scopes};

/// Why an export was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No language is sure to keep it within a string.
    #[error("{what} holds a line break or another control character")]
    Control {
        /// Which of the things named.
        what: &'static str,
    },
    /// It would be looked up, or filled in, as an id.
    #[error("`{value}` is not the id of {what}")]
    NotAnId {
        /// Of what it should be one.
        what: &'static str,
        /// What was given.
        value: String,
    },
    /// Nothing to call the application.
    #[error("the application's name is empty or longer than 120 characters")]
    Name,
    /// The role alone was asked for, and left out.
    #[error("the role was asked for and left out, or there is no scope to assign it at")]
    NoRole,
    /// Bicep knows an application by a name of its own, which others lack.
    #[error("a Bicep template cannot add a credential to an application that it did not make")]
    ForeignApplication,
}

impl Refused {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Control { .. } => "use letters, digits, spaces and punctuation",
            Self::NotAnId { what, .. } if *what == "a management group" => {
                "nobody signs in for an export, so give the id, as in `az account management-group list` under `name`"
            }
            Self::NotAnId { .. } => {
                "nobody signs in for an export, so give the id, as in 00000000-0000-0000-0000-000000000000"
            }
            Self::Name => "choose a name of 1 to 120 characters",
            Self::NoRole => {
                "name a subscription or a management group, and leave --without-role out"
            }
            Self::ForeignApplication => "choose --proof none, or another format",
        }
    }
}

/// Looks at everything that a user named.
///
/// # Errors
/// The first thing that cannot be written down.
pub fn look_at(request: &Request, target: Target<'_>) -> Result<(), Refused> {
    if request.name.trim().is_empty() || request.name.chars().count() > 120 {
        return Err(Refused::Name);
    }
    plain("the application's name", &request.name)?;
    if let Some(id) = &request.application_id {
        guid("an application", id)?;
    }
    if let Some(id) = target.tenant_id {
        tenant(id)?;
    }
    if let Some(Proof::Federated(of)) = &request.proof {
        plain("the federated credential's name", &of.name)?;
        plain("the issuer", &of.issuer)?;
        plain("the subject", &of.subject)?;
        plain("the audience", &of.audience)?;
    }
    match &request.scopes {
        Scopes::Directory => Ok(()),
        Scopes::Subscriptions(places) => places
            .iter()
            .try_for_each(|place| guid("a subscription", &place.id)),
        Scopes::ManagementGroup(place) => management_group(&place.id),
    }
}

fn plain(what: &'static str, text: &str) -> Result<(), Refused> {
    // Line and paragraph separators end lines in some languages and editors.
    let breaks = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    match text.chars().any(breaks) {
        true => Err(Refused::Control { what }),
        false => Ok(()),
    }
}

fn guid(what: &'static str, text: &str) -> Result<(), Refused> {
    let lengths = text.split('-').map(str::len);
    let hex = |letter: char| letter == '-' || letter.is_ascii_hexdigit();
    match lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(hex) {
        true => Ok(()),
        false => Err(Refused::NotAnId {
            what,
            value: text.to_owned(),
        }),
    }
}

/// A tenant goes by its id or by any of its domains.
fn tenant(text: &str) -> Result<(), Refused> {
    let usual = |letter: char| letter.is_ascii_alphanumeric() || "-.".contains(letter);
    match text.contains('.') && text.chars().all(usual) {
        true => Ok(()),
        false => guid("a tenant", text),
    }
}

/// The id of a management group has up to 90 of these letters
/// (<https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftmanagement>).
fn management_group(text: &str) -> Result<(), Refused> {
    let usual = |letter: char| letter.is_ascii_alphanumeric() || "-_.()".contains(letter);
    match (1..=90).contains(&text.len()) && text.chars().all(usual) {
        true => Ok(()),
        false => Err(Refused::NotAnId {
            what: "a management group",
            value: text.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::samples;

    fn outcome(change: impl FnOnce(&mut Request)) -> Result<(), Refused> {
        let mut request = samples::certificate();
        change(&mut request);
        look_at(&request, samples::TARGET)
    }

    #[test]
    fn what_is_in_order_passes() {
        assert_eq!(outcome(|_| ()), Ok(()));
        assert_eq!(
            outcome(|of| of.name = "Ünïcode 'quoted' $x".to_owned()),
            Ok(())
        );
        assert_eq!(
            outcome(|of| of.scopes = samples::management_group("mg-1_(a).b")),
            Ok(())
        );
    }

    #[test]
    fn line_breaks_are_refused() {
        for name in ["a\nb", "a\r", "a\u{2028}b", "a\0"] {
            let refused = outcome(|of| of.name = name.to_owned());
            assert!(matches!(refused, Err(Refused::Control { .. })), "{name:?}");
        }
        let refused = outcome(|of| of.proof = Some(samples::federated("octo\n/scan")));
        assert_eq!(
            refused,
            Err(Refused::Control {
                what: "the subject"
            })
        );
        assert_eq!(outcome(|of| of.name = "  ".to_owned()), Err(Refused::Name));
        assert_eq!(outcome(|of| of.name = "x".repeat(121)), Err(Refused::Name));
    }

    #[test]
    fn ids_are_ids() {
        let refused = |change: fn(&mut Request)| outcome(change).unwrap_err().to_string();
        assert_eq!(
            refused(|of| of.scopes = samples::subscriptions(&["Production"])),
            "`Production` is not the id of a subscription"
        );
        assert_eq!(
            refused(|of| of.scopes = samples::management_group("a/../b")),
            "`a/../b` is not the id of a management group"
        );
        assert_eq!(
            refused(|of| of.application_id = Some("x".to_owned())),
            "`x` is not the id of an application"
        );
    }

    #[test]
    fn a_tenant_goes_by_its_id_or_a_domain() {
        let outcome = |tenant| {
            let target = Target {
                tenant_id: Some(tenant),
                ..samples::TARGET
            };
            look_at(&samples::certificate(), target)
        };
        assert_eq!(outcome("contoso.onmicrosoft.com"), Ok(()));
        assert_eq!(outcome("7d1f6c1a-52a8-4b0e-9a3e-6b1c9f0e4d27"), Ok(()));
        assert!(outcome("contoso").is_err());
        assert!(outcome("$(id).com").is_err());
    }
}
