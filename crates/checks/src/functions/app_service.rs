//! Web apps, function apps and their slots.

use expression::{Function, Value};

use super::argument::text;
use crate::vocabulary::app_service::{self, Part};
use crate::vocabulary::network::Options;

/// The functions on App Service.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "app_internet_rules",
        parameters: &["site", "config", "endpoints", "params"],
        optional: 1,
        summary: "The access rules that let the public internet reach an app; empty when nothing does.",
        example: "size(app_internet_rules(resource, config, endpoints)) == 0",
        call: |arguments| Ok(rules(arguments, Part::Main)),
    },
    Function {
        name: "app_runtime_version",
        parameters: &["config", "language"],
        optional: 0,
        summary: "The version of Java, PHP or Python that an app's `config/web` names; null for an app that does not run it.",
        example: "app_runtime_version(config, 'PHP') == null",
        call: |arguments| {
            let version =
                app_service::runtime_version(&arguments[0].to_json(), text(arguments, 1)?);
            Ok(version.map_or(Value::Null, |version| Value::Text(version.into())))
        },
    },
    Function {
        name: "app_scm_internet_rules",
        parameters: &["site", "config", "endpoints", "params"],
        optional: 1,
        summary: "The access rules that let the public internet reach an app's deployment site; empty when nothing does.",
        example: "size(app_scm_internet_rules(resource, config, endpoints)) == 0",
        call: |arguments| Ok(rules(arguments, Part::Scm)),
    },
    Function {
        name: "weaker_slot_settings",
        parameters: &["slot", "children", "app"],
        optional: 0,
        summary: "The settings in which a deployment slot, with its children by their keys, is weaker than its app, which carries its own.",
        example: "size(weaker_slot_settings(slot, {'config/web': config}, app)) == 0",
        call: |arguments| {
            let (slot, children) = (arguments[0].to_json(), arguments[1].to_json());
            let app = arguments[2].to_json();
            let slot = app_service::with_children(&slot, &children);
            Ok(Value::texts(app_service::weaker_slot_settings(&slot, &app)))
        },
    },
];

fn rules(arguments: &[Value<'_>], part: Part) -> Value<'static> {
    let options = arguments.get(3).map_or_else(Options::default, |params| {
        Options::from_params(&params.to_json())
    });
    let (site, config) = (arguments[0].to_json(), arguments[1].to_json());
    let endpoints = arguments[2].to_json();
    Value::texts(app_service::internet_rules(
        &site, &config, &endpoints, part, &options,
    ))
}
