//! What a deployment slot takes less seriously than its app.

use std::cmp::Ordering;

use serde_json::Value;

use super::super::diagnostics::exports_log;
use super::super::json::{at, is, items, member, text, texts};
use super::super::network::Options;
use super::super::version::compare;
use super::access::{Part, internet_rules};
use super::runtime::runtime_version;

/// What is read of an app or a slot, under the keys of the catalogue.
const CONFIG: &str = "config/web";
const AUTHENTICATION: &str = "config/authsettingsV2";
const PUBLISHING: &str = "basicPublishingCredentialsPolicies";
const ENDPOINTS: &str = "privateEndpointConnections";
const DIAGNOSTICS: &str = "diagnosticSettings";

/// A setting that checks on apps judge: what it is, for people, and how strict.
struct Setting {
    name: &'static str,
    value: String,
    strictness: u8,
}

/// The settings in which a slot is weaker than its app, each as `name: the slot's value (app: the app's)`.
///
/// `slot` and `app` are documents that carry their children under the catalogue's keys (`config/web`,
/// `config/authsettingsV2`, `basicPublishingCredentialsPolicies`, `privateEndpointConnections`,
/// `diagnosticSettings`). Compared is what checks on apps judge and a slot has for itself; what is not set is
/// taken as the service's default. A slot that is as weak as its app has nothing here: the app's own checks tell.
///
/// Source: <https://learn.microsoft.com/azure/app-service/deploy-staging-slots#which-settings-are-swapped>
pub fn weaker_slot_settings(slot: &Value, app: &Value) -> Vec<String> {
    let pairs = settings(slot).into_iter().zip(settings(app));
    let mut weaker: Vec<String> = pairs
        .filter(|(slot, app)| slot.strictness < app.strictness)
        .map(|(slot, app)| line(slot.name, &slot.value, &app.value))
        .collect();
    let (of_slot, of_app) = (member(slot, CONFIG), member(app, CONFIG));
    for name in ["minTlsVersion", "scmMinTlsVersion"] {
        let version = |config| text(at(config, "properties"), name).unwrap_or("not set");
        let (slot, app) = (version(of_slot), version(of_app));
        if compare(app, "0").is_some() && compare(slot, app).is_none_or(Ordering::is_lt) {
            weaker.push(line(name, slot, app));
        }
    }
    for language in ["Java", "PHP", "Python"] {
        let version = |config| runtime_version(config, language);
        if let (Some(slot), Some(app)) = (version(of_slot), version(of_app))
            && compare(&slot, &app).is_some_and(Ordering::is_lt)
        {
            weaker.push(line(language, &slot, &app));
        }
    }
    weaker
}

/// A document that carries `children`, a map by the catalogue's keys.
pub fn with_children(document: &Value, children: &Value) -> Value {
    let mut whole = document.as_object().cloned().unwrap_or_default();
    whole.extend(children.as_object().cloned().unwrap_or_default());
    Value::Object(whole)
}

fn line(name: &str, slot: &str, app: &str) -> String {
    format!("{name}: {slot} (app: {app})")
}

