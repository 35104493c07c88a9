//! Host names that Azure gives to resources, and that anybody may claim once the resource is gone.
//!
//! Source: <https://learn.microsoft.com/azure/security/fundamentals/subdomain-takeover>

use std::collections::HashSet;

use serde_json::Value;

use super::json::{at, items, text};

/// The endings of names that a customer chooses, each with its service. A label of its own stands
/// before the ending; names of which Azure makes up a part no one else can foresee are not here.
const CLAIMABLE: [(&str, &str); 33] = [
    ("azurewebsites.net", "App Service"),
    ("chinacloudsites.cn", "App Service"),
    ("azurewebsites.us", "App Service"),
    ("trafficmanager.net", "Traffic Manager"),
    ("trafficmanager.cn", "Traffic Manager"),
    ("usgovtrafficmanager.net", "Traffic Manager"),
    ("cloudapp.azure.com", "a public IP address"),
    ("cloudapp.chinacloudapi.cn", "a public IP address"),
    ("cloudapp.usgovcloudapi.net", "a public IP address"),
    ("azurefd.net", "Front Door"),
    ("azurefd.us", "Front Door"),
    ("azurefd.cn", "Front Door"),
    ("azureedge.net", "Azure CDN"),
    ("azureedge.us", "Azure CDN"),
    ("blob.core.windows.net", "Blob storage"),
    ("blob.core.chinacloudapi.cn", "Blob storage"),
    ("blob.core.usgovcloudapi.net", "Blob storage"),
    ("web.core.windows.net", "a static website in storage"),
    ("web.core.chinacloudapi.cn", "a static website in storage"),
    ("web.core.usgovcloudapi.net", "a static website in storage"),
    ("file.core.windows.net", "file storage"),
    ("queue.core.windows.net", "queue storage"),
    ("table.core.windows.net", "table storage"),
    ("dfs.core.windows.net", "Data Lake storage"),
    ("dfs.core.chinacloudapi.cn", "Data Lake storage"),
    ("dfs.core.usgovcloudapi.net", "Data Lake storage"),
    ("azurecontainer.io", "Container Instances"),
    ("azurecontainer.us", "Container Instances"),
    ("azurecontainer.console.azure.cn", "Container Instances"),
    ("azure-api.net", "API Management"),
    ("azure-api.us", "API Management"),
    ("azure-api.cn", "API Management"),
    ("redis.cache.windows.net", "Azure Cache for Redis"),
];

/// Labels that services ask to be put before a name to prove who owns a domain.
const PROOFS: [&str; 5] = [
    "asverify.",
    "awverify.",
    "afdverify.",
    "cdnverify.",
    "apimuid.",
];

/// Where a record of a public DNS zone leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// The id of the record set.
    pub id: String,
    /// Its full name: `shop.contoso.com`.
    pub name: String,
    /// The name or address that it leads to, in lower case and without a dot at its end.
    pub target: String,
    /// The service that gives such names; `None` for an address.
    pub service: Option<&'static str>,
    /// Whether one of the resources that are known has it.
    pub found: bool,
}

/// The records of DNS zones that lead to what Azure gives its customers: `CNAME` records to the name
/// of a resource, and `A` records to an address that is among `owned`.
///
/// * `zones`: documents of `Microsoft.Network/dnsZones` with their children `A` and `CNAME`.
/// * `owned`: the host names, addresses and URLs that resources have, in lists and objects of any depth.
///
/// Records that lead elsewhere are left out, also `A` records to addresses that no resource has: whose
/// they are cannot be told. Alias records are left out too, since Azure empties them itself.
pub fn dns_leads(zones: &Value, owned: &Value) -> Vec<Lead> {
    let mut names = HashSet::new();
    collect(owned, &mut names);
    let mut leads = Vec::new();
    for zone in items(zones) {
        for record in items(at(zone, "CNAME")).iter().filter(|own| !is_alias(own)) {
            let Some(cname) = text(record, "properties.CNAMERecord.cname") else {
                continue;
            };
            let target = plain(cname);
            let Some(service) = service_of(&target) else {
                continue;
            };
            let found = names.contains(&target);
            leads.push(lead(zone, record, target, Some(service), found));
        }
        for record in items(at(zone, "A")).iter().filter(|own| !is_alias(own)) {
            for entry in items(at(record, "properties.ARecords")) {
                let address = text(entry, "ipv4Address").map(str::to_ascii_lowercase);
                if let Some(address) = address.filter(|address| names.contains(address)) {
                    leads.push(lead(zone, record, address, None, true));
                }
            }
        }
    }
    leads
}

/// The service whose names have this ending and that nobody but its customers choose; `None` for any
/// other name.
pub fn service_of(host: &str) -> Option<&'static str> {
    let host = plain(host);
    CLAIMABLE.iter().find_map(|(ending, service)| {
        let label = host.strip_suffix(ending)?.strip_suffix('.')?;
        (!label.is_empty()).then_some(*service)
    })
}

fn is_alias(record: &Value) -> bool {
    text(record, "properties.targetResource.id").is_some()
}

fn lead(
    zone: &Value,
    record: &Value,
    target: String,
    service: Option<&'static str>,
    found: bool,
) -> Lead {
    let own = text(record, "name").unwrap_or("@");
    let zone = text(zone, "name").unwrap_or_default();
    let name = match text(record, "properties.fqdn") {
        Some(name) => name.trim_end_matches('.').to_owned(),
        None if own == "@" || zone.is_empty() => zone.to_owned(),
        None => format!("{own}.{zone}"),
    };
    Lead {
        id: text(record, "id").unwrap_or_default().to_owned(),
        name,
        target,
        service,
        found,
    }
}

