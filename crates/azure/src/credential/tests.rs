//! Sign-ins made ready.

use std::ffi::OsStr;
use std::process::Output;

use azure_core::credentials::Secret;

use super::*;
use crate::failure::FailureKind;

fn prepared(sign_in: SignIn) -> Result<Credential, Error> {
    let cloud = Cloud::named("AzureCloud").expect("a cloud");
    let transport = Transport::new(None).expect("a transport");
    Credential::new(sign_in, &cloud, &transport)
}

#[test]
fn a_malformed_tenant_is_refused_without_the_secret() {
    let error = prepared(SignIn::ClientSecret {
        tenant: "not a tenant".into(),
        client: "c".into(),
        secret: Secret::new("hush"),
    })
    .expect_err("a malformed tenant")
    .to_string();
    assert!(
        error.contains("not a tenant") && !error.contains("hush"),
        "{error}"
    );
}

#[test]
fn a_missing_token_file_is_named() {
    let error = prepared(SignIn::WorkloadIdentity {
        tenant: "t".into(),
        client: "c".into(),
        token_file: "/nowhere/token".into(),
    })
    .expect_err("no file");
    assert!(error.to_string().contains("token"), "{error}");
}

#[test]
fn nothing_of_a_credential_is_shown() {
    let credential = prepared(SignIn::ClientSecret {
        tenant: "t".into(),
        client: "c".into(),
        secret: Secret::new("hush"),
    })
    .expect("a credential");
    assert_eq!(format!("{credential:?}"), "Credential { .. }");
}

/// A tool that prints always the same, and remembers its command.
#[derive(Debug)]
struct Tool {
    ends_with: i32,
    stdout: &'static str,
    stderr: &'static str,
    commands: Arc<std::sync::Mutex<Vec<String>>>,
}

#[async_trait::async_trait]
impl Executor for Tool {
    async fn run(&self, _: &OsStr, arguments: &[&OsStr]) -> std::io::Result<Output> {
        let command = arguments
            .last()
            .map(|last| last.to_string_lossy().into_owned());
        self.commands.lock().expect("no panic").extend(command);
        Ok(Output {
            status: exit_status(self.ends_with),
            stdout: self.stdout.into(),
            stderr: self.stderr.into(),
        })
    }
}

#[cfg(unix)]
fn exit_status(code: i32) -> std::process::ExitStatus {
    std::os::unix::process::ExitStatusExt::from_raw(code << 8)
}

#[cfg(windows)]
fn exit_status(code: i32) -> std::process::ExitStatus {
    std::os::windows::process::ExitStatusExt::from_raw(code.unsigned_abs())
}

/// The token that a sign-in gets when its tool answers so, and the command that asked for it.
async fn from_tool(
    sign_in: SignIn,
    ends_with: i32,
    stdout: &'static str,
    stderr: &'static str,
) -> (Result<String, Failure>, String) {
    let commands = Arc::default();
    let credential = Credential::from_recipe(Recipe {
        sign_in,
        login: Url::parse("https://login.microsoftonline.com/").expect("a URL"),
        transport: Transport::new(None).expect("a transport"),
        executor: Some(Arc::new(Tool {
            ends_with,
            stdout,
            stderr,
            commands: Arc::clone(&commands),
        })),
    });
    let credential = credential.expect("a credential");
    let login = Url::parse("https://login.microsoftonline.com/").expect("a URL");
    let token = credential
        .token("https://graph.microsoft.com/.default", &login)
        .await;
    let token = token.map(|token| token.token.secret().to_owned());
    let commands = commands.lock().expect("no panic").join(";");
    (token, commands)
}

fn developer_cli() -> SignIn {
    SignIn::AzureDeveloperCli {
        tenant: Some("contoso.example".into()),
    }
}

#[tokio::test]
async fn the_azure_developer_cli_hands_out_tokens() {
    let printed = r#"{"token": "a-token", "expiresOn": "2099-01-01T00:00:00Z"}"#;
    let (token, command) = from_tool(developer_cli(), 0, printed, "").await;
    assert_eq!(token.expect("a token"), "a-token");
    for part in [
        "azd auth token",
        "--scope https://graph.microsoft.com/.default",
        "--tenant-id contoso.example",
    ] {
        assert!(command.contains(part), "{command}");
    }
}

#[tokio::test]
async fn a_tool_that_nobody_is_logged_in_to_says_how() {
    let printed = r#"{"type":"consoleMessage","data":{"message":"\nERROR: not logged in, run `azd auth login` to login\n"}}"#;
    let (token, _) = from_tool(developer_cli(), 1, "", printed).await;
    let failure = token.expect_err("nobody");
    assert_eq!(failure.kind, FailureKind::SignIn);
    assert!(failure.message.contains("not logged in"), "{failure}");
    assert!(
        failure
            .hint
            .is_some_and(|hint| hint.contains("azd auth login"))
    );
}

#[tokio::test]
async fn a_tool_that_is_not_there_is_named() {
    let (token, _) = from_tool(developer_cli(), 127, "", "sh: azd: not found").await;
    let failure = token.expect_err("no tool");
    assert!(failure.message.contains("azd not found"), "{failure}");
}

#[tokio::test]
async fn what_entra_id_told_the_azure_cli_is_explained() {
    let printed = "ERROR: AADSTS50076: Due to a configuration change made by your administrator.";
    let (token, _) = from_tool(SignIn::AzureCli { tenant: None }, 1, "", printed).await;
    let failure = token.expect_err("no token");
    assert_eq!(failure.code.as_deref(), Some("AADSTS50076"));
    assert!(failure.message.contains("multi-factor"), "{failure}");
}
