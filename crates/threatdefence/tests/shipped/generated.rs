//! Generated tenants: the command that serves them, and a scan of one.

use std::collections::{BTreeMap, BTreeSet};

use checks::Library;
use simulator::{Options, Size, Tenant};

use crate::support::{Azure, Program};

/// Checks at most that a small generated tenant has nothing for.
const SILENT: usize = 12;

#[test]
fn a_size_that_makes_no_sense_is_refused_with_an_example() {
    let refused = |size: &str, message: &str| {
        let ended = Program::new(["simulate", "--generate", size]).run();
        ended.refused(
            2,
            message,
            "for example: --generate subscriptions=50,resources=20000",
        );
    };
    refused(
        "resource=5",
        "unknown key `resource`; known are subscriptions, resources",
    );
    refused("users=0", "`users=0` is outside 1 to 500000");
    refused(
        "resources=2000000",
        "`resources=2000000` is outside 1 to 1000000",
    );
    refused(
        "resources",
        "`resources` is not a key, an equals sign and a number",
    );
    refused("seed=x", "`seed=x` is not a whole number");
}

#[test]
fn a_tenant_is_either_loaded_or_generated() {
    let ended = Program::new(["simulate", "--generate", "users=1", "--tenant", "x"]).run();
    assert!(ended.expect(2).stderr.contains("cannot be used with"));
}

#[cfg(unix)]
#[test]
fn the_endpoint_is_printed_when_the_certificate_is_there_and_the_sign_in_beside_it() {
    let size = "subscriptions=1,resources=20,users=3,seed=4";
    let program = Program::new(["simulate", "--generate", size, "--listen", "127.0.0.1:0"]);
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("ca.pem");
    let mut running = program
        .args(["--ca-out".as_ref(), authority.as_os_str()])
        .start();
    running.wait_until(|| authority.exists());
    running.signal("INT");
    let ended = running.wait().expect(0);
    assert!(
        ended.first_line().starts_with("https://127.0.0.1:"),
        "{ended}"
    );
    let tenant = Tenant::generate(&Size::parse(size).unwrap().0, 4).unwrap();
    let (client, secret) = tenant.credentials()[0];
    let shown = format!(
        "AZURE_TENANT_ID={} AZURE_CLIENT_ID={client} AZURE_CLIENT_SECRET={secret}",
        tenant.id()
    );
    assert!(ended.stderr.contains(&shown), "{ended}");
}

#[test]
fn a_scan_judges_every_check_and_finds_good_and_bad() {
    let size = Size {
        subscriptions: 4,
        resources: 1_500,
        users: 120,
        ..Size::default()
    };
    let tenant = Tenant::generate(&size, 7).unwrap();
    let id = tenant.id().to_owned();
    let (client, secret) = tenant.credentials()[0];
    let (client, secret) = (client.to_owned(), secret.to_owned());
    let azure = Azure::start(tenant, [&id, &client, &secret], Options::default());
    let scan = azure.scan(&["--check", "*"]);
    assert!(
        !scan.ended.first_line().contains("incomplete"),
        "{}",
        scan.ended
    );
    let mut verdicts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in scan.findings() {
        let of_check = verdicts.entry(finding.check_id).or_default();
        of_check.insert(finding.status);
    }
    let library = Library::builtin().unwrap();
    let ids = library.checks().iter().map(|check| &check.id);
    let silent: Vec<&String> = ids.filter(|id| !verdicts.contains_key(*id)).collect();
    assert!(silent.len() <= SILENT, "{silent:#?}");
    let not_assessed = verdicts
        .values()
        .any(|statuses| statuses.contains("not_assessed"));
    assert!(!not_assessed, "{verdicts:#?}");
    // Checks on the tenant itself have one finding alone.
    let both = verdicts
        .values()
        .filter(|statuses| statuses.contains("pass") && statuses.contains("fail"));
    assert!(both.count() >= verdicts.len() / 2, "{verdicts:#?}");
}
