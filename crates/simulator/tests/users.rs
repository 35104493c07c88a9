//! Users sign in, and do what their directory roles let them.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use support::directory::{CLI, Directory, claims, code};
use support::{ARM, GRAPH, SUBSCRIPTION, TENANT};

const ADA: &str = "ada@contoso.example";
const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const GLOBAL_READER: &str = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";

fn held(token: &str) -> Vec<String> {
    let told = claims(token);
    let wids = told["wids"].as_array().unwrap();
    wids.iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_user_gets_what_the_azure_cli_asks_for() {
    let directory = Directory::start(Options::default()).await;
    let scope = format!("{GRAPH} openid profile offline_access");
    let signed_in = directory.user(&ADA.to_uppercase(), "a", &scope).await;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    for member in [
        "access_token",
        "refresh_token",
        "id_token",
        "client_info",
        "scope",
    ] {
        assert!(signed_in.body[member].is_string(), "{member}");
    }
    let told = claims(signed_in.body["access_token"].as_str().unwrap());
    assert_eq!(
        (&told["idtyp"], &told["upn"]),
        (&json!("user"), &json!(ADA))
    );
    assert_eq!((&told["oid"], &told["appid"]), (&json!("ada"), &json!(CLI)));
    let scopes = told["scp"].as_str().unwrap();
    for wanted in [
        "AppRoleAssignment.ReadWrite.All",
        "Application.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ] {
        assert!(scopes.contains(wanted), "{wanted}");
    }
    assert!(
        held(signed_in.body["access_token"].as_str().unwrap())
            .contains(&GLOBAL_ADMINISTRATOR.to_owned())
    );
    let id = claims(signed_in.body["id_token"].as_str().unwrap());
    assert_eq!(
        (&id["preferred_username"], &id["aud"]),
        (&json!(ADA), &json!(CLI))
    );
}

#[tokio::test]
async fn each_mistake_of_a_user_has_its_own_error() {
    let directory = Directory::start(Options::default()).await;
    for (name, password, expected) in [
        (ADA, "wrong", 50_126),
        ("nobody@contoso.example", "x", 50_034),
        ("cyd@contoso.example", "c", 50_057),
    ] {
        let refused = directory.user(name, password, GRAPH).await;
        assert_eq!((code(&refused), refused.status), (expected, 400), "{name}");
    }
}

#[tokio::test]
async fn a_refresh_token_serves_other_resources_until_the_user_is_disabled() {
    let directory = Directory::start(Options::default()).await;
    let signed_in = directory
        .user(ADA, "a", &format!("{GRAPH} offline_access"))
        .await;
    let refresh = signed_in.body["refresh_token"].as_str().unwrap().to_owned();
    let again = async |client: &str, token: &str| {
        directory
            .sign_in(&[
                ("grant_type", "refresh_token"),
                ("client_id", client),
                ("refresh_token", token),
                ("scope", ARM),
            ])
            .await
    };
    let for_azure = again(CLI, &refresh).await;
    let token = for_azure.body["access_token"].as_str().unwrap();
    assert_eq!(claims(token)["scp"], "user_impersonation");
    let path = format!("{SUBSCRIPTION}?api-version=2022-12-01");
    assert_eq!(directory.get_as(token, &path).await.status, 200);
    let powershell = "1950a258-227b-4e31-a9cf-717495945fc2";
    assert_eq!(code(&again(powershell, &refresh).await), 9_002_313);
    assert_eq!(code(&again(CLI, "made up").await), 9_002_313);
    directory
        .send(
            Method::PATCH,
            "/v1.0/users/ada",
            json!({"accountEnabled": false}),
        )
        .await;
    assert_eq!(code(&again(CLI, &refresh).await), 50_057);
}

#[tokio::test]
async fn only_public_clients_take_passwords() {
    let directory = Directory::start(Options::default()).await;
    let made = directory.make().await;
    let by = async |client: &str| {
        directory
            .sign_in(&[
                ("grant_type", "password"),
                ("client_id", client),
                ("username", ADA),
                ("password", "a"),
                ("scope", GRAPH),
            ])
            .await
    };
    assert_eq!(code(&by("nobody").await), 700_016);
    assert_eq!(code(&by(&made.app_id).await), 7_000_218);
    let path = format!("/v1.0/applications/{}", made.id);
    directory
        .send(
            Method::PATCH,
            &path,
            json!({"isFallbackPublicClient": true}),
        )
        .await;
    assert_eq!(code(&by(&made.app_id).await), 0);
}

#[tokio::test]
async fn roles_come_through_groups_that_may_give_them() {
    let directory = Directory::start(Options::default()).await;
    let ben = directory.user_token("ben").await;
    assert!(held(&ben).contains(&GLOBAL_READER.to_owned()));
    let member = json!({"@odata.id": "https://graph.microsoft.com/v1.0/users/dee"});
    let added = directory
        .send(Method::POST, "/v1.0/groups/plain/members/$ref", member)
        .await;
    assert_eq!(added.status, 204, "{added:?}");
    let dee = directory.user_token("dee").await;
    assert!(!held(&dee).contains(&GLOBAL_READER.to_owned()));
}

#[tokio::test]
async fn me_is_the_user() {
    let directory = Directory::start(Options::default()).await;
    let ben = directory.user_token("ben").await;
    let me = directory
        .get_as(&ben, "/v1.0/me?$select=id,displayName")
        .await;
    assert_eq!(
        (&me.body["id"], &me.body["displayName"]),
        (&json!("ben"), &json!("Ben"))
    );
    let groups = directory.get_as(&ben, "/v1.0/me/memberOf").await;
    assert_eq!(groups.each("id"), ["readers"]);
    let by_itself = directory.get_as(&directory.all, "/v1.0/me").await;
    assert_eq!((by_itself.status, by_itself.code()), (400, "BadRequest"));
}

#[tokio::test]
async fn application_administrators_do_not_consent_to_microsoft_graph() {
    let directory = Directory::start(Options::default()).await;
    let dee = directory.user_token("dee").await;
    let app = directory
        .send_as(
            &dee,
            Method::POST,
            "/v1.0/applications",
            json!({"displayName": "x"}),
        )
        .await;
    assert_eq!(app.status, 201, "{app:?}");
    let body = json!({"appId": app.body["appId"]});
    let principal = directory
        .send_as(&dee, Method::POST, "/v1.0/servicePrincipals", body)
        .await;
    let graph = directory
        .get_as(
            &dee,
            "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')",
        )
        .await;
    let id = principal.body["id"].as_str().unwrap();
    let path = format!("/v1.0/servicePrincipals/{id}/appRoleAssignments");
    let body = json!({"principalId": id, "resourceId": graph.body["id"], "appRoleId": support::directory::READ_DIRECTORY});
    let refused = directory
        .send_as(&dee, Method::POST, &path, body.clone())
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (403, "Authorization_RequestDenied")
    );
    let ada = directory.user_token("ada").await;
    let granted = directory.send_as(&ada, Method::POST, &path, body).await;
    assert_eq!(granted.status, 201, "{granted:?}");
}

