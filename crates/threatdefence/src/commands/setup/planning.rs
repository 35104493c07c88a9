//! From flags to a plan: what `setup plan` shows and `setup apply` carries out.

use azure::Service;
use catalog::Contract;
use jiff::Timestamp;
use serde_json::Value;
use setup::{
    Administrator, Audience, DiscoverError, Place, Plan, Present, Request, ResolveError, Terms,
    Where, administrator, discover, plan, resolve,
};

use super::args::{ApplicationArgs, GrantArgs, ProofArgs};
use super::wanted;
use crate::args::ConnectionArgs;
use crate::connect::{Connection, connect, refused};
use crate::console::Console;
use crate::error::CliError;

/// Everything that a plan was made of.
pub struct Planning {
    /// The administrator's way to Azure.
    pub connection: Connection,
    /// The tenant's display name, where it can be read.
    pub tenant_name: Option<String>,
    /// What is asked for.
    pub request: Request,
    /// What is there.
    pub present: Present,
    /// What a scanner's identity is given.
    pub contract: Contract,
    /// Who is signed in.
    pub administrator: Administrator,
    /// What would be done.
    pub plan: Plan,
}

/// The flags that a plan is made of.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub connection: &'a ConnectionArgs,
    pub application: &'a ApplicationArgs,
    pub grants: &'a GrantArgs,
    pub proof: &'a ProofArgs,
    /// Whether a new credential is made although a valid one exists.
    pub new_proof: bool,
}

/// What is asked for, before it is known what is there.
pub struct Prepared {
    /// The administrator's way to Azure.
    pub connection: Connection,
    /// What is asked for.
    pub request: Request,
    /// What a scanner's identity is given.
    pub contract: Contract,
    left_out: Vec<(Place, String)>,
}

/// Signs in, finds out what is there and what the administrator may do, and plans.
///
/// # Errors
/// The flags contradict each other, nobody can sign in, or something that the plan cannot do without is not
/// there, not clear or may not be read.
pub async fn planning(asked: Asked<'_>, console: &Console) -> Result<Planning, CliError> {
    let prepared = prepare(asked, console).await?;
    let Prepared {
        connection,
        request,
        contract,
        ..
    } = &prepared;
    let (present, tenant_name) = futures::join!(
        discover(&connection.client, request, contract),
        tenant_name(connection)
    );
    let present = present.map_err(undiscovered)?;
    let mut planning = weigh(prepared, present, asked.new_proof).await?;
    planning.tenant_name = tenant_name;
    Ok(planning)
}

/// Signs in and finds the scopes that were meant.
///
/// # Errors
/// As [`planning`].
pub async fn prepare(asked: Asked<'_>, console: &Console) -> Result<Prepared, CliError> {
    let contract = Contract::builtin().map_err(CliError::failed)?;
    // Mistakes in the flags are told before anybody signs in.
    let place = place(asked.grants)?;
    let graph = wanted::graph(asked.grants, &contract)?;
    wanted::proof(asked.proof, &asked.connection.cloud)?;
    let connection = connect(asked.connection, console).await?;
    let client = &connection.client;
    let resolved = resolve(client, &place).await.map_err(unresolved)?;
    let request = Request {
        name: asked.application.name.clone(),
        application_id: asked.application.application_id.clone(),
        audience: match asked.grants.multi_tenant {
            true => Audience::MultiTenant,
            false => Audience::SingleTenant,
        },
        proof: wanted::proof(asked.proof, &connection.cloud.name)?,
        graph,
        scopes: resolved.scopes,
        custom_role: !asked.grants.without_role,
    };
    Ok(Prepared {
        connection,
        request,
        contract,
        left_out: resolved.left_out,
    })
}

/// Plans from what is there.
///
/// # Errors
/// What the administrator may do cannot be found out.
pub async fn weigh(
    prepared: Prepared,
    present: Present,
    new_proof: bool,
) -> Result<Planning, CliError> {
    let Prepared {
        connection,
        request,
        contract,
        left_out,
    } = prepared;
    let client = &connection.client;
    let administrator = administrator(client, &request, &present, &contract)
        .await
        .map_err(refused)?;
    let terms = Terms {
        now: Timestamp::now(),
        new_proof,
    };
    let mut plan = plan(&request, &present, &contract, &administrator, terms);
    let left_out = left_out.iter();
    let said =
        left_out.map(|(place, why)| format!("the subscription {} is left out: {why}", place.name));
    plan.warnings.extend(said);
    Ok(Planning {
        tenant_name: None,
        request,
        present,
        contract,
        administrator,
        plan,
        connection,
    })
}

/// Where roles are to be assigned. Nothing is taken for granted: every subscription is a lot to give.
fn place(grants: &GrantArgs) -> Result<Where, CliError> {
    if grants.directory_only {
        return Ok(Where::Directory);
    }
    if grants.all_subscriptions {
        return Ok(Where::AllSubscriptions);
    }
    match (grants.subscription.as_slice(), grants.management_group.as_slice()) {
        ([], []) => Err(
            CliError::usage("it is not said where the scanner gets its Azure roles").hint(
                "name --subscription ID|NAME or --management-group ID|NAME, or take --all-subscriptions or \
                 --directory-only",
            ),
        ),
        ([], groups) => Ok(Where::ManagementGroups(groups.to_vec())),
        (subscriptions, _) => Ok(Where::Subscriptions(subscriptions.to_vec())),
    }
}

fn unresolved(error: ResolveError) -> CliError {
    let hint = error.hint();
    match &error {
        ResolveError::Unreadable { .. } => CliError::failed(error),
        _ => CliError::usage(error),
    }
    .hint(hint)
}

/// Why what is there could not be found out, with its hint.
pub fn undiscovered(error: DiscoverError) -> CliError {
    let hint = error.hint();
    match &error {
        DiscoverError::SeveralApplications { .. } => CliError::usage(error),
        _ => CliError::failed(error),
    }
    .hint(hint)
}

/// <https://learn.microsoft.com/graph/api/organization-list>
async fn tenant_name(connection: &Connection) -> Option<String> {
    let path = "/v1.0/organization?$select=id,displayName";
    let reply = connection.client.get(Service::Graph, path).await.ok()?;
    let body: Value = reply.json().ok()?;
    let name = body.pointer("/value/0/displayName")?.as_str()?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants() -> GrantArgs {
        GrantArgs {
            subscription: Vec::new(),
            management_group: Vec::new(),
            all_subscriptions: false,
            directory_only: false,
            with: Vec::new(),
            without_role: false,
            multi_tenant: false,
        }
    }

    #[test]
    fn where_has_to_be_said() {
        let error = place(&grants()).unwrap_err().to_string();
        assert!(error.contains("hint: name --subscription"), "{error}");
        let mut asked = grants();
        asked.management_group = vec!["root".to_owned()];
        assert_eq!(
            place(&asked).ok(),
            Some(Where::ManagementGroups(vec!["root".to_owned()]))
        );
        asked.directory_only = true;
        assert_eq!(place(&asked).ok(), Some(Where::Directory));
    }
}
