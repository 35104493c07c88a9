//! Every rule of lint, one by one.

use crate::check_text::CheckText;
use catalog::Catalog;
use checks::lint;

/// The complaints about a check, without the file's name.
fn complaints(check: &CheckText) -> Vec<String> {
    let catalog = Catalog::builtin().unwrap();
    lint(&check.library(), &catalog)
        .into_iter()
        .map(|diagnostic| {
            let place = diagnostic
                .line
                .map(|line| format!("{line}: "))
                .unwrap_or_default();
            let hint = diagnostic
                .hint
                .map(|hint| format!(" [{hint}]"))
                .unwrap_or_default();
            format!("{place}{}{hint}", diagnostic.message)
        })
        .collect()
}

#[track_caller]
fn refuses(key: &'static str, text: &str, complaint: &str) {
    let found = complaints(&CheckText::storage().with(key, text));
    assert!(
        found.iter().any(|one| one.contains(complaint)),
        "{key}: {found:#?}"
    );
}

#[test]
fn a_good_check_is_not_complained_about() {
    assert_eq!(complaints(&CheckText::storage()), Vec::<String>::new());
}

#[test]
fn titles() {
    refuses(
        "title",
        "title: Storage example",
        "1: the title repeats the id",
    );
    refuses("title", "title: ' '", "the title is empty");
    refuses("title", "title: Ends so.", "full stop");
    refuses(
        "title",
        &format!("title: {}", "x".repeat(101)),
        "longer than one line",
    );
}

#[test]
fn categories() {
    refuses("categories", "categories: []", "no category");
    refuses(
        "categories",
        "categories: [encrypton]",
        "unknown category `encrypton` [did you mean `encryption`?]",
    );
    refuses(
        "categories",
        "categories: [else]",
        "one of cluster-security",
    );
}

#[test]
fn types_and_children_that_the_catalogue_lacks() {
    refuses(
        "resource",
        "resource: Microsoft.Storage/storageAccount",
        "4: the catalogue has no type `Microsoft.Storage/storageAccount` [did you mean `Microsoft.Storage/storageAccounts`?]",
    );
    refuses(
        "with",
        "with: { blob: blobServices/defualt }",
        "[did you mean `blobServices/default`?]",
    );
    refuses(
        "with",
        "with: { x: entirelyElse }",
        "[the children of Microsoft.Storage/storageAccounts are",
    );
    refuses(
        "with",
        "with: { roles: { read: graph/directoryRoles, children: [member] } }",
        "graph/directoryRoles has no child `member` [did you mean `members`?]",
    );
}

#[test]
fn reads_that_cannot_be_meant() {
    refuses(
        "with",
        "with: { blob: blobServices/default }",
        "5: no expression uses `blob`",
    );
    refuses(
        "with",
        "with: { params: blobServices/default }",
        "the name `params` has a meaning of its own",
    );
    refuses(
        "with",
        "with: { a-b: blobServices/default }",
        "expressions cannot use the name `a-b`",
    );
    refuses(
        "with",
        "with: { a: { read: graph/users, fallback_for: b } }",
        "`fallback_for` names no read: `b`",
    );
    refuses(
        "with",
        "with: { a: { read: graph/users, fallback_for: a } }",
        "it is one itself",
    );
    refuses(
        "with",
        "with: { a: graph/users, b: { read: graph/groups, fallback_for: a }, c: { read: graph/groups, fallback_for: a } }",
        "`a` has more than one fallback",
    );
}

#[test]
fn names_that_nothing_binds() {
    refuses(
        "when",
        "when: resorce.kind == 'x'",
        "`resorce` is not known here [did you mean `resource`?]",
    );
    refuses(
        "pass",
        "pass: size(somewhere) > 0",
        "other documents get their names under `with`",
    );
    refuses(
        "pass",
        "pass: item.name == 'x'",
        "`item` is only known to a check with `each`",
    );
    refuses(
        "pass",
        "pass: evidence.x == 1",
        "`evidence` is not known here",
    );
    refuses(
        "message",
        "message: { pass: '{{ nobody }}', fail: x }",
        "`nobody` is not known here",
    );
    refuses(
        "evidence",
        "evidence: { a: nobody.b }",
        "`nobody` is not known here",
    );
}

