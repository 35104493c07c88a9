//! The clouds: where Resource Manager, sign-in and Graph live, and what tokens are asked for.

mod discovery;

use url::Url;

use crate::call::Service;

/// The endpoints of one Azure cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    /// Its name, as the Azure CLI has it.
    pub name: String,
    /// Azure Resource Manager.
    pub arm: Url,
    /// Sign-in (Entra ID).
    pub login: Url,
    /// Microsoft Graph.
    pub graph: Url,
    /// The scope of tokens for Resource Manager: `…/.default`.
    pub arm_scope: String,
    /// The scope of tokens for Graph: `…/.default`.
    pub graph_scope: String,
}

/// Name, Resource Manager, sign-in, Graph
/// (<https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud>).
const NAMED: &[(&str, &str, &str, &str)] = &[
    (
        "AzureCloud",
        "https://management.azure.com",
        "https://login.microsoftonline.com",
        "https://graph.microsoft.com",
    ),
    (
        "AzureUSGovernment",
        "https://management.usgovcloudapi.net",
        "https://login.microsoftonline.us",
        "https://graph.microsoft.us",
    ),
    (
        "AzureChinaCloud",
        "https://management.chinacloudapi.cn",
        "https://login.chinacloudapi.cn",
        "https://microsoftgraph.chinacloudapi.cn",
    ),
];

impl Cloud {
    /// The names that [`Cloud::named`] knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, ..)| *name)
    }

    /// A public or national cloud by its name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let (name, arm, login, graph) = NAMED
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(name))?;
        Some(Self {
            name: (*name).to_owned(),
            arm: Url::parse(arm).ok()?,
            login: Url::parse(login).ok()?,
            graph: Url::parse(graph).ok()?,
            arm_scope: format!("{arm}/.default"),
            graph_scope: format!("{graph}/.default"),
        })
    }

    /// The endpoint of a service.
    pub fn endpoint(&self, service: Service) -> &Url {
        match service {
            Service::Arm => &self.arm,
            Service::Graph => &self.graph,
        }
    }

    /// The URL of a path (with its query) of a service. Absolute URLs are taken as they are; the
    /// caller checks their origin.
    pub(crate) fn url(&self, service: Service, path_or_url: &str) -> Result<Url, url::ParseError> {
        if path_or_url.starts_with("https://") || path_or_url.starts_with("http://") {
            return Url::parse(path_or_url);
        }
        let base = self.endpoint(service).as_str().trim_end_matches('/');
        let path = path_or_url.trim_start_matches('/');
        Url::parse(&format!("{base}/{path}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_any_case() {
        for name in Cloud::names() {
            let cloud = Cloud::named(&name.to_uppercase()).expect("a cloud");
            assert_eq!(cloud.name, name);
            assert!(cloud.arm_scope.ends_with("/.default"));
        }
        assert_eq!(Cloud::named("AzureGermanCloud"), None);
    }

    #[test]
    fn paths_are_joined_without_rewriting_them() {
        let cloud = Cloud::named("AzureCloud").expect("a cloud");
        let url = |text| String::from(cloud.url(Service::Arm, text).expect("a URL"));
        assert_eq!(
            url("/subscriptions/x/a%25b?$filter=a%20eq&%24skiptoken=Zz%3d%3D"),
            "https://management.azure.com/subscriptions/x/a%25b?$filter=a%20eq&%24skiptoken=Zz%3d%3D"
        );
        assert_eq!(
            url("subscriptions"),
            "https://management.azure.com/subscriptions"
        );
        assert_eq!(
            url("//evil.example/x"),
            "https://management.azure.com/evil.example/x"
        );
        assert_eq!(
            url("@evil.example/x"),
            "https://management.azure.com/@evil.example/x"
        );
    }
}