/// A name as it is compared: in lower case, without the dot at its end, without proof of ownership.
fn plain(host: &str) -> String {
    let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
    let proven = PROOFS.iter().find_map(|proof| host.strip_prefix(proof));
    proven.map(str::to_owned).unwrap_or(host)
}

/// Every text in a value at any depth, as a host name: of a URL the host alone.
fn collect(value: &Value, names: &mut HashSet<String>) {
    match value {
        Value::String(text) => {
            let rest = text
                .split_once("://")
                .map_or(text.as_str(), |(_, rest)| rest);
            let host = rest.split(['/', '?']).next().unwrap_or_default();
            let host = plain(host);
            if !host.is_empty() {
                names.insert(host);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Object(members) => members.values().for_each(|member| collect(member, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn zone(cnames: Value, addresses: Value) -> Value {
        json!([{"name": "contoso.com", "CNAME": cnames, "A": addresses}])
    }

    fn cname(name: &str, target: &str) -> Value {
        json!({"id": format!("/zones/contoso.com/CNAME/{name}"), "name": name,
            "properties": {"CNAMERecord": {"cname": target}}})
    }

    fn found(target: &str, owned: Value) -> Option<bool> {
        let leads = dns_leads(&zone(json!([cname("www", target)]), Value::Null), &owned);
        leads.first().map(|lead| lead.found)
    }

    #[test]
    fn names_of_services_are_told_by_their_ending() {
        assert_eq!(service_of("Shop.AzureWebsites.net."), Some("App Service"));
        assert_eq!(
            service_of("shop-ab12cd34.westeurope-01.azurewebsites.net"),
            Some("App Service")
        );
        assert_eq!(
            service_of("x.z6.web.core.windows.net"),
            Some("a static website in storage")
        );
        assert_eq!(
            service_of("vm.westeurope.cloudapp.azure.com"),
            Some("a public IP address")
        );
        assert_eq!(
            service_of("asverify.x.blob.core.windows.net"),
            Some("Blob storage")
        );
        for other in [
            "azurewebsites.net",
            ".azurewebsites.net",
            "notazurewebsites.net",
            "shop.azurewebsites.net.contoso.com",
            "contoso.com",
            "",
        ] {
            assert_eq!(service_of(other), None, "{other}");
        }
    }

    #[test]
    fn a_record_is_found_when_some_resource_has_its_target() {
        let owned = json!([
            ["shop.azurewebsites.net", null],
            [{"blob": "https://FILES.blob.core.windows.net/", "web": null}],
            [["198.51.100.4"]], 7,
        ]);
        assert_eq!(found("SHOP.azurewebsites.net.", owned.clone()), Some(true));
        assert_eq!(
            found("files.blob.core.windows.net", owned.clone()),
            Some(true)
        );
        assert_eq!(
            found("awverify.shop.azurewebsites.net", owned.clone()),
            Some(true)
        );
        assert_eq!(found("gone.azurewebsites.net", owned.clone()), Some(false));
        assert_eq!(found("partner.example.net", owned), None);
    }

    #[test]
    fn addresses_count_only_when_they_are_known() {
        let record = json!([{"id": "/a", "name": "@", "properties": {
            "ARecords": [{"ipv4Address": "198.51.100.4"}, {"ipv4Address": "192.0.2.1"}, {}, null]}}]);
        let leads = dns_leads(&zone(Value::Null, record), &json!(["198.51.100.4"]));
        assert_eq!(leads.len(), 1);
        assert_eq!(
            (leads[0].name.as_str(), leads[0].found),
            ("contoso.com", true)
        );
        assert_eq!(leads[0].service, None);
    }

    #[test]
    fn alias_and_empty_records_are_left_out() {
        let mut alias = cname("a", "gone.trafficmanager.net");
        alias["properties"]["targetResource"] = json!({"id": "/tm"});
        let empty =
            json!({"id": "/b", "name": "b", "properties": {"targetResource": {"id": null}}});
        let zones = zone(json!([alias, empty, null, {}]), json!([{}]));
        assert!(dns_leads(&zones, &Value::Null).is_empty());
        assert!(dns_leads(&Value::Null, &Value::Null).is_empty());
    }

    #[test]
    fn records_have_their_full_name() {
        let named = |record: Value| {
            dns_leads(&zone(json!([record]), Value::Null), &Value::Null)[0]
                .name
                .clone()
        };
        assert_eq!(named(cname("www", "x.azurefd.net")), "www.contoso.com");
        let mut own = cname("www", "x.azurefd.net");
        own["properties"]["fqdn"] = json!("www.contoso.com.");
        assert_eq!(named(own), "www.contoso.com");
    }

    proptest! {
        #[test]
        fn whatever_is_owned_is_found(label in "[a-z][a-z0-9-]{0,20}", index in 0..CLAIMABLE.len(), depth in 0usize..4) {
            let host = format!("{label}.{}", CLAIMABLE[index].0);
            prop_assume!(!PROOFS.iter().any(|proof| host.starts_with(proof)));
            let mut owned = json!(format!("https://{host}/"));
            for level in 0..depth {
                owned = if level % 2 == 0 { json!([owned, null]) } else { json!({"endpoint": owned}) };
            }
            prop_assert_eq!(found(&host.to_ascii_uppercase(), owned), Some(true));
            prop_assert_eq!(found(&host, Value::Null), Some(false));
        }

        #[test]
        fn no_text_makes_it_panic(host in ".{0,40}") {
            service_of(&host);
            found(&host, json!([host]));
        }
    }
}
