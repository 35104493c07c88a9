//! What a recording holds: documents, each with the path it belongs to.

use serde_json::{Value, json};

use crate::form::Form;
use crate::layout::copy_of;
use crate::payloads::Recording;

/// The tenant that everything is laid out in.
pub const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

/// A document of a recording.
#[derive(Clone)]
pub struct Found {
    /// Where it belongs, by the recording.
    pub path: String,
    /// The document.
    pub body: Value,
}

/// The documents of one recording: they are laid out in one subscription, as they were.
pub struct Unit<'a> {
    /// The recording's file.
    pub file: &'a str,
    /// Their type.
    pub form: &'a Form,
    /// The documents.
    pub documents: Vec<Found>,
}

/// The documents in the recordings of types that the catalogue reads: parents before children, lists before single
/// documents.
pub fn units<'a>(recordings: &'a [Recording], forms: &'a [Form]) -> Vec<Unit<'a>> {
    let of_form = |form: &'a Form| {
        let answered = move |recording: &&Recording| form.answers(&recording.method);
        let lists = recordings.iter().filter(answered).filter(|recording| {
            recording.body["value"].is_array() && form.is_list(&recording.path)
        });
        let single = recordings
            .iter()
            .filter(answered)
            .filter(|recording| form.is_document(&recording.path));
        lists
            .chain(single)
            .map(move |recording| unit(recording, form))
    };
    forms.iter().flat_map(of_form).collect()
}

fn unit<'a>(recording: &'a Recording, form: &'a Form) -> Unit<'a> {
    let documents = match recording.body["value"].as_array() {
        Some(items) if form.is_list(&recording.path) => items
            .iter()
            .map(|item| {
                let name = item["name"].as_str().unwrap_or_default();
                found(form, format!("{}/{name}", recording.path), item)
            })
            .collect(),
        _ => vec![found(form, recording.path.clone(), &recording.body)],
    };
    Unit {
        file: &recording.file,
        form,
        documents,
    }
}

fn found(form: &Form, asked: String, body: &Value) -> Found {
    if form.entry.name.as_str() == "Microsoft.Resources/subscriptions" {
        return subscription(asked, body.clone());
    }
    let mut body = body.clone();
    if form.is_extension() {
        let subscription = asked.split('/').nth(2).unwrap_or_default();
        let name = body["name"].as_str().unwrap_or_default();
        let kind = form.entry.name.as_str();
        let path = format!("/subscriptions/{subscription}/providers/{kind}/{name}");
        return Found { path, body };
    }
    // Some ids lack the slash in front; some recordings had ids of the path replaced and not those of the body.
    // Some were taken for secrets when the recordings were scrubbed.
    let id = body["id"].as_str().unwrap_or_default();
    let own = format!("/{}", id.trim_start_matches('/'));
    let is_scrubbed = !id.is_empty() && !id.contains('/');
    let path = if form.is_document(&own) { own } else { asked };
    if is_scrubbed {
        body["id"] = json!(path);
    }
    Found { path, body }
}

/// A subscription says its own id in `subscriptionId`; `id` was replaced by zeros in some recordings. One that is not
/// enabled is passed over by a scan, and gets an id that nothing else is laid out under.
fn subscription(asked: String, mut body: Value) -> Found {
    let asked = asked.rsplit('/').next().unwrap_or_default();
    let own = body["subscriptionId"].as_str().unwrap_or(asked);
    let id = match body["state"].as_str() {
        Some("Enabled") => own.to_owned(),
        _ => copy_of(own, u32::MAX),
    };
    let path = format!("/subscriptions/{id}");
    body["id"] = json!(path);
    body["subscriptionId"] = json!(id);
    body["tenantId"] = json!(TENANT);
    Found { path, body }
}
