//! Which applications a policy is about.

use serde_json::Value;

use super::super::json::{at, has, texts};

/// The Windows Azure Service Management API: Azure portal, CLI, PowerShell, and all of ARM.
const MANAGEMENT_API: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";

/// Exchange Online, SharePoint Online and Teams: the members of the `Office365` suite that other
/// applications depend on.
const OFFICE_365: [&str; 3] = [
    "00000002-0000-0ff1-ce00-000000000000",
    "00000003-0000-0ff1-ce00-000000000000",
    "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe",
];

/// Whether a policy applies to the application `app_id`, always.
///
/// * `includeApplications` has `All`, the id, or the suite `Office365` when the application is
///   one of its core members. `None` covers nothing. `MicrosoftAdminPortals` are web portals:
///   they do not include the management API behind them, which the CLI and PowerShell call.
/// * `excludeApplications` has neither the id nor a suite that contains it. Excluding
///   `MicrosoftAdminPortals` takes the Azure portal out of the management API, so that this
///   application is not covered as a whole.
/// * A filter that excludes applications by their attributes may exclude this one.
/// * Policies for user actions or authentication contexts are not about applications.
///
/// `app_id` may be `All`: then nothing may be excluded. State, users and other conditions are
/// not looked at.
///
/// Source: <https://learn.microsoft.com/graph/api/resources/conditionalaccessapplications>
pub fn covers_application(policy: &Value, app_id: &str) -> bool {
    let app_id = app_id.trim();
    let applications = at(policy, "conditions.applications");
    let listed = |list: &str| texts(applications, list);
    if app_id.is_empty()
        || !listed("includeUserActions").is_empty()
        || !listed("includeAuthenticationContextClassReferences").is_empty()
    {
        return false;
    }
    let included = listed("includeApplications");
    let excluded = listed("excludeApplications");
    let covered = has(&included, "All") || names(&included, app_id);
    covered && !excludes(&excluded, app_id) && !filters_out(applications)
}

/// Whether a list names the application or a suite that it belongs to.
fn names(list: &[&str], app_id: &str) -> bool {
    has(list, app_id) || (has(list, "Office365") && has(&OFFICE_365, app_id))
}

fn excludes(excluded: &[&str], app_id: &str) -> bool {
    if app_id.eq_ignore_ascii_case("All") {
        return !excluded.is_empty();
    }
    let portal =
        app_id.eq_ignore_ascii_case(MANAGEMENT_API) && has(excluded, "MicrosoftAdminPortals");
    names(excluded, app_id) || has(excluded, "All") || portal
}

fn filters_out(applications: &Value) -> bool {
    let filter = at(applications, "applicationFilter");
    !filter.is_null() && !has(&texts(filter, "mode"), "include")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn covers(applications: Value) -> bool {
        covers_application(
            &json!({"conditions": {"applications": applications}}),
            MANAGEMENT_API,
        )
    }

    #[test]
    fn all_or_the_id_covers() {
        assert!(covers(
            json!({"includeApplications": ["All"], "excludeApplications": null})
        ));
        assert!(covers(
            json!({"includeApplications": ["all"], "excludeApplications": []})
        ));
        assert!(covers(
            json!({"includeApplications": [null, MANAGEMENT_API.to_uppercase()]})
        ));
        assert!(covers(
            json!({"includeApplications": ["Office365", MANAGEMENT_API]})
        ));
    }

    #[test]
    fn other_applications_do_not() {
        for included in [
            json!(["None"]),
            json!(["Office365"]),
            json!(["MicrosoftAdminPortals"]),
            json!(["x"]),
            json!([]),
            Value::Null,
        ] {
            assert!(
                !covers(json!({"includeApplications": included})),
                "{included}"
            );
        }
    }

    #[test]
    fn exclusions_take_away() {
        for excluded in [
            json!([MANAGEMENT_API]),
            json!(["MicrosoftAdminPortals"]),
            json!(["All"]),
        ] {
            assert!(
                !covers(json!({"includeApplications": ["All"], "excludeApplications": excluded})),
                "{excluded}"
            );
        }
        assert!(covers(
            json!({"includeApplications": ["All"], "excludeApplications": ["Office365", "x"]})
        ));
    }

    #[test]
    fn the_office_suite_contains_exchange() {
        let of = |applications: Value| {
            covers_application(
                &json!({"conditions": {"applications": applications}}),
                OFFICE_365[0],
            )
        };
        assert!(of(json!({"includeApplications": ["office365"]})));
        assert!(!of(
            json!({"includeApplications": ["All"], "excludeApplications": ["Office365"]})
        ));
    }

    #[test]
    fn all_applications_means_none_excluded() {
        let all = |applications: Value| {
            covers_application(
                &json!({"conditions": {"applications": applications}}),
                "All",
            )
        };
        assert!(all(json!({"includeApplications": ["All"]})));
        assert!(!all(
            json!({"includeApplications": ["All"], "excludeApplications": ["x"]})
        ));
        assert!(!all(json!({"includeApplications": ["x"]})));
    }

    #[test]
    fn a_filter_that_excludes_may_exclude_it() {
        let with =
            |filter: Value| json!({"includeApplications": ["All"], "applicationFilter": filter});
        assert!(!covers(with(json!({"mode": "exclude", "rule": "x"}))));
        assert!(!covers(with(json!({"rule": "x"}))));
        assert!(covers(with(json!({"mode": "include", "rule": "x"}))));
        assert!(covers(with(Value::Null)));
    }

    #[test]
    fn actions_and_contexts_are_not_applications() {
        assert!(!covers(
            json!({"includeApplications": ["All"], "includeUserActions": ["urn:user:registersecurityinfo"]})
        ));
        assert!(!covers(
            json!({"includeApplications": ["All"], "includeAuthenticationContextClassReferences": ["c1"]})
        ));
    }

    #[test]
    fn absent_conditions_cover_nothing() {
        for policy in [
            Value::Null,
            json!({}),
            json!({"conditions": null}),
            json!({"conditions": {"applications": null}}),
        ] {
            assert!(!covers_application(&policy, MANAGEMENT_API), "{policy}");
        }
        assert!(!covers_application(
            &json!({"conditions": {"applications": {"includeApplications": ["All"]}}}),
            ""
        ));
    }
}
