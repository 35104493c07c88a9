//! A tenant with an administrator, users and an application to be made in it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair};
use rsa::Generate as _;
use rsa::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};
use simulator::Options;

use super::{Answer, GRAPH, Sim, TENANT, answer};

pub const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
pub const MICROSOFT_GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// The delay of replication in tests that have one.
pub const DELAY: Duration = Duration::from_secs(3_600);
/// `Directory.Read.All` as an application permission.
pub const READ_DIRECTORY: &str = "7ab1d382-f21e-4acd-a863-ba3e13f7da61";

pub fn tenant() -> Value {
    json!({
        "tenant": {
            "tenant_id": TENANT,
            "domains": ["contoso.example"],
            "subscriptions": ["aaaaaaaa-0000-4000-8000-000000000001"],
            "applications": [
                {"client_id": "c0000000-0000-4000-8000-000000000003", "secret": "owner", "graph_roles": ["*"]},
                {"client_id": "c0000000-0000-4000-8000-000000000004", "secret": "nobody", "graph_roles": ["Directory.Read.All"]}
            ],
            "users": [
                {"user_principal_name": "ada@contoso.example", "password": "a", "object_id": "ada", "directory_roles": ["Global Administrator"]},
                {"user_principal_name": "ben@contoso.example", "password": "b", "object_id": "ben", "display_name": "Ben"},
                {"user_principal_name": "cyd@contoso.example", "password": "c", "object_id": "cyd"},
                {"user_principal_name": "dee@contoso.example", "password": "d", "object_id": "dee", "directory_roles": ["Application Administrator"]}
            ],
            "role_assignments": [
                {"user": "ada@contoso.example", "role": "Owner", "scope": "/"}
            ]
        },
        "hosts": {"graph.microsoft.com": {
            "/v1.0/users": {"value": [{"id": "cyd", "userPrincipalName": "Cyd@contoso.example", "accountEnabled": false}]},
            "/v1.0/groups": {"value": [
                {"id": "readers", "displayName": "Readers", "isAssignableToRole": true},
                {"id": "plain", "displayName": "Plain"}
            ]},
            "/v1.0/groups/readers/members": {"value": [{"@odata.type": "#microsoft.graph.user", "id": "ben"}]},
            "/v1.0/directoryRoles": {"value": [{"id": "gr", "displayName": "Global Reader", "roleTemplateId": "f2ef992c-3afb-46b9-b7cf-a126ee74c451"}]},
            "/v1.0/directoryRoles/gr/members": {"value": [
                {"@odata.type": "#microsoft.graph.group", "id": "readers"},
                {"@odata.type": "#microsoft.graph.group", "id": "plain"}
            ]}
        }}
    })
}

/// The claims of a token.
pub fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// An application with its service principal, as the tests know it.
pub struct Made {
    pub id: String,
    pub app_id: String,
    pub principal_id: String,
}

/// A running directory and a token that may do everything in it.
pub struct Directory {
    pub sim: Sim,
    pub all: String,
}

impl Directory {
    pub async fn start(options: Options) -> Self {
        let sim = Sim::of(&tenant(), options).await;
        let all = sim.token(3, GRAPH).await;
        Self { sim, all }
    }

