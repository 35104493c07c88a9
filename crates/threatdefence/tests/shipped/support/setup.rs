//! A tenant that never saw the scanner, an administrator, and the setup commands in one working folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use simulator::{Options, Tenant};

use super::{Azure, Ended, Program};

/// The tenant of `content/tenants/fresh`.
pub const FRESH: &str = "46488fe0-96ff-4968-b99f-d7cf1c3e956e";
/// Its administrator: an application that may do everything that setup does.
const ADMINISTRATOR: &str = "2d1bcc36-e3c7-46af-85cc-f97a4e17d4c8";
const SECRET: &str = "fresh-not-a-real-secret";
/// One of its subscriptions.
pub const LINDHAVEN_PRODUCTION: &str = "99f397d5-65a0-40ce-b2a5-c397e68d60db";

/// What is given on most command lines: the roles go to one subscription.
pub const ON_PRODUCTION: [&str; 2] = ["--subscription", "Lindhaven Production"];

/// A tenant that setup works on.
pub struct Setup {
    pub azure: Azure,
    before: BTreeMap<String, Value>,
}

impl Setup {
    /// The tenant as it comes.
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    /// The tenant, served with options.
    pub fn with(options: Options) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/tenants/fresh");
        let tenant = Tenant::load(&folder).unwrap();
        Self::of(Azure::start(
            tenant,
            [FRESH, ADMINISTRATOR, SECRET],
            options,
        ))
    }

    /// Another tenant, with its administrator.
    pub fn of(azure: Azure) -> Self {
        let before = azure.server().documents();
        Self { azure, before }
    }

    /// The journal.
    pub fn journal(&self) -> PathBuf {
        self.azure.path("journal.jsonl")
    }

    /// The file of the scanner's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.azure.path("scanner.pem")
    }

    /// A setup command that asks nobody, with the journal in the working folder.
    pub fn command(&self, name: &str, arguments: &[&str]) -> Program {
        self.asking(name, arguments).args(["--yes"])
    }

    /// The same, which would ask first.
    pub fn asking(&self, name: &str, arguments: &[&str]) -> Program {
        let journal = self.journal();
        self.azure
            .program(&["setup", name])
            .args(arguments)
            .args([Path::new("--journal"), &journal])
    }

    /// `setup apply` with a certificate, on one subscription.
    pub fn apply(&self, more: &[&str]) -> Program {
        let arguments = [&ON_PRODUCTION[..], more].concat();
        let certificate = self.certificate();
        self.command("apply", &arguments)
            .args([Path::new("--certificate"), &certificate])
    }

    /// `setup apply` that reaches its end, as it reports to programs.
    #[track_caller]
    pub fn applied(&self, more: &[&str]) -> Value {
        let ended = self.apply(&[more, &["--format", "json"]].concat()).run();
        json(&ended.expect(0))
    }

    /// The journal's text; empty where there is none.
    pub fn noted(&self) -> String {
        std::fs::read_to_string(self.journal()).unwrap_or_default()
    }

    /// Everything in the tenant but what was deleted and is kept for 30 days.
    pub fn documents(&self) -> BTreeMap<String, Value> {
        lasting(self.azure.server().documents())
    }

    /// Fails with what differs from the tenant before setup.
    #[track_caller]
    pub fn is_as_before(&self) {
        let (before, now) = (lasting(self.before.clone()), self.documents());
        let differing: Vec<&String> = before
            .keys()
            .chain(now.keys())
            .filter(|key| before.get(*key) != now.get(*key))
            .collect();
        assert!(differing.is_empty(), "{differing:#?}");
    }

    /// What was deleted and is kept for 30 days.
    pub fn deleted(&self) -> usize {
        let all = self.azure.server().documents();
        all.keys().filter(|key| is_deleted(key)).count()
    }

    /// How many documents have a path that begins so, among those that were not there before.
    pub fn new_below(&self, path: &str) -> usize {
        let documents = self.documents();
        let new = documents
            .keys()
            .filter(|key| !self.before.contains_key(*key));
        new.filter(|key| key.starts_with(path) && !key[path.len()..].contains('/'))
            .count()
    }

    /// How many new documents have a part in their path.
    pub fn new_with(&self, part: &str) -> usize {
        let documents = self.documents();
        let new = documents
            .keys()
            .filter(|key| !self.before.contains_key(*key));
        new.filter(|key| key.contains(part)).count()
    }

    /// Changes that were asked for so far, by method and path.
    pub fn writes(&self) -> Vec<String> {
        let requests = self.azure.requests();
        let of_tokens = |path: &str| path.contains("/oauth2/");
        requests
            .iter()
            .filter(|request| request.method != "GET" && !of_tokens(&request.path))
            .filter(|request| !request.path.to_lowercase().contains("batch"))
            .map(|request| format!("{} {}", request.method, request.path))
            .collect()
    }

    /// The scanner's application as the tenant has it now.
    #[track_caller]
    pub fn application(&self) -> Value {
        let documents = self.documents();
        let new = documents.iter().find(|(key, _)| {
            key.starts_with("/v1.0/applications/") && !self.before.contains_key(*key)
        });
        new.unwrap_or_else(|| panic!("no application")).1.clone()
    }

    /// The program signed in as the scanner, with a certificate.
    pub fn as_scanner(&self, arguments: &[&str], application: &str, certificate: &Path) -> Program {
        self.azure
            .program(arguments)
            .without_env("AZURE_CLIENT_SECRET")
            .env("AZURE_CLIENT_ID", application)
            .env("AZURE_CLIENT_CERTIFICATE_PATH", certificate)
    }
}

/// What a run reported to programs.
#[track_caller]
pub fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended}"))
}

/// A text of a report.
#[track_caller]
pub fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    let found = value.pointer(path).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no {path} in {value:#}"))
}

/// The mode of a file, as `chmod` takes it.
#[cfg(unix)]
pub fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().unwrap().permissions().mode() & 0o777
}

fn is_deleted(key: &str) -> bool {
    key.starts_with("/v1.0/directory/deleteditems")
}

fn lasting(mut documents: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    documents.retain(|key, _| !is_deleted(key));
    documents
}
