//! What is setup's own where there is no journal: what bears its marks.

use azure::Service;
use catalog::Contract;

use crate::apply::{TAG, assignment_guid, has_tag, is_own_role};
use crate::change::{ChangeError, Conduct, read};
use crate::journal::{Made, Owned};
use crate::present::Present;

/// Looks for setup's marks on what is there. Without the application's, nothing of Entra ID is its own.
///
/// # Errors
/// The application cannot be read.
pub async fn found(
    conduct: &Conduct<'_>,
    present: &Present,
    contract: &Contract,
) -> Result<Owned, ChangeError> {
    let mut made = Vec::new();
    let principal = present.principal.as_ref();
    if let Some(application) = &present.application {
        let path = format!("/v1.0/applications/{}?$select=id,tags", application.id);
        let body = read(
            conduct,
            "the directory to know the application",
            Service::Graph,
            &path,
        );
        if has_tag(&body.await?, TAG) {
            made.push(Made::Application {
                id: application.id.clone(),
                application_id: application.application_id.clone(),
            });
            made.extend(principal.map(|of| Made::Principal { id: of.id.clone() }));
        }
    }
    let name = &contract.azure.role.name;
    let role = present.role.as_ref().filter(|of| is_own_role(of, name));
    made.extend(role.map(|of| Made::Role { id: of.id.clone() }));
    for of in &present.assignments {
        let id = principal.map(|principal| assignment_guid(&of.scope, &of.role, &principal.id));
        if id.is_some_and(|id| of.id.to_lowercase().ends_with(&id)) {
            made.push(Made::Assignment { id: of.id.clone() });
        }
    }
    Ok(Owned::found(made))
}
