//! The application registration (<https://learn.microsoft.com/graph/api/application-post-applications>).

use azure::{Failure, Service, Write};
use serde_json::{Value, json};

use super::Worker;
use super::access::{merged, required};
use crate::change::{ChangeError, change, create, look, read};
use crate::journal::Made;
use crate::present::Application;
use crate::read::{list, literal, text};

/// The tag of applications that setup made; each also has one with the journal's id.
pub(crate) const TAG: &str = "threatdefence-setup";

/// How often an application that an earlier run may have made is looked for.
const LOOKS: usize = 5;

impl Worker<'_> {
    pub(super) async fn create_application(&mut self) -> Result<Option<Made>, ChangeError> {
        const WHAT: &str = "the directory to know the new application";
        let request = self.work.request;
        let tag = self.own_tag();
        let client = self.work.conduct.client;
        let find = async || find_tagged(client, &request.name, &tag).await;
        // A run that was cut off may have made it a moment ago.
        let earlier = match self.owned.begun("application") {
            Some(_) => look(&self.work.conduct, WHAT, LOOKS, find).await?,
            None => None,
        };
        let found = match earlier {
            Some(found) => found,
            None => {
                let body = json!({
                    "displayName": request.name,
                    "signInAudience": request.audience.as_str(),
                    "requiredResourceAccess": [required(&self.present.graph, &request.graph)?],
                    "tags": [TAG, tag],
                });
                let path = "/v1.0/applications";
                create(&self.work.conduct, WHAT, path, &body, find).await?.0
            }
        };
        let application = Application {
            id: id(&found)?,
            application_id: text(&found, &["appId"]).unwrap_or_default().to_owned(),
            name: request.name.clone(),
            audience: request.audience.as_str().to_owned(),
            asks_for: Vec::new(),
            proofs: Vec::new(),
            federated: Vec::new(),
        };
        let made = Made::Application {
            id: application.id.clone(),
            application_id: application.application_id.clone(),
        };
        self.present.application = Some(application);
        Ok(Some(made))
    }

    /// Asks for more in the registration; what it asks for already stays.
    pub(super) async fn ask_for(
        &mut self,
        permissions: &[String],
    ) -> Result<Option<Made>, ChangeError> {
        const WHAT: &str = "the directory to know the application";
        let id = self.application_id()?;
        let path = format!("/v1.0/applications/{id}");
        let with_access = format!("{path}?$select=id,requiredResourceAccess");
        let before = read(&self.work.conduct, WHAT, Service::Graph, &with_access).await?;
        let more = required(&self.present.graph, permissions)?;
        let (access, added) = merged(&before["requiredResourceAccess"], &more);
        if !added {
            return Ok(None);
        }
        let body = json!({ "requiredResourceAccess": access });
        let conduct = &self.work.conduct;
        change(
            conduct,
            WHAT,
            Service::Graph,
            Write::Patch,
            &path,
            Some(&body),
        )
        .await?;
        Ok(Some(Made::AskedFor {
            permissions: permissions.to_vec(),
        }))
    }

    /// The application's object id.
    pub(super) fn application_id(&self) -> Result<String, ChangeError> {
        let application = self.present.application.as_ref();
        let application = application.ok_or(ChangeError::Missing("the application"))?;
        Ok(application.id.clone())
    }

    /// The tag by which the application that this journal made is known.
    pub(super) fn own_tag(&self) -> String {
        own_tag(self.work.journal.id())
    }
}

/// The tag of what a journal made.
pub(super) fn own_tag(journal: &str) -> String {
    format!("{TAG}:{journal}")
}

/// The application of a name with a tag.
async fn find_tagged(
    client: &azure::Client,
    name: &str,
    tag: &str,
) -> Result<Option<Value>, Failure> {
    let path = format!(
        "/v1.0/applications?$filter=displayName eq {}&$select=id,appId,displayName,tags",
        literal(name)
    );
    let found = list(client, Service::Graph, &path).await?;
    Ok(found.into_iter().find(|body| has_tag(body, tag)))
}

/// Whether an object has a tag.
pub(crate) fn has_tag(body: &Value, tag: &str) -> bool {
    let tags = body.get("tags").and_then(Value::as_array);
    tags.into_iter().flatten().any(|one| {
        one.as_str()
            .is_some_and(|one| one.eq_ignore_ascii_case(tag))
    })
}

/// The id of an object that Graph answered with.
pub(super) fn id(body: &Value) -> Result<String, ChangeError> {
    let id = text(body, &["id"]).map(str::to_owned);
    id.ok_or_else(|| {
        let message = "the answer has no id".to_owned();
        let url = Service::Graph.to_string();
        Failure::new(azure::FailureKind::InvalidReply, url, message).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_compare_without_case() {
        let body = json!({"tags": ["X", null, "threatdefence-SETUP"]});
        assert!(has_tag(&body, TAG));
        assert!(!has_tag(&json!({"tags": null}), TAG));
        assert_eq!(own_tag("1"), "threatdefence-setup:1");
    }
}
