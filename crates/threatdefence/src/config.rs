//! `threatdefence.yaml` and environment variables: every flag has a key in the one and a name in
//! the other, because both are wired to the flags here and nowhere else.
//!
//! The command line comes first, then the environment, then the file.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Command;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{CliError, nearest};

/// The file that is read when it lies in the current folder.
pub const DEFAULT_FILE: &str = "threatdefence.yaml";

/// Keys that are no flags.
const OWN_KEYS: [&str; 2] = ["params", "emergency_accounts"];

/// What the file says besides flags.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Config {
    /// A check's parameters, by check id.
    #[serde(default)]
    pub params: BTreeMap<String, Map<String, Value>>,
    /// Emergency access accounts and their groups: object ids or user principal names.
    #[serde(default)]
    pub emergency_accounts: Vec<String>,
    /// Flags and their values.
    #[serde(flatten)]
    pub flags: BTreeMap<String, Value>,
}

impl Config {
    /// Reads the file named, or the one in the current folder if there is one.
    ///
    /// # Errors
    /// A named file is missing, or the file is not what it should be.
    pub fn load(named: Option<&Path>) -> Result<Self, CliError> {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => {
                return Err(CliError::usage(format!(
                    "{} could not be read: {error}",
                    path.display()
                )));
            }
        };
        serde_saphyr::from_str(&text).map_err(|error| {
            CliError::usage(format!("{}: {error}", path.display()))
                .hint("docs/configuration.md shows every key; each flag is one, in kebab-case or snake_case")
        })
    }

    /// Gives every flag of `command` its environment variable, and the file's value as its default.
    ///
    /// # Errors
    /// A key that is no flag of any command, or a value that is not a scalar or a list of them.
    pub fn wire(&self, command: Command) -> Result<Command, CliError> {
        let mut values = BTreeMap::new();
        let known = flags_of(&command);
        for (key, value) in &self.flags {
            let flag = key.replace('_', "-");
            if !known.contains(&flag) {
                let names = known.iter().map(String::as_str).chain(OWN_KEYS);
                let hint = match nearest(&flag, names).first() {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => "each flag is a key; `threatdefence scan --help` lists them".to_owned(),
                };
                return Err(
                    CliError::usage(format!("{DEFAULT_FILE} has the unknown key `{key}`"))
                        .hint(hint),
                );
            }
            values.insert(flag, texts(key, value)?);
        }
        Ok(wire(command, &values))
    }
}

fn flags_of(command: &Command) -> Vec<String> {
    let own = command
        .get_arguments()
        .filter_map(|argument| argument.get_long())
        .map(str::to_owned);
    own.chain(command.get_subcommands().flat_map(flags_of))
        .collect()
}

fn wire(command: Command, values: &BTreeMap<String, Vec<String>>) -> Command {
    let subcommands: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    let command = command.mut_args(|argument| {
        let Some(flag) = argument.get_long().map(str::to_owned) else {
            return argument;
        };
        if matches!(flag.as_str(), "help" | "version") {
            return argument;
        }
        let argument = argument
            .env(format!(
                "THREATDEFENCE_{}",
                flag.to_uppercase().replace('-', "_")
            ))
            .hide_env(true);
        match values.get(&flag) {
            Some(values) => argument
                .default_values(values.clone())
                .hide_default_value(true),
            None => argument,
        }
    });
    subcommands.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |sub| wire(sub, values))
    })
}

fn texts(key: &str, value: &Value) -> Result<Vec<String>, CliError> {
    match value {
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Bool(_) | Value::Number(_) => Ok(vec![value.to_string()]),
        Value::Array(items) => Ok(items
            .iter()
            .map(|item| texts(key, item))
            .collect::<Result<Vec<_>, _>>()?
            .concat()),
        Value::Null | Value::Object(_) => Err(CliError::usage(format!(
            "the key `{key}` of {DEFAULT_FILE} takes a value or a list of values"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction};

    use super::*;

    fn command() -> Command {
        Command::new("t").subcommand(
            Command::new("scan")
                .arg(
                    Arg::new("check")
                        .long("check")
                        .action(ArgAction::Append)
                        .value_delimiter(','),
                )
                .arg(Arg::new("fail_on").long("fail-on"))
                .arg(
                    Arg::new("require_complete")
                        .long("require-complete")
                        .action(ArgAction::SetTrue),
                ),
        )
    }

    fn config(text: &str) -> Config {
        serde_saphyr::from_str(text).unwrap()
    }

    #[test]
    fn the_files_values_are_defaults_and_the_command_line_wins() {
        let config = config("check: [a, b]\nfail_on: high\nrequire-complete: true\n");
        let of = |arguments: &[&str]| {
            let matches = config.wire(command()).unwrap().get_matches_from(arguments);
            let scan = matches.subcommand_matches("scan").unwrap().clone();
            let checks: Vec<String> = scan.get_many("check").unwrap().cloned().collect();
            (
                checks,
                scan.get_one::<String>("fail_on").cloned(),
                scan.get_flag("require_complete"),
            )
        };
        assert_eq!(
            of(&["t", "scan"]),
            (vec!["a".into(), "b".into()], Some("high".into()), true)
        );
        assert_eq!(of(&["t", "scan", "--check", "c"]).0, ["c"]);
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest() {
        let error = config("chekc: a\n")
            .wire(command())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`chekc`") && error.contains("did you mean `check`"),
            "{error}"
        );
    }

    #[test]
    fn parameters_and_emergency_accounts_are_no_flags() {
        let config =
            config("params: { a_check: { minimum: 3 } }\nemergency_accounts: [x@y.example]\n");
        assert_eq!(config.params["a_check"]["minimum"], 3);
        assert_eq!(config.emergency_accounts, ["x@y.example"]);
        assert!(config.flags.is_empty());
    }

    #[test]
    fn every_flag_has_an_environment_variable() {
        let wired = Config::default().wire(command()).unwrap();
        let scan = wired.find_subcommand("scan").unwrap();
        for argument in scan
            .get_arguments()
            .filter(|argument| argument.get_long().is_some())
        {
            assert!(argument.get_env().is_some(), "{}", argument.get_id());
        }
    }
}
