use proptest::prelude::*;

use super::*;

fn found(rule: &str) -> Vec<String> {
    let object = |found: &Value| {
        let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        format!("{} by {}", text("attribute"), text("by"))
    };
    attributes_people_write(rule, &[])
        .iter()
        .map(object)
        .collect()
}

#[test]
fn who_writes_an_attribute() {
    assert_eq!(
        found(r#"user.city -eq "Bremen""#),
        ["city by members"],
        "people keep their own address"
    );
    assert_eq!(
        found(r#"(user.mail -contains "admin")"#),
        ["mail by guests"],
        "whoever invites chooses the address"
    );
    assert_eq!(
        found(r#"USER.DISPLAYNAME -match "^adm-""#),
        ["DISPLAYNAME by members and guests"]
    );
    for rule in [
        r#"user.department -eq "user.displayName""#,
        r#"(user.jobTitle -eq "Lead \"user.city\"") -and (user.companyName -ne null)"#,
        r#"user.assignedPlans -any (assignedPlan.servicePlanId -eq "x" -and assignedPlan.capabilityStatus -eq "Enabled")"#,
        r#"user.memberof -any (group.objectId -in ["b"])"#,
        "user.accountEnabled -eq true",
        r#"device.displayName -startsWith "LAPTOP""#,
        r#"Direct Reports for "62e19b97-8b3d-4d4a-a106-4ce66896a863""#,
        "",
        "\"",
    ] {
        assert!(found(rule).is_empty(), "{rule}");
    }
}

#[test]
fn what_the_user_type_rules_out() {
    assert_eq!(
        found(r#"(user.userType -eq "Member") -and (user.mail -endsWith "@contoso.com")"#),
        Vec::<String>::new(),
        "members do not choose their address"
    );
    assert_eq!(
        found(r#"(user.displayName -contains "Ops") and (user.userType -ne "Guest")"#),
        ["displayName by members"]
    );
    assert_eq!(
        found(r#"user.userType -eq "guest" -and user.displayName -contains "Ops""#),
        ["displayName by guests"]
    );
    assert_eq!(
        found(
            r#"((user.userType -eq "Guest" and user.city -eq "x") or (user.userType -eq "Member" and user.mail -eq "y"))"#
        ),
        Vec::<String>::new(),
        "each branch rules out the one who could write"
    );
    assert_eq!(
        found(r#"user.userType -eq "Member" or user.mail -contains "x""#),
        ["mail by guests"],
        "the other branch stays open"
    );
    assert_eq!(
        found(r#"-not (user.userType -eq "Guest") -and user.mail -contains "x""#),
        ["mail by guests"],
        "what is not taken apart rules nobody out"
    );
}

#[test]
fn more_attributes_of_this_directory() {
    let rule = r#"user.extensionAttribute7 -eq "vpn""#;
    assert!(attributes_people_write(rule, &[]).is_empty());
    let found = attributes_people_write(rule, &["ExtensionAttribute7"]);
    assert_eq!(
        found,
        [json!({"attribute": "extensionAttribute7", "by": "members"})]
    );
}

fn condition() -> impl Strategy<Value = String> {
    let attribute = prop::sample::select(vec![
        "user.displayName",
        "user.mail",
        "user.city",
        "user.department",
        "user.userType",
    ]);
    let value = prop::sample::select(vec!["Guest", "Member", "user.mobile", "a \\\" b"]);
    (attribute, prop::sample::select(vec!["-eq", "-ne"]), value)
        .prop_map(|(attribute, operator, value)| format!("({attribute} {operator} \"{value}\")"))
}

fn rule() -> impl Strategy<Value = String> {
    condition().prop_recursive(4, 24, 3, |inner| {
        (
            prop::collection::vec(inner, 1..4),
            prop::sample::select(vec!["and", "-or", "-AND", "or"]),
        )
            .prop_map(|(parts, word)| format!("({})", parts.join(&format!(" {word} "))))
    })
}

proptest! {
    #[test]
    fn any_text_is_taken(text in ".{0,200}") {
        let _ = attributes_people_write(&text, &[]);
    }

    #[test]
    fn parentheses_and_case_say_nothing(rule in rule()) {
        let plain = found(&rule);
        prop_assert_eq!(&found(&format!("(({rule}))")), &plain);
        let lower: Vec<String> = plain.iter().map(|text| text.to_lowercase()).collect();
        prop_assert_eq!(found(&rule.to_lowercase()), lower);
    }

    #[test]
    fn only_what_the_rule_names_is_found(rule in rule()) {
        for found in attributes_people_write(&rule, &[]) {
            let name = format!("user.{}", found["attribute"].as_str().unwrap_or_default());
            prop_assert!(rule.contains(&name), "{} in {}", name, rule);
        }
    }

    /// An alternative for everybody never takes an attribute away; being a member as a condition leaves guests out.
    #[test]
    fn alternatives_add_and_conditions_take_away(rule in rule()) {
        let plain = attributes_people_write(&rule, &[]).len();
        let wider = format!("{rule} or (user.country -eq \"NL\")");
        prop_assert_eq!(attributes_people_write(&wider, &[]).len(), plain + 1);
        let members = format!("{rule} and (user.userType -eq \"Member\")");
        for found in attributes_people_write(&members, &[]) {
            prop_assert_eq!(found["by"].as_str(), Some("members"));
        }
        prop_assert!(attributes_people_write(&members, &[]).len() <= plain);
    }
}
