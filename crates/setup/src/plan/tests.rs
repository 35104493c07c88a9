//! What is planned for what is there.

use super::sample::*;
use super::*;
use crate::present::ServicePrincipal;
use crate::request::Scopes;

#[test]
fn an_empty_tenant_gets_everything_in_order() {
    let plan = planned(&request(), &empty());
    assert_eq!(
        ids(&plan),
        [
            "application",
            "principal",
            "consent:Directory.Read.All",
            "consent:Policy.Read.All",
            "consent:UserAuthenticationMethod.Read.All",
            "proof:secret",
            "role",
            "assign:reader:/subscriptions/aa",
            "assign:custom:/subscriptions/aa",
        ]
    );
    assert!(plan.already.is_empty() && plan.warnings.is_empty());
    assert!(plan.lacks.is_empty() && plan.excess.is_empty() && !plan.is_done());
}

#[test]
fn steps_name_exactly_what_they_change() {
    let plan = planned(&request(), &empty());
    let said: Vec<&str> = plan
        .steps
        .iter()
        .map(|step| step.description.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "Register the application `ThreatDefence` for this tenant alone, asking for Directory.Read.All, Policy.Read.All, UserAuthenticationMethod.Read.All",
            "Create the service principal of `ThreatDefence`",
            "Consent to Directory.Read.All on Microsoft Graph, to read: Users, groups, applications, directory roles, the tenant itself",
            "Consent to Policy.Read.All on Microsoft Graph, to read: Conditional Access, and the policies of authorization, authentication and consent",
            "Consent to UserAuthenticationMethod.Read.All on Microsoft Graph, to read: The ways of signing in that each user has registered, for MFA",
            "Make a client secret for `ThreatDefence`: expires 2027-05-23, in 180 days; whoever holds it is the scanner",
            "Define ThreatDefenceRole with the actions Microsoft.Web/sites/host/listkeys/action and Microsoft.Web/sites/config/list/Action and nothing else, assignable on subscription Production",
            "Assign Reader on subscription Production",
            "Assign ThreatDefenceRole on subscription Production",
        ]
    );
}

#[test]
fn everything_there_leaves_nothing_and_says_so() {
    let plan = planned(&request(), &complete());
    assert!(plan.is_done(), "{plan:?}");
    assert_eq!(plan.already.len(), 9, "{:?}", plan.already);
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
}

#[test]
fn what_differs_is_mended() {
    let mut present = complete();
    application(&mut present).asks_for.pop();
    present.principal = Some(ServicePrincipal {
        enabled: false,
        ..present.principal.unwrap()
    });
    let role = present.role.as_mut().unwrap();
    role.actions = vec!["*/write".to_owned(), role.actions[0].to_uppercase()];
    role.has_more = true;
    let plan = planned(&request(), &present);
    assert_eq!(ids(&plan), ["ask-for", "enable-principal", "change-role"]);
    assert_eq!(
        plan.steps[2].description,
        "Change ThreatDefenceRole: add the actions Microsoft.Web/sites/config/list/Action; take the actions */write away; take its notActions and data actions away"
    );
    assert!(
        plan.steps[0]
            .description
            .ends_with("ask for UserAuthenticationMethod.Read.All too")
    );
}

#[test]
fn a_role_of_others_keeps_its_scopes() {
    let mut present = complete();
    present.role = Some(role(&["/subscriptions/other"]));
    let plan = planned(&request(), &present);
    let Step::ChangeRole {
        assignable_scopes,
        what,
    } = &plan.steps[0].step
    else {
        panic!("{plan:?}")
    };
    assert_eq!(assignable_scopes, &["/subscriptions/other", PRODUCTION]);
    assert_eq!(what, &["let it be assigned on subscription Production"]);
    let rights = &plan.steps[0].rights;
    assert!(rights.contains(&Right::DefineRole("/subscriptions/other".to_owned())));
}

#[test]
fn what_is_assigned_above_counts() {
    let mut present = complete();
    let reader = &contract().azure.reader.id;
    present.assignments = vec![
        assigned(reader, GROUP, None),
        assigned("TDR", PRODUCTION, None),
    ];
    assert_eq!(
        ids(&planned(&request(), &present)),
        ["assign:reader:/subscriptions/aa"]
    );
    let groups = BTreeSet::from([key(GROUP)]);
    present.above.insert(PRODUCTION.to_owned(), groups);
    let plan = planned(&request(), &present);
    assert!(plan.is_done());
    let inherited =
        "Reader reaches subscription Production: it is assigned above, on management group root";
    assert!(
        plan.already.iter().any(|said| said.starts_with(inherited)),
        "{:?}",
        plan.already
    );
}

#[test]
fn only_one_directory_and_no_role_where_that_is_asked_for() {
    let request = Request {
        scopes: Scopes::Directory,
        ..request()
    };
    assert_eq!(
        ids(&planned(&request, &empty())).last(),
        Some(&"proof:secret")
    );
    let request = Request {
        custom_role: false,
        ..super::sample::request()
    };
    let plan = planned(&request, &empty());
    assert_eq!(ids(&plan).last(), Some(&"assign:reader:/subscriptions/aa"));
}
