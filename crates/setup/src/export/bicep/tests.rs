use super::*;
use crate::export::samples;

fn of(change: impl FnOnce(&mut Request)) -> String {
    let mut request = samples::certificate();
    change(&mut request);
    template(&request, &samples::contract()).unwrap()
}

#[test]
fn a_template_belongs_to_the_kind_of_scope() {
    let subscription = of(|_| ());
    assert!(subscription.contains("\ntargetScope = 'subscription'\n"));
    assert!(subscription.contains("guid(subscription().id, name, readerGuid)"));
    let group = of(|of| of.scopes = samples::management_group("contoso-root"));
    assert!(group.contains("\ntargetScope = 'managementGroup'\n"));
    assert!(group.contains("'/providers/Microsoft.Management/managementGroups/contoso-root'"));
    assert!(group.contains("tenantResourceId('Microsoft.Authorization/roleDefinitions'"));
    let directory = of(|of| of.scopes = Scopes::Directory);
    assert!(!directory.contains("Microsoft.Authorization"));
}

#[test]
fn several_subscriptions_share_one_role() {
    let both =
        of(|of| of.scopes = samples::subscriptions(&[samples::SUBSCRIPTION, samples::OTHER]));
    assert!(both.contains("guid(tenant().tenantId, 'ThreatDefenceRole')"));
    assert!(both.contains(&format!("--subscription {}", samples::OTHER)));
    assert!(both.contains(&format!("  '/subscriptions/{}'\n", samples::OTHER)));
}

#[test]
fn names_are_not_interpolated() {
    let text = of(|of| {
        of.name = samples::HOSTILE.to_owned();
        of.proof = Some(samples::federated(samples::HOSTILE));
    });
    assert!(text.contains(r#"var name = 'a\'b"c$(touch x)`id`\\ \${d} %{e}"#));
}

#[test]
fn a_federated_credential_is_named_below_its_application() {
    let text = of(|of| of.proof = Some(samples::federated("octo/scan")));
    assert!(text.contains("name: '${application.uniqueName}/github'\n"));
    assert!(!text.contains("param certificate"));
}

#[test]
fn a_credential_for_an_application_made_elsewhere_is_refused() {
    let mut request = samples::certificate();
    request.application_id = Some(samples::TENANT.to_owned());
    let refused = template(&request, &samples::contract());
    assert_eq!(refused, Err(Refused::ForeignApplication));
    request.proof = None;
    let text = template(&request, &samples::contract()).unwrap();
    assert!(!text.contains("Microsoft.Graph/applications@") && text.contains("appId: clientId"));
}
