//! A template for Bicep, with the Microsoft Graph extension for what lives in Entra ID
//! (<https://learn.microsoft.com/graph/templates/bicep/overview-bicep-templates-for-graph>).
//!
//! One file serves several subscriptions: it is deployed to each. What it makes in the directory, and
//! the role, whose GUID depends on the tenant alone, come out the same every time; the assignments
//! belong to the subscription that is deployed to. Modules would need a file more for each.

use catalog::Contract;

use super::{GRAPH, Refused, facts, quote};
use crate::request::{Federation, Proof, Request, Scopes};

/// The version of Microsoft's extension whose types are used
/// (<https://learn.microsoft.com/graph/templates/bicep/whats-new>).
const EXTENSION: &str = "br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0";

/// The template.
///
/// # Errors
/// A credential for an application that exists: Bicep knows only applications that it made.
pub fn template(request: &Request, contract: &Contract) -> Result<String, Refused> {
    if request.application_id.is_some() && request.proof.is_some() {
        return Err(Refused::ForeignApplication);
    }
    let parts = [
        facts::header("//", "bicep", request, contract),
        facts::comments("//", how(request)).replace("// \n", "//\n"),
        scope(request),
        parameters(request, contract),
        graph(request),
        application(request),
        federation(request),
        consent(),
        role(request, contract),
        assignments(request, contract),
        outputs(request),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Ok(parts.join("\n"))
}

/// How to deploy it, for the header.
fn how(request: &Request) -> Vec<String> {
    let certificate = match request.proof {
        Some(Proof::Certificate { .. }) => {
            " --parameters certificate=\"$(openssl x509 -in certificate.pem -outform der | openssl base64 -A)\""
        }
        _ => "",
    };
    let deploy = |scope: &str| {
        format!(
            "  az deployment {scope} --location westeurope --name threatdefence --template-file FILE.bicep{certificate}"
        )
    };
    let mut lines = vec![
        "It needs Bicep 0.36.1 or newer, and beside it a bicepconfig.json that names Microsoft's extension:".to_owned(),
        String::new(),
        format!("  {{ \"extensions\": {{ \"microsoftGraphV1\": \"{EXTENSION}\" }} }}"),
        String::new(),
    ];
    match &request.proof {
        Some(Proof::Certificate { days }) => lines.extend([
            "A template cannot make a key. Make it where ThreatDefence runs; only the certificate goes to Azure:".to_owned(),
            String::new(),
            "  umask 077".to_owned(),
            format!("  openssl req -x509 -newkey rsa:2048 -sha256 -nodes -days {days} -subj /CN=threatdefence -keyout key.pem -out certificate.pem"),
            "  cat certificate.pem key.pem > threatdefence.pem".to_owned(),
            String::new(),
        ]),
        Some(Proof::Secret { .. }) => lines.extend([
            "A template cannot make a client secret either. After the deployment, with its output clientId:".to_owned(),
            String::new(),
            "  az ad app credential reset --id CLIENT_ID --append --display-name threatdefence --end-date YYYY-MM-DD".to_owned(),
            String::new(),
        ]),
        Some(Proof::Federated(_)) | None => {}
    }
    match &request.scopes {
        Scopes::Subscriptions(places) => {
            lines.push(match places.len() {
                1 => "Deploy it:".to_owned(),
                _ => "Deploy it to each of the subscriptions; what they share comes out the same:"
                    .to_owned(),
            });
            lines.push(String::new());
            let of = |id: &str| deploy(&format!("sub create --subscription {id}"));
            lines.extend(places.iter().map(|place| of(&place.id)));
        }
        Scopes::ManagementGroup(place) => {
            lines.extend(["Deploy it:".to_owned(), String::new()]);
            lines.push(deploy(&format!(
                "mg create --management-group-id '{}'",
                place.id
            )));
        }
        Scopes::Directory => {
            lines.extend([
                "Deploy it to any subscription, which only keeps the record of it:".to_owned(),
                String::new(),
            ]);
            lines.push(deploy("sub create"));
        }
    }
    lines.push(String::new());
    if request.application_id.is_none() {
        lines.push("Bicep finds an application by its uniqueName, which one made elsewhere lacks: set that first, or delete the other.".to_owned());
    }
    if has_role(request) {
        lines.push(
            "If the tenant has ThreatDefenceRole already, give its GUID as the parameter roleGuid."
                .to_owned(),
        );
    }
    lines
}

fn has_role(request: &Request) -> bool {
    request.custom_role && request.scopes != Scopes::Directory
}

fn scope(request: &Request) -> String {
    let scope = match request.scopes {
        Scopes::ManagementGroup(_) => "managementGroup",
        Scopes::Subscriptions(_) | Scopes::Directory => "subscription",
    };
    format!("targetScope = '{scope}'\n\nextension microsoftGraphV1\n")
}

fn list(name: &str, values: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let lines: String = values
        .into_iter()
        .map(|value| format!("  {}\n", quote::bicep(value.as_ref())))
        .collect();
    format!("{name} = [\n{lines}]\n")
}

fn parameters(request: &Request, contract: &Contract) -> String {
    let mut text = String::new();
    if let Some(Proof::Certificate { .. }) = request.proof {
        text += "@description('The certificate without its key: DER in base64.')\nparam certificate string\n\n";
    }
    if has_role(request) {
        let name = quote::bicep(&contract.azure.role.name);
        text += &format!(
            "@description('The GUID of the custom role. A tenant has one role of a name.')\n\
             param roleGuid string = guid(tenant().tenantId, {name})\n\n"
        );
    }
    match &request.application_id {
        Some(id) => text += &format!("var clientId = {}\n", quote::bicep(id)),
        None => text += &format!("var name = {}\n", quote::bicep(&request.name)),
    }
    text += &list("var permissions", &request.graph);
    if has_role(request) {
        text += &list("var scopes", request.scopes.paths());
    }
    if request.scopes != Scopes::Directory {
        text += &format!(
            "// {}, in every tenant.\nvar readerGuid = {}\n",
            contract.azure.reader.name,
            quote::bicep(&contract.azure.reader.id)
        );
    }
    text
}

fn graph(_: &Request) -> String {
    format!(
        "// Microsoft Graph says itself which ids its permissions have.\n\
         resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {{\n  appId: '{GRAPH}'\n}}\n"
    )
}

fn application(request: &Request) -> String {
    if request.application_id.is_some() {
        return "resource principal 'Microsoft.Graph/servicePrincipals@v1.0' = {\n  appId: clientId\n}\n".to_owned();
    }
    let key = match request.proof {
        Some(Proof::Certificate { .. }) => {
            "  keyCredentials: [\n    {\n      displayName: 'threatdefence'\n      type: 'AsymmetricX509Cert'\n      \
             usage: 'Verify'\n      key: certificate\n    }\n  ]\n"
        }
        _ => "",
    };
    let audience = request.audience.as_str();
    format!(
        "resource application 'Microsoft.Graph/applications@v1.0' = {{\n  uniqueName: name\n  displayName: name\n  \
         signInAudience: '{audience}'\n  requiredResourceAccess: [\n    {{\n      resourceAppId: graph.appId\n      \
         resourceAccess: [\n        for permission in permissions: {{\n          \
         id: filter(graph.appRoles, role => role.value == permission)[0].id\n          type: 'Role'\n        }}\n      \
         ]\n    }}\n  ]\n{key}}}\n\n\
         resource principal 'Microsoft.Graph/servicePrincipals@v1.0' = {{\n  appId: application.appId\n}}\n"
    )
}

fn federation(request: &Request) -> String {
    let Some(Proof::Federated(Federation {
        name,
        issuer,
        subject,
        audience,
    })) = &request.proof
    else {
        return String::new();
    };
    let quoted = quote::bicep(name);
    let inner = quoted.trim_start_matches('\'');
    format!(
        "resource federated 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = {{\n  \
         name: '${{application.uniqueName}}/{inner}\n  issuer: {}\n  subject: {}\n  audiences: [\n    {}\n  ]\n}}\n",
        quote::bicep(issuer),
        quote::bicep(subject),
        quote::bicep(audience)
    )
}

fn consent() -> String {
    "// Consent: an app role of Microsoft Graph each.\n\
     resource consents 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [\n  for permission in permissions: {\n    \
     principalId: principal.id\n    resourceId: graph.id\n    \
     appRoleId: filter(graph.appRoles, role => role.value == permission)[0].id\n  }\n]\n"
        .to_owned()
}

fn role(request: &Request, contract: &Contract) -> String {
    if !has_role(request) {
        return String::new();
    }
    let role = &contract.azure.role;
    let actions: String = role
        .actions
        .iter()
        .map(|action| format!("          {}\n", quote::bicep(action)))
        .collect();
    format!(
        "resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {{\n  name: roleGuid\n  properties: {{\n    \
         roleName: {}\n    description: {}\n    type: 'CustomRole'\n    assignableScopes: scopes\n    permissions: [\n      \
         {{\n        actions: [\n{actions}        ]\n        notActions: []\n        dataActions: []\n        \
         notDataActions: []\n      }}\n    ]\n  }}\n}}\n",
        quote::bicep(&role.name),
        quote::bicep(&role.description)
    )
}

fn assignments(request: &Request, contract: &Contract) -> String {
    let (here, reader) = match request.scopes {
        Scopes::Directory => return String::new(),
        Scopes::Subscriptions(_) => ("subscription()", "subscriptionResourceId"),
        Scopes::ManagementGroup(_) => ("managementGroup()", "tenantResourceId"),
    };
    let who = match request.application_id {
        Some(_) => "clientId",
        None => "name",
    };
    let assignment = |symbol: &str, guid: &str, definition: &str| {
        format!(
            "resource {symbol} 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  \
             name: guid({here}.id, {who}, {guid})\n  properties: {{\n    principalId: principal.id\n    \
             principalType: 'ServicePrincipal'\n    roleDefinitionId: {definition}\n  }}\n}}\n"
        )
    };
    let definition = format!("{reader}('Microsoft.Authorization/roleDefinitions', readerGuid)");
    let name = contract.azure.reader.name.to_lowercase();
    let mut text = assignment(&name, "readerGuid", &definition);
    if has_role(request) {
        text += "\n";
        text += &assignment("threatDefence", "roleGuid", "role.id");
    }
    text
}

fn outputs(request: &Request) -> String {
    match request.application_id {
        Some(_) => "output principalId string = principal.id\n".to_owned(),
        None => {
            "output clientId string = application.appId\noutput principalId string = principal.id\n"
                .to_owned()
        }
    }
}

#[cfg(test)]
mod tests;
