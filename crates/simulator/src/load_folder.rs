//! Loads a tenant from a folder, on disk or compiled into the program.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use crate::injected::Injected;
use crate::load_error::LoadError;
use crate::path;
use crate::tenant::Tenant;
use crate::tenant_file::{InjectedError, KEYS, TenantFile};
use crate::tenant_users;

/// A file of the folder: its path within it, with forward slashes, and its text.
struct File {
    name: String,
    text: String,
}

/// Loads the tenant in a folder on disk.
pub(crate) fn from_path(folder: &Path) -> Result<Tenant, LoadError> {
    let mut files = Vec::new();
    walk(folder, "", &mut files)?;
    build(&folder.display().to_string(), files)
}

/// Loads the tenant in an embedded folder.
pub(crate) fn from_embedded(dir: &include_dir::Dir<'_>) -> Result<Tenant, LoadError> {
    let mut files = Vec::new();
    gather(dir, dir.path(), &mut files)?;
    build(&dir.path().display().to_string(), files)
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<File>) -> Result<(), LoadError> {
    let failed = |at: &Path| {
        let path = at.to_owned();
        move |source| LoadError::Read { path, source }
    };
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let entry = entry.map_err(failed(folder))?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let at = entry.path();
        if at.is_dir() {
            walk(&at, &format!("{name}/"), files)?;
            continue;
        }
        if wanted(&name) {
            let text = fs::read_to_string(&at).map_err(failed(&at))?;
            files.push(File { name, text });
        }
    }
    Ok(())
}

fn gather(dir: &include_dir::Dir<'_>, root: &Path, files: &mut Vec<File>) -> Result<(), LoadError> {
    for file in dir.files() {
        let within = file.path().strip_prefix(root).unwrap_or(file.path());
        let name = within.to_string_lossy().replace('\\', "/");
        if !wanted(&name) {
            continue;
        }
        let text = file
            .contents_utf8()
            .ok_or_else(|| LoadError::parse(&name, "is not UTF-8"))?;
        files.push(File {
            name,
            text: text.to_owned(),
        });
    }
    for below in dir.dirs() {
        gather(below, root, files)?;
    }
    Ok(())
}

fn wanted(name: &str) -> bool {
    name == "tenant.yaml" || name == "errors.yaml" || name.ends_with(".json")
}

fn build(folder: &str, mut files: Vec<File>) -> Result<Tenant, LoadError> {
    // Lists in the order of names, so that a tenant is the same on every file system.
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let file = files
        .iter()
        .find(|file| file.name == "tenant.yaml")
        .ok_or_else(|| LoadError::NoTenantFile(folder.to_owned()))?;
    let mut tenant = Tenant::new(tenant_file(&file.text)?);
    for file in &files {
        if file.name == "errors.yaml" {
            tenant.injected = errors(&file.text)?;
        } else if file.name.ends_with(".json") {
            documents(&mut tenant, file)?;
        }
    }
    tenant_users::settle(&mut tenant).map_err(|error| LoadError::parse("tenant.yaml", error))?;
    Ok(tenant)
}

fn tenant_file(text: &str) -> Result<TenantFile, LoadError> {
    let name = "tenant.yaml";
    let keys: Map<String, Value> =
        serde_saphyr::from_str(text).map_err(|error| LoadError::parse(name, error))?;
    if let Some(unknown) = keys.keys().find(|key| !KEYS.contains(&key.as_str())) {
        let message = format!("unknown key `{unknown}`; known are {}", KEYS.join(", "));
        return Err(LoadError::parse(name, message));
    }
    serde_saphyr::from_str(text).map_err(|error| LoadError::parse(name, error))
}

fn errors(text: &str) -> Result<Injected, LoadError> {
    let name = "errors.yaml";
    let rules: std::collections::BTreeMap<String, InjectedError> =
        serde_saphyr::from_str(text).map_err(|error| LoadError::parse(name, error))?;
    let mut injected = Injected::default();
    for (at, error) in rules {
        injected.add(&at, error);
    }
    Ok(injected)
}

fn documents(tenant: &mut Tenant, file: &File) -> Result<(), LoadError> {
    let body: Value = serde_json::from_str(file.text.trim_start_matches('\u{feff}'))
        .map_err(|error| LoadError::parse(&file.name, error))?;
    if file.name.ends_with(".paths.json") {
        let Value::Object(paths) = body else {
            return Err(LoadError::parse(&file.name, "is not an object of paths"));
        };
        for (at, body) in paths {
            let (at, _) = crate::request::split_url(&at);
            tenant.store.load(&at, body);
        }
        return Ok(());
    }
    let stem = file.name.trim_end_matches(".json");
    let at = stem
        .strip_prefix("arm/")
        .or_else(|| stem.strip_prefix("graph/"))
        .ok_or_else(|| LoadError::parse(&file.name, "lies neither under arm/ nor under graph/"))?;
    tenant.store.load(&path::decode(at), body);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> File {
        File {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn documents_lie_at_their_url_paths_and_in_bundles() {
        let tenant = build(
            "x",
            vec![
                file("tenant.yaml", "tenant_id: t"),
                file(
                    "arm/subscriptions/s/providers/A.B/c/n%25o.json",
                    "{\"a\": 1}",
                ),
                file("graph/v1.0/users.json", "{\"value\": [{\"id\": \"u\"}]}"),
                file("more.paths.json", "{\"/subscriptions//s/x\": {\"b\": 2}}"),
            ],
        )
        .unwrap();
        assert!(
            tenant
                .store
                .get("/subscriptions/s/providers/a.b/c/n%o")
                .is_some()
        );
        assert!(tenant.store.get("/v1.0/users/u").is_some());
        assert!(tenant.store.get("/subscriptions/s/x").is_some());
    }

    #[test]
    fn mistakes_name_their_file() {
        let fails = |files| build("folder", files).unwrap_err().to_string();
        assert_eq!(fails(vec![]), "folder holds no tenant.yaml");
        let typo = fails(vec![file("tenant.yaml", "tenant_id: t\nsubscription: []")]);
        assert!(typo.contains("unknown key `subscription`"), "{typo}");
        let tenant = || file("tenant.yaml", "tenant_id: t");
        let broken = fails(vec![tenant(), file("arm/x.json", "{")]);
        assert!(broken.starts_with("arm/x.json: "), "{broken}");
        let stray = fails(vec![tenant(), file("stray.json", "{}")]);
        assert!(stray.contains("neither under"), "{stray}");
    }

    #[test]
    fn a_folder_on_disk_is_walked() {
        let folder = tempfile::tempdir().unwrap();
        let users = folder.path().join("graph/v1.0");
        fs::create_dir_all(&users).unwrap();
        fs::write(folder.path().join("tenant.yaml"), "tenant_id: t").unwrap();
        fs::write(folder.path().join("notes.txt"), "ignored").unwrap();
        fs::write(users.join("users.json"), "\u{feff}{\"value\": []}").unwrap();
        let tenant = Tenant::load(folder.path()).unwrap();
        assert!(tenant.store.collection("/v1.0/users").stored);
    }
}
