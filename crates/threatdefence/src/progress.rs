//! Progress of a collection: a bar on a terminal, a line now and then elsewhere.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use catalog::{DocumentType, Outcome, Scope};
use indicatif::{ProgressBar, ProgressStyle};
use inventory::Progress;

use crate::console::Console;
use crate::stdio;

/// Reads between two plain lines.
const LINE_EVERY: u64 = 500;

/// Draws or prints how far a collection is.
pub struct CollectionProgress {
    bar: Option<ProgressBar>,
    quiet: bool,
    planned: AtomicU64,
    ended: AtomicU64,
    documents: AtomicU64,
    gaps: AtomicU64,
}

impl CollectionProgress {
    /// A bar where it can be drawn.
    pub fn new(console: &Console) -> Self {
        let bar = (console.interactive && !console.is_quiet()).then(|| {
            let style = ProgressStyle::with_template(
                "{spinner} {bar:30} {pos}/{len} reads  {msg}  {elapsed}",
            )
            .unwrap_or_else(|_| ProgressStyle::default_bar());
            let bar = ProgressBar::new(0).with_style(style);
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self {
            bar,
            quiet: console.is_quiet(),
            planned: AtomicU64::default(),
            ended: AtomicU64::default(),
            documents: AtomicU64::default(),
            gaps: AtomicU64::default(),
        }
    }

    /// Clears the bar.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn words(&self) -> String {
        let documents = self.documents.load(Ordering::Relaxed);
        match self.gaps.load(Ordering::Relaxed) {
            0 => format!("{documents} documents"),
            gaps => format!("{documents} documents, {gaps} unread"),
        }
    }
}

impl Progress for CollectionProgress {
    fn noted(&self, message: &str) {
        if self.quiet {
            return;
        }
        match &self.bar {
            Some(bar) => bar.println(format!("  {message}")),
            None => stdio::say(format_args!("  {message}")),
        }
    }

    fn planned(&self, reads: u64) {
        let planned = self.planned.fetch_add(reads, Ordering::Relaxed) + reads;
        if let Some(bar) = &self.bar {
            bar.set_length(planned);
        }
    }

    fn ended(
        &self,
        _document_type: &DocumentType,
        _scope: &Scope,
        outcome: Outcome,
        documents: u64,
    ) {
        self.documents.fetch_add(documents, Ordering::Relaxed);
        if outcome.is_gap() {
            self.gaps.fetch_add(1, Ordering::Relaxed);
        }
        let ended = self.ended.fetch_add(1, Ordering::Relaxed) + 1;
        match &self.bar {
            Some(bar) => {
                bar.set_position(ended);
                bar.set_message(self.words());
            }
            None if !self.quiet && ended.is_multiple_of(LINE_EVERY) => {
                let planned = self.planned.load(Ordering::Relaxed);
                let words = self.words();
                stdio::say(format_args!("  {ended} of {planned} reads so far, {words}"));
            }
            None => {}
        }
    }
}
