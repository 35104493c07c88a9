//! Requests that fail at random cost retries and nothing else.

use simulator::{Faults, Options};

use crate::support::{demo_with, unchanged};

#[track_caller]
fn failing(rate: f64, seed: u64, arguments: &[&str]) {
    let azure = demo_with(Options {
        faults: Faults {
            rate,
            seed,
            ..Faults::default()
        },
        ..Options::default()
    });
    unchanged(&azure.scan(arguments));
}

#[test]
fn one_request_in_a_hundred() {
    for seed in 1..=3 {
        failing(0.01, seed, &[]);
    }
}

#[test]
fn one_request_in_twenty() {
    for seed in 4..=6 {
        failing(0.05, seed, &[]);
    }
}

#[test]
fn one_request_in_twenty_of_lists_and_single_reads() {
    failing(0.05, 7, &["--source", "arm", "--children", "single"]);
}
