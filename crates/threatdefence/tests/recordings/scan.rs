//! A scan by the shipped program, against the simulator over HTTPS.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use checks::Finding;
use inventory::Snapshot;
use serde_json::Value;
use simulator::{Options, Server, Tenant};
use tempfile::TempDir;

use crate::found::TENANT;

/// The application that scans.
pub const APPLICATION: &str = "c0000000-0000-4000-8000-000000000001";

/// Small pages, so that real lists come in several.
const PAGE: usize = 40;

/// A scan that has ended.
pub struct Scan {
    /// Whether it ended without an error.
    pub ended_well: bool,
    /// What it said.
    pub said: String,
    folder: TempDir,
}

/// Scans a tenant in the simulator's one-file form, its resources listed by this source.
pub fn scan(tenant: &Value, source: &str) -> Scan {
    let folder = tempfile::tempdir().expect("a folder for the scan");
    let file = folder.path().join("tenant.json");
    fs::write(&file, tenant.to_string()).expect("the tenant is written");
    let tenant = Tenant::load(&file).expect("the tenant loads");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let options = Options {
        page_size: Some(PAGE),
        ..Options::default()
    };
    let server = runtime
        .block_on(Server::start(tenant, options))
        .expect("the simulator starts");
    let authority = folder.path().join("ca.pem");
    fs::write(&authority, server.ca_pem().expect("it serves HTTPS")).expect("its authority");

    let output = Command::new(env!("CARGO_BIN_EXE_threatdefence"))
        .env_clear()
        .current_dir(folder.path())
        .env("AZURE_TENANT_ID", TENANT)
        .env("AZURE_CLIENT_ID", APPLICATION)
        .env("AZURE_CLIENT_SECRET", "any")
        .args(["scan", "--cloud", server.endpoint().as_str(), "--ca-file"])
        .arg(&authority)
        .args(["--output-dir", "report", "--format", "jsonl"])
        .args(["--source", source])
        .output()
        .expect("the program runs");
    runtime.block_on(server.shutdown());
    Scan {
        ended_well: output.status.success(),
        said: format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
        folder,
    }
}

impl Scan {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("report").join(name)
    }

    /// What it read.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::open(&self.file("snapshot.tdsnap")).expect("the snapshot opens")
    }

    /// What it found.
    pub fn findings(&self) -> Vec<Finding> {
        let text = fs::read_to_string(self.file("findings.jsonl")).expect("findings are there");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("a line is a finding"))
            .collect()
    }
}