fn settings(site: &Value) -> Vec<Setting> {
    let config = member(site, CONFIG);
    let on = |config: &Value, name: &str| at(at(config, "properties"), name) == true;
    let switch = |name, good: bool, yes: &str, no: &str| Setting {
        name,
        value: if good { yes } else { no }.to_owned(),
        strictness: u8::from(good),
    };
    let reachable = |part| {
        !internet_rules(
            site,
            config,
            member(site, ENDPOINTS),
            part,
            &Options::default(),
        )
        .is_empty()
    };
    let origins = texts(config, "properties.cors.allowedOrigins");
    let logs = items(member(site, DIAGNOSTICS))
        .iter()
        .any(|setting| exports_log(setting, "AppServiceHTTPLogs"));
    vec![
        switch("httpsOnly", on(site, "httpsOnly"), "true", "false"),
        client_certificates(site),
        authentication(member(site, AUTHENTICATION)),
        switch(
            "public access",
            !reachable(Part::Main),
            "restricted",
            "open to the internet",
        ),
        switch(
            "access to the deployment site",
            !reachable(Part::Scm),
            "restricted",
            "open to the internet",
        ),
        ftps(config),
        publishing(site, "scm", "basic publishing (scm)"),
        publishing(site, "ftp", "basic publishing (ftp)"),
        switch(
            "remoteDebuggingEnabled",
            !on(config, "remoteDebuggingEnabled"),
            "false",
            "true",
        ),
        switch("CORS", !origins.contains(&"*"), "no wildcard", "any origin"),
        switch(
            "http20Enabled",
            on(config, "http20Enabled"),
            "true",
            "false",
        ),
        switch("managed identity", has_identity(site), "yes", "none"),
        switch(
            "virtual network integration",
            text(site, "properties.virtualNetworkSubnetId").is_some(),
            "yes",
            "none",
        ),
        switch("HTTP logs", logs, "sent", "not sent"),
    ]
}

fn client_certificates(site: &Value) -> Setting {
    let enabled = at(site, "properties.clientCertEnabled") == true;
    let mode = text(site, "properties.clientCertMode").unwrap_or("Required");
    let (value, strictness) = match (enabled, mode.eq_ignore_ascii_case("Required")) {
        (false, _) => ("off", 0),
        (true, false) => (mode, 1),
        (true, true) => ("Required", 2),
    };
    setting("client certificates", value, strictness)
}

fn authentication(settings: &Value) -> Setting {
    let enabled = at(settings, "properties.platform.enabled") == true;
    let action = "properties.globalValidation.unauthenticatedClientAction";
    let required = match at(
        settings,
        "properties.globalValidation.requireAuthentication",
    ) {
        Value::Bool(required) => *required,
        _ => {
            text(settings, action).is_some_and(|name| !name.eq_ignore_ascii_case("AllowAnonymous"))
        }
    };
    let (value, strictness) = match (enabled, required) {
        (false, _) => ("off", 0),
        (true, false) => ("lets anonymous requests through", 1),
        (true, true) => ("required", 2),
    };
    setting("authentication", value, strictness)
}

fn ftps(config: &Value) -> Setting {
    let state = text(config, "properties.ftpsState").unwrap_or("not set");
    let strictness = match state.to_ascii_lowercase().as_str() {
        "disabled" => 2,
        "ftpsonly" => 1,
        _ => 0,
    };
    setting("ftpsState", state, strictness)
}

/// Passwords are taken unless the policy says no.
fn publishing(site: &Value, policy: &str, name: &'static str) -> Setting {
    let refused = items(member(site, PUBLISHING))
        .iter()
        .any(|found| is(found, "name", policy) && at(found, "properties.allow") == false);
    setting(
        name,
        if refused { "refused" } else { "allowed" },
        u8::from(refused),
    )
}

fn has_identity(site: &Value) -> bool {
    text(site, "identity.type").is_some_and(|kind| !kind.eq_ignore_ascii_case("None"))
}

