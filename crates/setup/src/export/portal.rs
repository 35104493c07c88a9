//! Numbered steps in the portals, in Markdown, with the exact names of what is to be clicked and typed,
//! and of what goes wrong.

use catalog::Contract;

use super::{Target, facts, quote, role_json};
use crate::request::{Audience, Federation, Proof, Request, Scopes};

/// One numbered step.
struct Step {
    title: &'static str,
    lines: Vec<String>,
}

/// The page.
pub fn steps(request: &Request, target: Target<'_>, contract: &Contract) -> String {
    let mut page = String::from("# Setting ThreatDefence up in the portal\n\nThis makes:\n\n");
    for line in facts::summary(request, contract) {
        page += &format!("* {line}\n");
    }
    page += "\nYou need:\n\n";
    for line in facts::rights(request) {
        page += &format!("* {line}\n");
    }
    if let Some(tenant) = target.tenant_id {
        page += &format!(
            "\nThe tenant is {}. Look at the top right of the portal that you are in it; the account menu switches.\n",
            quote::markdown(tenant)
        );
    }
    let parts = [
        Some(application(request, target)),
        Some(permissions(request)),
        Some(consent(request)),
        proof(request),
        role(request, target, contract),
        assignments(request, target, contract),
        Some(look(target)),
    ];
    for (number, step) in parts.into_iter().flatten().enumerate() {
        page += &format!("\n## {}. {}\n\n", number + 1, step.title);
        for (line, text) in step.lines.iter().enumerate() {
            page += &format!("{}. {text}\n", line + 1);
        }
    }
    page += "\nWritten by `threatdefence setup export --format portal`.\n";
    page
}

