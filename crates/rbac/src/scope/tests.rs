//! Scopes, and what they cover.

use super::*;

fn scope(path: &str) -> Scope {
    Scope::parse(path).unwrap()
}

#[test]
fn levels_are_read_off_the_path() {
    for (path, level) in [
        ("/", Level::Tenant),
        (
            "/providers/microsoft.management/ManagementGroups/mg",
            Level::ManagementGroup,
        ),
        (
            "/providers/Microsoft.Management/managementGroups/mg/",
            Level::ManagementGroup,
        ),
        (
            "/providers/Microsoft.Management/managementGroups/mg/providers/P/t/n",
            Level::Resource,
        ),
        ("/subscriptions/s", Level::Subscription),
        ("/Subscriptions/s/resourcegroups/G", Level::ResourceGroup),
        (
            "/subscriptions/s/resourceGroups/g/providers/P/t/n",
            Level::Resource,
        ),
        ("/subscriptions/s/providers/P/t/n", Level::Resource),
        (
            "/providers/Microsoft.Capacity/reservationOrders/o",
            Level::Resource,
        ),
    ] {
        assert_eq!(scope(path).level(), level, "{path}");
    }
}

#[test]
fn what_is_no_path_is_no_scope() {
    for path in ["", " ", "subscriptions/s", "/subscriptions//x"] {
        assert!(Scope::parse(path).is_none(), "{path}");
    }
}

#[test]
fn ids_come_as_given() {
    assert_eq!(scope("/subscriptions/Ab/x").subscription_id(), Some("Ab"));
    assert_eq!(scope("/").subscription_id(), None);
    assert_eq!(
        Scope::management_group("Mg").management_group_id(),
        Some("Mg")
    );
    assert_eq!(Scope::subscription("s").management_group_id(), None);
    assert_eq!(Scope::tenant().as_str(), "/");
}

#[test]
fn paths_cover_what_is_below_them() {
    let none = Ancestry::default();
    let group = scope("/subscriptions/s/resourceGroups/g");
    assert!(scope("/").covers(&group, &none));
    assert!(scope("/SUBSCRIPTIONS/S").covers(&group, &none));
    assert!(group.covers(
        &scope("/subscriptions/s/resourcegroups/G/providers/P/t/n"),
        &none
    ));
    assert!(group.covers(&group, &none));
    assert!(!group.covers(&scope("/subscriptions/s/resourceGroups/gg"), &none));
    assert!(!group.covers(&scope("/subscriptions/s"), &none));
    assert!(!scope("/subscriptions/s").covers(&scope("/subscriptions/s2"), &none));
    assert!(!Scope::management_group("m").covers(&group, &none));
}

#[test]
fn management_groups_cover_what_is_said_to_be_in_them() {
    let ancestry = Ancestry::default().with(&Scope::subscription("s"), ["M", "root"]);
    let group = scope("/subscriptions/S/resourceGroups/g");
    assert!(Scope::management_group("m").covers(&group, &ancestry));
    assert!(Scope::management_group("ROOT").covers(&group, &ancestry));
    assert!(Scope::management_group("root").covers(&Scope::management_group("m"), &ancestry));
    assert!(!Scope::management_group("m").covers(&Scope::management_group("root"), &ancestry));
    assert!(!Scope::management_group("other").covers(&group, &ancestry));
}
