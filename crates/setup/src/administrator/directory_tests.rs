//! Who may do what in Entra ID.

use super::*;

fn user(roles: &[DirectoryRole]) -> DirectoryAuthority {
    let permissions = [
        "Application.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
    ];
    DirectoryAuthority {
        is_user: true,
        permissions: Some(permissions.map(str::to_owned).into()),
        roles: roles.iter().copied().collect(),
        may_register: Some(false),
        ..DirectoryAuthority::default()
    }
}

fn principal(permissions: &[&str]) -> DirectoryAuthority {
    DirectoryAuthority {
        permissions: Some(permissions.iter().map(|&of| of.to_owned()).collect()),
        ..DirectoryAuthority::default()
    }
}

fn has(authority: &DirectoryAuthority, right: &Right) -> bool {
    authority.standing(right) == Some(Standing::Has)
}

fn rights(authority: &DirectoryAuthority) -> [bool; 5] {
    [
        Right::CreateApplication,
        Right::ChangeApplication,
        Right::CreatePrincipal,
        Right::ChangePrincipal,
        Right::Consent,
    ]
    .map(|right| has(authority, &right))
}

#[test]
fn each_role_has_its_rights() {
    for (role, expected) in [
        (GlobalAdministrator, [true; 5]),
        (
            PrivilegedRoleAdministrator,
            [false, false, false, false, true],
        ),
        (ApplicationAdministrator, [true, true, true, true, false]),
        (
            CloudApplicationAdministrator,
            [true, true, true, true, false],
        ),
        (ApplicationDeveloper, [true, false, false, false, false]),
    ] {
        assert_eq!(rights(&user(&[role])), expected, "{role:?}");
    }
    assert_eq!(rights(&user(&[])), [false; 5]);
}

#[test]
fn members_register_where_the_policy_lets_them() {
    let mut member = user(&[]);
    member.may_register = Some(true);
    assert_eq!(rights(&member), [true, false, false, false, false]);
    member.owns_application = true;
    assert_eq!(rights(&member), [true, true, true, false, false]);
    member.may_register = None;
    assert!(matches!(
        member.standing(&Right::CreateApplication),
        Some(Standing::Unknown { .. })
    ));
}

#[test]
fn a_lack_names_the_roles_and_what_can_be_activated() {
    let mut member = user(&[]);
    let lacks = |needs: &str, activate: Option<&str>| {
        Some(Standing::Lacks {
            needs: needs.to_owned(),
            why: None,
            activate: activate.map(str::to_owned),
        })
    };
    let needs = "Privileged Role Administrator or Global Administrator";
    assert_eq!(member.standing(&Right::Consent), lacks(needs, None));
    member.eligible = [PrivilegedRoleAdministrator].into();
    let activate = Some("Privileged Role Administrator");
    assert_eq!(member.standing(&Right::Consent), lacks(needs, activate));
}

#[test]
fn a_client_without_the_delegated_permission_is_in_the_way() {
    let mut admin = user(&[GlobalAdministrator]);
    admin.permissions = Some(["User.Read".to_owned()].into());
    let Some(Standing::Lacks { needs, why, .. }) = admin.standing(&Right::Consent) else {
        panic!("has it")
    };
    assert!(needs.contains("AppRoleAssignment.ReadWrite.All"), "{needs}");
    assert!(why.is_some_and(|why| why.contains("delegated permission")));
    admin.permissions = None;
    assert_eq!(rights(&admin), [true; 5]);
}

#[test]
fn service_principals_have_application_permissions_or_roles() {
    let both = [
        "application.readwrite.all",
        "AppRoleAssignment.ReadWrite.All",
    ];
    assert_eq!(rights(&principal(&both)), [true; 5]);
    assert_eq!(
        rights(&principal(&both[1..])),
        [false, false, false, false, true]
    );
    let mut owner = principal(&["Application.ReadWrite.OwnedBy"]);
    assert_eq!(rights(&owner), [true, false, false, false, false]);
    owner.owns_application = true;
    assert_eq!(rights(&owner), [true, true, true, false, false]);
    let mut by_role = principal(&[]);
    by_role.roles = [GlobalAdministrator].into();
    assert_eq!(rights(&by_role), [true; 5]);
}

#[test]
fn what_a_service_principal_needs_is_a_permission_first() {
    let Some(Standing::Lacks { needs, .. }) = principal(&[]).standing(&Right::Consent) else {
        panic!("has it")
    };
    assert_eq!(
        needs,
        "the application permission AppRoleAssignment.ReadWrite.All, or Privileged Role \
         Administrator or Global Administrator"
    );
    let Some(Standing::Lacks { needs, .. }) = principal(&[]).standing(&Right::CreateApplication)
    else {
        panic!("has it")
    };
    assert!(needs.starts_with("the application permission Application.ReadWrite.All,"));
}

#[test]
fn roles_that_could_not_be_read_are_not_roles_that_lack() {
    let mut unread = user(&[]);
    unread.roles_unread = Some("denied".to_owned());
    assert!(matches!(
        unread.standing(&Right::Consent),
        Some(Standing::Unknown { why, .. }) if why == "denied"
    ));
}

#[test]
fn custom_roles_count_by_their_actions() {
    let mut custom = user(&[]);
    custom.actions = ["microsoft.directory/applications/createAsOwner".to_owned()].into();
    assert_eq!(rights(&custom), [true, false, false, false, false]);
    assert_eq!(custom.standing(&Right::AssignRoles("/".to_owned())), None);
}
