use super::*;
use crate::export::samples;
use crate::request::Scopes;

fn of(change: impl FnOnce(&mut Request)) -> String {
    let mut request = samples::certificate();
    change(&mut request);
    steps(&request, samples::TARGET, &samples::contract())
}

#[test]
fn steps_are_numbered_without_a_gap() {
    for (name, request) in samples::all() {
        let page = steps(&request, samples::TARGET, &samples::contract());
        let numbers: Vec<&str> = page
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .filter_map(|line| line.split('.').next())
            .collect();
        let expected: Vec<String> = (1..=numbers.len()).map(|n| n.to_string()).collect();
        assert_eq!(numbers, expected, "{name}");
        for permission in &request.graph {
            assert!(
                page.contains(&format!("`{permission}`")),
                "{name}: {permission}"
            );
        }
    }
}

#[test]
fn a_management_group_has_its_own_way() {
    let page = of(|of| of.scopes = samples::management_group("contoso-root"));
    assert!(page.contains("**Management groups** > `contoso-root`"));
    assert!(page.contains("\"/providers/Microsoft.Management/managementGroups/contoso-root\""));
    assert!(page.contains("cannot add a management group by itself"));
}

#[test]
fn what_is_not_asked_for_is_not_there() {
    let page = of(|of| {
        of.scopes = Scopes::Directory;
        of.proof = None;
    });
    assert!(!page.contains("Access control") && !page.contains("openssl"));
    let page = of(|of| of.custom_role = false);
    assert!(!page.contains("Start from JSON") && page.contains("`Reader`"));
}

#[test]
fn a_providers_application_is_consented_to_and_not_registered() {
    let page = of(|of| {
        of.application_id = Some(samples::OTHER.to_owned());
        of.proof = None;
    });
    assert!(page.contains(&format!("adminconsent?client_id={}", samples::OTHER)));
    assert!(!page.contains("New registration"));
}

#[test]
fn names_stay_in_their_code() {
    let page = of(|of| of.name = "a`b`` <c>".to_owned());
    assert!(page.contains("**Name**: ``` a`b`` <c> ```"));
}