    pub async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        self.send_as(&self.all, method, path, body).await
    }

    pub async fn send_as(&self, token: &str, method: Method, path: &str, body: Value) -> Answer {
        answer(self.sim.request(method, path, token).json(&body)).await
    }

    /// Asks for something of the directory.
    pub async fn get_as(&self, token: &str, path: &str) -> Answer {
        answer(self.sim.request(Method::GET, path, token)).await
    }

    /// The token endpoint's answer.
    pub async fn sign_in(&self, form: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        let url = self.sim.url(&format!("{TENANT}/oauth2/v2.0/token"));
        let request = self
            .sim
            .client
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.finish());
        answer(request).await
    }

    /// A user's sign-in for Microsoft Graph.
    pub async fn user(&self, name: &str, password: &str, scope: &str) -> Answer {
        self.sign_in(&[
            ("grant_type", "password"),
            ("client_id", CLI),
            ("username", name),
            ("password", password),
            ("scope", scope),
            ("client_info", "1"),
        ])
        .await
    }

    pub async fn user_token(&self, name: &str) -> String {
        let name = format!("{name}@contoso.example");
        let answer = self.user(&name, &name[..1], GRAPH).await;
        answer.body["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn with_secret(&self, app_id: &str, secret: &str) -> Answer {
        self.sign_in(&[
            ("grant_type", "client_credentials"),
            ("client_id", app_id),
            ("client_secret", secret),
            ("scope", GRAPH),
        ])
        .await
    }

    pub async fn with_assertion(&self, app_id: &str, assertion: &str) -> Answer {
        self.sign_in(&[
            ("grant_type", "client_credentials"),
            ("client_id", app_id),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion),
            ("scope", GRAPH),
        ])
        .await
    }

    /// Makes an application that is known everywhere, with a service principal that was made just now.
    pub async fn make(&self) -> Made {
        let app = self
            .send(
                Method::POST,
                "/v1.0/applications",
                json!({"displayName": "scanner"}),
            )
            .await;
        assert_eq!(app.status, 201, "{app:?}");
        let app_id = app.body["appId"].as_str().unwrap().to_owned();
        self.sim.server.age(DELAY);
        let principal = self
            .send(
                Method::POST,
                "/v1.0/servicePrincipals",
                json!({"appId": app_id}),
            )
            .await;
        assert_eq!(principal.status, 201, "{principal:?}");
        Made {
            id: app.body["id"].as_str().unwrap().to_owned(),
            principal_id: principal.body["id"].as_str().unwrap().to_owned(),
            app_id,
        }
    }

    /// Adds a secret and gives its text.
    pub async fn add_secret(&self, made: &Made) -> String {
        let path = format!("/v1.0/applications/{}/addPassword", made.id);
        let body = json!({"passwordCredential": {"displayName": "test"}});
        let added = self.send(Method::POST, &path, body).await;
        added.body["secretText"].as_str().unwrap().to_owned()
    }

    /// Grants an application permission of Microsoft Graph.
    pub async fn grant(&self, made: &Made, role: &str) -> Answer {
        let path = format!("/v1.0/servicePrincipals(appId='{MICROSOFT_GRAPH}')");
        let graph = self.get_as(&self.all, &path).await;
        let body = json!({"principalId": made.principal_id, "resourceId": graph.body["id"], "appRoleId": role});
        let path = format!(
            "/v1.0/servicePrincipals/{}/appRoleAssignments",
            made.principal_id
        );
        self.send(Method::POST, &path, body).await
    }
}

/// The first error code of the token endpoint; 0 for a token.
pub fn code(answer: &Answer) -> u64 {
    answer.body["error_codes"][0].as_u64().unwrap_or(0)
}

/// A certificate with its key.
pub struct Signer {
    pub key: RsaKeyPair,
    pub der: Vec<u8>,
}

impl Signer {
    pub fn new() -> Self {
        let key = rsa::PrivateKey::try_generate().unwrap();
        let der = key.to_pkcs8_der().unwrap();
        let pair = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(
            &rustls::pki_types::PrivatePkcs8KeyDer::from(der.as_bytes()),
            &rcgen::PKCS_RSA_SHA256,
        )
        .unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::<String>::new()).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2099, 1, 1);
        let certificate = params.self_signed(&pair).unwrap();
        Self {
            key: RsaKeyPair::from_pkcs8(der.as_bytes()).unwrap(),
            der: certificate.der().to_vec(),
        }
    }

    pub fn credential(&self) -> Value {
        json!({"type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "test", "key": STANDARD.encode(&self.der)})
    }

    /// An assertion with these claims; `algorithm` is RS256 or PS256.
    pub fn assertion(&self, claims: &Value, algorithm: &str) -> String {
        let hash = match algorithm {
            "RS256" => ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &self.der),
            _ => ring::digest::digest(&ring::digest::SHA256, &self.der),
        };
        let member = if algorithm == "RS256" {
            "x5t"
        } else {
            "x5t#S256"
        };
        let mut header = json!({"alg": algorithm, "typ": "JWT"});
        header[member] = json!(URL_SAFE_NO_PAD.encode(hash));
        self.sign(&header, claims, algorithm)
    }

    pub fn sign(&self, header: &Value, claims: &Value, algorithm: &str) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let padding: &dyn ring::signature::RsaEncoding = match algorithm {
            "RS256" => &RSA_PKCS1_SHA256,
            _ => &RSA_PSS_SHA256,
        };
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(
                padding,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
