//! Whom policies reach, person by person, and whom they leave out.

use std::collections::HashSet;

use serde_json::Value;

use super::super::json::{at, has, is, items, key, text, texts};
use super::people::{People, external_kind, name_of};

/// Whether a policy applies to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    No,
    /// It hangs on something that no document tells: the members of a group that is not read, or the home tenant of a
    /// guest.
    Unknown,
    Yes,
}

/// The users that a policy names, resolved. What is left out wins over what is taken in, however either is named.
///
/// Source: <https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups>
pub(super) struct Users {
    included: Named,
    excluded: Named,
}

/// One of the two sides.
#[derive(Default)]
struct Named {
    all: bool,
    ids: HashSet<String>,
    /// Kinds of guests, and whether only those of some tenants.
    guests: Vec<(String, bool)>,
    every_guest: bool,
    unread_group: bool,
}

impl Users {
    pub(super) fn of(policy: &Value, people: &People<'_>) -> Self {
        let users = at(policy, "conditions.users");
        Self {
            included: Named::of(users, "include", people),
            excluded: Named::of(users, "exclude", people),
        }
    }

    pub(super) fn reach(&self, user: &Value) -> Reach {
        match (self.included.has(user), self.excluded.has(user)) {
            (Reach::No, _) | (_, Reach::Yes) => Reach::No,
            (Reach::Yes, Reach::No) => Reach::Yes,
            _ => Reach::Unknown,
        }
    }

    /// Whether the policy names this person to leave out, and would apply otherwise.
    pub(super) fn leaves_out(&self, user: &Value) -> bool {
        self.included.has(user) != Reach::No && self.excluded.has(user) == Reach::Yes
    }

    /// Whether the policy is for every guest of a kind, of whatever tenant.
    fn covers_guests(&self, kind: &str) -> bool {
        let named = |side: &Named, some_tenants_too: bool| {
            side.every_guest
                || side.guests.iter().any(|(name, some)| {
                    name.eq_ignore_ascii_case(kind) && (some_tenants_too || !some)
                })
        };
        (self.included.all || named(&self.included, false)) && !named(&self.excluded, true)
    }
}

impl Named {
    fn of(users: &Value, side: &str, people: &People<'_>) -> Self {
        let list = |what: &str| texts(users, &format!("{side}{what}"));
        let mut named = Self::default();
        for id in list("Users") {
            match key(id).as_str() {
                "all" => named.all = true,
                "none" => {}
                "guestsorexternalusers" => named.every_guest = true,
                id => {
                    named.ids.insert(id.to_owned());
                }
            }
        }
        for group in list("Groups") {
            let membership = people.membership(group);
            named.unread_group |= membership.unread;
            named.ids.extend(membership.ids);
        }
        for role in list("Roles") {
            named
                .ids
                .extend(people.holders(role).into_iter().flatten().cloned());
        }
        let guests = at(users, &format!("{side}GuestsOrExternalUsers"));
        let some_tenants = is(guests, "externalTenants.membershipKind", "enumerated");
        named.guests = texts(guests, "guestOrExternalUserTypes")
            .into_iter()
            .map(|kind| (kind.to_owned(), some_tenants))
            .collect();
        named
    }

    fn has(&self, user: &Value) -> Reach {
        let kind = external_kind(user);
        let guest = kind.and_then(|kind| {
            let same = |(name, _): &&(String, bool)| name.eq_ignore_ascii_case(kind);
            self.guests.iter().find(same)
        });
        let by_id = text(user, "id").is_some_and(|id| self.ids.contains(&key(id)));
        if self.all || by_id || (self.every_guest && kind.is_some()) {
            return Reach::Yes;
        }
        match guest {
            Some((_, false)) => Reach::Yes,
            Some((_, true)) => Reach::Unknown,
            None if self.unread_group => Reach::Unknown,
            None => Reach::No,
        }
    }
}

/// Whom a question is about.
fn is_meant(whom: &str, user: &Value, people: &People<'_>) -> bool {
    let id = text(user, "id").unwrap_or_default();
    let guest = external_kind(user).is_some();
    match whom.to_ascii_lowercase().as_str() {
        "members" => !guest,
        "guests" => guest,
        "administrators" => people.is_privileged(id),
        _ => true,
    }
}

