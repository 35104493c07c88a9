//! What to type next, ready to be copied.

use std::fmt::Write as _;
use std::path::Path;

use azure::Cloud;
use setup::Federation;
use setup::proof::NewProof;

use crate::args::ConnectionArgs;

/// Sets an environment variable in the shell of this system.
pub fn assignment(name: &str, value: &str) -> String {
    match cfg!(windows) {
        true => format!("$env:{name} = '{}'", value.replace('\'', "''")),
        false => format!("export {name}={}", quoted(value)),
    }
}

/// Takes an environment variable away in the shell of this system.
fn removal(name: &str) -> String {
    match cfg!(windows) {
        true => format!("Remove-Item Env:{name}"),
        false => format!("unset {name}"),
    }
}

/// The variables of other proofs, such as the administrator's own: two at once contradict each other.
fn in_the_way(proof: Option<&NewProof>) -> &'static [&'static str] {
    match proof {
        Some(NewProof::Certificate { .. }) => {
            &["AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"]
        }
        Some(NewProof::Secret { .. }) => &[
            "AZURE_CLIENT_CERTIFICATE_PATH",
            "AZURE_FEDERATED_TOKEN_FILE",
        ],
        Some(NewProof::Federated(_)) | None => &[],
    }
}

/// A text as a shell takes it: in quotes where it needs them.
pub fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:~@%+=,".contains(letter);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// The path from anywhere.
fn absolute(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    whole.display().to_string()
}

/// The variables by which the scanner signs in, by name; the secret's value only where it is to be shown.
pub fn environment(
    tenant: &str,
    application: &str,
    proof: Option<&NewProof>,
) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("AZURE_TENANT_ID", tenant.to_owned()),
        ("AZURE_CLIENT_ID", application.to_owned()),
    ];
    if let Some(NewProof::Certificate { file, .. }) = proof {
        variables.push(("AZURE_CLIENT_CERTIFICATE_PATH", absolute(file)));
    }
    variables
}

/// The commands that come next, one in a line.
pub fn commands(
    tenant: &str,
    application: &str,
    proof: Option<&NewProof>,
    connection: &ConnectionArgs,
) -> String {
    let mut text = String::new();
    for name in in_the_way(proof)
        .iter()
        .filter(|name| std::env::var_os(name).is_some())
    {
        let _ = writeln!(text, "{}", removal(name));
    }
    for (name, value) in environment(tenant, application, proof) {
        let _ = writeln!(text, "{}", assignment(name, &value));
    }
    let mut flags = String::new();
    if Cloud::named(&connection.cloud).is_none_or(|cloud| cloud.name != "AzureCloud") {
        let _ = write!(flags, " --cloud {}", quoted(&connection.cloud));
    }
    if let Some(file) = &connection.ca_file {
        let _ = write!(flags, " --ca-file {}", quoted(&file.display().to_string()));
    }
    if let Some(NewProof::Secret {
        file: Some(file), ..
    }) = proof
    {
        let _ = write!(flags, " --client-secret-file {}", quoted(&absolute(file)));
    }
    let _ = writeln!(text, "threatdefence doctor{flags}");
    text
}

/// What a workflow needs to sign in with its own tokens; for GitHub, lines to copy into it
/// (<https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-azure>).
pub fn federated(tenant: &str, application: &str, of: &Federation) -> String {
    if !of.issuer.contains("token.actions.githubusercontent.com") {
        return format!(
            "# Where tokens of {} for {} are to be had:\n{}\n{}\n{}\n",
            of.issuer,
            of.subject,
            assignment("AZURE_TENANT_ID", tenant),
            assignment("AZURE_CLIENT_ID", application),
            assignment(
                "AZURE_FEDERATED_TOKEN_FILE",
                "the file that holds the token"
            ),
        );
    }
    format!(
        r#"# In the workflow's job ({subject}):
permissions:
  id-token: write
  contents: read
env:
  AZURE_TENANT_ID: {tenant}
  AZURE_CLIENT_ID: {application}
steps:
  - name: Fetch a token for Azure
    run: |
      umask 077
      curl --silent --show-error --fail -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
        "$ACTIONS_ID_TOKEN_REQUEST_URL&audience={audience}" | jq --raw-output .value > "$RUNNER_TEMP/azure-token"
      echo "AZURE_FEDERATED_TOKEN_FILE=$RUNNER_TEMP/azure-token" >> "$GITHUB_ENV"
  - run: threatdefence doctor
"#,
        subject = of.subject,
        audience = of.audience,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_a_shell_would_read_more_into_them() {
        assert_eq!(quoted("abc-1.pem"), "abc-1.pem");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn a_workflow_of_github_is_ready_to_copy() {
        let of = Federation {
            name: "n".to_owned(),
            issuer: "https://token.actions.githubusercontent.com".to_owned(),
            subject: "repo:octo/scan:ref:refs/heads/main".to_owned(),
            audience: "api://AzureADTokenExchange".to_owned(),
        };
        let text = federated("t", "a", &of);
        for part in [
            "id-token: write",
            "AZURE_TENANT_ID: t",
            "AZURE_FEDERATED_TOKEN_FILE",
            "api://",
        ] {
            assert!(text.contains(part), "{text}");
        }
        let other = Federation {
            issuer: "https://gitlab.example".to_owned(),
            ..of
        };
        assert!(federated("t", "a", &other).contains("AZURE_FEDERATED_TOKEN_FILE"));
    }
}
