//! How long the shipped program takes from its start to its first request, and how fast and large a
//! whole demo is. Run with `cargo bench -p threatdefence --bench startup`.

use std::io::Read;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_threatdefence");
const RUNS: usize = 20;

fn main() {
    let mut first_requests: Vec<Duration> = (0..RUNS).map(|_| first_request()).collect();
    report("start to first request", &mut first_requests);
    let mut demos: Vec<Duration> = (0..5).map(|_| demo()).collect();
    report("demo, start to end", &mut demos);
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort();
    let (least, median) = (times[0], times[times.len() / 2]);
    println!(
        "{what}: median {median:.1?}, least {least:.1?} of {} runs",
        times.len()
    );
}

/// A scan of a cloud that is only a socket: the clock stops when the first byte of a request arrives.
fn first_request() -> Duration {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let cloud = format!("http://{}", listener.local_addr().expect("an address"));
    let folder = tempfile::tempdir().expect("a folder");
    let started = Instant::now();
    let mut scan = Command::new(PROGRAM)
        .args(["scan", "--quiet", "--cloud", &cloud, "-o", "report"])
        .current_dir(folder.path())
        .envs([
            ("AZURE_TENANT_ID", "t"),
            ("AZURE_CLIENT_ID", "c"),
            ("AZURE_CLIENT_SECRET", "s"),
        ])
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let (mut connection, _) = listener.accept().expect("a connection");
    connection.read_exact(&mut [0]).expect("a request");
    let elapsed = started.elapsed();
    scan.kill().expect("to stop the scan");
    scan.wait().expect("its end");
    elapsed
}

fn demo() -> Duration {
    let folder = tempfile::tempdir().expect("a folder");
    let started = Instant::now();
    let status = Command::new(PROGRAM)
        .args(["demo", "--quiet", "-o", "report"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the program");
    assert!(status.success(), "the demo failed");
    started.elapsed()
}
