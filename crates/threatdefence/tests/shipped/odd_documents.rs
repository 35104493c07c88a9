//! Odd documents: each is judged for what it is, and its neighbours as if it were not there.

use catalog::Scope;
use serde_json::{Value, json};

use crate::support::{Azure, Company, PRODUCTION, verdicts};

const STORAGE: &str = "Microsoft.Storage/storageAccounts";
const SECURE: &str = "storage_secure_transfer_required_is_enabled";
const TLS: &str = "storage_ensure_minimum_tls_version_12";
const PUBLIC: &str = "storage_blob_public_access_level_is_disabled";

/// A storage account as Azure gives it today, with everything right.
fn account(name: &str) -> Value {
    json!({"id": Company::id(STORAGE, name), "name": name, "type": STORAGE, "location": "westeurope",
        "kind": "StorageV2", "properties": {"supportsHttpsTrafficOnly": true,
        "minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": false}})
}

/// The same with some members replaced.
fn changed(name: &str, members: &Value) -> Value {
    let mut account = account(name);
    for (key, value) in members.as_object().unwrap() {
        account[key] = value.clone();
    }
    account
}

fn storage(items: Value) -> Azure {
    Company::new().list(STORAGE, items).start()
}

#[test]
fn storage_accounts_without_what_newer_ones_have() {
    let old = json!({"kind": "Storage", "sku": null, "tags": null, "properties": {
        "creationTime": "2014-06-11T20:18:52.1Z", "supportsHttpsTrafficOnly": null,
        "minimumTlsVersion": null, "allowBlobPublicAccess": null, "networkAcls": null,
        "encryption": null, "primaryEndpoints": null}});
    let bare = |name: &str| {
        let mut account = account(name);
        account.as_object_mut().unwrap().remove("properties");
        account
    };
    let items = json!([
        account("modern"),
        changed("of2014", &old),
        bare("bare"),
        changed("nothing", &json!({"properties": null})),
        account("tail")
    ]);
    let scan = storage(items).scan(&["--check", "storage_*", "--exclude-check", "*soft_delete*"]);
    for check in [SECURE, TLS] {
        verdicts(
            &scan,
            check,
            &[
                ("modern", "pass"),
                ("of2014", "fail"),
                ("bare", "fail"),
                ("nothing", "fail"),
                ("tail", "pass"),
            ],
        );
    }
    let public = scan.finding(PUBLIC, "of2014");
    assert_ne!(
        public.status, "not_assessed",
        "null has a meaning: {public:?}"
    );
    assert!(
        scan.ended.first_line().contains(" complete: "),
        "{}",
        scan.ended
    );
}

#[test]
fn names_tags_and_ids_in_odd_forms() {
    let shouting = changed(
        "shouting",
        &json!({
        "id": Company::id(STORAGE, "SHOUTING").replace("/resourceGroups/", "/RESOURCEGROUPS/").replace("/subscriptions/", "/SUBSCRIPTIONS/"),
        "type": "MICROSOFT.STORAGE/STORAGEACCOUNTS"}),
    );
    let long = changed("long", &json!({"tags": {"owner": "ö".repeat(500)}}));
    let formula = changed(
        "formula",
        &json!({"tags": {"=cmd|' /C calc'!A0": "<script>alert(1)</script>"}}),
    );
    let items = json!([
        shouting,
        long,
        formula,
        account("100%25"),
        account("50%"),
        account("tail")
    ]);
    let azure = storage(items);
    let scan = azure.scan(&["--check", "storage_*"]);
    verdicts(
        &scan,
        SECURE,
        &[
            ("shouting", "pass"),
            ("long", "pass"),
            ("formula", "pass"),
            ("100%25", "pass"),
            ("50%", "pass"),
            ("tail", "pass"),
        ],
    );
    let parent = Company::id(STORAGE, "50%");
    let row = scan.row(
        "Microsoft.Storage/storageAccounts/blobServices/default",
        &Scope::subscription(PRODUCTION),
        &parent,
    );
    assert!(
        row.outcome.is_known(),
        "its child is asked for under its name: {row:?}"
    );
    let asked = azure
        .requests()
        .into_iter()
        .any(|request| request.path == format!("{parent}/blobServices/default"));
    assert!(asked, "`%` reaches Azure as itself");
}