#[test]
fn parameters_and_settings_that_are_not_there() {
    refuses(
        "params",
        "params: { minimum: 1 }",
        "no expression reads the parameter `minimum`",
    );
    refuses(
        "pass",
        "pass: size(resource.properties) >= params.minimum",
        "there is no `params.minimum`",
    );
    refuses(
        "pass",
        "pass: size(settings.emergency_account) > 0",
        "[did you mean `emergency_accounts`?]",
    );
    let passed_on = CheckText::storage()
        .with("params", "params: { widest_ipv4: 24 }")
        .with("pass", "pass: resource.properties.supportsHttpsTrafficOnly && !internet_exposure(null, 1, 'Tcp', params).open");
    assert_eq!(complaints(&passed_on), Vec::<String>::new());
}

#[test]
fn members_that_resource_graph_does_not_carry() {
    let machine = |pass: &str| {
        let check = CheckText::storage()
            .with("resource", "resource: Microsoft.Compute/virtualMachines")
            .with("pass", &format!("pass: {pass}"));
        complaints(&check).join("\n")
    };
    let carried =
        "is not in Resource Graph, where such documents come from [read the document alone";
    assert!(machine("size(resource.resources) == 0").contains(&format!(
        "`resources` of Microsoft.Compute/virtualMachines {carried}"
    )));
    assert!(!machine("resource.properties.licenseType == null").contains(carried));
    assert!(!machine("resource.identity.type == null").contains(carried));
    let joined = CheckText::storage()
        .with(
            "with",
            "with: { machines: Microsoft.Compute/virtualMachines }",
        )
        .with("pass", "pass: machines.exists(m, size(m.resources) > 0)");
    assert!(complaints(&joined).join("\n").contains(carried));
    // A child that no table has is read from Resource Manager, with everything that it has.
    let child = CheckText::storage()
        .with("with", "with: { blob: blobServices/default }")
        .with("pass", "pass: blob.sku.name == 'x' && size(blob.id) > 0");
    assert!(!complaints(&child).join("\n").contains(carried));
}

#[test]
fn members_that_the_catalogue_does_not_select() {
    let principal = |pass: &str| {
        let check = CheckText::storage()
            .with("resource", "resource: graph/servicePrincipals")
            .with("pass", &format!("pass: {pass}"));
        complaints(&check).join("\n")
    };
    let complaint = "does not ask for `homepage` of graph/servicePrincipals [add it to `select`";
    assert!(principal("resource.homepage == null").contains(complaint));
    assert!(!principal("resource.appId == null").contains("ask for `appId`"));
}

#[test]
fn paths_that_no_known_payload_has() {
    refuses(
        "pass",
        "pass: resource.properties.supportHttpsTrafficOnly == true",
        "no known Microsoft.Storage/storageAccounts has `properties.supportHttpsTrafficOnly`",
    );
    let joined = |pass: &str| {
        CheckText::storage()
            .with("with", "with: { blob: blobServices/default, alerts: Microsoft.Insights/activityLogAlerts, roles: { read: graph/directoryRoles, children: [members] } }")
            .with("pass", &format!("pass: blob.properties.deleteRetentionPolicy.enabled && size(alerts) + size(roles) > 0 && {pass}"))
    };
    let found = |pass: &str| complaints(&joined(pass)).join("\n");
    assert_eq!(found("alerts.exists(a, a.properties.enabled)"), "");
    assert_eq!(
        found("roles.exists(r, r.members.exists(m, m.id == r.displayName))"),
        ""
    );
    assert!(found("blob.properties.nope").contains("blobServices/default has `properties.nope`"));
    assert!(
        found("alerts.exists(a, a.properties.nope)")
            .contains("activityLogAlerts has `properties.nope`")
    );
    assert!(
        found("roles.exists(r, r.members.exists(m, m.nope))")
            .contains("directoryRoles/members has `nope`")
    );
    assert!(
        found("alerts.properties.enabled")
            .contains("`alerts.properties.enabled`: a list has no members")
    );
}

#[test]
fn paths_of_items() {
    let vault = |pass: &str| {
        CheckText::storage()
            .with("resource", "resource: Microsoft.KeyVault/vaults")
            .with("with", "with: { keys: keys }")
            .with("each", "each: keys")
            .with("pass", &format!("pass: {pass}"))
            .with("message", "message: { pass: x, fail: y }")
            .with(
                "tests",
                "tests:\n  - pass: {}\n    with: { keys: [{ properties: { attributes: { exp: 1 } } }] }\n  - fail: {}\n    with: { keys: [{ properties: {} }] }",
            )
    };
    assert_eq!(
        complaints(&vault("item.properties.attributes.exp > 0")),
        Vec::<String>::new()
    );
    assert!(
        complaints(&vault("item.properties.attribute.exp > 0"))[0]
            .contains("vaults/keys has `properties.attribute.exp`")
    );
}

