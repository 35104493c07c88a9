use super::*;
use crate::export::samples;

fn of(change: impl FnOnce(&mut Request)) -> String {
    let mut request = samples::certificate();
    change(&mut request);
    script(&request, samples::TARGET, &samples::contract())
}

#[test]
fn names_are_verbatim_strings() {
    let text = of(|of| of.name = samples::HOSTILE.to_owned());
    let name = "$name = 'a''b\"c$(touch x)`id`\\ ${d} %{e} \u{2019}\u{2019}f | {{ g }} #'\n";
    assert!(text.contains(name));
    // Doubled for OData, and doubled again for PowerShell.
    assert!(text.contains("$filter = 'displayName eq ''a''''b\"c"));
}

#[test]
fn a_script_holds_what_was_asked_for_and_no_more() {
    let plain = of(|_| ());
    assert!(plain.contains("$roles = @('Reader', 'ThreatDefenceRole')"));
    assert!(plain.contains("Az.Resources") && plain.contains("UnixCreateMode"));
    let directory = of(|of| {
        of.scopes = Scopes::Directory;
        of.proof = None;
    });
    assert!(!directory.contains("-Az") && !directory.contains("Az.Resources"));
    assert!(!directory.contains("KeyCredentials"));
    let without = of(|of| of.custom_role = false);
    assert!(
        without.contains("$roles = @('Reader')\n") && !without.contains("New-AzRoleDefinition")
    );
}

#[test]
fn a_secret_is_shown_only_where_a_secret_was_chosen() {
    for (name, request) in samples::all() {
        let text = script(&request, samples::TARGET, &samples::contract());
        let secret = matches!(request.proof, Some(Proof::Secret { .. }));
        assert_eq!(text.contains("SecretText"), secret, "{name}");
    }
}

#[test]
fn other_clouds_go_by_their_names() {
    let target = Target {
        cloud: "AzureUSGovernment",
        ..samples::TARGET
    };
    let text = script(&samples::certificate(), target, &samples::contract());
    assert!(
        text.contains("$graphEnvironment = 'USGov'") && text.contains("--cloud AzureUSGovernment")
    );
}
