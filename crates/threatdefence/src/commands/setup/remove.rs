//! `threatdefence setup remove`: takes away what setup made.

mod report;

use std::collections::BTreeSet;

use azure::Service;
use catalog::Contract;
use clap::Args;
use setup::apply::settle;
use setup::change::Conduct;
use setup::journal::{Journal, Line, Made, Owned, State};
use setup::remove::{Removal, Removed, Terms, found, others_with_role, removal, remove};
use setup::{Audience, Present, Request, ResolveError, Scopes, Where, resolve};

use super::args::{ApplicationArgs, ChangeArgs, SetupFormat};
use super::changing::{self, Stop};
use super::planning::undiscovered;
use crate::args::ConnectionArgs;
use crate::connect::{Connection, connect};
use crate::console::Console;
use crate::error::{CliError, Exit};
use report::{outline, report};

/// Take away what setup made
#[derive(Debug, Clone, Args)]
pub struct RemoveArgs {
    #[command(flatten)]
    pub connection: ConnectionArgs,
    #[command(flatten)]
    pub application: ApplicationArgs,
    #[command(flatten)]
    pub change: ChangeArgs,

    /// Take away what was there before setup too
    #[arg(long)]
    pub everything: bool,

    /// Delete the application for good; Entra ID keeps it for 30 days otherwise
    #[arg(long)]
    pub purge: bool,

    /// How to report
    #[arg(long, value_enum, default_value = "table")]
    pub format: SetupFormat,
}

/// Runs it.
///
/// # Errors
/// There is nothing that setup knows as its own, Azure refuses, the journal cannot be written; what was
/// taken away until then is said first.
pub async fn run(arguments: &RemoveArgs, console: &Console) -> Result<Exit, CliError> {
    let connection = connect(&arguments.connection, console).await?;
    let contract = Contract::builtin().map_err(CliError::failed)?;
    let stop = Stop::default();
    let (tell, stopped) = (changing::teller(*console), || stop.is_wanted());
    let conduct = Conduct {
        client: &connection.client,
        wait: changing::wait(&arguments.change),
        notice: &tell,
        stop: &stopped,
    };
    let lines = lines(arguments, &connection)?;
    let request = request(arguments, &lines, &connection).await?;
    let present = settle(&conduct, &request, &contract, &lines)
        .await
        .map_err(undiscovered)?;
    let owned = owned(arguments, &lines, &conduct, &present, &contract).await?;
    let terms = Terms {
        request: &request,
        contract: &contract,
        everything: arguments.everything,
        purge: arguments.purge,
        others_with_role: others_with_role(&connection.client, &present).await,
    };
    let mut plan = removal(&owned, &present, terms);
    if arguments.purge {
        purge_earlier(&mut plan, &lines, &connection).await;
    }
    let outline = outline(&plan, console.width().min(80));
    changing::show(console, &arguments.change, &outline);
    if plan.is_empty() {
        return report(arguments, &plan, &Removed::default(), console);
    }
    let question = format!(
        "Take this away from the tenant {} as {}?",
        connection.tenant_id, connection.identity
    );
    if !changing::confirm(&arguments.change, &question)? {
        console.say("Nothing was changed.");
        return Ok(Exit::Done);
    }
    stop.listen();
    let subject = changing::subject(&connection, &request, "remove");
    let mut journal =
        Journal::open(&arguments.change.journal, subject).map_err(changing::journal)?;
    let removed = remove(&plan.steps, &present, conduct, &mut journal)
        .await
        .map_err(|error| changing::change(&error))?;
    if let Some((file, ..)) = owned.certificate().filter(|_| removed.left.is_empty()) {
        console.say(format!(
            "The key in {} opens nothing any more: delete it.",
            file.display()
        ));
    }
    report(arguments, &plan, &removed, console)
}

/// The journal's lines; empty where there is none.
fn lines(arguments: &RemoveArgs, connection: &Connection) -> Result<Vec<Line>, CliError> {
    let asked = plain_request(arguments, Scopes::Directory);
    let subject = changing::subject(connection, &asked, "remove");
    let lines = Journal::read_of(&arguments.change.journal, subject).map_err(changing::journal)?;
    Ok(lines.unwrap_or_default())
}

fn plain_request(arguments: &RemoveArgs, scopes: Scopes) -> Request {
    Request {
        name: arguments.application.name.clone(),
        application_id: arguments.application.application_id.clone(),
        audience: Audience::SingleTenant,
        proof: None,
        graph: BTreeSet::new(),
        custom_role: scopes != Scopes::Directory,
        scopes,
    }
}

/// Where to look: the scopes of the journal, or every subscription that can be seen.
async fn request(
    arguments: &RemoveArgs,
    lines: &[Line],
    connection: &Connection,
) -> Result<Request, CliError> {
    let owned = Owned::of(lines);
    if let Some(asked) = Journal::last_request(lines) {
        let made = owned.application().map(|(_, id)| id.to_owned());
        return Ok(Request {
            // By its id, another application of the same name is no matter.
            application_id: arguments
                .application
                .application_id
                .clone()
                .or(asked.application_id.clone())
                .or(made),
            ..asked.clone()
        });
    }
    let scopes = match resolve(&connection.client, &Where::AllSubscriptions).await {
        Ok(resolved) => resolved.scopes,
        Err(ResolveError::NoSubscription) => Scopes::Directory,
        Err(error) => {
            let hint = error.hint();
            return Err(CliError::failed(error).hint(hint));
        }
    };
    Ok(plain_request(arguments, scopes))
}

/// What is setup's own: what the journal says, or what bears setup's marks.
async fn owned(
    arguments: &RemoveArgs,
    lines: &[Line],
    conduct: &Conduct<'_>,
    present: &Present,
    contract: &Contract,
) -> Result<Owned, CliError> {
    let noted = Owned::of(lines);
    // A journal that knows nothing of the making, or in which a run was cut off, knows less than the marks.
    let is_whole = Journal::last_request(lines).is_some() && noted.unfinished().next().is_none();
    if is_whole {
        return Ok(noted);
    }
    let marked = found(conduct, present, contract)
        .await
        .map_err(|error| changing::change(&error))?;
    let is_named = arguments.application.application_id.is_some();
    let is_marked = marked.application().is_some();
    if lines.is_empty() && present.application.is_some() && !is_marked && !is_named {
        return Err(CliError::failed(format!(
            "there is an application {}, and nothing says that setup made it; it was left alone",
            arguments.application.name
        ))
        .hint(
            "name the journal with --journal, or the application with --application-id and, to remove it too, --everything",
        ));
    }
    let mut made = noted.made().to_vec();
    let more = marked.made().iter().filter(|of| !noted.has(&of.key()));
    made.extend(more.cloned());
    Ok(Owned::found(made))
}

/// What an earlier run deleted and Entra ID still keeps.
async fn purge_earlier(plan: &mut Removal, lines: &[Line], connection: &Connection) {
    for line in lines {
        let Line::Step {
            state: State::Undone,
            made: Some(made),
            ..
        } = line
        else {
            continue;
        };
        let (id, words) = match made {
            Made::Application { id, .. } => (id, "the deleted application"),
            Made::Principal { id } => (id, "the deleted service principal"),
            _ => continue,
        };
        let path = format!("/v1.0/directory/deletedItems/{id}");
        if connection.client.get(Service::Graph, &path).await.is_ok() {
            plan.purge_too(id, words);
        }
    }
}
