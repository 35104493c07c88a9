//! Who signed in: from the tokens, and from the directory where it may be read.

use azure::{Claims, Client, Failure, Service};
use serde::Serialize;
use serde_json::Value;

use crate::ask::{self, text};
use crate::proof::Proof;
use crate::reading::{Reading, Unread};

/// The signed-in identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// What it is.
    pub kind: IdentityKind,
    /// Its display name, where it is known.
    pub name: Option<String>,
    /// The application's id; for a user the application that signed in for them.
    pub application_id: Option<String>,
    /// The object id of the service principal or user.
    pub object_id: Option<String>,
    /// The user's sign-in name.
    pub user_principal_name: Option<String>,
    /// Whether it may sign in; null where it could not be read. Tokens given out before hold for a while.
    pub enabled: Option<bool>,
    /// The tenant that the application is registered in, where it is another one.
    pub home_tenant: Option<String>,
    /// The groups that it is in, directly or through others.
    pub groups: Reading<Group>,
    /// What of this could not be read.
    pub unread: Option<Unread>,
}

/// What an identity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// An application's service principal.
    ServicePrincipal,
    /// The managed identity of an Azure resource.
    ManagedIdentity,
    /// A person.
    User,
}

impl IdentityKind {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServicePrincipal => "service principal",
            Self::ManagedIdentity => "managed identity",
            Self::User => "user",
        }
    }
}

/// A group that the identity is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its object id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether the identity is in it through another group.
    pub nested: bool,
}

/// The identity, and its service principal as the directory has it.
pub(crate) async fn read(
    client: &Client,
    claims: &Claims,
    tenant_id: &str,
    proof: &Proof,
) -> (Identity, Option<Value>) {
    let is_user = is_user(claims);
    let Some(id) = &claims.object_id else {
        return (of(claims, is_user, proof, tenant_id, None), None);
    };
    let collection = if is_user {
        "users"
    } else {
        "servicePrincipals"
    };
    let select = match is_user {
        true => "id,displayName,userPrincipalName,accountEnabled",
        false => {
            "id,appId,displayName,accountEnabled,servicePrincipalType,appOwnerOrganizationId,\
             passwordCredentials,keyCredentials"
        }
    };
    let paths = [
        format!("/v1.0/{collection}/{id}?$select={select}"),
        format!("/v1.0/{collection}/{id}/transitiveMemberOf?$select=id,displayName&$top=999"),
        format!("/v1.0/{collection}/{id}/memberOf?$select=id,displayName&$top=999"),
    ];
    let (object, all, direct) = futures::join!(
        ask::object(client, Service::Graph, &paths[0]),
        ask::list(client, Service::Graph, &paths[1]),
        ask::list(client, Service::Graph, &paths[2]),
    );
    let mut identity = of(claims, is_user, proof, tenant_id, object.as_ref().ok());
    identity.groups = groups(all, direct);
    let what = match is_user {
        true => "the user",
        false => "the service principal",
    };
    let unread = object.as_ref().err();
    identity.unread = unread.map(|failure| Unread::new(what, "Directory.Read.All", failure));
    let principal = object.ok().filter(|_| !is_user);
    (identity, principal)
}

fn of(
    claims: &Claims,
    is_user: bool,
    proof: &Proof,
    tenant_id: &str,
    object: Option<&Value>,
) -> Identity {
    let said = |pointer: &str| {
        object
            .and_then(|object| text(object, pointer))
            .map(str::to_owned)
    };
    let is_managed = proof.is_managed()
        || said("/servicePrincipalType")
            .is_some_and(|kind| kind.eq_ignore_ascii_case("ManagedIdentity"));
    let home = said("/appOwnerOrganizationId")
        .filter(|home| !is_managed && !home.eq_ignore_ascii_case(tenant_id));
    Identity {
        kind: match (is_user, is_managed) {
            (true, _) => IdentityKind::User,
            (false, true) => IdentityKind::ManagedIdentity,
            (false, false) => IdentityKind::ServicePrincipal,
        },
        name: said("/displayName").or_else(|| claims.application_name.clone()),
        application_id: claims.application_id.clone(),
        object_id: claims.object_id.clone(),
        user_principal_name: said("/userPrincipalName")
            .or_else(|| claims.user_principal_name.clone()),
        enabled: object.and_then(|object| object.get("accountEnabled")?.as_bool()),
        home_tenant: home,
        groups: Reading::all(Vec::new()),
        unread: None,
    }
}

