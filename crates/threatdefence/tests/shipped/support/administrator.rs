//! A user of the simulated tenant who runs the program, signed in by an Azure CLI that has a token ready.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use simulator::Options;

use super::{Azure, Company, Program, TENANT};

/// The Azure CLI's own application, which every tenant knows.
const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
/// The administrator's name.
pub const ADA: &str = "ada@contoso.example";
/// Its object id.
pub const ADA_ID: &str = "a0a00000-0000-4000-8000-000000000001";
const PASSWORD: &str = "Correct-Horse-1";

/// A tenant over plain HTTP, and its administrator.
pub struct Administered {
    pub azure: Azure,
}

impl Administered {
    /// Serves a company whose administrator has directory roles, and roles in Azure at scopes.
    pub fn start(company: Company, directory: &[&str], roles: &[(&str, &str)]) -> Self {
        Self::start_with(company, directory, roles, Options::default())
    }

    /// The same with options; the server speaks plain HTTP in any case.
    pub fn start_with(
        company: Company,
        directory: &[&str],
        roles: &[(&str, &str)],
        options: Options,
    ) -> Self {
        let user = json!({"user_principal_name": ADA, "object_id": ADA_ID, "password": PASSWORD, "directory_roles": directory});
        let given: Vec<Value> = roles
            .iter()
            .map(|(role, scope)| json!({"user": ADA, "role": role, "scope": scope}))
            .collect();
        let company = company
            .with("users", json!([user]))
            .with("role_assignments", Value::Array(given));
        let options = Options {
            tls: false,
            ..options
        };
        let azure = company.start_with(options);
        let administered = Self { azure };
        administered.install_azure_cli();
        administered
    }

    /// The program, run by the administrator.
    pub fn program(&self, arguments: &[&str]) -> Program {
        let path = std::env::var("PATH").unwrap_or_default();
        let tools = self.azure.path("tools");
        Program::new(arguments)
            .args(["--cloud", &self.azure.endpoint()])
            .env("PATH", format!("{}:{path}", tools.display()))
    }

    /// A script that hands out tokens as the Azure CLI does.
    fn install_azure_cli(&self) {
        let tools = self.azure.path("tools");
        std::fs::create_dir(&tools).unwrap();
        let endpoint = self.azure.endpoint();
        let origin = endpoint.trim_end_matches('/');
        for (file, scope) in [
            ("arm.json", "https://management.core.windows.net//.default"),
            ("graph.json", &format!("{origin}/.default")),
        ] {
            let token = token(origin, scope);
            let body = json!({"accessToken": token, "expiresOn": "2099-01-01 00:00:00.000000",
                "expires_on": 4_070_908_800_i64, "tenant": TENANT, "tokenType": "Bearer"});
            std::fs::write(tools.join(file), body.to_string()).unwrap();
        }
        let script = "#!/bin/sh\nfolder=$(dirname \"$0\")\ncase \"$*\" in\n*management.core*) cat \"$folder/arm.json\" ;;\n\
             *) cat \"$folder/graph.json\" ;;\nesac\n";
        let az = tools.join("az");
        std::fs::write(&az, script).unwrap();
        std::fs::set_permissions(&az, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// Signs the administrator in by name and password, over a connection of its own.
fn token(origin: &str, scope: &str) -> String {
    let encode = |text: &str| {
        text.replace(':', "%3A")
            .replace('/', "%2F")
            .replace('@', "%40")
    };
    let form = format!(
        "grant_type=password&client_id={AZURE_CLI}&username={}&password={PASSWORD}&scope={}",
        encode(ADA),
        encode(scope)
    );
    let host = origin.trim_start_matches("http://");
    let mut connection = TcpStream::connect(host).unwrap();
    write!(
        connection,
        "POST /{TENANT}/oauth2/v2.0/token HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut reply = String::new();
    connection.read_to_string(&mut reply).unwrap();
    let start = reply.find("\r\n\r\n{").map(|at| at + 4);
    let body: Value = start
        .and_then(|at| serde_json::from_str(reply[at..].trim()).ok())
        .unwrap_or_else(|| panic!("no token: {reply}"));
    let token = body["access_token"].as_str();
    token
        .unwrap_or_else(|| panic!("no token: {reply}"))
        .to_owned()
}
