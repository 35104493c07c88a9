//! The directory: people, groups, roles, applications.

mod applications;
mod groups;
mod roles;
mod users;

use serde_json::{Value, json};

use super::people::{self, Person};
use super::random::Random;
use crate::store::Store;

/// What the directory is made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directory<'a> {
    pub(super) seed: u64,
    pub(super) tenant: &'a str,
    pub(super) users: usize,
    /// Client id and object id of the application that signs in.
    pub(super) scanner: (&'a str, &'a str),
}

/// Writes the directory.
pub(super) fn write(directory: Directory<'_>, store: &mut Store) {
    users::write(directory, store);
    groups::write(directory, store);
    roles::write(directory, store);
    applications::write(directory, store);
}

/// The object id of one of the service principals that people made.
pub(super) fn service_principal(seed: u64, number: usize) -> String {
    Random::of(seed, "service principal", number).guid()
}

impl Directory<'_> {
    fn person(&self, number: usize) -> Person {
        people::person(self.seed, number)
    }

    /// The person with this number among those that there are.
    fn someone(&self, number: usize) -> Person {
        self.person(number % self.users.max(1))
    }

    /// How many applications the company has.
    fn applications(&self) -> usize {
        12 + self.users / 40
    }
}

/// A member of a group or role, as Graph's lists of directory objects show people.
fn member(person: &Person) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.user",
        "id": person.id,
        "businessPhones": [],
        "displayName": person.shown,
        "givenName": person.given,
        "jobTitle": null,
        "mail": null,
        "mobilePhone": null,
        "officeLocation": null,
        "preferredLanguage": null,
        "surname": person.family,
        "userPrincipalName": person.principal_name,
    })
}
