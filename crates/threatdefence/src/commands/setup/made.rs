//! What there is after a run, for people and for programs.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use setup::apply::Done;
use setup::proof::NewProof;
use setup::verify::Verified;
use setup::{Lack, Present};

use super::next;

/// What there is after a run.
pub struct Made<'a> {
    /// The tenant's id.
    pub tenant: &'a str,
    /// The application's name.
    pub name: &'a str,
    /// What is there.
    pub present: &'a Present,
    /// The steps that were done.
    pub done: &'a [Done],
    /// The proof, where it is at hand.
    pub proof: Option<&'a NewProof>,
    /// What was seen when signing in with it.
    pub verified: Option<&'a Verified>,
    /// The journal.
    pub journal: &'a Path,
    /// The ids of the steps that were not done.
    pub left: Vec<String>,
}

impl Made<'_> {
    /// For people: lines that a shell takes as comments.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let present = self.present;
        if let Some(application) = &present.application {
            let _ = writeln!(
                text,
                "# Application {} ({})",
                application.name, application.application_id
            );
        }
        if let Some(principal) = &present.principal {
            let _ = writeln!(text, "# Service principal {}", principal.id);
        }
        let made = self.done.iter().filter(|done| done.made).count();
        let _ = match self.done.len() {
            0 if !self.left.is_empty() => writeln!(text, "# Nothing was made"),
            0 => writeln!(text, "# Everything was there already"),
            all => writeln!(
                text,
                "# {made} of {all} steps made something new; the journal is {}",
                self.journal.display()
            ),
        };
        text.push_str(&self.proof.map(proof_text).unwrap_or_default());
        if let Some(verified) = self.verified.filter(|verified| verified.is_complete()) {
            let last = verified
                .come
                .iter()
                .map(|(_, after)| *after)
                .max()
                .unwrap_or_default();
            let _ = writeln!(
                text,
                "# It signs in, and all {} grants were in effect after {:.1} s",
                verified.come.len().saturating_sub(1),
                last.as_secs_f64()
            );
        }
        text
    }

    /// For programs; a secret only where it was asked for.
    pub fn json(&self, with_secret: bool, lacks: &[Lack]) -> String {
        let present = self.present;
        let application = present.application.as_ref();
        let principal = present.principal.as_ref();
        let id = principal.map(|of| of.application_id.as_str());
        let ids = |made: bool| {
            let of = self.done.iter().filter(move |done| done.made == made);
            of.map(|done| done.step.id()).collect::<Vec<_>>()
        };
        let environment = id.map(|id| {
            let variables = next::environment(self.tenant, id, self.proof).into_iter();
            variables
                .map(|(name, value)| (name.to_owned(), Value::String(value)))
                .collect::<serde_json::Map<_, _>>()
        });
        let value = json!({
            "tenant_id": self.tenant,
            "name": self.name,
            "application_id": id.or(application.map(|of| of.application_id.as_str())),
            "application_object_id": application.map(|of| &of.id),
            "service_principal_id": principal.map(|of| &of.id),
            "made": ids(true),
            "there_already": ids(false),
            "left": self.left,
            "lacks": lacks,
            "proof": self.proof.map(|proof| proof_json(proof, with_secret)),
            "verified": self.verified.map(verified_json),
            "journal": self.journal,
            "environment": environment,
        });
        format!("{value:#}")
    }
}

/// A proof for people, as a comment of the shell.
pub fn proof_text(proof: &NewProof) -> String {
    match proof {
        NewProof::Certificate {
            file,
            public,
            thumbprint,
            ends,
        } => format!(
            "# Certificate {thumbprint}, expires {}; key and certificate in {}, the certificate alone in {}\n",
            ends.strftime("%Y-%m-%d"),
            file.display(),
            public.display()
        ),
        NewProof::Secret { file, ends, .. } => {
            let place = match file {
                Some(file) => format!("in {}", file.display()),
                None => "shown once, and nowhere else".to_owned(),
            };
            let expires = ends.map(|ends| format!(", expires {}", ends.strftime("%Y-%m-%d")));
            format!("# Client secret {place}{}\n", expires.unwrap_or_default())
        }
        NewProof::Federated(of) => {
            format!("# Federated credential {}: no secret at all\n", of.name)
        }
    }
}

/// A proof for programs; a secret only where it was asked for.
pub fn proof_json(proof: &NewProof, with_secret: bool) -> Value {
    match proof {
        NewProof::Certificate {
            file,
            public,
            thumbprint,
            ends,
        } => json!({"kind": "certificate", "file": file, "certificate": public,
            "thumbprint": thumbprint, "ends": ends}),
        NewProof::Secret {
            value,
            key_id,
            file,
            ends,
        } => {
            let mut shown = json!({"kind": "secret", "key_id": key_id, "file": file, "ends": ends});
            if with_secret {
                shown["secret"] = json!(value.secret());
            }
            shown
        }
        NewProof::Federated(of) => json!({"kind": "federated", "name": of.name,
            "issuer": of.issuer, "subject": of.subject, "audience": of.audience}),
    }
}

fn verified_json(verified: &Verified) -> Value {
    let come = verified.come.iter();
    json!({
        "complete": verified.is_complete(),
        "come": come
            .map(|(what, after)| json!({"what": what, "seconds": after.as_secs_f64()}))
            .collect::<Vec<_>>(),
        "missing": verified.missing,
    })
}
