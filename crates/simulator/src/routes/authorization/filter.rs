//! The filters of lists of roles: `atScope()`, `assignedTo('…')` and comparisons of properties, joined by `and`.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest>

use std::collections::HashSet;

use serde_json::Value;

use crate::filter::Filter as Comparison;
use crate::rbac::with_groups;
use crate::tenant::Tenant;

/// A filter that was read.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// Leaves out what is assigned beneath the scope.
    pub(super) at_scope: bool,
    /// Adds the role definitions that can be assigned beneath the scope alone.
    pub(super) below: bool,
    /// Keeps what is for one of these objects, in lower case.
    holders: Option<HashSet<String>>,
    comparisons: Vec<Comparison>,
}

impl Filter {
    /// Reads a filter. Terms that are not known are left to the client.
    pub(super) fn of(tenant: &Tenant, text: &str) -> Self {
        let mut filter = Self::default();
        for term in terms(text) {
            match call(term) {
                Some(("atscope", _)) => filter.at_scope = true,
                Some(("atscopeandbelow", _)) => filter.below = true,
                Some(("assignedto", id)) => filter.keep(with_groups(&tenant.store, id)),
                _ => filter.compare(term),
            }
        }
        filter
    }

    fn keep(&mut self, ids: HashSet<String>) {
        self.holders = Some(match self.holders.take() {
            Some(have) => have.intersection(&ids).cloned().collect(),
            None => ids,
        });
    }

    fn compare(&mut self, term: &str) {
        let words: Vec<&str> = term.split_whitespace().collect();
        if let [name, eq, id] = words.as_slice()
            && name.eq_ignore_ascii_case("principalId")
            && eq.eq_ignore_ascii_case("eq")
        {
            self.keep(HashSet::from([id.trim_matches('\'').to_lowercase()]));
            return;
        }
        self.comparisons.extend(Comparison::parse(term));
    }

    /// True when an item is kept. What is compared are its properties: `type` is the kind of a role.
    pub(super) fn fits(&self, item: &Value) -> bool {
        let properties = &item["properties"];
        let held = self
            .holders
            .as_ref()
            .is_none_or(|ids| is_for(properties, ids));
        held && self.comparisons.iter().all(|one| one.fits(properties))
    }
}

/// True for what is assigned, or denied, to one of the objects.
fn is_for(properties: &Value, ids: &HashSet<String>) -> bool {
    let is = |id: &Value| {
        let id = id.as_str().map(str::to_lowercase);
        id.is_some_and(|id| ids.contains(&id))
    };
    let mut denied = properties["principals"].as_array().into_iter().flatten();
    is(&properties["principalId"]) || denied.any(|one| is(&one["id"]))
}

/// The terms between `and`s that stand outside of quotes.
fn terms(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, next) in text.char_indices() {
        quoted ^= next == '\'';
        let joined = text.get(at..at + 5);
        if !quoted && at >= start && joined.is_some_and(|word| word.eq_ignore_ascii_case(" and ")) {
            found.push(text[start..at].trim());
            start = at + 5;
        }
    }
    found.push(text[start..].trim());
    found.retain(|term| !term.is_empty());
    found
}

/// The name of a function in lower case, and its argument without quotes.
fn call(term: &str) -> Option<(&'static str, &str)> {
    let (name, rest) = term.split_once('(')?;
    let argument = rest.strip_suffix(')')?.trim().trim_matches('\'');
    let known = ["atscope", "atscopeandbelow", "assignedto"];
    let known = known
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name.trim()))?;
    Some((known, argument))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filter(text: &str) -> Filter {
        let mut tenant = Tenant::new(serde_saphyr::from_str("{ tenant_id: t }").unwrap());
        let members = json!({"value": [{"id": "u"}]});
        tenant.store.load("/v1.0/groups/g/members", members);
        Filter::of(&tenant, text)
    }

    fn assigned(id: &str) -> Value {
        json!({"type": "x", "properties": {"principalId": id}})
    }

    #[test]
    fn assigned_to_goes_through_groups_and_principal_id_does_not() {
        let through = filter("atScope() and assignedTo('U')");
        assert!(through.at_scope && through.fits(&assigned("G")));
        assert!(!through.fits(&assigned("other")));
        let direct = filter("principalId eq 'U'");
        assert!(direct.fits(&assigned("u")) && !direct.fits(&assigned("g")));
        assert!(!direct.at_scope);
    }

    #[test]
    fn denials_have_many_principals() {
        let denial = json!({"properties": {"principals": [{"id": "a"}, {"id": "U"}]}});
        assert!(filter("principalId eq 'u'").fits(&denial));
        assert!(!filter("principalId eq 'b'").fits(&denial));
    }

    #[test]
    fn the_type_of_a_role_is_a_property() {
        let role = json!({"type": "Microsoft.Authorization/roleDefinitions",
            "properties": {"type": "CustomRole", "roleName": "Reader and Data Access"}});
        assert!(filter("atScopeAndBelow() AND type eq 'CustomRole'").fits(&role));
        assert!(!filter("type eq 'BuiltInRole'").fits(&role));
        assert!(filter("roleName eq 'reader AND data access'").fits(&role));
    }

    #[test]
    fn odd_filters_keep_everything() {
        for odd in ["", "and", "what()", "€ and ((", "assignedTo("] {
            assert!(filter(odd).fits(&assigned("u")), "{odd}");
        }
    }
}
