//! How resources are read.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use inventory::{ChildReads, Lists};

const LISTS: [(&str, Lists); 2] = [
    ("resource-graph", Lists::ResourceGraph),
    ("arm", Lists::Arm),
];

const CHILD_READS: [(&str, ChildReads); 3] = [
    ("measured", ChildReads::Measured),
    ("single", ChildReads::Single),
    ("batch", ChildReads::Batch),
];

/// How resources are read.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Reading")]
pub struct ReadingArgs {
    /// Who lists resources: resource-graph, and arm for what it lacks; or arm alone, with more requests
    #[arg(long, value_name = "SOURCE", value_parser = one_of(LISTS), default_value = LISTS[0].0)]
    pub source: Lists,

    /// How settings below resources are asked for: one by one, twenty in a request, or as measured to be faster
    #[arg(long, value_name = "WAY", value_parser = one_of(CHILD_READS), default_value = CHILD_READS[0].0)]
    pub children: ChildReads,
}

impl ReadingArgs {
    /// The arguments by which another process reads alike.
    pub fn as_arguments(&self) -> Vec<String> {
        let name_of = |name: Option<&str>| name.unwrap_or_default().to_owned();
        let lists = LISTS.iter().find(|(_, value)| *value == self.source);
        let children = CHILD_READS
            .iter()
            .find(|(_, value)| *value == self.children);
        vec![
            "--source".to_owned(),
            name_of(lists.map(|(name, _)| *name)),
            "--children".to_owned(),
            name_of(children.map(|(name, _)| *name)),
        ]
    }
}

fn one_of<T: Clone + Copy + Send + Sync + 'static, const N: usize>(
    choices: [(&'static str, T); N],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(choices.map(|(name, _)| name)).try_map(move |chosen| {
        choices
            .iter()
            .find(|(name, _)| *name == chosen)
            .map(|(_, value)| *value)
            .ok_or(format!("{chosen} is no choice"))
    })
}