#[tokio::test]
async fn members_may_make_applications_until_the_policy_says_no() {
    let directory = Directory::start(Options::default()).await;
    let ben = directory.user_token("ben").await;
    let make = async || {
        let body = json!({"displayName": "own"});
        directory
            .send_as(&ben, Method::POST, "/v1.0/applications", body)
            .await
    };
    let made = make().await;
    assert_eq!(made.status, 201, "{made:?}");
    let own = format!("/v1.0/applications/{}", made.body["id"].as_str().unwrap());
    assert_eq!(
        directory
            .send_as(&ben, Method::DELETE, &own, Value::Null)
            .await
            .status,
        204
    );
    let foreign = directory.make().await;
    let foreign = format!("/v1.0/applications/{}", foreign.id);
    assert_eq!(
        directory
            .send_as(&ben, Method::DELETE, &foreign, Value::Null)
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn a_realm_says_whether_the_tenant_checks_the_password() {
    let directory = Directory::start(Options::default()).await;
    let kind = async |name: &str| {
        let url = directory
            .sim
            .url(&format!("common/userrealm/{name}?api-version=1.0"));
        support::answer(directory.sim.client.get(url)).await.body["account_type"].clone()
    };
    assert_eq!(kind(ADA).await, "Managed");
    assert_eq!(kind("x@elsewhere.example").await, "Unknown");
    let url = directory
        .sim
        .url(&format!("{TENANT}/v2.0/.well-known/openid-configuration"));
    let described = support::answer(directory.sim.client.get(url)).await;
    let grants = described.body["grant_types_supported"].to_string();
    assert!(grants.contains("password"), "{grants}");
}
