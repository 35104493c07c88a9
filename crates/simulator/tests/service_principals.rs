//! Service principals, app roles, directory roles and deleted items of Microsoft Graph, over real sockets.

#[path = "support/graph.rs"]
mod graph;
mod support;

use graph::{DIRECTORY_READ, MICROSOFT_GRAPH, POLICY_READ};
use serde_json::{Value, json};
use simulator::Options;
use support::{Sim, TENANT};

const SCANNER: &str = "c0000000-0000-4000-8000-00000000000a";

#[tokio::test]
async fn a_service_principal_is_made_of_an_application() {
    let sim = Sim::start(Options::default()).await;
    let (_, app_id) = sim.new_application("one").await;
    let body = json!({"appId": app_id, "accountEnabled": true, "tags": ["WindowsAzureActiveDirectoryIntegratedApp"]});
    let made = sim
        .graph_post("/v1.0/servicePrincipals", body.clone())
        .await;
    assert_eq!(made.status, 201, "{:?}", made.body);
    assert_eq!(made.text("appOwnerOrganizationId"), TENANT);
    assert_eq!(made.text("servicePrincipalType"), "Application");
    assert_eq!(made.body["servicePrincipalNames"], json!([app_id]));
    assert_eq!(made.body["appRoles"], json!([]));
    let again = sim.graph_post("/v1.0/servicePrincipals", body).await;
    assert_eq!(
        (again.status, again.code()),
        (409, "Request_MultipleObjectsWithSameKeyValue")
    );
    let by_key = format!("/v1.0/servicePrincipals(appId='{app_id}')");
    assert_eq!(
        sim.graph_patch(&by_key, json!({"notes": "n", "accountEnabled": false}))
            .await
            .status,
        204
    );
    let read = sim.graph_read(&by_key).await;
    assert_eq!(
        (read.text("notes"), &read.body["accountEnabled"]),
        ("n".to_owned(), &json!(false))
    );
    assert_eq!(
        sim.graph_patch(&by_key, json!({"color": 1}))
            .await
            .message(),
        "Invalid property 'color'."
    );
    let named = sim
        .graph_read(&format!(
            "/v1.0/servicePrincipals?$filter=servicePrincipalNames/any(c:c eq '{app_id}')"
        ))
        .await;
    assert_eq!(named.each("id"), [made.text("id")]);
}

#[tokio::test]
async fn a_service_principal_needs_an_application() {
    let sim = Sim::start(Options::default()).await;
    let none = json!({"appId": "00000000-0000-4000-8000-000000000000"});
    let refused = sim.graph_post("/v1.0/servicePrincipals", none).await;
    assert_eq!(
        (refused.status, refused.code()),
        (400, "Request_BadRequest")
    );
    assert_eq!(
        refused.body["error"]["details"][0]["code"],
        "NoBackingApplicationObject"
    );
    assert_eq!(
        sim.graph_post("/v1.0/servicePrincipals", json!({}))
            .await
            .status,
        400
    );
    let key_vault = json!({"appId": "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"});
    let made = sim.graph_post("/v1.0/servicePrincipals", key_vault).await;
    assert_eq!(
        (made.status, made.text("displayName")),
        (201, "Azure Key Vault".to_owned())
    );
    let graph = json!({"appId": MICROSOFT_GRAPH});
    assert_eq!(
        sim.graph_post("/v1.0/servicePrincipals", graph)
            .await
            .status,
        409
    );
}

#[tokio::test]
async fn an_application_of_another_tenant_is_let_in_by_its_client_id() {
    let tenant = json!({"tenant": {
        "tenant_id": TENANT,
        "applications": [{"client_id": "c0000000-0000-4000-8000-000000000003", "secret": "owner", "graph_roles": ["*"]}],
        "foreign_applications": [{"app_id": "f0000000-0000-4000-8000-000000000001", "display_name": "Provider",
            "owner_tenant": "99999999-9999-4999-8999-999999999999"}],
    }});
    let sim = Sim::of(&tenant, Options::default()).await;
    let body = json!({"appId": "F0000000-0000-4000-8000-000000000001"});
    let made = sim.graph_post("/v1.0/servicePrincipals", body).await;
    assert_eq!(made.status, 201);
    assert_eq!(
        made.text("appOwnerOrganizationId"),
        "99999999-9999-4999-8999-999999999999"
    );
    assert_eq!(made.text("displayName"), "Provider");
    assert!(
        !sim.graph_read("/v1.0/applications")
            .await
            .each("displayName")
            .contains(&"Provider".to_owned())
    );
}