fn setting(name: &'static str, value: &str, strictness: u8) -> Setting {
    Setting {
        name,
        value: value.to_owned(),
        strictness,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn strict() -> Value {
        json!({
            "identity": {"type": "SystemAssigned"},
            "properties": {
                "httpsOnly": true, "clientCertEnabled": true, "clientCertMode": null,
                "publicNetworkAccess": "Disabled", "virtualNetworkSubnetId": "/subnet",
            },
            "config/web": {"properties": {
                "minTlsVersion": "1.2", "scmMinTlsVersion": "1.2", "ftpsState": "Disabled", "http20Enabled": true,
                "linuxFxVersion": "PHP|8.3",
            }},
            "config/authsettingsV2": {"properties": {"platform": {"enabled": true}, "globalValidation": {"requireAuthentication": true}}},
            "basicPublishingCredentialsPolicies": [
                {"name": "ftp", "properties": {"allow": false}},
                {"name": "scm", "properties": {"allow": false}},
            ],
            "diagnosticSettings": [{"properties": {"workspaceId": "/w", "logs": [{"categoryGroup": "allLogs", "enabled": true}]}}],
        })
    }

    #[test]
    fn a_slot_like_its_app_is_not_weaker() {
        assert!(weaker_slot_settings(&strict(), &strict()).is_empty());
        assert!(weaker_slot_settings(&Value::Null, &Value::Null).is_empty());
        assert!(weaker_slot_settings(&strict(), &json!({})).is_empty());
    }

    #[test]
    fn an_empty_slot_is_weaker_in_everything_that_can_be_compared() {
        let weaker = weaker_slot_settings(&json!({}), &strict()).join("\n");
        for name in [
            "httpsOnly: false (app: true)",
            "client certificates: off (app: Required)",
            "authentication: off (app: required)",
            "public access: open to the internet (app: restricted)",
            "access to the deployment site: open",
            "ftpsState: not set (app: Disabled)",
            "basic publishing (scm): allowed (app: refused)",
            "basic publishing (ftp): allowed",
            "http20Enabled: false",
            "managed identity: none",
            "virtual network integration: none",
            "HTTP logs: not sent",
            "minTlsVersion: not set (app: 1.2)",
            "scmMinTlsVersion: not set",
        ] {
            assert!(weaker.contains(name), "{name} in {weaker}");
        }
    }

    #[test]
    fn children_hang_on_their_document() {
        let slot = with_children(
            &json!({"properties": {"httpsOnly": true}}),
            &json!({"config/web": {"properties": {"http20Enabled": true}}}),
        );
        assert_eq!(slot["config/web"]["properties"]["http20Enabled"], true);
        assert_eq!(slot["properties"]["httpsOnly"], true);
        assert_eq!(with_children(&Value::Null, &Value::Null), json!({}));
    }

    #[test]
    fn each_setting_by_itself() {
        let weaker = |path: &str, value: Value| {
            let mut slot = strict();
            *slot.pointer_mut(path).unwrap() = value;
            weaker_slot_settings(&slot, &strict())
        };
        assert_eq!(
            weaker("/properties/clientCertMode", json!("Optional")),
            ["client certificates: Optional (app: Required)"]
        );
        assert_eq!(
            weaker("/config~1web/properties/ftpsState", json!("FtpsOnly")),
            ["ftpsState: FtpsOnly (app: Disabled)"]
        );
        assert_eq!(
            weaker("/config~1web/properties/minTlsVersion", json!("1.0")),
            ["minTlsVersion: 1.0 (app: 1.2)"]
        );
        assert!(weaker("/config~1web/properties/minTlsVersion", json!("1.3")).is_empty());
        assert_eq!(
            weaker("/config~1web/properties/linuxFxVersion", json!("PHP|7.4")),
            ["PHP: 7.4 (app: 8.3)"]
        );
        assert!(weaker("/config~1web/properties/linuxFxVersion", json!("PHP|8.4")).is_empty());
        assert!(weaker("/config~1web/properties/linuxFxVersion", json!("NODE|22")).is_empty());
        assert_eq!(
            weaker(
                "/config~1authsettingsV2/properties/globalValidation",
                json!({"unauthenticatedClientAction": "AllowAnonymous"})
            ),
            ["authentication: lets anonymous requests through (app: required)"]
        );
        let mut slot = strict();
        slot["config/web"]["properties"]["remoteDebuggingEnabled"] = json!(true);
        slot["config/web"]["properties"]["cors"] =
            json!({"allowedOrigins": ["https://a.example", "*"]});
        assert_eq!(
            weaker_slot_settings(&slot, &strict()),
            [
                "remoteDebuggingEnabled: true (app: false)",
                "CORS: any origin (app: no wildcard)"
            ]
        );
    }
}
