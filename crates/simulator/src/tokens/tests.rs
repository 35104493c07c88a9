use super::*;

const ORIGIN: &str = "https://127.0.0.1:1";

fn caller() -> Principal {
    Principal {
        client_id: "c".to_owned(),
        object_id: "o".to_owned(),
        roles: ["Directory.Read.All".to_owned()].into(),
        ..Principal::default()
    }
}

fn check(audience: &str, lifetime: i64, service: Service) -> Result<Principal, Refusal> {
    let tokens = Tokens::new().unwrap();
    let token = tokens.issue("t", "i", audience, &caller(), lifetime);
    tokens.check(Some(&format!("Bearer {token}")), service, ORIGIN)
}

#[test]
fn a_token_brings_its_principal_back() {
    assert_eq!(
        check("https://graph.microsoft.com", 60, Service::Graph),
        Ok(caller())
    );
    assert_eq!(check(ORIGIN, 60, Service::Arm), Ok(caller()));
}

#[test]
fn a_user_comes_back_too() {
    let user = Principal {
        roles: [].into(),
        directory_roles: ["r".to_owned()].into(),
        user: Some(SignedInUser {
            name: "ada@t.example".to_owned(),
            display_name: "Ada".to_owned(),
            scopes: ["A.Read".to_owned(), "B.Read".to_owned()].into(),
        }),
        ..caller()
    };
    let tokens = Tokens::new().unwrap();
    let header = format!("Bearer {}", tokens.issue("t", "i", ORIGIN, &user, 60));
    assert_eq!(
        tokens.check(Some(&header), Service::Graph, ORIGIN),
        Ok(user)
    );
}

#[test]
fn a_refresh_token_is_its_clients_and_opens_nothing() {
    let tokens = Tokens::new().unwrap();
    let refresh = tokens.refresh(&caller());
    assert_eq!(tokens.holder(&refresh, "C").as_deref(), Some("o"));
    assert_eq!(tokens.holder(&refresh, "d"), None);
    assert_eq!(
        tokens.holder(&tokens.issue("t", "i", ORIGIN, &caller(), 60), "c"),
        None
    );
    let header = format!("Bearer {refresh}");
    assert!(tokens.check(Some(&header), Service::Arm, ORIGIN).is_err());
}

#[test]
fn a_token_for_another_service_is_refused() {
    let refused = check("https://graph.microsoft.com", 60, Service::Arm);
    assert!(matches!(refused, Err(Refusal::Audience(_))));
    let refused = check("https://management.core.windows.net/", 60, Service::Graph);
    assert!(matches!(refused, Err(Refusal::Audience(_))));
    assert!(check("https://vault.azure.net", 60, Service::Arm).is_err());
}

#[test]
fn expired_missing_and_forged_tokens_are_told_apart() {
    assert!(matches!(
        check(ORIGIN, -5, Service::Arm),
        Err(Refusal::Expired(_))
    ));
    let tokens = Tokens::new().unwrap();
    assert_eq!(
        tokens.check(None, Service::Arm, ORIGIN),
        Err(Refusal::Missing)
    );
    let forged = Tokens::new()
        .unwrap()
        .issue("t", "i", ORIGIN, &caller(), 60);
    let header = format!("bearer {forged}");
    assert_eq!(
        tokens.check(Some(&header), Service::Arm, ORIGIN),
        Err(Refusal::Invalid)
    );
}

#[test]
fn a_token_can_expire_early() {
    let tokens = Tokens::new().unwrap();
    let header = format!("Bearer {}", tokens.issue("t", "i", ORIGIN, &caller(), 60));
    assert!(tokens.check(Some(&header), Service::Arm, ORIGIN).is_ok());
    tokens.expire(Some(&header));
    assert!(tokens.check(Some(&header), Service::Arm, ORIGIN).is_err());
}

#[test]
fn only_known_resources_get_tokens() {
    assert!(knows_resource(
        "https://management.core.windows.net//",
        ORIGIN
    ));
    assert!(knows_resource("https://127.0.0.1:1/", ORIGIN));
    assert!(!knows_resource("https://example.org", ORIGIN));
}
