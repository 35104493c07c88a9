//! Turns one switch of a document over.

use serde_json::{Value, json};

use super::draw::Draw;

/// Values of which one is turned into the other.
const PAIRS: [(&str, &str); 11] = [
    ("Enabled", "Disabled"),
    ("enabled", "disabled"),
    ("On", "Off"),
    ("on", "off"),
    ("ON", "OFF"),
    ("Allow", "Deny"),
    ("TLS1_2", "TLS1_0"),
    ("TLS1_2", "TLS1_1"),
    ("SystemAssigned", "None"),
    ("AzureADMyOrg", "AzureADMultipleOrgs"),
    ("Default", "DoNotEnforce"),
];

/// What is never turned: the service writes it itself.
const READ_ONLY: [&str; 4] = [
    "provisioningstate",
    "privateendpointconnections",
    "systemdata",
    "provisioningerrors",
];

/// Turns over one of the switches beneath `properties`, by chance; false when there is none.
pub(super) fn flip(body: &mut Value, draw: &mut Draw) -> bool {
    let mut switches = Vec::new();
    if let Some(properties) = body.get("properties") {
        collect("/properties".to_owned(), properties, &mut switches);
    }
    let Some(pointer) = draw.one(&switches) else {
        return false;
    };
    let name = pointer
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let Some(value) = body.pointer_mut(pointer) else {
        return false;
    };
    if let Some(other) = turned(&name, value) {
        *value = other;
        return true;
    }
    false
}

fn collect(at: String, value: &Value, found: &mut Vec<String>) {
    let name = at.rsplit('/').next().unwrap_or_default().to_lowercase();
    if READ_ONLY.contains(&name.as_str()) {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect(format!("{at}/{name}"), value, found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(format!("{at}/{index}"), value, found);
            }
        }
        leaf => {
            if turned(&name, leaf).is_some() {
                found.push(at);
            }
        }
    }
}

/// The other position of a switch; `None` for what is no switch.
fn turned(name: &str, value: &Value) -> Option<Value> {
    match value {
        Value::Bool(on) => Some(json!(!on)),
        Value::String(text) => {
            let named = match (name, text.as_str()) {
                ("mintlsversion" | "minimaltlsversion" | "minimumtlsversion", "1.2") => Some("1.0"),
                ("mintlsversion" | "minimaltlsversion" | "minimumtlsversion", "1.0" | "1.1") => {
                    Some("1.2")
                }
                ("sourceaddressprefix", "*") => Some("10.0.0.0/8"),
                ("sourceaddressprefix", _) => Some("*"),
                _ => None,
            };
            let pair = || {
                PAIRS.iter().find_map(|(a, b)| match text {
                    text if text == a => Some(*b),
                    text if text == b => Some(*a),
                    _ => None,
                })
            };
            named.or_else(pair).map(|other| json!(other))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_turned_over_and_back() {
        let mut body =
            json!({"properties": {"a/b": {"enabled": true}, "provisioningState": "Enabled"}});
        let before = body.clone();
        assert!(flip(&mut body, &mut Draw::new(1)));
        assert_eq!(body["properties"]["a/b"]["enabled"], false);
        assert!(flip(&mut body, &mut Draw::new(2)));
        assert_eq!(body, before);
    }

    #[test]
    fn rules_versions_and_words_are_switches() {
        assert_eq!(turned("access", &json!("Allow")), Some(json!("Deny")));
        assert_eq!(
            turned("minimumtlsversion", &json!("TLS1_1")),
            Some(json!("TLS1_2"))
        );
        assert_eq!(turned("mintlsversion", &json!("1.1")), Some(json!("1.2")));
        assert_eq!(
            turned("sourceaddressprefix", &json!("Internet")),
            Some(json!("*"))
        );
        assert_eq!(turned("name", &json!("something")), None);
        assert!(!flip(&mut json!({"properties": null}), &mut Draw::new(1)));
    }
}
