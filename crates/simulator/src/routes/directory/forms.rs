//! Applications and service principals with all their documented properties, as Microsoft Graph fills them in.
//!
//! <https://learn.microsoft.com/graph/api/resources/application>,
//! <https://learn.microsoft.com/graph/api/resources/serviceprincipal>

use serde_json::{Map, Value, json};

/// What tells one application from another.
pub(in crate::routes) struct NewApplication<'a> {
    pub(in crate::routes) id: &'a str,
    pub(in crate::routes) app_id: &'a str,
    pub(in crate::routes) display_name: &'a str,
    /// The tenant's first domain.
    pub(in crate::routes) domain: Option<&'a str>,
    pub(in crate::routes) created: &'a str,
    pub(in crate::routes) audience: &'a str,
}

/// An application. Those that personal accounts may use get access tokens of version 2.
pub(in crate::routes) fn application(new: &NewApplication<'_>) -> Map<String, Value> {
    let personal = new.audience.contains("Personal");
    let mut body = object(json!({
        "id": new.id,
        "deletedDateTime": null,
        "appId": new.app_id,
        "applicationTemplateId": null,
        "disabledByMicrosoftStatus": null,
        "createdDateTime": new.created,
        "displayName": new.display_name,
        "description": null,
        "groupMembershipClaims": null,
        "identifierUris": [],
        "isDeviceOnlyAuthSupported": null,
        "isFallbackPublicClient": null,
        "nativeAuthenticationApisEnabled": null,
        "notes": null,
        "publisherDomain": new.domain,
        "serviceManagementReference": null,
        "signInAudience": new.audience,
        "tags": [],
        "tokenEncryptionKeyId": null,
        "uniqueName": null,
        "samlMetadataUrl": null,
        "defaultRedirectUri": null,
    }));
    body.extend(object(json!({
        "certification": null,
        "optionalClaims": null,
        "servicePrincipalLockConfiguration": null,
        "requestSignatureVerification": null,
        "addIns": [],
        "api": {
            "acceptMappedClaims": null,
            "knownClientApplications": [],
            "requestedAccessTokenVersion": if personal { json!(2) } else { Value::Null },
            "oauth2PermissionScopes": [],
            "preAuthorizedApplications": [],
        },
        "appRoles": [],
        "info": info(),
        "keyCredentials": [],
        "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
        "passwordCredentials": [],
        "publicClient": {"redirectUris": []},
        "requiredResourceAccess": [],
        "verifiedPublisher": nobody(),
        "web": {
            "homePageUrl": null,
            "logoutUrl": null,
            "redirectUris": [],
            "implicitGrantSettings": {"enableAccessTokenIssuance": false, "enableIdTokenIssuance": false},
            "redirectUriSettings": [],
        },
        "spa": {"redirectUris": []},
    })));
    body
}

/// What tells one service principal from another.
pub(in crate::routes) struct NewPrincipal<'a> {
    pub(in crate::routes) id: &'a str,
    pub(in crate::routes) app_id: &'a str,
    pub(in crate::routes) display_name: &'a str,
    /// The tenant that its application is registered in.
    pub(in crate::routes) owner: &'a str,
    pub(in crate::routes) created: &'a str,
    pub(in crate::routes) audience: &'a str,
}

/// A service principal.
pub(in crate::routes) fn service_principal(new: &NewPrincipal<'_>) -> Map<String, Value> {
    object(json!({
        "id": new.id,
        "deletedDateTime": null,
        "accountEnabled": true,
        "alternativeNames": [],
        "appDisplayName": new.display_name,
        "appDescription": null,
        "appId": new.app_id,
        "applicationTemplateId": null,
        "appOwnerOrganizationId": new.owner,
        "appRoleAssignmentRequired": false,
        "createdDateTime": new.created,
        "description": null,
        "disabledByMicrosoftStatus": null,
        "displayName": new.display_name,
        "homepage": null,
        "loginUrl": null,
        "logoutUrl": null,
        "notes": null,
        "notificationEmailAddresses": [],
        "preferredSingleSignOnMode": null,
        "preferredTokenSigningKeyThumbprint": null,
        "replyUrls": [],
        "servicePrincipalNames": [new.app_id],
        "servicePrincipalType": "Application",
        "signInAudience": new.audience,
        "tags": [],
        "tokenEncryptionKeyId": null,
        "samlSingleSignOnSettings": null,
        "addIns": [],
        "appRoles": [],
        "info": info(),
        "keyCredentials": [],
        "oauth2PermissionScopes": [],
        "passwordCredentials": [],
        "resourceSpecificApplicationPermissions": [],
        "verifiedPublisher": nobody(),
    }))
}

fn info() -> Value {
    json!({"logoUrl": null, "marketingUrl": null, "privacyStatementUrl": null, "supportUrl": null, "termsOfServiceUrl": null})
}

fn nobody() -> Value {
    json!({"displayName": null, "verifiedPublisherId": null, "addedDateTime": null})
}

fn object(body: Value) -> Map<String, Value> {
    match body {
        Value::Object(body) => body,
        _ => Map::new(),
    }
}

/// Puts what was sent over what is there. Complex properties are changed member by member, as Microsoft Graph does it.
pub(super) fn merge(into: &mut Map<String, Value>, sent: Map<String, Value>) {
    for (name, value) in sent {
        if name.contains('@') {
            continue;
        }
        match (into.get_mut(&name), value) {
            (Some(Value::Object(have)), Value::Object(sent)) => merge(have, sent),
            (_, value) => {
                into.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complex_properties_are_changed_member_by_member() {
        let mut have = object(
            json!({"web": {"homePageUrl": "h", "redirectUris": ["a"]}, "tags": ["x"], "notes": "n"}),
        );
        let sent = object(
            json!({"web": {"redirectUris": []}, "tags": ["y"], "notes": null, "@odata.type": "t"}),
        );
        merge(&mut have, sent);
        assert_eq!(
            Value::Object(have),
            json!({"web": {"homePageUrl": "h", "redirectUris": []}, "tags": ["y"], "notes": null})
        );
    }
}
