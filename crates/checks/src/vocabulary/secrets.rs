//! Names that settings with secrets have.

/// Words that make a setting's name one of a secret's. Compared word by word: `CONNECTION_STRING`,
/// `ConnectionString` and `connection-string` are the same words.
const TELLING: &[&[&str]] = &[
    &["password"],
    &["passwd"],
    &["pwd"],
    &["secret"],
    &["credential"],
    &["credentials"],
    &["token"],
    &["apikey"],
    &["api", "key"],
    &["access", "key"],
    &["account", "key"],
    &["private", "key"],
    &["shared", "key"],
    &["master", "key"],
    &["storage", "key"],
    &["connection", "string"],
    &["connectionstring"],
    &["connstr"],
    &["conn", "str"],
    &["sas", "url"],
    &["sas"],
];

/// Words behind which a name tells where a secret is, not what it is.
const HARMLESS_ENDS: &[&str] = &[
    "name", "uri", "length", "expiry", "enabled", "endpoint", "id", "path", "file", "days",
];

/// Whether a setting of this name is likely to hold a secret.
pub fn looks_secret(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else {
        return false;
    };
    if HARMLESS_ENDS.contains(&last.as_str()) {
        return false;
    }
    TELLING.iter().any(|telling| {
        words.windows(telling.len()).any(|window| {
            window
                .iter()
                .map(String::as_str)
                .eq(telling.iter().copied())
        })
    })
}

/// The words of a name, in lower case: parted by what is no letter or digit, and where a capital
/// follows a small letter.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_was_small = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() {
            words.push(String::new());
            before_was_small = false;
            continue;
        }
        if letter.is_uppercase() && before_was_small {
            words.push(String::new());
        }
        before_was_small = letter.is_lowercase() || letter.is_ascii_digit();
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in [
            "DB_PASSWORD",
            "dbPassword",
            "AzureWebJobsStorage__accountKey",
            "ConnectionString",
            "SQL_CONNECTION_STRING",
            "STRIPE-API-KEY",
            "jwtSecret",
            "GITHUB_TOKEN",
        ] {
            assert!(looks_secret(name), "{name}");
        }
    }

    #[test]
    fn names_of_other_things() {
        for name in [
            "",
            "__",
            "WEBSITE_RUN_FROM_PACKAGE",
            "PASSWORD_LENGTH",
            "SECRET_NAME",
            "KEYVAULT_URI",
            "TOKENIZER",
            "MONKEY",
            "KEY",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
    }
}
