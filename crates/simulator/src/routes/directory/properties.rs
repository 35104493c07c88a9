//! Which properties somebody may send of an application or a service principal, and what they must be like.

use serde_json::{Map, Value};

use super::refusals;
use crate::reply::Reply;

/// What kind of object is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Application,
    ServicePrincipal,
}

impl Kind {
    /// Its name in messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Application => "Application",
            Self::ServicePrincipal => "ServicePrincipal",
        }
    }

    /// Its collection, in lower case.
    pub(super) const fn list(self) -> &'static str {
        match self {
            Self::Application => "applications",
            Self::ServicePrincipal => "serviceprincipals",
        }
    }

    /// The kind that a collection holds; its name in lower case.
    pub(super) fn of(list: &str) -> Option<Self> {
        [Self::Application, Self::ServicePrincipal]
            .into_iter()
            .find(|kind| kind.list() == list)
    }

    const fn writable(self) -> &'static [&'static str] {
        match self {
            Self::Application => APPLICATION,
            Self::ServicePrincipal => SERVICE_PRINCIPAL,
        }
    }
}

/// <https://learn.microsoft.com/graph/api/application-update>
const APPLICATION: &[&str] = &[
    "addIns",
    "api",
    "appRoles",
    "authenticationBehaviors",
    "defaultRedirectUri",
    "description",
    "displayName",
    "groupMembershipClaims",
    "identifierUris",
    "info",
    "isDeviceOnlyAuthSupported",
    "isFallbackPublicClient",
    "keyCredentials",
    "logo",
    "nativeAuthenticationApisEnabled",
    "notes",
    "oauth2RequirePostResponse",
    "optionalClaims",
    "parentalControlSettings",
    "passwordCredentials",
    "publicClient",
    "requestSignatureVerification",
    "requiredResourceAccess",
    "samlMetadataUrl",
    "serviceManagementReference",
    "servicePrincipalLockConfiguration",
    "signInAudience",
    "spa",
    "tags",
    "tokenEncryptionKeyId",
    "uniqueName",
    "web",
];

/// <https://learn.microsoft.com/graph/api/serviceprincipal-update>
const SERVICE_PRINCIPAL: &[&str] = &[
    "accountEnabled",
    "addIns",
    "alternativeNames",
    "appRoleAssignmentRequired",
    "appRoles",
    "customSecurityAttributes",
    "description",
    "displayName",
    "homepage",
    "keyCredentials",
    "loginUrl",
    "logoutUrl",
    "notes",
    "notificationEmailAddresses",
    "oauth2PermissionScopes",
    "passwordCredentials",
    "preferredSingleSignOnMode",
    "preferredTokenSigningKeyThumbprint",
    "replyUrls",
    "samlSingleSignOnSettings",
    "servicePrincipalNames",
    "servicePrincipalType",
    "tags",
    "tokenEncryptionKeyId",
];

/// Properties that Microsoft Graph alone sets.
const READ_ONLY: [&str; 14] = [
    "id",
    "appId",
    "appDisplayName",
    "appDescription",
    "appOwnerOrganizationId",
    "applicationTemplateId",
    "certification",
    "createdDateTime",
    "deletedDateTime",
    "disabledByMicrosoftStatus",
    "publisherDomain",
    "resourceSpecificApplicationPermissions",
    "signInAudience",
    "verifiedPublisher",
];

const AUDIENCES: [&str; 4] = [
    "AzureADMyOrg",
    "AzureADMultipleOrgs",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
];

/// Checks what was sent. Names are told apart by case, as Microsoft Graph does it.
///
/// # Errors
/// Graph's refusal of the first property that cannot be written.
pub(super) fn check(kind: Kind, sent: &Map<String, Value>) -> Result<(), Reply> {
    for (name, value) in sent.iter().filter(|(name, _)| !name.contains('@')) {
        if !kind.writable().contains(&name.as_str()) {
            return Err(not_writable(name));
        }
        if !fits(name, value) {
            return Err(refusals::invalid(name, kind.name()));
        }
    }
    Ok(())
}

fn not_writable(name: &str) -> Reply {
    if READ_ONLY.contains(&name) {
        let message = format!("Property '{name}' is read-only and cannot be set.");
        return refusals::property(message, name, "ReadOnly");
    }
    refusals::bad(format!("Invalid property '{name}'."))
}

