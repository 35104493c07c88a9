//! From a snapshot to findings, files and the exit code.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use checks::{Check, Evaluator, PrepareError, RunError, Settings};
use inventory::{Manifest, Snapshot};
use report::{Format, Gap, HostCount, Measurements, Reporter, Totals};

use crate::args::{OutputArgs, VerdictArgs};
use crate::config::Config;
use crate::console::Console;
use crate::content::Content;
use crate::described::run_of;
use crate::error::{CliError, Exit, nearest};
use crate::gaps::gaps;
use crate::interrupt::Watch;
use crate::memory;
use crate::remedy::remedy;
use crate::stdio;

/// What to evaluate and where to write it.
pub struct Assessment<'a> {
    /// Checks and catalogue.
    pub content: &'a Content,
    /// The checks to run.
    pub selected: &'a [&'a Check],
    /// Parameters and emergency accounts.
    pub config: &'a Config,
    /// The snapshot.
    pub snapshot: &'a Path,
    /// The report folder.
    pub folder: &'a Path,
    /// Which files.
    pub output: &'a OutputArgs,
    /// What the exit code says.
    pub verdict: &'a VerdictArgs,
    /// Seconds of the stages before.
    pub seconds: BTreeMap<String, f64>,
}

/// Evaluates, writes the files and prints the summary.
///
/// # Errors
/// The snapshot cannot be read or the files cannot be written.
pub fn assess(assessment: Assessment<'_>, console: &Console) -> Result<Exit, CliError> {
    let snapshot = open(assessment.snapshot)?;
    snapshot.hold().map_err(CliError::failed)?;
    let manifest = snapshot.manifest().clone();
    let formats = formats(assessment.output);
    let mut run = run_of(&manifest, &assessment);
    let unwritable = |error: report::ReportError| {
        CliError::failed(&error).hint("free space or choose another folder with --output-dir, then run \
                                       `threatdefence evaluate` on the snapshot: nothing has to be read again")
    };
    let mut reporter = Reporter::create(assessment.folder, &formats, &run).map_err(unwritable)?;
    let started = Instant::now();
    let interrupt = Watch::start();
    evaluator(&assessment, &manifest)?
        .run(&snapshot, &mut |finding, check| {
            if interrupt.is_pressed() {
                return Err(interrupted(assessment.snapshot));
            }
            let remedy = remedy(check, &finding);
            reporter
                .finding(&finding, remedy.as_ref())
                .map_err(unwritable)
        })
        .map_err(|error| match error {
            RunError::Emit(error) => error,
            RunError::Source(_) => CliError::failed(error),
        })?;
    let gaps = gaps(
        &snapshot,
        assessment.content,
        assessment.selected,
        &manifest,
    )?;
    let mut measured = measurements(&snapshot, &manifest, assessment.seconds)?;
    measured
        .seconds
        .insert("evaluate".to_owned(), started.elapsed().as_secs_f64());
    run.files = formats
        .iter()
        .map(|format| assessment.folder.join(format.file_name()))
        .collect();
    let (totals, _) = reporter
        .finish(&run, &gaps, &measured)
        .map_err(unwritable)?;
    stdio::print(report::terminal_summary(
        &run,
        &totals,
        &gaps,
        &measured,
        console.width(),
        console.color_on_stdout(),
    ))?;
    Ok(exit_of(assessment.verdict, &totals, &gaps))
}

fn interrupted(snapshot: &Path) -> CliError {
    CliError::failed("stopped before the report was written; everything that was read is kept")
        .hint(format!(
            "`threatdefence evaluate {}` judges it",
            snapshot.display()
        ))
}

fn evaluator<'a>(
    assessment: &Assessment<'a>,
    manifest: &Manifest,
) -> Result<Evaluator<'a>, CliError> {
    let settings = settings_of(assessment.config, manifest);
    refuse_unknown_params(assessment)?;
    Evaluator::new(assessment.selected, &assessment.content.catalog, &settings).map_err(|error| {
        let hint = match &error {
            PrepareError::Settings(settings) => settings.hint.clone(),
            PrepareError::Type(_) => None,
        };
        CliError::usage(&error).hint(
            hint.unwrap_or_else(|| "`threatdefence checks show` lists a check's params".to_owned()),
        )
    })
}

/// What the owner set, and what the snapshot says of its collection.
pub fn settings_of(config: &Config, manifest: &Manifest) -> Settings {
    Settings {
        params: config.params.clone(),
        emergency_accounts: config.emergency_accounts.clone(),
        resource_groups: manifest.resource_groups.clone(),
        now: Some(manifest.started.to_string()),
    }
}

/// A parameter of a check that does not exist would silently tune nothing.
fn refuse_unknown_params(assessment: &Assessment<'_>) -> Result<(), CliError> {
    let library = &assessment.content.library;
    let Some(id) = assessment
        .config
        .params
        .keys()
        .find(|id| library.check(id).is_none())
    else {
        return Ok(());
    };
    let ids = library.checks().iter().map(|check| check.id.as_str());
    let hint = match nearest(id, ids).first() {
        Some(near) => format!("did you mean {near}?"),
        None => "`threatdefence checks list` shows every check".to_owned(),
    };
    Err(CliError::usage(format!(
        "the configuration has params for `{id}`, which is no check"
    ))
    .hint(hint))
}

/// Opens a snapshot for reading.
///
/// # Errors
/// It is missing, foreign, newer or damaged.
pub fn open(path: &Path) -> Result<Snapshot, CliError> {
    Snapshot::open(path).map_err(|error| {
        let hint = match &error {
            inventory::SnapshotError::Newer { .. } => "upgrade threatdefence",
            _ => "`threatdefence collect -o FILE` makes a snapshot; a report folder holds one as snapshot.tdsnap",
        };
        CliError::failed(&error).hint(hint)
    })
}

fn formats(output: &OutputArgs) -> Vec<Format> {
    match output.format.as_slice() {
        [] => Format::ALL.to_vec(),
        some => Format::ALL
            .into_iter()
            .filter(|format| some.contains(format))
            .collect(),
    }
}

fn measurements(
    snapshot: &Snapshot,
    manifest: &Manifest,
    seconds: BTreeMap<String, f64>,
) -> Result<Measurements, CliError> {
    let requests = manifest.requests.iter().flat_map(|(host, outcomes)| {
        outcomes.iter().map(|(outcome, count)| HostCount {
            host: host.clone(),
            outcome: outcome.clone(),
            count: *count,
        })
    });
    let mut seconds = seconds;
    seconds.insert("collect".to_owned(), manifest.collect_seconds);
    Ok(Measurements {
        requests: requests.collect(),
        documents_read: snapshot.document_count().map_err(CliError::failed)?,
        seconds,
        peak_memory_bytes: memory::peak_bytes(),
    })
}

fn exit_of(verdict: &VerdictArgs, totals: &Totals, gaps: &[Gap]) -> Exit {
    if verdict
        .fail_on
        .is_some_and(|severity| totals.failures_at_least(severity) > 0)
    {
        return Exit::Findings;
    }
    if verdict.require_complete && Gap::any(gaps) {
        return Exit::Incomplete;
    }
    Exit::Done
}
