//! What stands in the way of a plan, and what is too much.

use super::sample::*;
use super::*;
use crate::administrator::{DirectoryRole, Standing};
use crate::present::{Consent, OtherConsent};
use crate::request::{Audience, Scopes};

#[test]
fn two_management_groups_do_not_fit_into_a_role() {
    let mut present = complete();
    present.role = Some(role(&[
        "/providers/Microsoft.Management/managementGroups/other",
    ]));
    let scopes = Scopes::ManagementGroup(place("root", "Contoso"));
    let request = Request {
        scopes,
        ..request()
    };
    let plan = planned(&request, &present);
    assert_eq!(plan.lacks.len(), 1, "{plan:?}");
    assert!(plan.lacks[0].what.contains("management group Contoso"));
    assert!(plan.lacks[0].needs.contains("--without-role"));
    assert_eq!(
        plan.lacks[0].steps,
        [format!("assign:custom:{}", key(GROUP))]
    );
    assert_eq!(plan.blocked().len(), 1);
    // The same group is no other one.
    present.role = Some(role(&[&GROUP.to_uppercase()]));
    assert!(planned(&request, &present).lacks.is_empty());
}

#[test]
fn an_application_for_other_tenants_is_not_made_of_another() {
    let request = Request {
        audience: Audience::MultiTenant,
        ..request()
    };
    let plan = planned(&request, &complete());
    assert!(
        plan.warnings[0].contains("AzureADMyOrg"),
        "{:?}",
        plan.warnings
    );
}

#[test]
fn a_permission_that_this_cloud_lacks_is_named() {
    let mut present = empty();
    present.graph.roles.remove("Policy.Read.All");
    let plan = planned(&request(), &present);
    assert_eq!(plan.lacks[0].steps, ["consent:Policy.Read.All"]);
}

#[test]
fn excess_is_said_and_left_alone() {
    let mut present = complete();
    for permission in ["AuditLog.Read.All", "Directory.ReadWrite.All"] {
        present.consents.push(Consent {
            id: "c".to_owned(),
            permission: permission.to_owned(),
        });
    }
    present.other_consents.push(OtherConsent {
        id: "o".to_owned(),
        service: "Office 365 Exchange Online".to_owned(),
        role: "r".to_owned(),
    });
    present.directory_roles.push("Global Reader".to_owned());
    present
        .assignments
        .push(assigned("b249", PRODUCTION, Some("Contributor")));
    let plan = planned(&request(), &present);
    assert!(plan.steps.is_empty());
    assert_eq!(
        plan.excess,
        [
            "AuditLog.Read.All on Microsoft Graph, which this plan does not ask for",
            "Directory.ReadWrite.All on Microsoft Graph, which no scan needs",
            "an application permission on Office 365 Exchange Online, which no scan needs",
            "the role Global Reader in Entra ID, which no scan needs",
            "the role Contributor on subscription Production, which no scan needs",
        ]
    );
}

#[test]
fn lacks_name_the_roles_the_places_and_the_steps() {
    let request = Request {
        scopes: Scopes::Subscriptions(vec![place("aa", "Production"), place("bb", "Development")]),
        ..request()
    };
    let mut who = administrator(&request.scopes.paths());
    who.directory.roles = [DirectoryRole::ApplicationAdministrator].into();
    for authority in who.azure.values_mut() {
        authority.assign = Standing::Lacks {
            needs: "Owner there".to_owned(),
            why: None,
            activate: None,
        };
    }
    let plan = plan(&request, &empty(), contract(), &who, terms());
    let said: Vec<(&str, usize)> = plan
        .lacks
        .iter()
        .map(|lack| (lack.what.as_str(), lack.steps.len()))
        .collect();
    assert_eq!(
        said,
        [
            ("consent to application permissions of Microsoft Graph", 3),
            (
                "assign roles on subscription Production, subscription Development",
                4
            ),
        ]
    );
    assert_eq!(
        plan.lacks[0].needs,
        "Privileged Role Administrator or Global Administrator"
    );
}

#[test]
fn what_is_not_known_and_conditions_are_warnings() {
    let mut who = administrator(&request().scopes.paths());
    let authority = who.azure.get_mut(PRODUCTION).unwrap();
    authority.condition = Some("your role Owner is assigned under a condition".to_owned());
    authority.define = Standing::Unknown {
        needs: "Owner there".to_owned(),
        why: "denied".to_owned(),
    };
    let mut present = empty();
    present
        .unread
        .push("roles of Entra ID that it holds: denied".to_owned());
    let plan = plan(&request(), &present, contract(), &who, terms());
    assert!(plan.lacks.is_empty());
    assert_eq!(
        plan.warnings,
        [
            "could not be read: roles of Entra ID that it holds: denied",
            "whether you may define custom roles on subscription Production could not be found out (denied); it takes Owner there",
            "on subscription Production, your role Owner is assigned under a condition",
        ]
    );
}
