//! Where the parts of a check stand in its file.

use crate::diagnostic::Place;
use crate::form::{CheckForm, Text};

/// Where the parts of a check stand in its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) title: Place,
    pub(crate) categories: Vec<Place>,
    pub(crate) resource: Place,
    pub(crate) reads: Vec<Place>,
    pub(crate) when: Place,
    pub(crate) each: Place,
    pub(crate) manual: Place,
    pub(crate) pass: Place,
    pub(crate) messages: [Place; 3],
    pub(crate) evidence: Vec<Place>,
    pub(crate) risk: Place,
    pub(crate) remediation: Place,
    pub(crate) references: Vec<Place>,
}

impl Places {
    pub(crate) fn of(form: &CheckForm) -> Self {
        let of = |text: &Text| Place::from(text.referenced);
        let maybe = |text: &Option<Text>| text.as_ref().map(of).unwrap_or_default();
        Self {
            title: of(&form.title),
            categories: form.categories.iter().map(of).collect(),
            resource: form.resource.referenced.into(),
            reads: form
                .with
                .0
                .iter()
                .map(|(_, read)| read.referenced.into())
                .collect(),
            when: maybe(&form.when),
            each: maybe(&form.each),
            manual: maybe(&form.manual),
            pass: of(&form.pass),
            messages: [
                of(&form.message.pass),
                of(&form.message.fail),
                maybe(&form.message.manual),
            ],
            evidence: form.evidence.0.iter().map(|(_, text)| of(text)).collect(),
            risk: of(&form.risk),
            remediation: of(&form.remediation.text),
            references: form.references.iter().map(of).collect(),
        }
    }
}
