//! The steps in Azure.

use catalog::Contract;

use super::Step;
use crate::export::{Target, quote, role_json};
use crate::request::{Request, Scopes};

fn azure(target: Target<'_>) -> &'static str {
    match target.cloud {
        "AzureUSGovernment" => "https://portal.azure.us",
        "AzureChinaCloud" => "https://portal.azure.cn",
        _ => "https://portal.azure.com",
    }
}

/// Where to go for a scope.
fn scope_page(request: &Request) -> String {
    let ids: Vec<String> = request
        .scopes
        .paths()
        .iter()
        .filter_map(|path| path.rsplit('/').next())
        .map(quote::markdown)
        .collect();
    match &request.scopes {
        Scopes::ManagementGroup(_) => {
            format!(
                "**Management groups** > {} > **Access control (IAM)**",
                ids.concat()
            )
        }
        Scopes::Subscriptions(_) | Scopes::Directory => {
            format!(
                "**Subscriptions** > {} > **Access control (IAM)**",
                ids.join(", then ")
            )
        }
    }
}

/// The custom role, where one is wanted.
pub(super) fn role(request: &Request, target: Target<'_>, contract: &Contract) -> Option<Step> {
    if !request.custom_role || request.scopes == Scopes::Directory {
        return None;
    }
    let name = &contract.azure.role.name;
    let json = format!("{:#}", role_json::body(request, contract));
    let json: String = json.lines().map(|line| format!("   {line}\n")).collect();
    let first = match &request.scopes {
        Scopes::Subscriptions(places) => places.first().map(|place| place.id.as_str()),
        Scopes::ManagementGroup(place) => Some(place.id.as_str()),
        Scopes::Directory => None,
    };
    let mut lines = vec![
        format!("Save this as `threatdefence-role.json`:\n\n   ```json\n{json}   ```\n"),
        match request.scopes {
            Scopes::ManagementGroup(_) => format!(
                "In <{}> go to {}. (In the list of management groups, **details** beside the name opens it.)",
                azure(target),
                scope_page(request)
            ),
            _ => format!(
                "In <{}> go to **Subscriptions** > {} > **Access control (IAM)**. Once is enough for all subscriptions.",
                azure(target),
                quote::markdown(first.unwrap_or_default())
            ),
        },
        "Choose **Add** > **Add custom role**. If it is grey, you are neither Owner nor User Access Administrator here.".to_owned(),
        format!("**Baseline permissions**: *Start from JSON*, and choose the file. **Custom role name** becomes `{name}`."),
    ];
    if let Scopes::ManagementGroup(_) = request.scopes {
        lines.push(
            "On the tab **JSON** look that `assignableScopes` is the management group's long path as in the file: the tab \
             **Assignable scopes** cannot add a management group by itself. A custom role can name only one."
                .to_owned(),
        );
    }
    lines.push(
        "On the tab **Permissions** there are two actions and nothing else. **Review + create** > **Create**. If the name is \
         taken, the role is there already: open it under **Roles**, **Edit**, and add your scope to `assignableScopes`."
            .to_owned(),
    );
    Some(Step {
        title: "Define the custom role",
        lines,
    })
}

/// The roles on every scope.
pub(super) fn assignments(
    request: &Request,
    target: Target<'_>,
    contract: &Contract,
) -> Option<Step> {
    if request.scopes == Scopes::Directory {
        return None;
    }
    let who = match &request.application_id {
        Some(id) => format!("the application {}", quote::markdown(id)),
        None => quote::markdown(&request.name),
    };
    let reader = &contract.azure.reader.name;
    let mut lines = vec![
        format!("In <{}> go to {}.", azure(target), scope_page(request)),
        "Choose **Add** > **Add role assignment**.".to_owned(),
        format!("**Role** > **Job function roles**: search for `{reader}`, choose it, **Next**."),
        format!(
            "**Members** > **Assign access to**: *User, group, or service principal* > **Select members**. Type the name: \
             applications are not listed before you do. Choose {who}, **Select**, **Review + assign**. Where Privileged \
             Identity Management asks for the **Assignment type**, choose *Active* and *Permanent*."
        ),
    ];
    if request.custom_role {
        let name = &contract.azure.role.name;
        lines.push(format!(
            "Do the same with `{name}`. A fresh role takes some minutes to be found: reload the page, and set the filter \
             **Type** to *CustomRole*."
        ));
    }
    if let Scopes::Subscriptions(places) = &request.scopes
        && places.len() > 1
    {
        lines.push("Repeat this for every subscription.".to_owned());
    }
    lines.push("An assignment takes up to ten minutes to take effect, on a management group longer below it.".to_owned());
    Some(Step {
        title: "Assign the roles",
        lines,
    })
}