#[tokio::test]
async fn microsoft_graph_is_in_every_tenant_with_its_true_roles() {
    let sim = Sim::start(Options::default()).await;
    let graph = sim
        .graph_read(&format!(
            "/v1.0/servicePrincipals?$filter=appId eq '{MICROSOFT_GRAPH}'"
        ))
        .await;
    let graph = &graph.body["value"][0];
    let roles = graph["appRoles"].as_array().unwrap();
    let role = roles
        .iter()
        .find(|role| role["value"] == "Directory.Read.All")
        .unwrap();
    assert_eq!(role["id"], DIRECTORY_READ);
    assert!(roles.len() > 50);
    let scopes = graph["oauth2PermissionScopes"].as_array().unwrap();
    assert!(
        scopes
            .iter()
            .any(|scope| scope["id"] == "e1fe6dd8-ba31-4d61-89e7-88639da4683d")
    );
    let id = graph["id"].as_str().unwrap();
    assert_eq!(
        sim.graph_read(&format!("/v1.0/servicePrincipals/{id}"))
            .await
            .status,
        200
    );
    let found = sim
        .graph_post("/v1.0/directoryObjects/getByIds", json!({"ids": [id]}))
        .await;
    assert_eq!(found.each("displayName"), ["Microsoft Graph"]);
}

fn grant(principal: &str, resource: &str, role: &str) -> Value {
    json!({"principalId": principal, "resourceId": resource, "appRoleId": role})
}

#[tokio::test]
async fn an_app_role_assignment_is_seen_and_removed_from_both_sides() {
    let sim = Sim::start(Options::default()).await;
    let (_, app_id) = sim.new_application("one").await;
    let (principal, graph) = (
        sim.new_principal(&app_id).await,
        sim.graph_principal().await,
    );
    let held = format!("/v1.0/servicePrincipals/{principal}/appRoleAssignments");
    let given = format!("/v1.0/servicePrincipals/{graph}/appRoleAssignedTo");
    let first = sim
        .graph_post(&held, grant(&principal, &graph, DIRECTORY_READ))
        .await;
    assert_eq!(first.status, 201, "{:?}", first.body);
    assert_eq!(
        (
            first.text("principalType"),
            first.text("resourceDisplayName")
        ),
        ("ServicePrincipal".to_owned(), "Microsoft Graph".to_owned())
    );
    let second = sim
        .graph_post(&given, grant(&principal, &graph, POLICY_READ))
        .await;
    assert_eq!(second.status, 201, "{:?}", second.body);
    let ids = [first.text("id"), second.text("id")];
    let mut listed = sim.graph_read(&held).await.each("id");
    listed.sort();
    let mut expected = ids.to_vec();
    expected.sort();
    assert_eq!(listed, expected);
    let others = sim
        .graph_read(&format!("{given}?$top=999"))
        .await
        .each("id");
    assert!(ids.iter().all(|id| others.contains(id)));
    let single = sim.graph_read(&format!("{held}/{}", ids[0])).await;
    assert_eq!(single.text("appRoleId"), DIRECTORY_READ);
    assert_eq!(
        sim.graph_delete(&format!("{given}/{}", ids[0]))
            .await
            .status,
        204
    );
    assert_eq!(
        sim.graph_delete(&format!("{held}/{}", ids[1])).await.status,
        204
    );
    assert!(sim.graph_read(&held).await.each("id").is_empty());
    assert_eq!(
        sim.graph_delete(&format!("{held}/{}", ids[1])).await.status,
        404
    );
}

#[tokio::test]
async fn app_role_assignments_are_checked() {
    let sim = Sim::start(Options::default()).await;
    let (_, app_id) = sim.new_application("one").await;
    let (principal, graph) = (
        sim.new_principal(&app_id).await,
        sim.graph_principal().await,
    );
    let held = format!("/v1.0/servicePrincipals/{principal}/appRoleAssignments");
    assert_eq!(
        sim.graph_post(&held, grant(&principal, &graph, DIRECTORY_READ))
            .await
            .status,
        201
    );
    let unknown = "00000000-0000-4000-8000-000000000000";
    for (body, status, message) in [
        (
            grant(&principal, &graph, DIRECTORY_READ),
            400,
            "Permission being assigned already exists on the object",
        ),
        (
            grant(&principal, &graph, unknown),
            400,
            "Permission being assigned was not found on application",
        ),
        (
            grant(&principal, &graph, "Directory.Read.All"),
            400,
            "One or more properties are invalid.",
        ),
        (
            grant(&principal, unknown, POLICY_READ),
            404,
            "Resource '00000000",
        ),
        (
            grant(&graph, &graph, POLICY_READ),
            400,
            "Not a valid reference update.",
        ),
        (
            json!({"principalId": principal, "resourceId": graph}),
            400,
            "One or more properties are invalid.",
        ),
        (
            json!({"principalId": principal, "roleId": "x"}),
            400,
            "Invalid property 'roleId'.",
        ),
    ] {
        let refused = sim.graph_post(&held, body.clone()).await;
        assert_eq!(refused.status, status, "{body}");
        assert!(
            refused.message().starts_with(message),
            "{body}: {}",
            refused.message()
        );
    }
    let nobody = format!("/v1.0/servicePrincipals/{unknown}/appRoleAssignments");
    assert_eq!(
        sim.graph_post(&nobody, grant(unknown, &graph, POLICY_READ))
            .await
            .status,
        404
    );
    // A role that is for applications cannot be given to a user.
    let user = sim
        .graph_post(
            "/v1.0/users/u1/appRoleAssignments",
            grant("u1", &graph, POLICY_READ),
        )
        .await;
    assert_eq!(user.status, 400);
}

