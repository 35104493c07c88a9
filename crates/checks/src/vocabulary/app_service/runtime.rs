//! Which version of a language an app runs.

use serde_json::Value;

use super::super::json::{at, has, is, text, texts};

/// What Windows apps answer for PHP when nobody chose a version.
const UNCHOSEN_PHP: &str = "5.6";

/// The version of `Java`, `PHP` or `Python` that an app's `config/web` names; `None` for an app that does
/// not run the language on a runtime of App Service.
///
/// * Linux: `linuxFxVersion` is `PYTHON|3.12`, `PHP|8.3`, `JAVA|17-java17`, or a Java server with its Java
///   behind it, `TOMCAT|10.1-java17`. What a container holds is nobody's to know.
/// * Windows: `pythonVersion`, `phpVersion`, `javaVersion`. Every Windows app answers `5.6` for PHP, so that
///   only `windowsConfiguredStacks` tells whether it was chosen. Java 8 is written `1.8`.
///
/// Source: <https://learn.microsoft.com/azure/app-service/configure-language-java-deploy-run>
pub fn runtime_version(config: &Value, language: &str) -> Option<String> {
    let language = language.to_ascii_lowercase();
    let found = match text(config, "properties.linuxFxVersion") {
        Some(stack) => on_linux(stack, &language)?,
        None if text(config, "properties.windowsFxVersion").is_some() => return None,
        None => on_windows(config, &language)?,
    };
    let version = match language.as_str() {
        "java" => found.strip_prefix("1.").unwrap_or(found),
        _ => found,
    };
    (!version.is_empty()).then(|| version.to_owned())
}

fn on_linux<'a>(stack: &'a str, language: &str) -> Option<&'a str> {
    let (name, version) = stack.split_once('|')?;
    let (name, version) = (name.trim(), version.trim());
    if language != "java" {
        return name.eq_ignore_ascii_case(language).then_some(version);
    }
    if !has(&["JAVA", "TOMCAT", "JBOSSEAP", "WILDFLY"], name) {
        return None;
    }
    let behind = version.rsplit('-').find_map(java);
    match behind {
        Some(version) => Some(version),
        None => name.eq_ignore_ascii_case("JAVA").then_some(version),
    }
}

/// The version in `java17`, `jre8` or `java17_byol`.
fn java(part: &str) -> Option<&str> {
    let lower = part.to_ascii_lowercase();
    let length = ["java", "jre"]
        .iter()
        .find(|name| lower.starts_with(*name))?
        .len();
    let version = part.get(length..)?;
    let end = version
        .find(|one: char| !one.is_ascii_digit() && one != '.')
        .unwrap_or(version.len());
    version.get(..end).filter(|version| !version.is_empty())
}

fn on_windows<'a>(config: &'a Value, language: &str) -> Option<&'a str> {
    let property = match language {
        "java" => "properties.javaVersion",
        "php" => "properties.phpVersion",
        "python" => "properties.pythonVersion",
        _ => return None,
    };
    if is(config, property, "Off") {
        return None;
    }
    let version = text(config, property)?;
    let stacks = match at(config, "properties.windowsConfiguredStacks") {
        Value::Null => Vec::new(),
        _ => texts(config, "properties.windowsConfiguredStacks"),
    };
    let unchosen = language == "php" && version == UNCHOSEN_PHP && !has(&stacks, "php");
    (!unchosen).then_some(version)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn linux(stack: &str, language: &str) -> Option<String> {
        // Linux apps have leftovers of Windows settings.
        let config = json!({"properties": {"linuxFxVersion": stack, "phpVersion": "5.6", "pythonVersion": ""}});
        runtime_version(&config, language)
    }

    fn windows(property: &str, version: Value, language: &str) -> Option<String> {
        let mut config = json!({"properties": {"linuxFxVersion": "", "windowsFxVersion": null}});
        config["properties"][property] = version;
        runtime_version(&config, language)
    }

    #[test]
    fn linux_stacks() {
        for (stack, language, version) in [
            ("PYTHON|3.12", "Python", "3.12"),
            ("python|3.8", "python", "3.8"),
            ("PHP|8.3", "php", "8.3"),
            ("JAVA|17-java17", "java", "17"),
            ("JAVA|8-jre8", "java", "8"),
            ("JAVA|8u242", "java", "8u242"),
            ("JAVA|11.0.20", "java", "11.0.20"),
            ("TOMCAT|10.1-java17", "java", "17"),
            ("TOMCAT|9.0-jre8", "java", "8"),
            ("JBOSSEAP|8-java17_byol", "java", "17"),
        ] {
            assert_eq!(linux(stack, language).as_deref(), Some(version), "{stack}");
        }
        for (stack, language) in [
            ("NODE|22-lts", "python"),
            ("NODE|22-lts", "php"),
            ("DOCKER|registry/php:8.3", "php"),
            ("COMPOSE|eA==", "java"),
            ("sitecontainers", "python"),
            ("TOMCAT|10.1", "java"),
            ("PYTHON|", "python"),
        ] {
            assert_eq!(linux(stack, language), None, "{stack}");
        }
    }

    #[test]
    fn windows_settings() {
        let java = |version: &str| windows("javaVersion", json!(version), "java");
        assert_eq!(java("1.8").as_deref(), Some("8"));
        assert_eq!(java("1.8.0_202").as_deref(), Some("8.0_202"));
        assert_eq!(java("17").as_deref(), Some("17"));
        assert_eq!(windows("javaVersion", Value::Null, "java"), None);
        assert_eq!(windows("phpVersion", json!("5.6"), "php"), None);
        assert_eq!(windows("phpVersion", json!("Off"), "php"), None);
        assert_eq!(
            windows("phpVersion", json!("7.4"), "php").as_deref(),
            Some("7.4")
        );
        let chosen =
            json!({"properties": {"phpVersion": "5.6", "windowsConfiguredStacks": ["PHP"]}});
        assert_eq!(runtime_version(&chosen, "php").as_deref(), Some("5.6"));
        assert_eq!(
            windows("pythonVersion", json!("3.4"), "python").as_deref(),
            Some("3.4")
        );
        let container =
            json!({"properties": {"windowsFxVersion": "DOCKER|x", "pythonVersion": "3.4"}});
        assert_eq!(runtime_version(&container, "python"), None);
        assert_eq!(runtime_version(&Value::Null, "php"), None);
        assert_eq!(windows("pythonVersion", json!("3.4"), "ruby"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_taken(stack in ".*", language in "(java|php|python|.*)") {
            let _ = linux(&stack, &language);
            let _ = windows("javaVersion", json!(stack), &language);
        }
    }
}
