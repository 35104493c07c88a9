use hcl::Body;

use super::*;
use crate::export::samples;

fn of(change: impl FnOnce(&mut Request)) -> String {
    let mut request = samples::certificate();
    change(&mut request);
    configuration(&request, samples::TARGET, &samples::contract())
}

#[test]
fn a_parser_reads_every_configuration() {
    for (name, request) in samples::all() {
        let text = configuration(&request, samples::TARGET, &samples::contract());
        let body: Body = hcl::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let blocks = |kind: &str| {
            let of_kind = |block: &&hcl::Block| {
                block
                    .labels()
                    .first()
                    .is_some_and(|label| label.as_str() == kind)
            };
            body.blocks().filter(of_kind).count()
        };
        let directory = request.scopes == Scopes::Directory;
        let roles = if directory {
            0
        } else {
            1 + usize::from(request.custom_role)
        };
        assert_eq!(blocks("azurerm_role_assignment"), roles, "{name}");
        assert_eq!(
            blocks("azurerm_role_definition"),
            roles.saturating_sub(1),
            "{name}"
        );
        assert_eq!(blocks("azuread_app_role_assignment"), 1, "{name}");
    }
}

#[test]
fn names_are_literal() {
    let text = of(|of| {
        of.name = samples::HOSTILE.to_owned();
        of.proof = Some(samples::federated(samples::HOSTILE));
    });
    let body: Body = hcl::from_str(&text).unwrap();
    let application = body
        .blocks()
        .find(|block| {
            block
                .labels()
                .first()
                .is_some_and(|label| label.as_str() == "azuread_application")
        })
        .unwrap();
    let name = application
        .body()
        .attributes()
        .find(|attribute| attribute.key() == "display_name")
        .unwrap();
    let read = match name.expr() {
        hcl::Expression::String(text) => text.clone(),
        hcl::Expression::TemplateExpr(template) => {
            let template = hcl::Template::from_expr(template).unwrap();
            let literal = template.elements().iter().map(|element| match element {
                hcl::template::Element::Literal(text) => text.clone(),
                other => panic!("interpolated: {other:?}"),
            });
            literal.collect()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(
        read.replace("$${", "${").replace("%%{", "%{"),
        samples::HOSTILE
    );
}

#[test]
fn no_private_key_comes_near_the_state() {
    let text = of(|_| ());
    assert!(text.contains("file(var.certificate_file)") && !text.contains("tls_private_key"));
    let secret = of(|of| of.proof = Some(Proof::Secret { days: 90 }));
    assert!(secret.contains("offset_days = 90") && secret.contains("lies in Terraform's state"));
}

#[test]
fn a_management_group_needs_some_subscription_for_the_provider() {
    let text = of(|of| of.scopes = samples::management_group("contoso-root"));
    assert!(text.contains("subscription_id                 = var.subscription_id"));
    assert!(text.contains("\"/providers/Microsoft.Management/managementGroups/contoso-root\""));
}

#[test]
fn an_application_that_exists_is_looked_up() {
    let text = of(|of| of.application_id = Some(samples::OTHER.to_owned()));
    assert!(text.contains("data \"azuread_application\" \"scanner\""));
    assert!(text.contains("application_id = data.azuread_application.scanner.id"));
    assert!(text.contains("use_existing = true"));
}