fn entra(target: Target<'_>) -> &'static str {
    match target.cloud {
        "AzureUSGovernment" => "https://entra.microsoft.us",
        "AzureChinaCloud" => "https://entra.microsoftonline.cn",
        _ => "https://entra.microsoft.com",
    }
}

fn azure(target: Target<'_>) -> &'static str {
    match target.cloud {
        "AzureUSGovernment" => "https://portal.azure.us",
        "AzureChinaCloud" => "https://portal.azure.cn",
        _ => "https://portal.azure.com",
    }
}

fn application(request: &Request, target: Target<'_>) -> Step {
    let open = format!(
        "Open <{}> and go to **Entra ID** > **App registrations**.",
        entra(target)
    );
    let Some(id) = &request.application_id else {
        let audience = match request.audience {
            Audience::SingleTenant => "Accounts in this organizational directory only",
            Audience::MultiTenant => "Accounts in any organizational directory",
        };
        return Step {
            title: "Register the application",
            lines: vec![
                open,
                "Choose **New registration**.".to_owned(),
                format!("**Name**: {}", quote::markdown(&request.name)),
                format!("**Supported account types**: *{audience}*. Leave **Redirect URI** empty."),
                "Choose **Register**. This makes the service principal too, which is listed under **Enterprise \
                 applications**."
                    .to_owned(),
                "From **Overview** note **Application (client) ID** and **Directory (tenant) ID**. Not the **Object ID**: \
                 nobody can sign in with that."
                    .to_owned(),
            ],
        };
    };
    let lines = match request.proof {
        Some(_) => vec![
            open,
            format!("Choose **All applications** and search for {}. Open it.", quote::markdown(id)),
        ],
        None => vec![
            format!(
                "Somebody else registered the application {}. Ask them for a link to consent, or open \
                 `{}/TENANT_ID/adminconsent?client_id={id}` with your tenant's id in place of `TENANT_ID`. \
                 Sign in as Global Administrator or Privileged Role Administrator.",
                quote::markdown(id),
                login(target)
            ),
            "Read what the page asks for: it should be the application permissions of the next step and no other. **Accept**.".to_owned(),
            format!(
                "In <{}> go to **Entra ID** > **Enterprise applications**, take the filter **Application type** away, and \
                 search for the id. Open it.",
                entra(target)
            ),
        ],
    };
    Step {
        title: "Find the application",
        lines,
    }
}

fn login(target: Target<'_>) -> &'static str {
    match target.cloud {
        "AzureUSGovernment" => "https://login.microsoftonline.us",
        "AzureChinaCloud" => "https://login.partner.microsoftonline.cn",
        _ => "https://login.microsoftonline.com",
    }
}

/// Whether the registration is in somebody else's tenant.
fn is_elsewhere(request: &Request) -> bool {
    request.application_id.is_some() && request.proof.is_none()
}

fn permissions(request: &Request) -> Step {
    let list: String = request
        .graph
        .iter()
        .map(|name| format!("\n   * `{name}`"))
        .collect();
    if is_elsewhere(request) {
        return Step {
            title: "Look what it may read in the directory",
            lines: vec![
                "Choose **Permissions** (below **Security**).".to_owned(),
                format!(
                    "Under **Admin consent** there are, of **Microsoft Graph** and of type **Application**:{list}"
                ),
            ],
        };
    }
    Step {
        title: "Ask for the Microsoft Graph permissions",
        lines: vec![
            "In the application choose **API permissions** > **Add a permission** > **Microsoft Graph**.".to_owned(),
            "Choose **Application permissions**. *Delegated permissions* have the same names and do not work here: they \
             need a person who is signed in."
                .to_owned(),
            format!("Search for each of these and tick it:{list}"),
            "Choose **Add permissions**.".to_owned(),
            "**User.Read**, which was there from the start, is delegated; nothing needs it, and you may remove it.".to_owned(),
        ],
    }
}

fn consent(request: &Request) -> Step {
    if is_elsewhere(request) {
        return Step {
            title: "If one is missing",
            lines: vec![
                "Its owner has to ask for it in the registration first.".to_owned(),
                "Then choose **Grant admin consent** on the same page.".to_owned(),
            ],
        };
    }
    Step {
        title: "Consent",
        lines: vec![
            "On the same page choose **Grant admin consent for** *your organisation* and **Yes**. Asking alone grants nothing.".to_owned(),
            "Every line has to show a green **Granted for** in the column **Status**. If the button is grey, you are neither \
             Privileged Role Administrator nor Global Administrator (Cloud Application Administrator does not suffice for \
             Microsoft Graph), or such a role has to be activated first in Privileged Identity Management."
                .to_owned(),
        ],
    }
}

fn proof(request: &Request) -> Option<Step> {
    let step = match request.proof.as_ref()? {
        Proof::Certificate { days } => Step {
            title: "Give it a certificate",
            lines: vec![
                format!(
                    "Where ThreatDefence runs, make a key and a certificate; the key stays there:\n\n   \
                     ```sh\n   umask 077\n   openssl req -x509 -newkey rsa:2048 -sha256 -nodes -days {days} \\\n     \
                     -subj /CN=threatdefence -keyout key.pem -out certificate.pem\n   \
                     cat certificate.pem key.pem > threatdefence.pem\n   ```\n"
                ),
                "In the application choose **Certificates & secrets** > **Certificates** > **Upload certificate**.".to_owned(),
                "Choose `certificate.pem` (never `key.pem` or `threatdefence.pem`), describe it as `threatdefence`, and choose **Add**."
                    .to_owned(),
                format!("It expires after {days} days: put the day in a calendar."),
            ],
        },
        Proof::Secret { days } => Step {
            title: "Give it a client secret",
            lines: vec![
                "In the application choose **Certificates & secrets** > **Client secrets** > **New client secret**.".to_owned(),
                format!("**Description**: `threatdefence`. **Expires**: *Custom*, {days} days from today. **Add**."),
                "Copy the **Value** now: it is shown this once. Not the **Secret ID**, which opens nothing.".to_owned(),
                "It expires on that day and scans fail from then on: put the day in a calendar.".to_owned(),
            ],
        },
        Proof::Federated(of) => federated(of),
    };
    Some(step)
}

fn federated(of: &Federation) -> Step {
    Step {
        title: "Trust the other issuer's tokens",
        lines: vec![
            "In the application choose **Certificates & secrets** > **Federated credentials** > **Add credential**.".to_owned(),
            "**Federated credential scenario**: *Other issuer*.".to_owned(),
            format!("**Issuer**: {}", quote::markdown(&of.issuer)),
            format!(
                "**Type**: *Explicit subject identifier*. **Value**: {}. Capitals count, and there are no wildcards.",
                quote::markdown(&of.subject)
            ),
            format!(
                "**Name**: {}. **Audience**: {}. **Add**.",
                quote::markdown(&of.name),
                quote::markdown(&of.audience)
            ),
        ],
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

fn role(request: &Request, target: Target<'_>, contract: &Contract) -> Option<Step> {
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

fn assignments(request: &Request, target: Target<'_>, contract: &Contract) -> Option<Step> {
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

fn look(target: Target<'_>) -> Step {
    let cloud = match target.cloud {
        "AzureCloud" => String::new(),
        other => format!(" --cloud {other}"),
    };
    Step {
        title: "Look whether it works",
        lines: vec![
            "Where ThreatDefence runs, set `AZURE_TENANT_ID` and `AZURE_CLIENT_ID`, and for the credential \
             `AZURE_CLIENT_CERTIFICATE_PATH` (the file with certificate and key), `AZURE_CLIENT_SECRET` or \
             `AZURE_FEDERATED_TOKEN_FILE`."
                .to_owned(),
            format!("`threatdefence doctor{cloud}` names whatever is missing."),
            format!("`threatdefence scan{cloud}`"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::samples;

    fn of(change: impl FnOnce(&mut Request)) -> String {
        let mut request = samples::certificate();
        change(&mut request);
        steps(&request, samples::TARGET, &samples::contract())
    }

    #[test]
    fn steps_are_numbered_without_a_gap() {
        for (name, request) in samples::all() {
            let page = steps(&request, samples::TARGET, &samples::contract());
            let numbers: Vec<&str> = page
                .lines()
                .filter_map(|line| line.strip_prefix("## "))
                .filter_map(|line| line.split('.').next())
                .collect();
            let expected: Vec<String> = (1..=numbers.len()).map(|n| n.to_string()).collect();
            assert_eq!(numbers, expected, "{name}");
            for permission in &request.graph {
                assert!(
                    page.contains(&format!("`{permission}`")),
                    "{name}: {permission}"
                );
            }
        }
    }

    #[test]
    fn a_management_group_has_its_own_way() {
        let page = of(|of| of.scopes = samples::management_group("contoso-root"));
        assert!(page.contains("**Management groups** > `contoso-root`"));
        assert!(page.contains("\"/providers/Microsoft.Management/managementGroups/contoso-root\""));
        assert!(page.contains("cannot add a management group by itself"));
    }

    #[test]
    fn what_is_not_asked_for_is_not_there() {
        let page = of(|of| {
            of.scopes = Scopes::Directory;
            of.proof = None;
        });
        assert!(!page.contains("Access control") && !page.contains("openssl"));
        let page = of(|of| of.custom_role = false);
        assert!(!page.contains("Start from JSON") && page.contains("`Reader`"));
    }

    #[test]
    fn a_providers_application_is_consented_to_and_not_registered() {
        let page = of(|of| {
            of.application_id = Some(samples::OTHER.to_owned());
            of.proof = None;
        });
        assert!(page.contains(&format!("adminconsent?client_id={}", samples::OTHER)));
        assert!(!page.contains("New registration"));
    }

    #[test]
    fn names_stay_in_their_code() {
        let page = of(|of| of.name = "a`b`` <c>".to_owned());
        assert!(page.contains("**Name**: ``` a`b`` <c> ```"));
    }
}