fn fits(name: &str, value: &Value) -> bool {
    match name {
        "displayName" => is_text(value, 256),
        "description" | "notes" => {
            value.is_null()
                || value
                    .as_str()
                    .is_some_and(|text| text.chars().count() <= 1024)
        }
        "signInAudience" => value.as_str().is_some_and(|text| AUDIENCES.contains(&text)),
        "tags" | "identifierUris" | "replyUrls" | "servicePrincipalNames" | "alternativeNames" => {
            items(value).is_some_and(|items| items.iter().all(Value::is_string))
        }
        "requiredResourceAccess" => items(value).is_some_and(|items| items.iter().all(is_access)),
        "keyCredentials" | "passwordCredentials" | "appRoles" | "addIns" => {
            items(value).is_some_and(|items| items.iter().all(Value::is_object))
        }
        "accountEnabled" | "appRoleAssignmentRequired" => value.is_boolean(),
        "web" | "api" | "spa" | "publicClient" | "info" => value.is_object() || value.is_null(),
        _ => true,
    }
}

fn items(value: &Value) -> Option<&Vec<Value>> {
    value.as_array()
}

fn is_text(value: &Value, most: usize) -> bool {
    let length = value.as_str().map(|text| text.chars().count());
    length.is_some_and(|length| (1..=most).contains(&length))
}

/// One entry of `requiredResourceAccess`.
fn is_access(entry: &Value) -> bool {
    let wanted = entry["resourceAccess"].as_array();
    is_guid(&entry["resourceAppId"])
        && wanted.is_some_and(|wanted| {
            wanted.iter().all(|one| {
                is_guid(&one["id"]) && matches!(one["type"].as_str(), Some("Role" | "Scope"))
            })
        })
}

/// True for the text of a GUID.
pub(super) fn is_guid(value: &Value) -> bool {
    let parts: Option<Vec<&str>> = value.as_str().map(|text| text.split('-').collect());
    parts.is_some_and(|parts| {
        parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
            && parts
                .iter()
                .all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(kind: Kind, sent: &Value) -> String {
        let refusal = check(kind, sent.as_object().unwrap()).unwrap_err();
        refusal.value()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn documented_properties_are_taken() {
        let sent = json!({"@odata.type": "#microsoft.graph.application", "displayName": "a", "tags": ["t"], "notes": null,
            "signInAudience": "AzureADMyOrg", "web": {"redirectUris": []}, "uniqueName": "u",
            "requiredResourceAccess": [{"resourceAppId": "00000003-0000-0000-c000-000000000000",
                "resourceAccess": [{"id": "7ab1d382-f21e-4acd-a863-ba3e13f7da61", "type": "Role"}]}]});
        assert!(check(Kind::Application, sent.as_object().unwrap()).is_ok());
    }

    #[test]
    fn unknown_and_read_only_properties_are_refused() {
        let app = |sent: Value| refused(Kind::Application, &sent);
        assert_eq!(
            app(json!({"displayname": "a"})),
            "Invalid property 'displayname'."
        );
        assert!(app(json!({"appId": "a"})).contains("read-only"));
        let audience = json!({"signInAudience": "AzureADMyOrg"});
        assert!(refused(Kind::ServicePrincipal, &audience).contains("read-only"));
    }

    #[test]
    fn values_of_another_form_are_refused() {
        for sent in [
            json!({"displayName": ""}),
            json!({"displayName": "x".repeat(257)}),
            json!({"signInAudience": "Everybody"}),
            json!({"tags": "one"}),
            json!({"requiredResourceAccess": [{"resourceAppId": "graph", "resourceAccess": []}]}),
            json!({"keyCredentials": null}),
        ] {
            assert!(
                refused(Kind::Application, &sent).starts_with("Invalid value"),
                "{sent}"
            );
        }
    }

    #[test]
    fn guids_are_told_from_other_texts() {
        assert!(is_guid(&json!("7AB1d382-f21e-4acd-a863-ba3e13f7da61")));
        assert!(!is_guid(&json!("7ab1d382f21e4acda863ba3e13f7da61")));
        assert!(!is_guid(&json!(5)));
    }
}
