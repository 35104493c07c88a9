use std::io::Write;
use std::process::{Command, Stdio};

use super::*;
use crate::export::samples;

fn of(request: &Request) -> String {
    script(request, samples::TARGET, &samples::contract())
}

/// Without a bash there is nothing to ask: Windows has none of its own.
fn bash(arguments: &[&str], script: &str) -> Option<std::process::Output> {
    let mut bash = Command::new("bash")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    bash.stdin.take()?.write_all(script.as_bytes()).unwrap();
    Some(bash.wait_with_output().unwrap())
}

#[test]
fn bash_can_read_every_script() {
    for (name, request) in samples::all() {
        let Some(output) = bash(&["-n"], &of(&request)) else {
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{name}: {said}");
    }
}

#[test]
fn names_reach_the_commands_as_they_are() {
    let mut request = samples::certificate();
    request.name = samples::HOSTILE.to_owned();
    request.proof = Some(samples::federated(samples::HOSTILE));
    let mut asked = variables(&request, samples::TARGET, &samples::contract());
    asked += r#"printf '%s\n%s\n%s\n' "$name" "$subject" "$federation""#;
    let Some(output) = bash(&[], &asked) else {
        return;
    };
    let printed = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines[0], samples::HOSTILE);
    let subject = format!("repo:{}:ref:refs/heads/main", samples::HOSTILE);
    assert_eq!(lines[1], subject);
    let federation: serde_json::Value = serde_json::from_str(lines[2]).unwrap();
    assert_eq!(federation["subject"], subject.as_str());
}

#[test]
fn a_script_holds_what_was_asked_for_and_no_more() {
    let plain = of(&samples::certificate());
    assert!(plain.contains(
        "permissions='Directory.Read.All Policy.Read.All UserAuthenticationMethod.Read.All'"
    ));
    assert!(plain.contains("roles='Reader ThreatDefenceRole'"));
    assert!(plain.contains("umask 077") && plain.contains("openssl req"));
    assert!(!plain.contains("AZURE_CLIENT_SECRET"));

    let mut request = samples::certificate();
    request.scopes = Scopes::Directory;
    request.proof = None;
    let script = of(&request);
    assert!(!script.contains("az role") && !script.contains("openssl"));
    assert!(!script.contains("credential reset"));

    let mut request = samples::certificate();
    request.custom_role = false;
    let script = of(&request);
    assert!(script.contains("roles='Reader'\n") && !script.contains("az role definition create"));
}

#[test]
fn a_secret_is_shown_only_where_a_secret_was_chosen() {
    let shows = |request: &Request| of(request).contains("$secret\"");
    for (name, request) in samples::all() {
        let secret = matches!(request.proof, Some(Proof::Secret { .. }));
        assert_eq!(shows(&request), secret, "{name}");
    }
}
