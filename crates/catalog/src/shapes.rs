//! The property paths that known Azure payloads have, so that lint notices a misspelt one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::DocumentType;
use crate::redaction::INNERMOST;

/// Known property paths by document type: `content/shapes/*.yaml`.
#[derive(Debug, Default)]
pub struct Shapes {
    paths: BTreeMap<String, BTreeSet<Vec<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeForm {
    #[serde(default)]
    recorded: Vec<String>,
    #[serde(default)]
    documented: Vec<String>,
}

impl Shapes {
    /// Reads one file and adds its types.
    ///
    /// # Errors
    /// What is wrong with the file, with its line.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let types: BTreeMap<String, TypeForm> =
            serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
        for (name, form) in types {
            let known = self.paths.entry(name.to_lowercase()).or_default();
            known.extend(
                form.recorded
                    .iter()
                    .chain(&form.documented)
                    .map(|path| segments(path)),
            );
        }
        Ok(())
    }

    /// Whether documents of this type have `path` (members only; `[]` stands for items): `None`
    /// when nothing is known of the type.
    pub fn knows(&self, document_type: &DocumentType, path: &[&str]) -> Option<bool> {
        let known = self.paths.get(&document_type.key())?;
        Some(known.iter().any(|candidate| reaches(candidate, path)))
    }
}

impl Shapes {
    /// Whether documents of this type may have something at `path`, which says `*` for any member or
    /// item and may leave items out, as redaction's paths do.
    pub fn may_have(&self, document_type: &DocumentType, path: &[String]) -> Option<bool> {
        let known = self.paths.get(&document_type.key())?;
        Some(known.iter().any(|candidate| may_reach(candidate, path)))
    }
}

fn segments(path: &str) -> Vec<String> {
    path.replace("[]", ".[]")
        .split('.')
        .filter(|segment| !segment.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether `path` is `known` or a prefix of it; `*` in `known` stands for any member.
fn reaches(known: &[String], path: &[&str]) -> bool {
    path.len() <= known.len()
        && path
            .iter()
            .zip(known)
            .all(|(asked, known)| known == "*" || known.eq_ignore_ascii_case(asked))
}

/// Whether a redaction's path leads to `known` or to something on the way there.
fn may_reach(known: &[String], path: &[String]) -> bool {
    let Some((segment, rest)) = path.split_first() else {
        return true;
    };
    if segment == INNERMOST {
        return true;
    }
    match known.split_first() {
        None => false,
        Some((item, inside)) if item == "[]" && segment != "*" => may_reach(inside, path),
        Some((step, inside)) => {
            let same = step == "*" || segment == "*" || step.eq_ignore_ascii_case(segment);
            same && may_reach(inside, rest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_items_and_free_names_are_known_and_others_are_not() {
        let mut shapes = Shapes::default();
        shapes
            .add("A/b:\n  recorded: [\"properties.rules[].name\", tags.*]\n  documented: [properties.mode]\n")
            .unwrap();
        let of = DocumentType::from("a/B");
        assert_eq!(shapes.knows(&of, &["properties", "rules"]), Some(true));
        assert_eq!(
            shapes.knows(&of, &["properties", "rules", "[]", "NAME"]),
            Some(true)
        );
        assert_eq!(shapes.knows(&of, &["tags", "owner"]), Some(true));
        assert_eq!(shapes.knows(&of, &["properties", "mode"]), Some(true));
        assert_eq!(shapes.knows(&of, &["properties", "mood"]), Some(false));
        assert_eq!(shapes.knows(&DocumentType::from("a/c"), &["x"]), None);
    }

    #[test]
    fn a_redaction_names_members_and_items_by_a_star() {
        let mut shapes = Shapes::default();
        shapes
            .add("A/b:\n  documented: [\"properties.keys[].value\", properties.settings.*, secret]\n")
            .unwrap();
        let knows = |path: &str| {
            let path: Vec<String> = path.split('.').map(str::to_owned).collect();
            shapes.may_have(&DocumentType::from("A/b"), &path).unwrap()
        };
        assert!(knows("properties.keys.*.VALUE"));
        assert!(knows("properties.keys.value"));
        assert!(knows("properties.settings.*"));
        assert!(knows("properties"));
        assert!(knows("properties.settings.*.$"));
        assert!(!knows("properties.keys.*.name"));
        assert!(!knows("secret.inner"));
        assert!(shapes.may_have(&DocumentType::from("A/c"), &[]).is_none());
    }
}
