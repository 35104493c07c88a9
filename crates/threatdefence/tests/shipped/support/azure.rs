//! A simulated Azure in the test process, and the program pointed at it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use simulator::{FaultKind, FaultRule, Faults, Options, RecordedRequest, Server, Tenant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{Program, SELECTION, Scan, selection};

/// Resource Manager lists resources, as where Resource Graph cannot be had.
pub const LISTED: [&str; 2] = ["--source", "arm"];

/// Children are asked for one by one, as where Resource Manager takes no batches.
pub const ONE_BY_ONE: [&str; 2] = ["--children", "single"];

/// Where Resource Graph is queried.
pub const RESOURCE_GRAPH: &str = "/providers/Microsoft.ResourceGraph/resources";

/// A running server with a folder for what the program writes.
pub struct Azure {
    server: Server,
    folder: Arc<TempDir>,
    /// Who the program signs in as: tenant, application, secret.
    credentials: [String; 3],
    runs: AtomicU32,
    /// Last, so that the server ends before its runtime.
    _runtime: Runtime,
}

/// A rule that always holds.
pub fn rule(path: &str, kind: FaultKind) -> FaultRule {
    FaultRule::new(path, kind)
}

/// Options with these faults.
pub fn rules(rules: impl IntoIterator<Item = FaultRule>) -> Options {
    Options {
        faults: Faults {
            rules: rules.into_iter().collect(),
            ..Faults::default()
        },
        ..Options::default()
    }
}

impl Azure {
    /// Serves a tenant. The program signs in with the credentials given: tenant, application, secret.
    pub fn start(tenant: Tenant, credentials: [&str; 3], options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(Server::start(tenant, options)).unwrap();
        let folder = Arc::new(tempfile::tempdir().unwrap());
        if let Some(pem) = server.ca_pem() {
            std::fs::write(folder.path().join("ca.pem"), pem).unwrap();
        }
        Self {
            server,
            folder,
            credentials: credentials.map(str::to_owned),
            runs: AtomicU32::new(0),
            _runtime: runtime,
        }
    }

    /// The ARM endpoint.
    pub fn endpoint(&self) -> String {
        self.server.endpoint().to_string()
    }

    /// A place for a file or folder of the test's own.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A place that no other call gives.
    pub fn new_path(&self, what: &str) -> PathBuf {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        self.path(&format!("{what}-{run}"))
    }

    /// Keeps the folder after its Azure has gone.
    pub fn kept(&self) -> Arc<TempDir> {
        Arc::clone(&self.folder)
    }

    /// The simulated Azure itself.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Every request answered so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.server.requests()
    }

    /// Queries of Resource Graph answered so far, whatever the answer.
    pub fn queries(&self) -> Vec<RecordedRequest> {
        let mut requests = self.requests();
        requests.retain(|request| request.path.eq_ignore_ascii_case(RESOURCE_GRAPH));
        requests
    }

    /// The program with the server's address and certificate and, in the environment, credentials.
    pub fn program(&self, arguments: &[&str]) -> Program {
        let program = self.signed_in(Program::new(arguments));
        // What goes on has chosen its checks already.
        match arguments.contains(&"--resume") {
            true => program.without_env(SELECTION),
            false => program,
        }
    }

    /// Gives a program this server's address and certificate and, in the environment, credentials and the checks that
    /// tests of the machinery look at.
    pub fn signed_in(&self, program: Program) -> Program {
        let [tenant, client, secret] = &self.credentials;
        let program = program
            .args(["--cloud", &self.endpoint()])
            .env("AZURE_TENANT_ID", tenant)
            .env("AZURE_CLIENT_ID", client)
            .env("AZURE_CLIENT_SECRET", secret)
            .env(SELECTION, selection());
        match self.server.ca_pem() {
            Some(_) => program.args([Path::new("--ca-file"), self.path("ca.pem").as_path()]),
            None => program,
        }
    }

    /// A scan into a folder of its own, not yet run.
    pub fn scan_program(&self, arguments: &[&str]) -> (Program, PathBuf) {
        let folder = self.new_path("scan");
        let program = self
            .program(&["scan"])
            .args([Path::new("--output-dir"), folder.as_path()])
            .args(arguments);
        (program, folder)
    }

    /// A scan that reaches its end.
    pub fn scan(&self, arguments: &[&str]) -> Scan {
        let (program, folder) = self.scan_program(arguments);
        let ended = program.run();
        assert!([0, 3, 4].contains(&ended.code), "{ended}");
        Scan {
            ended,
            folder,
            _kept: self.kept(),
        }
    }
}