#[tokio::test]
async fn what_the_tenants_file_grants_is_shown_and_can_be_taken_back() {
    let sim = Sim::start(Options::default()).await;
    let held = format!("/v1.0/servicePrincipals/{SCANNER}/appRoleAssignments");
    let before = sim.graph_read(&held).await;
    assert_eq!(before.each("appRoleId"), [DIRECTORY_READ]);
    let id = &before.each("id")[0];
    assert_eq!(
        sim.graph_read(&format!("{held}/{id}"))
            .await
            .text("principalId"),
        SCANNER
    );
    let graph = sim.graph_principal().await;
    let again = sim
        .graph_post(&held, grant(SCANNER, &graph, DIRECTORY_READ))
        .await;
    assert_eq!(again.status, 400);
    assert_eq!(
        sim.graph_post(&held, grant(SCANNER, &graph, POLICY_READ))
            .await
            .status,
        201
    );
    assert_eq!(sim.graph_read(&held).await.each("id").len(), 2);
    assert_eq!(sim.graph_delete(&format!("{held}/{id}")).await.status, 204);
    assert_eq!(sim.graph_read(&held).await.each("appRoleId"), [POLICY_READ]);
    let other_side = sim
        .graph_read(&format!(
            "/v1.0/servicePrincipals/{graph}/appRoleAssignedTo?$top=999"
        ))
        .await;
    assert!(!other_side.each("id").contains(id));
}

#[tokio::test]
async fn a_deleted_application_takes_its_service_principal_along_and_can_come_back() {
    let sim = Sim::start(Options::default()).await;
    let before = sim.server.documents();
    let (id, app_id) = sim.new_application("one").await;
    let (principal, graph) = (
        sim.new_principal(&app_id).await,
        sim.graph_principal().await,
    );
    let held = format!("/v1.0/servicePrincipals/{principal}/appRoleAssignments");
    sim.graph_post(&held, grant(&principal, &graph, DIRECTORY_READ))
        .await;
    let reference = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{principal}")});
    assert_eq!(
        sim.graph_post("/v1.0/groups/g1/members/$ref", reference.clone())
            .await
            .status,
        204
    );
    assert_eq!(
        sim.graph_post("/v1.0/directoryRoles/r1/members/$ref", reference)
            .await
            .status,
        204
    );
    let credential = json!({"name": "github", "issuer": "https://i.example", "subject": "s", "audiences": ["a"]});
    let federated = format!("/v1.0/applications/{id}/federatedIdentityCredentials");
    sim.graph_post(&federated, credential).await;
    assert_eq!(
        sim.graph_delete(&format!("/v1.0/applications/{id}"))
            .await
            .status,
        204
    );
    for gone in [
        format!("/v1.0/applications/{id}"),
        format!("/v1.0/servicePrincipals/{principal}"),
        held.clone(),
        federated.clone(),
    ] {
        assert_eq!(sim.graph_read(&gone).await.status, 404, "{gone}");
    }
    let given = sim
        .graph_read(&format!(
            "/v1.0/servicePrincipals/{graph}/appRoleAssignedTo?$top=999"
        ))
        .await;
    assert!(!given.each("principalId").contains(&principal));
    assert_eq!(
        sim.graph_read("/v1.0/groups/g1/members").await.each("id"),
        ["u1"]
    );
    assert_eq!(
        sim.graph_read("/v1.0/directoryRoles/r1/members")
            .await
            .each("id"),
        ["u1"]
    );
    let bin = "/v1.0/directory/deletedItems";
    assert_eq!(
        sim.graph_read(&format!("{bin}/microsoft.graph.application"))
            .await
            .each("id"),
        std::slice::from_ref(&id)
    );
    let principals = sim
        .graph_read(&format!("{bin}/microsoft.graph.servicePrincipal"))
        .await;
    assert_eq!(principals.each("id"), std::slice::from_ref(&principal));
    assert!(principals.body["value"][0]["deletedDateTime"].is_string());
    // Without its application a service principal cannot come back.
    let alone = sim
        .graph_post(&format!("{bin}/{principal}/restore"), json!({}))
        .await;
    assert_eq!(alone.status, 400);
    assert_eq!(
        sim.graph_post(&format!("{bin}/{id}/restore"), json!({}))
            .await
            .status,
        200
    );
    assert_eq!(sim.graph_read(&federated).await.each("name"), ["github"]);
    assert_eq!(
        sim.graph_read(&format!("/v1.0/servicePrincipals/{principal}"))
            .await
            .status,
        404
    );
    assert_eq!(
        sim.graph_post(&format!("{bin}/{principal}/restore"), json!({}))
            .await
            .status,
        200
    );
    assert!(sim.graph_read(&held).await.each("id").is_empty());
    sim.graph_delete(&format!("/v1.0/applications/{id}")).await;
    for gone in [&id, &principal] {
        assert_eq!(sim.graph_delete(&format!("{bin}/{gone}")).await.status, 204);
        assert_eq!(sim.graph_delete(&format!("{bin}/{gone}")).await.status, 404);
    }
    assert_eq!(sim.server.documents(), before, "the directory is as it was");
}

