//! What calls take from which quotas.

use super::*;

fn url(service: Service, path: &str) -> Url {
    let host = match service {
        Service::Arm => "management.azure.com",
        Service::Graph => "graph.microsoft.com",
    };
    Url::parse(&format!("https://{host}{path}")).expect("a URL")
}

fn own(service: Service, path: &str) -> Vec<(String, f64)> {
    charged(service, path, None)
}

fn charged(service: Service, path: &str, write: Option<Write>) -> Vec<(String, f64)> {
    let charges = Units::default().own(service, &url(service, path), write);
    charges
        .into_iter()
        .map(|(lane, cost)| (lane.to_string(), cost))
        .collect()
}

fn named(names: &[&str]) -> Vec<(String, f64)> {
    names.iter().map(|name| ((*name).to_owned(), 1.0)).collect()
}

#[test]
fn a_read_in_a_subscription_draws_on_provider_principal_and_all_principals() {
    let account = "/Subscriptions/S/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a";
    assert_eq!(
        own(Service::Arm, account),
        named(&[
            "Microsoft.Storage reads, subscription s",
            "Resource Manager reads, subscription s",
            "Resource Manager reads of all principals, subscription s",
        ])
    );
    assert_eq!(
        own(
            Service::Arm,
            "/subscriptions/s/providers/Microsoft.Web/sites"
        )[0]
        .0,
        "microsoft.web, subscription s"
    );
}

#[test]
fn reads_outside_subscriptions_draw_on_the_tenant() {
    for path in ["/subscriptions?api-version=1", "/tenants", "/batch"] {
        assert_eq!(
            own(Service::Arm, path),
            named(&["Resource Manager reads, tenant"])
        );
    }
    assert_eq!(
        own(Service::Arm, "/providers/Microsoft.ResourceGraph/resources"),
        named(&["Resource Graph queries"])
    );
}

#[test]
fn graph_draws_units_or_requests() {
    let users = own(Service::Graph, "/v1.0/users");
    assert_eq!(users[0], ("Microsoft Graph resource units".to_owned(), 2.0));
    assert_eq!(
        own(Service::Graph, "/v1.0/auditLogs/signIns"),
        named(&[
            "Microsoft Graph reports and audit logs",
            "Microsoft Graph requests"
        ])
    );
}

#[test]
fn writes_and_deletes_of_resource_manager_have_buckets_of_their_own() {
    let role = "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/r";
    for (write, operations) in [
        (Write::Put, "writes"),
        (Write::Patch, "writes"),
        (Write::Post, "writes"),
        (Write::Delete, "deletes"),
    ] {
        let charged = charged(Service::Arm, role, Some(write));
        let expected = [
            "microsoft.authorization, subscription s".to_owned(),
            format!("Resource Manager {operations}, subscription s"),
            format!("Resource Manager {operations} of all principals, subscription s"),
        ];
        let names: Vec<_> = charged.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, expected);
    }
    let group = "/providers/Microsoft.Management/managementGroups/g/providers/Microsoft.Authorization/roleAssignments/a";
    let charged = charged(Service::Arm, group, Some(Write::Delete));
    assert!(
        charged.contains(&("Resource Manager deletes, tenant".to_owned(), 1.0)),
        "{charged:?}"
    );
}

#[test]
fn changes_of_the_directory_cost_a_unit_and_a_write() {
    assert_eq!(
        charged(
            Service::Graph,
            "/v1.0/applications?$select=id",
            Some(Write::Post)
        ),
        named(&[
            "Microsoft Graph directory writes",
            "Microsoft Graph resource units",
            "Microsoft Graph requests"
        ])
    );
    assert_eq!(
        charged(
            Service::Graph,
            "/v1.0/identity/conditionalAccess/policies/p",
            Some(Write::Patch)
        ),
        named(&[
            "Microsoft Graph conditional access and identity protection",
            "Microsoft Graph requests"
        ])
    );
}

#[test]
fn a_batch_draws_on_itself_and_on_all_that_it_holds() {
    let paths = [
        "/subscriptions/s/providers/Microsoft.Storage/storageAccounts/a/blobServices/default",
        "/subscriptions/s/providers/Microsoft.Storage/storageAccounts/b/blobServices/default",
        "/subscriptions/t/providers/Microsoft.Sql/servers/x/auditingSettings/default",
    ];
    let inner = paths.iter().map(|path| url(Service::Arm, path)).collect();
    let batch = url(Service::Arm, "/batch?api-version=2020-06-01");
    let call = Call::post(Service::Arm, batch, "{}".into()).holding(inner);
    let charges = Units::default().charges(&call);
    let cost = |name: &str| {
        let found = charges.iter().find(|(lane, _)| lane.to_string() == name);
        found.map(|(_, cost)| *cost)
    };
    assert_eq!(cost("Resource Manager reads, tenant"), Some(1.0));
    assert_eq!(cost("Resource Manager reads, subscription s"), Some(2.0));
    assert_eq!(cost("Microsoft.Storage reads, subscription s"), Some(2.0));
    assert_eq!(cost("Resource Manager reads, subscription t"), Some(1.0));
    assert_eq!(cost("microsoft.sql, subscription t"), Some(1.0));
}

#[test]
fn what_graph_says_of_a_cost_holds_from_then_on() {
    let mut units = Units::default();
    let users = url(Service::Graph, "/v1.0/users");
    units.learn(Shape::of(&users), 7);
    let charges = units.own(Service::Graph, &users, None);
    assert_eq!(charges[&Lane::GraphUnits], 7.0);
}
