//! The first text of a new check.

/// The text of a file to start a check from: `checks new` writes it. Filled in where it has `…`, it
/// passes `checks lint`.
pub fn scaffold(id: &str, service: &str, resource: &str) -> String {
    format!(
        r#"# content/checks/{service}/{id}.yaml
title: …                             # one line that says what is good, not what is wrong
severity: medium                     # informational | low | medium | high | critical
categories: [governance]             # `checks list --format json` shows those in use
resource: {resource}

# with:                              # other documents, by the name that expressions use
#   child: childKey                  # a child of the resource: an object or a list; null when there is none
#   others: Microsoft.Other/types    # every document of a type in the same subscription: a list
# when: resource.kind == "…"         # which resources are judged; all of them without it
# params: {{ minimum: 1 }}             # what users may tune

pass: resource.properties.… == true  # CEL; an absent property is null, text compares without case
message:
  pass: …
  fail: 'Is {{{{ resource.properties.… }}}}.'

risk: |
  What an attacker or an accident does if nobody acts.
remediation:
  text: What to change, and what stops working then.
  az: az resource show --ids {{{{ resource.id }}}}
references:
  - https://learn.microsoft.com/azure/…

tests:
  - pass: {{ properties: {{ …: true }} }}
  - fail: {{ properties: {{ …: false }} }}
  - fail: {{ properties: {{}} }}         # absent: say what the service's default is
"#
    )
}

#[cfg(test)]
mod tests {
    use catalog::Catalog;

    use crate::{Library, lint, test};

    use super::*;

    #[test]
    fn a_scaffold_lints_and_passes_its_tests_once_it_is_filled_in() {
        let text = scaffold(
            "storage_https_only",
            "storage",
            "Microsoft.Storage/storageAccounts",
        )
        .replace("properties.…", "properties.supportsHttpsTrafficOnly")
        .replace("…: ", "supportsHttpsTrafficOnly: ")
        .replace("azure/…", "azure/storage/")
        .replace('…', "Takes only HTTPS");
        let catalog = Catalog::builtin().unwrap();
        let library = Library::of_text("storage", "storage_https_only", &text).unwrap();
        assert_eq!(lint(&library, &catalog), []);
        assert!(test(&library.checks()[0], &catalog).failures.is_empty());
    }
}
