//! Learns which property paths Azure's documents have, from a folder of recorded replies.
//!
//! ```text
//! cargo run -p catalog --example learn_shapes -- REPLIES content/shapes
//! ```
//!
//! `learn_shapes.yaml` beside this file says which replies belong to which document type. The result,
//! one `<provider>.yaml` per provider, lets `checks lint` refuse a property that no document has.
//! Only names of properties are written, never values. The `documented` lists of files that already
//! stand there are kept: they hold what Microsoft documents but no recording shows.
//!
//! A path names members with dots. `[]` is any element of a list and `*` any key of a map whose keys
//! users choose (tags, identities). A member that holds others is not listed by itself: whoever reads the
//! file takes the beginning of a known path as known.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

/// How the replies are laid out: the file `learn_shapes.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sources {
    /// Maps that occur in many types.
    maps: Vec<String>,
    /// Where the replies of each document type stand.
    types: BTreeMap<String, Source>,
}

/// The replies of one document type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    /// Files below the folder of replies; `*` at the end of a name stands for anything.
    #[serde(default)]
    files: Vec<String>,
    /// Paths of maps whose keys users or extensions choose.
    #[serde(default)]
    maps: Vec<String>,
    /// Paths of values whose inside is somebody else's: not looked into.
    #[serde(default)]
    opaque: Vec<String>,
}

/// The known property paths of one document type.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    /// Seen in replies.
    #[serde(default)]
    recorded: BTreeSet<String>,
    /// Added by hand from Microsoft's documentation.
    #[serde(default)]
    documented: BTreeSet<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let [_, replies, shapes] = &std::env::args().collect::<Vec<_>>()[..] else {
        return Err("usage: learn_shapes REPLIES SHAPES".into());
    };
    let (replies, shapes) = (Path::new(replies), Path::new(shapes));
    let sources: Sources = serde_saphyr::from_str(include_str!("learn_shapes.yaml"))?;
    let mut providers: BTreeMap<String, BTreeMap<String, Shape>> = BTreeMap::new();
    for (document_type, source) in &sources.types {
        let maps: Vec<&str> = sources
            .maps
            .iter()
            .chain(&source.maps)
            .map(String::as_str)
            .collect();
        let shape = Shape {
            recorded: learn(replies, source, &maps)?,
            documented: BTreeSet::new(),
        };
        println!("{document_type}: {} paths", shape.recorded.len());
        providers
            .entry(file_name(document_type))
            .or_default()
            .insert(document_type.clone(), shape);
    }
    for (name, types) in providers {
        write_provider(&shapes.join(name), types)?;
    }
    Ok(())
}

/// The shapes file of a type's provider.
fn file_name(document_type: &str) -> String {
    let provider = document_type.split('/').next().unwrap_or(document_type);
    format!("{}.yaml", provider.to_lowercase())
}

/// The paths of every document in the replies of one type.
fn learn(
    replies: &Path,
    source: &Source,
    maps: &[&str],
) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut learner = Learner {
        maps,
        opaque: &source.opaque,
        paths: BTreeSet::new(),
    };
    for pattern in &source.files {
        for file in matching(replies, pattern)? {
            let body: Value = serde_json::from_str(&fs::read_to_string(&file)?)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            documents(&body)
                .into_iter()
                .for_each(|document| learner.object("", document));
        }
    }
    Ok(innermost(learner.paths))
}

/// The paths that do not merely lead to another.
fn innermost(paths: BTreeSet<String>) -> BTreeSet<String> {
    let leads_on = |path: &String| {
        [".", "[]"].iter().any(|step| {
            let start = format!("{path}{step}");
            paths
                .range(start.clone()..)
                .next()
                .is_some_and(|next| next.starts_with(&start))
        })
    };
    paths
        .iter()
        .filter(|path| !leads_on(path))
        .cloned()
        .collect()
}

/// The files below `folder` that a pattern names, in the order of their names.
fn matching(folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let Some(start) = pattern.strip_suffix('*') else {
        return Ok(vec![folder.join(pattern)]);
    };
    let (below, start) = start.rsplit_once('/').unwrap_or(("", start));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.join(below))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(start) {
            files.push(entry.path());
        }
    }
    if files.is_empty() {
        return Err(format!("no reply matches {pattern}").into());
    }
    files.sort();
    Ok(files)
}

/// The documents in a reply: the items of a list, or the body itself. Errors hold none.
fn documents(body: &Value) -> Vec<&Value> {
    let items = body
        .as_array()
        .or_else(|| body.get("value").and_then(Value::as_array));
    match items {
        Some(items) => items.iter().collect(),
        None if body.get("error").is_some() => Vec::new(),
        None => vec![body],
    }
}

/// Gathers property paths.
struct Learner<'a> {
    maps: &'a [&'a str],
    opaque: &'a [String],
    paths: BTreeSet<String>,
}

impl Learner<'_> {
    /// Adds the members of `value`, which stands at `path`, when it is an object.
    fn object(&mut self, path: &str, value: &Value) {
        let Some(members) = value.as_object() else {
            return;
        };
        let is_map = self.maps.contains(&path);
        for (name, member) in members {
            if name.contains("@odata.") && !name.starts_with('@') {
                continue; // An annotation of another member, not a property.
            }
            let name = if is_map { "*" } else { name };
            let path = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            };
            if !self.opaque.contains(&path) {
                self.value(&path, member);
            }
            self.paths.insert(path);
        }
    }

    /// Adds what is inside the value at `path`.
    fn value(&mut self, path: &str, value: &Value) {
        let Some(items) = value.as_array() else {
            return self.object(path, value);
        };
        let path = format!("{path}[]");
        for item in items {
            self.value(&path, item);
        }
        self.paths.insert(path);
    }
}

/// Writes one provider's file, with the hand-written entries of the file that stands there.
fn write_provider(file: &Path, mut types: BTreeMap<String, Shape>) -> Result<(), Box<dyn Error>> {
    if file.exists() {
        let standing: BTreeMap<String, Shape> = serde_saphyr::from_str(&fs::read_to_string(file)?)?;
        for (document_type, shape) in standing {
            types.entry(document_type).or_default().documented = shape.documented;
        }
    }
    let mut text = String::from(
        "# Known property paths by document type. `recorded` is written by the example learn_shapes of the crate\n\
         # catalog; `documented` is kept by hand.\n",
    );
    for (document_type, mut shape) in types {
        shape
            .documented
            .retain(|path| !shape.recorded.contains(path));
        text += &format!(
            "{document_type}:\n{}{}",
            list("recorded", &shape.recorded),
            list("documented", &shape.documented)
        );
    }
    fs::write(file, text)?;
    Ok(())
}

/// A YAML list below a type.
fn list(key: &str, paths: &BTreeSet<String>) -> String {
    if paths.is_empty() {
        return format!("  {key}: []\n");
    }
    let items: String = paths
        .iter()
        .map(|path| format!("    - {}\n", scalar(path)))
        .collect();
    format!("  {key}:\n{items}")
}

/// A path as a YAML scalar: quoted where YAML would read it as something else.
fn scalar(path: &str) -> String {
    let plain = path.starts_with(|first: char| first.is_ascii_alphabetic())
        && path
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "._-[]*@/$".contains(letter))
        && !matches!(
            path.to_lowercase().as_str(),
            "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "''"))
    }
}
