//! How long the reads below a long list will take, said before they begin.

use std::sync::Arc;
use std::time::Duration;

use azure::Estimate;
use catalog::{DocumentType, Scope, Service, Step};

use crate::below;
use crate::collect::Context;
use crate::format::SnapshotError;

/// What takes less is not worth a line: if all goes as usual, and at worst.
const LONG: Duration = Duration::from_secs(60);
const LONG_AT_WORST: Duration = Duration::from_secs(3_600);

/// Says how long the children of a list of the directory will take to read inside Graph's limits, when that is long.
pub(crate) async fn announce(
    context: &Context<'_>,
    step: &Step,
    now: &[Arc<Step>],
    of: &Scope,
) -> Result<(), SnapshotError> {
    for child in now
        .iter()
        .filter(|child| child.entry.service == Service::Graph)
    {
        let (parent, primary) = (step.entry.name.clone(), child.fallback_for.clone());
        let scope = of.clone();
        let parents = context
            .with_snapshot(move |snapshot| {
                let rescued = match &primary {
                    Some(primary) => below::is_readable(snapshot, primary, &scope)?,
                    None => false,
                };
                Ok(if rescued {
                    0
                } else {
                    snapshot.count_of(&parent)?
                })
            })
            .await?;
        let path = child.entry.child_path(&parent_path(&step.entry.name));
        let Ok(estimate) = context
            .client
            .estimate(azure::Service::Graph, &path, parents)
        else {
            continue;
        };
        if estimate.least >= LONG || estimate.most >= LONG_AT_WORST {
            context.progress.noted(&line(child, parents, estimate));
        }
    }
    Ok(())
}

/// The path of any document of a list: what its child costs depends on the list.
fn parent_path(list: &DocumentType) -> String {
    format!("/{}/id", list.as_str().trim_start_matches("graph/"))
}

/// How many reads there are is not known exactly: some parents may have no such child, or have had theirs read before.
fn line(child: &Step, parents: u64, estimate: Estimate) -> String {
    let mut line = format!(
        "{}: at most {parents} reads, one for each; inside Graph's limits {}",
        child.entry.name,
        words(estimate.least)
    );
    if estimate.most > estimate.least {
        line.push_str(&format!(
            ", or {} should Graph count them as reports",
            words(estimate.most)
        ));
    }
    if child.has_first() {
        line.push_str("; what the most severe checks need comes first");
    }
    if let Some(primary) = &child.fallback_for {
        line.push_str(&format!("; {primary} would need only a few reads"));
    }
    line
}

/// A duration for people: `40 seconds`, `3 minutes`, `5.5 hours`.
fn words(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        ..1.0 => "a moment".to_owned(),
        ..120.0 => format!("{seconds:.0} seconds"),
        ..7_200.0 => format!("{:.0} minutes", seconds / 60.0),
        _ => format!("{:.1} hours", seconds / 3_600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_asked_for_below_its_own_list() {
        assert_eq!(parent_path(&"graph/groups".into()), "/groups/id");
        assert_eq!(parent_path(&"graph/users".into()), "/users/id");
    }

    #[test]
    fn durations_are_told_for_people() {
        let told = |seconds: f64| words(Duration::from_secs_f64(seconds));
        assert_eq!(told(0.4), "a moment");
        assert_eq!(told(119.0), "119 seconds");
        assert_eq!(told(150.0), "2 minutes");
        assert_eq!(told(200_000.0), "55.6 hours");
    }
}
