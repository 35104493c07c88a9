//! The people of a tenant, each worked out from a number, so that anything may speak of them.

use super::random::Random;
use super::words::{DOMAINS, FAMILY, GIVEN, in_address};

/// What somebody's account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// One of two accounts that policies leave out, for the day when nobody else can sign in.
    BreakGlass,
    /// A second account of somebody who administers.
    Admin,
    /// Somebody from another company.
    Guest,
    /// Everybody else.
    Member,
}

/// Somebody.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) role: Role,
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    pub(super) shown: String,
    pub(super) principal_name: String,
    pub(super) enabled: bool,
}

/// The person with this number.
pub(super) fn person(seed: u64, number: usize) -> Person {
    let mut random = Random::of(seed, "user", number);
    let id = random.guid();
    let role = role(number);
    let given = GIVEN[random.below(GIVEN.len())];
    let family = FAMILY[random.below(FAMILY.len())];
    let address = format!("{}.{}", in_address(given), in_address(family));
    let (shown, principal_name) = match role {
        Role::BreakGlass => (
            format!("Emergency access {:02}", number + 1),
            format!("emergency-access-{:02}@{}", number + 1, DOMAINS[1]),
        ),
        Role::Admin => (
            format!("{given} {family} (admin)"),
            format!("adm.{address}{number}@{}", DOMAINS[1]),
        ),
        Role::Guest => (
            format!("{given} {family}"),
            format!("{address}{number}_partner.example#EXT#@{}", DOMAINS[1]),
        ),
        Role::Member => (
            format!("{given} {family}"),
            format!("{address}{number}@{}", DOMAINS[0]),
        ),
    };
    Person {
        id,
        role,
        given,
        family,
        shown,
        principal_name,
        enabled: role == Role::BreakGlass || random.chance(92),
    }
}

/// Two for emergencies, then an administrator among fifty and a guest among eight.
fn role(number: usize) -> Role {
    match number {
        0 | 1 => Role::BreakGlass,
        _ if number % 50 == 2 => Role::Admin,
        _ if number % 8 == 5 => Role::Guest,
        _ => Role::Member,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_an_id_and_a_name_of_their_own() {
        let people: Vec<Person> = (0..2_000).map(|number| person(7, number)).collect();
        let count = |of: fn(&Person) -> &String| {
            people
                .iter()
                .map(of)
                .collect::<std::collections::BTreeSet<_>>()
                .len()
        };
        assert_eq!(count(|person| &person.id), 2_000);
        assert_eq!(count(|person| &person.principal_name), 2_000);
        let with = |role| people.iter().filter(|person| person.role == role).count();
        assert_eq!(with(Role::BreakGlass), 2);
        assert_eq!(with(Role::Admin), 40);
        assert!((200..300).contains(&with(Role::Guest)));
        assert!(people.iter().any(|person| !person.enabled));
    }
}
