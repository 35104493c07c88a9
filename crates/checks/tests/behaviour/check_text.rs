//! A check's file that is right, with parts that tests replace.

use checks::Library;

/// The lines of a check's file by their top-level key.
pub struct CheckText {
    sections: Vec<(&'static str, String)>,
}

impl CheckText {
    /// A check that lints: storage accounts accept only HTTPS.
    pub fn storage() -> Self {
        let sections = [
            ("title", "title: Takes only HTTPS"),
            ("severity", "severity: high"),
            ("categories", "categories: [encryption]"),
            ("resource", "resource: Microsoft.Storage/storageAccounts"),
            ("with", ""),
            ("when", ""),
            ("each", ""),
            ("params", ""),
            ("manual", ""),
            (
                "pass",
                "pass: resource.properties.supportsHttpsTrafficOnly == true",
            ),
            (
                "message",
                "message: { pass: Yes., fail: 'Is {{ resource.properties.supportsHttpsTrafficOnly }}.' }",
            ),
            ("evidence", ""),
            ("risk", "risk: Someone reads along."),
            (
                "remediation",
                "remediation: { text: Turn it on., az: 'az x --ids {{ resource.id }}' }",
            ),
            (
                "references",
                "references: [https://learn.microsoft.com/azure/storage/]",
            ),
            (
                "tests",
                "tests:\n  - pass: { properties: { supportsHttpsTrafficOnly: true } }\n  - fail: { properties: { supportsHttpsTrafficOnly: false } }\n  - fail: { properties: {} }",
            ),
        ];
        Self {
            sections: sections.map(|(key, text)| (key, text.to_owned())).into(),
        }
    }

    /// The same with other lines for a key; none when `text` is empty.
    pub fn with(mut self, key: &'static str, text: &str) -> Self {
        match self.sections.iter_mut().find(|(known, _)| *known == key) {
            Some((_, section)) => *section = text.to_owned(),
            None => self.sections.push((key, text.to_owned())),
        }
        self
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self
            .sections
            .iter()
            .map(|(_, text)| text.as_str())
            .filter(|text| !text.is_empty())
            .collect();
        format!("{}\n", lines.join("\n"))
    }

    /// The library of this check alone, called `storage_example`.
    pub fn library(&self) -> Library {
        library(&[("storage_example", self)])
    }
}

/// A library of several checks by id.
pub fn library(checks: &[(&str, &CheckText)]) -> Library {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("checks/storage")).unwrap();
    for (id, check) in checks {
        let path = folder.path().join(format!("checks/storage/{id}.yaml"));
        std::fs::write(path, check.text()).unwrap();
    }
    Library::folder(folder.path()).unwrap_or_else(|error| panic!("{error}"))
}
