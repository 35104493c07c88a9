//! `threatdefence checks new`.

use std::path::PathBuf;

use catalog::DocumentType;
use clap::Args;

use crate::args::ContentArgs;
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit, nearest};
use crate::stdio;

/// Write a first file for a check of your own
#[derive(Debug, Clone, Args)]
pub struct NewArgs {
    /// The check's id, as in storage_accounts_have_an_owner_tag
    #[arg(value_name = "ID")]
    pub id: String,

    /// The document type it judges, as in Microsoft.Storage/storageAccounts
    #[arg(long, value_name = "TYPE")]
    pub resource: String,

    /// The service it belongs to; the id's first word when absent
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,

    /// The content folder to write into; made when it is missing
    #[arg(long, value_name = "DIR", default_value = "content")]
    pub content: PathBuf,
}

/// Runs it.
///
/// # Errors
/// The id or type cannot be used, or the file exists.
pub fn run(arguments: &NewArgs, console: &Console) -> Result<Exit, CliError> {
    let is_word = |text: &str| {
        !text.is_empty()
            && text.chars().all(|letter| {
                letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'
            })
    };
    if !is_word(&arguments.id) || !arguments.id.contains('_') {
        return Err(CliError::usage(format!("`{}` is no check id", arguments.id))
            .hint("use small letters, digits and underscores, beginning with the service: storage_accounts_have_an_owner_tag"));
    }
    let folders = if arguments.content.is_dir() {
        vec![arguments.content.clone()]
    } else {
        Vec::new()
    };
    let content = Content::load(&ContentArgs { content: folders })?;
    let Some(entry) = content
        .catalog
        .entry(&DocumentType::from(arguments.resource.as_str()))
    else {
        let known = content.catalog.entries().map(|entry| entry.name.as_str());
        let error = CliError::usage(format!(
            "the catalogue has no document type `{}`",
            arguments.resource
        ));
        return Err(match nearest(&arguments.resource, known).as_slice() {
            [] => error.hint("add it in catalog/<provider>.yaml of your content folder; docs/catalogue.md shows how"),
            near => error.hint(format!("did you mean {}?", near.join(", "))),
        });
    };
    let first_word = arguments.id.split('_').next().unwrap_or_default();
    let service = arguments.service.as_deref().unwrap_or(first_word);
    if !is_word(service) {
        return Err(CliError::usage(format!("`{service}` is no service name"))
            .hint("use small letters and digits"));
    }
    let folder = arguments.content.join("checks").join(service);
    let file = folder.join(format!("{}.yaml", arguments.id));
    if file.exists() || content.library.check(&arguments.id).is_some() {
        return Err(
            CliError::usage(format!("the check {} exists already", arguments.id))
                .hint("choose another id"),
        );
    }
    std::fs::create_dir_all(&folder)
        .and_then(|()| {
            std::fs::write(
                &file,
                ::checks::scaffold(&arguments.id, service, entry.name.as_str()),
            )
        })
        .map_err(|error| {
            CliError::failed(format!("{} could not be written: {error}", file.display()))
        })?;
    stdio::print_line(file.display())?;
    let content = arguments.content.display();
    console.say(format!(
        "Fill it in, then: threatdefence checks lint --content {content}"
    ));
    console.say(format!(
        "                  threatdefence checks test --content {content} --check {}",
        arguments.id
    ));
    Ok(Exit::Done)
}