#[test]
fn texts() {
    refuses(
        "manual",
        "manual: resource.kind == 'x'",
        "`manual` has no message",
    );
    refuses(
        "message",
        "message: { pass: a, fail: b, manual: c }",
        "but no `manual`",
    );
    refuses(
        "message",
        "message: { pass: \"{{ resource.name }} is\\nfine\", fail: b }",
        "a message is one line",
    );
    refuses("risk", "risk: ''", "the risk is empty");
    refuses("remediation", "remediation: { text: '' }", "no text");
}

#[test]
fn remediations_that_a_finding_cannot_fill_in() {
    refuses(
        "remediation",
        "remediation: { text: x, az: '{{ resource.properties.a }}' }",
        "remediation `az` cannot know `resource.properties.a`",
    );
    refuses(
        "remediation",
        "remediation: { text: '{{ item.name }}' }",
        "cannot know `item.name`",
    );
    refuses(
        "remediation",
        "remediation: { text: '{{ size(resource) }}' }",
        "cannot know `resource`",
    );
    let good = CheckText::storage()
        .with("evidence", "evidence: { https: resource.properties.supportsHttpsTrafficOnly }")
        .with("remediation", "remediation: { text: '{{ evidence.https }} {{ subscription }} {{ resource.location }}' }");
    assert_eq!(complaints(&good), Vec::<String>::new());
}

#[test]
fn references() {
    refuses("references", "references: []", "no reference");
    refuses(
        "references",
        "references: [http://x.org/y]",
        "no https link",
    );
    refuses(
        "references",
        "references: ['https://x.org/a b']",
        "no https link",
    );
    refuses(
        "references",
        "references: [https://docs.microsoft.com/azure/x]",
        "[https://learn.microsoft.com/azure/x]",
    );
    refuses(
        "references",
        "references: [https://learn.microsoft.com/en-us/azure/x]",
        "[https://learn.microsoft.com/azure/x]",
    );
}

#[test]
fn tests_that_prove_too_little() {
    let of = |tests: &str| {
        complaints(&CheckText::storage().with("tests", &format!("tests:\n{tests}"))).join("\n")
    };
    let (pass, fail, absent) = (
        "  - pass: { properties: { supportsHttpsTrafficOnly: true } }\n",
        "  - fail: { properties: { supportsHttpsTrafficOnly: false } }\n",
        "  - fail: { properties: { supportsHttpsTrafficOnly: null } }\n",
    );
    assert_eq!(of(&format!("{pass}{fail}{absent}")), "");
    assert!(of(&format!("{fail}{absent}")).contains("no passing test"));
    assert!(of(pass).contains("no failing test"));
    assert!(of(&format!("{pass}{fail}")).contains("no test leaves out a property"));
    assert!(
        of(&format!("{pass}{fail}  - not_assessed: {{}}\n"))
            .contains("no test leaves out a property")
    );
    assert!(
        of(&format!("{pass}{absent}    with: {{ blb: {{}} }}\n"))
            .contains("the check reads nothing named `blb`")
    );
    assert!(
        of(&format!(
            "{pass}{absent}    unreadable: {{ blob: denied }}\n"
        ))
        .contains("nothing named `blob`")
    );
    assert!(
        of(&format!(
            "{pass}{absent}    unreadable: {{ resource: read }}\n"
        ))
        .contains("is no gap")
    );
}

#[test]
fn a_check_with_manual_proves_it() {
    let check = CheckText::storage()
        .with("manual", "manual: resource.properties.supportsHttpsTrafficOnly == null")
        .with("message", "message: { pass: a, fail: b, manual: c }")
        .with("tests", "tests:\n  - pass: { properties: { supportsHttpsTrafficOnly: true } }\n  - fail: { properties: { supportsHttpsTrafficOnly: false } }");
    assert!(
        complaints(&check)
            .iter()
            .any(|one| one.contains("no test that a person must look at"))
    );
}

#[test]
fn file_names_that_are_no_ids() {
    let check = CheckText::storage();
    let found = lint(
        &crate::check_text::library(&[("Storage Example", &check)]),
        &Catalog::builtin().unwrap(),
    );
    assert!(
        found.iter().any(|one| one.message.contains("is no id")),
        "{found:?}"
    );
}
