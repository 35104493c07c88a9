//! Who is signed in, and what he may do of what a plan needs.

mod azure;
mod directory;
mod directory_role;
mod read_azure;
mod read_directory;
mod right;

use std::collections::BTreeMap;

use ::azure::{Claims, Client, Failure, Service};
use catalog::Contract;

pub use self::azure::AzureAuthority;
pub use self::directory::DirectoryAuthority;
pub use self::directory_role::DirectoryRole;
pub use self::right::{Right, Standing};
use crate::plan::role_change;
use crate::present::{Present, key};
use crate::request::Request;

/// Who is signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Administrator {
    /// A user's name, or an application's with its id.
    pub name: String,
    /// The object id in the directory.
    pub object_id: String,
    /// What he may do in Entra ID.
    pub directory: DirectoryAuthority,
    /// What he may do in Azure, by the ARM path of each scope asked for, in lower case.
    pub azure: BTreeMap<String, AzureAuthority>,
}

/// Finds out who is signed in and what he may do. What may not be read is [`Standing::Unknown`].
///
/// # Errors
/// Entra ID gives no token for Microsoft Graph.
pub async fn administrator(
    client: &Client,
    request: &Request,
    present: &Present,
    contract: &Contract,
) -> Result<Administrator, Failure> {
    let claims = client.claims(Service::Graph).await?;
    let own = claims.object_id.clone().unwrap_or_default();
    let scopes = scopes(request, present, contract);
    let (directory, azure) = futures::join!(
        read_directory::look(client, &claims, is_user(&claims), present),
        read_azure::look(client, &own, &scopes)
    );
    Ok(Administrator {
        name: name(&claims),
        object_id: own,
        directory,
        azure,
    })
}

impl Administrator {
    /// Whether he has a right.
    pub fn standing(&self, right: &Right) -> Standing {
        if let Some(standing) = self.directory.standing(right) {
            return standing;
        }
        let (Right::AssignRoles(scope) | Right::DefineRole(scope)) = right else {
            return Standing::Has;
        };
        let known = self.azure.get(&key(scope));
        match known.and_then(|of| of.standing(right)) {
            Some(standing) => standing.clone(),
            None => Standing::Unknown {
                needs: format!("{} there", azure::DEFINE),
                why: "it lies outside of the scopes that were asked for".to_owned(),
            },
        }
    }
}

/// The scopes asked for, and those of others on which a role that is to be changed is assignable: whoever
/// changes it needs the right on all of them.
fn scopes(request: &Request, present: &Present, contract: &Contract) -> Vec<String> {
    let mut scopes = request.scopes.paths();
    let change = role_change(request, present, contract).unwrap_or_default();
    for scope in change.scopes() {
        if !scopes.iter().any(|known| key(known) == key(scope)) {
            scopes.push(scope.clone());
        }
    }
    scopes
}

/// `idtyp` tells, where the token has it; else only users have delegated permissions.
fn is_user(claims: &Claims) -> bool {
    match claims.identity_type.as_deref() {
        Some(kind) => kind.eq_ignore_ascii_case("user"),
        None => claims.scopes.is_some() || claims.user_principal_name.is_some(),
    }
}

fn name(claims: &Claims) -> String {
    if let Some(user) = &claims.user_principal_name {
        return user.clone();
    }
    match (&claims.application_name, &claims.application_id) {
        (Some(name), Some(id)) => format!("application {name} ({id})"),
        (None, Some(id)) => format!("application {id}"),
        (_, None) => "an identity whose token does not tell its name".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_who_it_is() {
        let user = Claims {
            user_principal_name: Some("ada@contoso.com".to_owned()),
            ..Claims::default()
        };
        assert!(is_user(&user));
        assert_eq!(name(&user), "ada@contoso.com");
        let application = Claims {
            application_id: Some("a".to_owned()),
            application_name: Some("Deployer".to_owned()),
            identity_type: Some("app".to_owned()),
            scopes: Some(String::new()),
            ..Claims::default()
        };
        assert!(!is_user(&application));
        assert_eq!(name(&application), "application Deployer (a)");
    }

    #[test]
    fn a_scope_that_was_not_looked_at_is_left_open() {
        let administrator = Administrator::default();
        let standing = administrator.standing(&Right::DefineRole("/subscriptions/x".to_owned()));
        assert!(matches!(standing, Standing::Unknown { .. }));
    }
}
