//! The demonstration tenant, served from its folder.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use simulator::{Options, Tenant};

use super::{Azure, Finding, Scan, changes};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/tenants/demo")
}

fn tenant() -> Tenant {
    Tenant::load(&folder()).unwrap()
}

/// The scanner's client id.
pub fn client_id() -> String {
    tenant().credentials()[0].0.to_owned()
}

/// The scanner's secret.
pub fn secret() -> String {
    tenant().credentials()[0].1.to_owned()
}

/// The demonstration tenant with more in its `tenant.yaml`.
pub fn demo_written(more: &str, options: Options) -> Azure {
    let copy = tempfile::tempdir().unwrap();
    copy_into(&folder(), copy.path());
    let file = copy.path().join("tenant.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\n{more}\n")).unwrap();
    let tenant = Tenant::load(copy.path()).unwrap();
    let id = tenant.id().to_owned();
    Azure::start(tenant, [&id, &client_id(), &secret()], options)
}

fn copy_into(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy_into(&path, &target),
            false => drop(std::fs::copy(&path, &target).unwrap()),
        }
    }
}

/// The demonstration tenant without faults.
pub fn demo() -> Azure {
    demo_with(Options::default())
}

/// The demonstration tenant, served with options.
pub fn demo_with(options: Options) -> Azure {
    let tenant = tenant();
    let id = tenant.id().to_owned();
    Azure::start(tenant, [&id, &client_id(), &secret()], options)
}

/// The findings of a scan that nothing disturbs.
pub fn baseline() -> &'static [Finding] {
    static FINDINGS: OnceLock<Vec<Finding>> = OnceLock::new();
    FINDINGS.get_or_init(|| demo().scan(&[]).findings())
}

/// The scan found what the undisturbed one does, no more and no less.
#[track_caller]
pub fn unchanged(scan: &Scan) {
    unchanged_in(&scan.folder);
}

/// The findings in this folder are those of the undisturbed scan.
#[track_caller]
pub fn unchanged_in(folder: &Path) {
    let (gone, new) = changes(baseline(), &Finding::read(folder));
    let some = |of: &[String]| of.iter().take(5).cloned().collect::<Vec<_>>();
    let (gone_some, new_some) = (some(&gone), some(&new));
    assert!(
        gone.is_empty() && new.is_empty(),
        "{} gone: {gone_some:#?}\n{} new: {new_some:#?}",
        gone.len(),
        new.len()
    );
}