#[tokio::test]
async fn a_deleted_application_of_the_tenants_file_stays_deleted() {
    let sim = Sim::start(Options::default()).await;
    let path = "/v1.0/applications(appId='c0000000-0000-4000-8000-000000000004')";
    let id = sim.graph_read(path).await.text("id");
    assert_eq!(sim.graph_delete(path).await.status, 204);
    assert_eq!(sim.graph_read(path).await.status, 404);
    let principal = "/v1.0/servicePrincipals(appId='c0000000-0000-4000-8000-000000000004')";
    assert_eq!(sim.graph_read(principal).await.status, 404);
    assert_eq!(
        sim.graph_delete(&format!("/v1.0/directory/deletedItems/{id}"))
            .await
            .status,
        204
    );
    assert_eq!(sim.graph_read(path).await.status, 404);
}

#[tokio::test]
async fn owners_are_added_and_removed() {
    let sim = Sim::start(Options::default()).await;
    let (id, app_id) = sim.new_application("one").await;
    let principal = sim.new_principal(&app_id).await;
    for holder in [
        format!("applications/{id}"),
        format!("servicePrincipals/{principal}"),
    ] {
        let owners = format!("/v1.0/{holder}/owners");
        assert!(sim.graph_read(&owners).await.each("id").is_empty());
        let reference =
            json!({"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/u1"});
        assert_eq!(
            sim.graph_post(&format!("{owners}/$ref"), reference.clone())
                .await
                .status,
            204
        );
        assert!(
            sim.graph_post(&format!("{owners}/$ref"), reference)
                .await
                .message()
                .contains("'owners'")
        );
        assert_eq!(sim.graph_read(&owners).await.each("id"), ["u1"]);
        assert_eq!(
            sim.graph_delete(&format!("{owners}/u1/$ref")).await.status,
            204
        );
    }
}

#[tokio::test]
async fn directory_roles_are_told_of_as_assignments() {
    let sim = Sim::start(Options::default()).await;
    let list = "/v1.0/roleManagement/directory/roleAssignments";
    let of = sim
        .graph_read(&format!(
            "{list}?$filter=principalId eq 'u1'&$expand=roleDefinition"
        ))
        .await;
    let one = &of.body["value"][0];
    assert_eq!(one["roleDefinition"]["displayName"], "Global Administrator");
    assert_eq!(one["directoryScopeId"], "/");
    let id = one["id"].as_str().unwrap();
    assert_eq!(
        sim.graph_read(&format!("{list}/{id}"))
            .await
            .text("principalId"),
        "u1"
    );
    let principal = sim.graph_read(&format!("{list}?$expand=principal")).await;
    assert_eq!(
        principal.body["value"][0]["principal"]["displayName"],
        "Ada"
    );
    let definitions = sim
        .graph_read("/v1.0/roleManagement/directory/roleDefinitions")
        .await;
    assert!(
        definitions
            .each("displayName")
            .contains(&"Application Administrator".to_owned())
    );
    let of = sim
        .graph_read("/v1.0/users/u1/transitiveMemberOf/microsoft.graph.directoryRole")
        .await;
    assert_eq!(of.each("displayName"), ["Global Administrator"]);
    let (_, app_id) = sim.new_application("one").await;
    let principal = sim.new_principal(&app_id).await;
    let reference = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{principal}")});
    sim.graph_post("/v1.0/directoryRoles/r1/members/$ref", reference)
        .await;
    let of = sim
        .graph_read(&format!(
            "/v1.0/servicePrincipals/{principal}/transitiveMemberOf"
        ))
        .await;
    assert_eq!(of.each("displayName"), ["Global Administrator"]);
    let of = sim
        .graph_read(&format!("{list}?$filter=principalId eq '{principal}'"))
        .await;
    assert_eq!(of.each("roleDefinitionId").len(), 1);
}