/// A token of a user carries scopes or a sign-in name where it does not say outright what it is.
fn is_user(claims: &Claims) -> bool {
    match claims.identity_type.as_deref() {
        Some(kind) => kind.eq_ignore_ascii_case("user"),
        None => claims.scopes.is_some() || claims.user_principal_name.is_some(),
    }
}

/// Directory roles are members of too, and no groups.
fn groups(all: Result<Vec<Value>, Failure>, direct: Result<Vec<Value>, Failure>) -> Reading<Group> {
    let is_group = |item: &&Value| {
        text(item, "/@odata.type")
            .is_none_or(|kind| kind.eq_ignore_ascii_case("#microsoft.graph.group"))
    };
    let direct = direct.unwrap_or_default();
    let is_direct = |id: &str| {
        direct
            .iter()
            .any(|item| text(item, "/id").is_some_and(|other| other.eq_ignore_ascii_case(id)))
    };
    let group = |item: &Value| {
        let id = text(item, "/id")?;
        Some(Group {
            id: id.to_owned(),
            name: text(item, "/displayName").unwrap_or(id).to_owned(),
            nested: !is_direct(id),
        })
    };
    let found = all.map(|items| items.iter().filter(is_group).filter_map(group).collect());
    Reading::of("its groups", "Directory.Read.All", found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims() -> Claims {
        Claims {
            application_id: Some("app".to_owned()),
            object_id: Some("o".to_owned()),
            ..Claims::default()
        }
    }

    fn kind(claims: &Claims, object: Value) -> IdentityKind {
        let proof = Proof::default();
        of(claims, is_user(claims), &proof, "T", Some(&object)).kind
    }

    #[test]
    fn kinds_are_told_apart() {
        assert_eq!(kind(&claims(), json!({})), IdentityKind::ServicePrincipal);
        let managed = json!({"servicePrincipalType": "ManagedIdentity"});
        assert_eq!(kind(&claims(), managed), IdentityKind::ManagedIdentity);
        let user = Claims {
            scopes: Some("User.Read".to_owned()),
            ..claims()
        };
        assert_eq!(kind(&user, json!({})), IdentityKind::User);
    }

    #[test]
    fn the_home_of_a_foreign_application_is_named() {
        let home =
            |object: Value| of(&claims(), false, &Proof::default(), "T", Some(&object)).home_tenant;
        assert_eq!(home(json!({"appOwnerOrganizationId": "t"})), None);
        assert_eq!(home(json!({"appOwnerOrganizationId": null})), None);
        let foreign = home(json!({"appOwnerOrganizationId": "provider"}));
        assert_eq!(foreign.as_deref(), Some("provider"));
    }

    #[test]
    fn groups_through_groups_are_nested_and_roles_are_no_groups() {
        let all = json!([
            {"id": "a", "displayName": "Scanners", "@odata.type": "#microsoft.graph.group"},
            {"id": "b", "displayName": "All robots"},
            {"id": "r", "displayName": "Global Reader", "@odata.type": "#microsoft.graph.directoryRole"},
        ]);
        let direct = json!([{"id": "A"}]);
        let list = |value: Value| Ok(value.as_array().unwrap().clone());
        let found = groups(list(all), list(direct)).items;
        let shown: Vec<(&str, bool)> = found
            .iter()
            .map(|group| (group.name.as_str(), group.nested))
            .collect();
        assert_eq!(shown, [("Scanners", false), ("All robots", true)]);
    }
}