/// The names of the people to whom none of the policies applies: user names, else display names, else ids, in the
/// order of `users`.
///
/// * `whom`: `everyone`, `members`, `guests`, or `administrators`: who holds a role that Microsoft marks as privileged.
/// * `users`, `groups` with `transitiveMembers` and `members`, `roles` with `members`.
/// * `emergency_accounts`: ids, user names or groups. Whoever they name, disabled accounts and the accounts that
///   Microsoft's synchronisation signs in with are not asked about.
///
/// Each policy is read as it is written, whatever its state: pass those that matter. Somebody to whom one may apply,
/// because the members of a group are not known, is with [`perhaps_left_out`].
pub fn left_out(
    policies: &Value,
    whom: &str,
    (users, groups, roles): (&Value, &Value, &Value),
    emergency_accounts: &Value,
) -> Vec<String> {
    let people = People::new(users, groups, roles);
    best_reach(policies, whom, &people, emergency_accounts, Reach::No)
}

/// The names of the people of whom no document tells whether one of the policies applies, and none does for sure.
pub fn perhaps_left_out(
    policies: &Value,
    whom: &str,
    (users, groups, roles): (&Value, &Value, &Value),
    emergency_accounts: &Value,
) -> Vec<String> {
    let people = People::new(users, groups, roles);
    best_reach(policies, whom, &people, emergency_accounts, Reach::Unknown)
}

/// Those whom the policies together reach that far and no farther.
fn best_reach(
    policies: &Value,
    whom: &str,
    people: &People<'_>,
    emergency_accounts: &Value,
    wanted: Reach,
) -> Vec<String> {
    let emergency = people.emergency(emergency_accounts);
    let policies: Vec<Users> = items(policies)
        .iter()
        .map(|policy| Users::of(policy, people))
        .collect();
    let asked = |user: &&Value| {
        let id = text(user, "id").unwrap_or_default();
        !id.is_empty()
            && at(user, "accountEnabled").as_bool() != Some(false)
            && !emergency.contains(&key(id))
            && !people.synchronises(id)
            && is_meant(whom, user, people)
    };
    let reach = |user: &Value| {
        let each = policies.iter().map(|policy| policy.reach(user));
        each.max().unwrap_or(Reach::No)
    };
    people
        .users
        .iter()
        .filter(asked)
        .filter(|user| reach(user) == wanted)
        .map(name_of)
        .collect()
}

/// The names of the policies that apply to a user, or may.
pub fn policies_for(
    user_id: &str,
    policies: &Value,
    (users, groups, roles): (&Value, &Value, &Value),
) -> Vec<String> {
    let people = People::new(users, groups, roles);
    let Some(user) = people
        .users
        .iter()
        .find(|user| is(user, "id", user_id.trim()))
    else {
        return Vec::new();
    };
    items(policies)
        .iter()
        .filter(|policy| Users::of(policy, &people).reach(user) != Reach::No)
        .map(|policy| {
            let name = text(policy, "displayName").or_else(|| text(policy, "id"));
            name.unwrap_or_default().to_owned()
        })
        .collect()
}

/// Those among kinds of guests (`b2bCollaborationGuest`, `serviceProvider`) whom none of the policies covers as a
/// kind, in whatever tenant they are at home. Also tells of kinds that have no user objects.
pub fn guest_kinds_left_out(policies: &Value, kinds: &Value) -> Vec<String> {
    let people = People::new(&Value::Null, &Value::Null, &Value::Null);
    let policies: Vec<Users> = items(policies)
        .iter()
        .map(|policy| Users::of(policy, &people))
        .collect();
    texts(kinds, "")
        .into_iter()
        .filter(|kind| !policies.iter().any(|policy| policy.covers_guests(kind)))
        .map(str::to_owned)
        .collect()
}

/// The template ids among `roles` that none of the policies names: neither by the role nor by being for all users,
/// or that each of those leaves out.
pub fn roles_left_out(policies: &Value, roles: &Value) -> Vec<String> {
    let covers = |policy: &Value, role: &str| {
        let users = at(policy, "conditions.users");
        (has(&texts(users, "includeRoles"), role) || has(&texts(users, "includeUsers"), "All"))
            && !has(&texts(users, "excludeRoles"), role)
    };
    texts(roles, "")
        .into_iter()
        .filter(|role| !items(policies).iter().any(|policy| covers(policy, role)))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
#[path = "reach_tests.rs"]
mod tests;
