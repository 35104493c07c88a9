//! The steps in Entra ID.

use super::Step;
use crate::export::{Target, quote};
use crate::request::{Audience, Federation, Proof, Request};

fn entra(target: Target<'_>) -> &'static str {
    match target.cloud {
        "AzureUSGovernment" => "https://entra.microsoft.us",
        "AzureChinaCloud" => "https://entra.microsoftonline.cn",
        _ => "https://entra.microsoft.com",
    }
}

/// Registering it, or finding it.
pub(super) fn application(request: &Request, target: Target<'_>) -> Step {
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

/// Asking for the permissions.
pub(super) fn permissions(request: &Request) -> Step {
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

/// Consenting to them.
pub(super) fn consent(request: &Request) -> Step {
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

/// The credential, where one is wanted.
pub(super) fn proof(request: &Request) -> Option<Step> {
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
