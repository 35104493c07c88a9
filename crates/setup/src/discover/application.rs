//! The application registration and its proofs.

use azure::{Client, Service};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;

use super::DiscoverError;
use super::GRAPH;
use crate::present::{Application, FederatedProof, PresentProof, ProofKind};
use crate::read::{list, literal, text};
use crate::request::Request;

const SELECT: &str = "$select=id,appId,displayName,signInAudience,createdDateTime,\
                      requiredResourceAccess,passwordCredentials,keyCredentials";

/// The application asked for, by its id or else by its name
/// (<https://learn.microsoft.com/graph/api/application-list>).
pub(super) async fn find(
    client: &Client,
    request: &Request,
) -> Result<Option<Application>, DiscoverError> {
    let filter = match &request.application_id {
        Some(id) => format!("appId eq {}", literal(id)),
        None => format!("displayName eq {}", literal(&request.name)),
    };
    let path = format!("/v1.0/applications?$filter={filter}&{SELECT}");
    let mut found = list(client, Service::Graph, &path)
        .await
        .map_err(DiscoverError::unreadable("the list of applications"))?;
    if found.len() > 1 {
        return Err(several(&request.name, &found));
    }
    Ok(found.pop().as_ref().and_then(application))
}

fn several(name: &str, found: &[Value]) -> DiscoverError {
    let mut found: Vec<(String, String)> = found
        .iter()
        .map(|body| {
            let id = text(body, &["appId"]).unwrap_or("without an id");
            let created = text(body, &["createdDateTime"]).unwrap_or("at an unknown time");
            (id.to_owned(), created.to_owned())
        })
        .collect();
    found.sort_by(|left, right| left.1.cmp(&right.1));
    DiscoverError::SeveralApplications {
        name: name.to_owned(),
        found,
    }
}

/// An application as Graph gives it, without federated credentials, which are a list of their own.
fn application(body: &Value) -> Option<Application> {
    let proofs = |name: &str, kind| {
        let items = body
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        items.filter_map(move |item| proof(item, kind))
    };
    Some(Application {
        id: text(body, &["id"])?.to_owned(),
        application_id: text(body, &["appId"])?.to_owned(),
        name: text(body, &["displayName"]).unwrap_or_default().to_owned(),
        audience: text(body, &["signInAudience"])
            .unwrap_or_default()
            .to_owned(),
        asks_for: asks_for(body),
        proofs: proofs("passwordCredentials", ProofKind::Secret)
            .chain(proofs("keyCredentials", ProofKind::Certificate))
            .collect(),
        federated: Vec::new(),
    })
}

/// The ids of the app roles of Microsoft Graph under `requiredResourceAccess`.
fn asks_for(body: &Value) -> Vec<String> {
    let items = |body: &Value, name: &str| {
        let list = body.get(name).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    items(body, "requiredResourceAccess")
        .iter()
        .filter(|of| text(of, &["resourceAppId"]).is_some_and(|id| id.eq_ignore_ascii_case(GRAPH)))
        .flat_map(|of| items(of, "resourceAccess"))
        .filter(|of| text(of, &["type"]).is_some_and(|kind| kind.eq_ignore_ascii_case("Role")))
        .filter_map(|of| text(&of, &["id"]).map(str::to_owned))
        .collect()
}

fn proof(body: &Value, kind: ProofKind) -> Option<PresentProof> {
    let time = |name: &str| text(body, &[name])?.parse::<Timestamp>().ok();
    Some(PresentProof {
        kind,
        key_id: text(body, &["keyId"])?.to_owned(),
        name: text(body, &["displayName"]).map(str::to_owned),
        thumbprint: match kind {
            ProofKind::Certificate => text(body, &["customKeyIdentifier"]).and_then(thumbprint),
            ProofKind::Secret => None,
        },
        starts: time("startDateTime"),
        ends: time("endDateTime"),
    })
}

/// Graph gives the SHA-1 thumbprint as hex or, being binary, as Base64 of its twenty bytes.
fn thumbprint(identifier: &str) -> Option<String> {
    let is_hex = |text: &str| text.len() == 40 && text.bytes().all(|of| of.is_ascii_hexdigit());
    if is_hex(identifier) {
        return Some(identifier.to_uppercase());
    }
    let bytes = STANDARD_NO_PAD
        .decode(identifier.trim_end_matches('='))
        .ok()?;
    (bytes.len() == 20).then(|| bytes.iter().map(|byte| format!("{byte:02X}")).collect())
}

/// <https://learn.microsoft.com/graph/api/application-list-federatedidentitycredentials>
pub(super) async fn federated(
    client: &Client,
    application: &Application,
) -> Result<Vec<FederatedProof>, azure::Failure> {
    let path = format!(
        "/v1.0/applications/{}/federatedIdentityCredentials",
        application.id
    );
    let found = list(client, Service::Graph, &path).await?;
    Ok(found.iter().filter_map(federated_proof).collect())
}

fn federated_proof(body: &Value) -> Option<FederatedProof> {
    let get = |name: &str| text(body, &[name]).unwrap_or_default().to_owned();
    Some(FederatedProof {
        id: text(body, &["id"])?.to_owned(),
        name: get("name"),
        issuer: get("issuer"),
        subject: get("subject"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_application_is_read_with_its_proofs() {
        let body = json!({
            "id": "o", "appId": "a", "displayName": "ThreatDefence", "signInAudience": "AzureADMyOrg",
            "requiredResourceAccess": [
                {"resourceAppId": GRAPH.to_uppercase(), "resourceAccess": [
                    {"id": "r1", "type": "Role"}, {"id": "s1", "type": "Scope"}]},
                {"resourceAppId": "other", "resourceAccess": [{"id": "r2", "type": "Role"}]}
            ],
            "passwordCredentials": [{"keyId": "k1", "displayName": null, "endDateTime": "2027-01-01T00:00:00Z"}],
            "keyCredentials": [{"keyId": "k2", "customKeyIdentifier": "52ed9b5038a47b9e2e2190715cc238359d4f8f73"}]
        });
        let application = application(&body).unwrap();
        assert_eq!(application.asks_for, ["r1"]);
        let [secret, certificate] = application.proofs.as_slice() else {
            panic!("{application:?}")
        };
        assert_eq!(secret.ends, Some("2027-01-01T00:00:00Z".parse().unwrap()));
        assert_eq!(certificate.kind, ProofKind::Certificate);
        assert_eq!(
            certificate.thumbprint.as_deref(),
            Some("52ED9B5038A47B9E2E2190715CC238359D4F8F73")
        );
    }

    #[test]
    fn what_is_absent_is_no_error() {
        let bare = application(&json!({"id": "o", "appId": "a", "keyCredentials": null})).unwrap();
        assert!(bare.proofs.is_empty() && bare.asks_for.is_empty());
        assert_eq!(application(&json!({"id": "o"})), None);
    }

    #[test]
    fn thumbprints_come_in_two_forms() {
        let hex = "52ED9B5038A47B9E2E2190715CC238359D4F8F73";
        assert_eq!(
            thumbprint("Uu2bUDike54uIZBxXMI4NZ1Pj3M=").as_deref(),
            Some(hex)
        );
        assert_eq!(thumbprint("not!"), None);
        assert_eq!(thumbprint("AAAA"), None);
    }

    #[test]
    fn several_of_one_name_come_oldest_first() {
        let found = [
            json!({"appId": "b", "createdDateTime": "2025"}),
            json!({"appId": "a", "createdDateTime": "2024"}),
        ];
        let error = several("n", &found).to_string();
        assert!(error.find("a, registered").unwrap() < error.find("b, registered").unwrap());
    }
}
