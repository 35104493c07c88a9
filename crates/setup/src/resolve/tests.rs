//! What names stand for, without a network.

use super::*;

fn place(id: &str, name: &str) -> Place {
    Place {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

fn visible() -> Vec<Subscription> {
    let of = |id: &str, name: &str, state: &str| Subscription {
        place: place(id, name),
        state: state.to_owned(),
        tenant: Some("HOME".to_owned()),
    };
    vec![
        of("a1", "Production", "Enabled"),
        of("b2", "Development", "Warned"),
        of("c3", "Closed", "Disabled"),
        of("d4", "Twin", "Enabled"),
        of("e5", "twin", "Enabled"),
    ]
}

fn named(names: &[&str]) -> Result<Vec<Place>, ResolveError> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    match named_subscriptions(&names, &visible(), "home")?.scopes {
        Scopes::Subscriptions(places) => Ok(places),
        other => panic!("{other:?}"),
    }
}

#[test]
fn subscriptions_go_by_id_or_name_and_count_once() {
    let found = named(&["PRODUCTION", "/subscriptions/A1", "b2/"]).unwrap();
    assert_eq!(
        found,
        [place("a1", "Production"), place("b2", "Development")]
    );
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest() {
    let error = named(&["Prodution"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "you see no subscription with the id or name `Prodution`"
    );
    assert_eq!(
        error.hint(),
        "did you mean Production? you see Production, Development, Closed, Twin, twin"
    );
    let far = named(&["zzzz"]).unwrap_err().hint();
    assert!(far.starts_with("you see Production"), "{far}");
}

#[test]
fn a_name_of_two_and_a_disabled_one_are_refused() {
    let twins = named(&["TWIN"]).unwrap_err();
    assert_eq!(
        twins.to_string(),
        "the name `TWIN` stands for 2 subscriptions"
    );
    assert_eq!(twins.hint(), "give the id: d4 or e5");
    let closed = named(&["Closed"]).unwrap_err();
    assert!(closed.to_string().contains("state Disabled"), "{closed}");
}

#[test]
fn every_subscription_means_those_that_take_changes() {
    let resolved = every_one(visible(), "home").unwrap();
    assert_eq!(resolved.scopes.paths().len(), 4);
    assert_eq!(
        resolved.left_out,
        [(place("c3", "Closed"), "it is in state Disabled".to_owned())]
    );
    assert!(matches!(
        every_one(Vec::new(), "home"),
        Err(ResolveError::NoSubscription)
    ));
}

#[test]
fn several_management_groups_are_refused_with_the_reason() {
    let error = ResolveError::SeveralManagementGroups(vec!["a".to_owned(), "b".to_owned()]);
    assert_eq!(
        error.to_string(),
        "2 management groups were named, and Azure lets a custom role name only one in its assignable scopes"
    );
    assert!(error.hint().contains("a parent that they share"));
}

#[test]
fn long_lists_are_cut() {
    let many: Vec<String> = (0..12).map(|n| format!("s{n}")).collect();
    let error = ResolveError::Unknown {
        kind: "subscription",
        asked: "x".to_owned(),
        nearest: None,
        visible: many,
    };
    assert!(error.hint().ends_with("s9 and 2 more"), "{}", error.hint());
}

#[test]
fn azure_names_them_in_several_ways() {
    let body = serde_json::json!({"id": "/subscriptions/x"});
    assert_eq!(subscription(&body).unwrap().place, place("x", "x"));
    let body = serde_json::json!({"name": "mg", "properties": {"displayName": "Root"}});
    assert_eq!(group(&body), Some(place("mg", "Root")));
    assert_eq!(group(&serde_json::json!({})), None);
}

#[test]
fn what_another_tenant_shows_through_lighthouse_is_no_place_for_roles() {
    let found = visible().into_iter().next().unwrap();
    assert_eq!(found.refuses("home"), None);
    assert!(
        found
            .refuses("provider")
            .is_some_and(|why| why.contains("Lighthouse"))
    );
    let unknown = Subscription {
        tenant: None,
        ..found
    };
    assert_eq!(unknown.refuses("provider"), None);
}
