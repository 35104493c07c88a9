//! What policies together come to for everybody.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::json::{at, items, text};
use super::covers_application;
use super::gaps::applications_left_out;
use super::reach::{left_out, perhaps_left_out};

/// Stands for whatever application no policy names.
const ANY_OTHER: &str = "any other application";

/// A question about coverage.
pub struct Coverage<'a> {
    /// The document that the answer is about; its `id` and `displayName` are the answer's.
    pub subject: &'a Value,
    /// The policies that matter by their controls and conditions. Several lists of them must each cover everybody.
    pub policies: &'a Value,
    /// The application by id, `All` for each there is, or an empty text when it is not about applications.
    pub application: &'a str,
    /// Whom it is about, as [`left_out`] knows it.
    pub whom: &'a str,
    /// Users, groups with their members, directory roles with theirs.
    pub directory: (&'a Value, &'a Value, &'a Value),
    /// What the settings name for emergencies.
    pub emergency_accounts: &'a Value,
    /// Applications that may be excepted.
    pub tolerated: &'a Value,
}

impl Coverage<'_> {
    /// The answer, as a list with one object for a check to go through: `id`, `displayName`, and
    ///
    /// * `policies`: the names of those that are for the application
    /// * `left_out`: the people whom none reaches
    /// * `perhaps_left_out`: those of whom no document tells
    /// * `applications_left_out`: for `All`, the applications that are excepted and not covered elsewhere
    pub fn answer(&self) -> Value {
        let lists: Vec<&Value> = match items(self.policies) {
            [first, ..] if first.is_array() => items(self.policies).iter().collect(),
            _ => vec![self.policies],
        };
        let mut names: Vec<String> = Vec::new();
        let (mut out, mut perhaps) = (Vec::new(), Vec::new());
        let mut applications: Vec<String> = Vec::new();
        for list in lists {
            let covering = self.covering(list);
            let found = items(&covering)
                .iter()
                .filter_map(|policy| text(policy, "displayName").or_else(|| text(policy, "id")));
            names.extend(found.map(str::to_owned));
            let (directory, emergency) = (self.directory, self.emergency_accounts);
            out.extend(left_out(&covering, self.whom, directory, emergency));
            perhaps.extend(perhaps_left_out(&covering, self.whom, directory, emergency));
            if self.application.eq_ignore_ascii_case("All") {
                applications.extend(applications_left_out(
                    list,
                    self.tolerated,
                    self.whom,
                    directory,
                    emergency,
                ));
            }
        }
        keep_first(&mut out, &[]);
        keep_first(&mut perhaps, &out);
        keep_first(&mut names, &[]);
        keep_first(&mut applications, &[]);
        json!([{
            "id": at(self.subject, "id"),
            "displayName": at(self.subject, "displayName"),
            "policies": names,
            "left_out": out,
            "perhaps_left_out": perhaps,
            "applications_left_out": applications,
        }])
    }

    /// The policies of a list that are for the application.
    fn covering(&self, policies: &Value) -> Value {
        let application = match self.application.trim() {
            all if all.eq_ignore_ascii_case("All") => ANY_OTHER,
            other => other,
        };
        let of_interest = items(policies)
            .iter()
            .filter(|policy| application.is_empty() || covers_application(policy, application));
        of_interest.cloned().collect::<Vec<_>>().into()
    }
}

/// Keeps each name once, in its first place, and none that `others` have.
fn keep_first(names: &mut Vec<String>, others: &[String]) {
    let mut seen: BTreeSet<String> = others.iter().cloned().collect();
    names.retain(|name| seen.insert(name.clone()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(name: &str, applications: Value, users: Value) -> Value {
        json!({"displayName": name, "conditions": {"applications": applications, "users": users}})
    }

    fn ask(policies: Value, application: &str) -> Value {
        let users = json!([{"id": "a", "userPrincipalName": "a@x"}, {"id": "b", "userPrincipalName": "b@x"}]);
        let groups = json!([{"id": "m365", "securityEnabled": false}]);
        let mut answer = Coverage {
            subject: &json!({"id": "/tenants/t", "displayName": "T"}),
            policies: &policies,
            application,
            whom: "everyone",
            directory: (&users, &groups, &Value::Null),
            emergency_accounts: &Value::Null,
            tolerated: &Value::Null,
        }
        .answer();
        answer[0].take()
    }

    #[test]
    fn policies_add_up() {
        let all = json!({"includeApplications": ["All"]});
        let answer = ask(
            json!([
                policy("one", all.clone(), json!({"includeUsers": ["a"]})),
                policy(
                    "two",
                    all,
                    json!({"includeUsers": ["All"], "excludeGroups": ["m365"]})
                ),
                policy(
                    "other",
                    json!({"includeApplications": ["x"]}),
                    json!({"includeUsers": ["All"]})
                ),
            ]),
            "All",
        );
        assert_eq!(answer["id"], "/tenants/t");
        assert_eq!(answer["policies"], json!(["one", "two"]));
        assert_eq!(answer["left_out"], json!([]));
        assert_eq!(answer["perhaps_left_out"], json!(["b@x"]));
    }

    #[test]
    fn each_of_several_lists_must_cover() {
        let all = |who: &str| {
            policy(
                who,
                json!({"includeApplications": ["All"]}),
                json!({"includeUsers": [who]}),
            )
        };
        let answer = ask(json!([[all("All")], [all("a"), all("a")]]), "All");
        assert_eq!(answer["left_out"], json!(["b@x"]));
        assert_eq!(answer["policies"], json!(["All", "a"]));
        assert_eq!(
            ask(json!([[], []]), "All")["left_out"],
            json!(["a@x", "b@x"])
        );
    }

    #[test]
    fn one_application_or_none() {
        let users = json!({"includeUsers": ["All"]});
        let policies = json!([policy(
            "x",
            json!({"includeApplications": ["x"]}),
            users.clone()
        )]);
        assert_eq!(ask(policies.clone(), "X")["left_out"], json!([]));
        assert_eq!(
            ask(policies.clone(), "y")["left_out"],
            json!(["a@x", "b@x"])
        );
        assert_eq!(ask(policies, "All")["left_out"], json!(["a@x", "b@x"]));
        let action = policy(
            "action",
            json!({"includeUserActions": ["urn:user:registersecurityinfo"]}),
            users.clone(),
        );
        assert_eq!(ask(json!([action]), "")["left_out"], json!([]));
        let except = policy(
            "p",
            json!({"includeApplications": ["All"], "excludeApplications": ["x"]}),
            users,
        );
        assert_eq!(
            ask(json!([except]), "All")["applications_left_out"],
            json!(["x"])
        );
        assert_eq!(ask(Value::Null, "All")["left_out"], json!(["a@x", "b@x"]));
    }
}
