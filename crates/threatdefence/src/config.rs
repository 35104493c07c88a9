//! `threatdefence.yaml` and environment variables: every flag has a key in the one and a name in
//! the other, because both are wired to the flags here and nowhere else.
//!
//! The command line comes first, then the environment, then the file.

use std::collections::BTreeMap;
use std::path::Path;

use clap::{Arg, Command};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{CliError, nearest};

/// The file that is read when it lies in the current folder.
pub const DEFAULT_FILE: &str = "threatdefence.yaml";

/// Keys that are no flags.
const OWN_KEYS: [&str; 2] = ["params", "emergency_access"];

/// What the file says besides flags.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Config {
    /// A check's parameters, by check id.
    #[serde(default)]
    pub params: BTreeMap<String, Map<String, Value>>,
    /// Emergency access accounts and their groups: object ids, user principal names or names of groups. The key was
    /// once `emergency_accounts`, which still works.
    #[serde(default, rename = "emergency_access", alias = "emergency_accounts")]
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
                ))
                .hint("give a file that exists with --config, or none at all"));
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
        let choices = Choices::of(&command);
        Ok(wire(command, &values, &choices))
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

fn wire(command: Command, values: &BTreeMap<String, Vec<String>>, choices: &Choices) -> Command {
    let subcommands: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    let command = command.mut_args(|argument| match argument.get_long() {
        None | Some("help" | "version") => argument,
        Some(flag) => {
            let flag = flag.to_owned();
            wire_argument(argument, &flag, values, choices)
        }
    });
    subcommands.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |sub| wire(sub, values, choices))
    })
}

fn wire_argument(
    mut argument: Arg,
    flag: &str,
    values: &BTreeMap<String, Vec<String>>,
    choices: &Choices,
) -> Arg {
    let own = choices_of(&argument);
    let variable = format!("THREATDEFENCE_{}", flag.to_uppercase().replace('-', "_"));
    let set = std::env::var(&variable)
        .map(|value| value.split(',').map(str::to_owned).collect::<Vec<_>>());
    if !set.is_ok_and(|set| choices.are_anothers(flag, &own, &set)) {
        argument = argument.env(variable).hide_env(true);
    }
    match values.get(flag) {
        Some(values) if !choices.are_anothers(flag, &own, values) => {
            let hides = argument.get_action().takes_values();
            argument
                .default_values(values.clone())
                .hide_default_value(hides)
        }
        _ => argument,
    }
}

/// The values that each flag is limited to, in every command that has it: `--format` means one thing
/// for a report and another for a list.
struct Choices(BTreeMap<String, Vec<Vec<String>>>);

impl Choices {
    fn of(command: &Command) -> Self {
        let mut choices = Self(BTreeMap::new());
        choices.add(command);
        choices
    }

    fn add(&mut self, command: &Command) {
        for argument in command.get_arguments() {
            if let Some(flag) = argument.get_long() {
                self.0
                    .entry(flag.to_owned())
                    .or_default()
                    .push(choices_of(argument));
            }
        }
        command.get_subcommands().for_each(|sub| self.add(sub));
    }

    /// Whether `values` are not for this argument, whose choices are `own`, but for one of the same
    /// name in another command.
    fn are_anothers(&self, flag: &str, own: &[String], values: &[String]) -> bool {
        let take = |choices: &[String]| {
            choices.is_empty() || values.iter().all(|value| choices.contains(value))
        };
        !take(own)
            && self
                .0
                .get(flag)
                .is_some_and(|all| all.iter().any(|choices| take(choices)))
    }
}

fn choices_of(argument: &Arg) -> Vec<String> {
    argument
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect()
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
        ))
        .hint("docs/configuration.md shows every key; each flag is one")),
    }
}

#[cfg(test)]
mod tests {
    use clap::ArgAction;

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
    fn a_flag_that_means_something_else_in_another_command_leaves_that_one_alone() {
        let format =
            |choices: [&'static str; 2]| Arg::new("format").long("format").value_parser(choices);
        let command = Command::new("t")
            .subcommand(Command::new("scan").arg(format(["csv", "html"])))
            .subcommand(Command::new("list").arg(format(["table", "json"]).default_value("table")));
        let wired = config("format: csv\n").wire(command).unwrap();
        let of = |name: &str| {
            let matches = wired.clone().get_matches_from(["t", name]);
            let sub = matches.subcommand_matches(name).unwrap();
            sub.get_one::<String>("format").cloned().unwrap()
        };
        assert_eq!(
            (of("scan"), of("list")),
            ("csv".to_owned(), "table".to_owned())
        );
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
    fn emergency_access_is_the_key_of_today() {
        let config = config("emergency_access: [x@y.example, sg-break-glass]\n");
        assert_eq!(config.emergency_accounts, ["x@y.example", "sg-break-glass"]);
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