#[test]
fn web_apps_of_every_kind() {
    let kind = "Microsoft.Web/sites";
    let site = |name: &str, of: Value| {
        json!({"id": Company::id(kind, name), "name": name, "type": kind,
        "kind": of, "location": "westeurope", "properties": {"httpsOnly": true, "state": "Running"}})
    };
    let config = |tls: &str| json!({"properties": {"minTlsVersion": tls, "ftpsState": "Disabled"}});
    let names = [
        ("container", json!("app,linux,container")),
        ("plain", json!("app")),
        ("kindless", Value::Null),
        (
            "worker",
            json!("functionapp,linux,container,azurecontainerapps"),
        ),
    ];
    let items: Vec<Value> = names
        .iter()
        .map(|(name, of)| site(name, of.clone()))
        .collect();
    let company = names.iter().fold(
        Company::new().list(kind, json!(items)),
        |company, (name, _)| {
            company.arm(
                &format!("{}/config/web", Company::id(kind, name)),
                config("1.2"),
            )
        },
    );
    let scan = company
        .start()
        .scan(&["--check", "app_minimum_tls_version_12,app_ensure_http*"]);
    let app = scan.finding("app_minimum_tls_version_12", "container");
    assert_eq!(app.status, "pass");
    for name in ["container", "plain", "kindless"] {
        assert_eq!(
            scan.finding(
                "app_ensure_http_is_redirected_to_https",
                &format!("/{name}")
            )
            .status,
            "pass"
        );
    }
    assert!(
        scan.findings()
            .iter()
            .all(|finding| finding.status != "not_assessed"),
        "{}",
        scan.ended
    );
}

#[test]
fn machines_with_disks_of_every_kind() {
    let kind = "Microsoft.Compute/virtualMachines";
    let machine = |name: &str, storage: Value| {
        json!({"id": Company::id(kind, name), "name": name, "type": kind,
        "location": "westeurope", "properties": {"storageProfile": storage}})
    };
    let unmanaged = json!({"osDisk": {"name": "os", "vhd": {"uri": "https://old.blob.core.windows.net/vhds/os.vhd"}}, "dataDisks": []});
    let managed = json!({"osDisk": {"managedDisk": {"id": "/d"}}, "dataDisks": null});
    let items = json!([
        machine("old", unmanaged),
        machine("new", managed),
        machine("unknown", Value::Null)
    ]);
    let scan = Company::new()
        .list(kind, items)
        .start()
        .scan(&["--service", "vm"]);
    verdicts(
        &scan,
        "vm_ensure_using_managed_disks",
        &[("old", "fail"), ("new", "pass"), ("unknown", "manual")],
    );
}

#[test]
fn security_groups_with_plural_rules() {
    let kind = "Microsoft.Network/networkSecurityGroups";
    let group = |name: &str, rules: Value| {
        json!({"id": Company::id(kind, name), "name": name, "type": kind,
        "location": "westeurope", "properties": {"securityRules": rules}})
    };
    let rule = |ports: Value, sources: Value| {
        json!({"name": "in", "properties": {"direction": "Inbound",
        "access": "Allow", "priority": 100, "protocol": "Tcp", "sourcePortRange": "*",
        "destinationPortRange": null, "destinationPortRanges": ports, "destinationAddressPrefix": "*",
        "sourceAddressPrefix": null, "sourceAddressPrefixes": sources, "destinationAddressPrefixes": []}})
    };
    let items = json!([
        group(
            "open",
            json!([rule(
                json!(["80", "20-30"]),
                json!(["10.0.0.0/8", "0.0.0.0/0"])
            )])
        ),
        group(
            "inside",
            json!([rule(json!(["22", "3389"]), json!(["10.0.0.0/8"]))])
        ),
        group("ruleless", Value::Null),
        group("other", json!([rule(json!(["443"]), json!(["Internet"]))])),
    ]);
    let scan = Company::new()
        .list(kind, items)
        .start()
        .scan(&["--check", "network_*_internet_*"]);
    verdicts(
        &scan,
        "network_ssh_internet_access_restricted",
        &[
            ("open", "fail"),
            ("inside", "pass"),
            ("ruleless", "pass"),
            ("other", "pass"),
        ],
    );
    verdicts(
        &scan,
        "network_rdp_internet_access_restricted",
        &[
            ("open", "pass"),
            ("inside", "pass"),
            ("ruleless", "pass"),
            ("other", "pass"),
        ],
    );
}
