use azure::SignIn;
use serde_json::json;

use super::*;

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn proof() -> Proof {
    Proof::of(&SignIn::ClientSecret {
        tenant: "t".into(),
        client: "c".into(),
        secret: azure::Secret::new("abC8Q~0123456789"),
    })
}

fn state(start: &str, end: &str) -> (CredentialState, Option<i64>) {
    let item = json!({"startDateTime": start, "endDateTime": end});
    let one = secret(&item, &Proof::default(), now());
    (one.state, one.days_left)
}

#[test]
fn days_are_counted_to_the_end() {
    use CredentialState as State;
    assert_eq!(
        state("2026-01-01T00:00:00Z", "2026-11-24T11:59:59Z"),
        (State::Expired, Some(-1))
    );
    assert_eq!(
        state("2026-01-01T00:00:00Z", "2026-11-24T13:00:00.1234567Z"),
        (State::ExpiresSoon, Some(0))
    );
    assert_eq!(
        state("2026-01-01", "2026-12-24T11:00:00Z"),
        (State::ExpiresSoon, Some(29))
    );
    assert_eq!(
        state("2026-01-01", "2026-12-24T12:00:00Z"),
        (State::Valid, Some(30))
    );
    assert_eq!(state("2027-01-01", "2028-01-01").0, State::NotYetValid);
}

#[test]
fn absent_dates_are_no_error() {
    let one = secret(&json!({"endDateTime": null}), &Proof::default(), now());
    assert_eq!((one.state, one.expires), (CredentialState::Valid, None));
    assert_eq!(one.name, "unnamed");
}

#[test]
fn the_hint_tells_which_secret_signed_in() {
    let items = [
        json!({"hint": "abC", "endDateTime": "2030-01-01T00:00:00Z"}),
        json!({"hint": "xyz", "endDateTime": "2030-01-01T00:00:00Z"}),
        json!({"hint": "abC", "endDateTime": "2020-01-01T00:00:00Z"}),
    ];
    let mut found: Vec<_> = items
        .iter()
        .map(|item| secret(item, &proof(), now()))
        .collect();
    only_candidate(&mut found, &proof());
    let used: Vec<Used> = found.iter().map(|one| one.used).collect();
    assert_eq!(used, [Used::Yes, Used::No, Used::No]);
}

#[test]
fn two_secrets_that_look_alike_stay_open() {
    let item = json!({"endDateTime": "2030-01-01T00:00:00Z"});
    let mut found = vec![
        secret(&item, &proof(), now()),
        secret(&item, &proof(), now()),
    ];
    only_candidate(&mut found, &proof());
    assert!(found.iter().all(|one| one.used == Used::Maybe));
}

#[test]
fn a_thumbprint_is_read_in_every_form() {
    let hex = "A9993E364706816ABA3E25717850C26C9CD0D89D";
    let bytes: Vec<u8> = (0..20)
        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    for identifier in [
        hex.to_owned(),
        hex.to_lowercase(),
        STANDARD.encode(&bytes),
        STANDARD.encode(hex),
    ] {
        let known = known_thumbprints(&json!({"customKeyIdentifier": identifier}));
        assert_eq!(known, [hex], "{identifier}");
    }
    let by_key = known_thumbprints(&json!({"key": STANDARD.encode(b"abc")}));
    assert_eq!(by_key[0], hex);
    assert!(known_thumbprints(&json!({"customKeyIdentifier": null, "key": null})).is_empty());
}
