//! Runs the shipped program with nothing of the developer's own environment.

use std::ffi::OsStr;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// No run may take longer: whatever does hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// A run of the program that has not begun.
pub struct Program {
    command: Command,
    /// The home and, unless another is set, current folder.
    home: TempDir,
}

/// A run under way.
pub struct Running {
    child: Child,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
    began: Instant,
    home: TempDir,
}

/// A run that has ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    /// What the run left in its home folder.
    pub home: TempDir,
}

impl Program {
    /// The program with arguments.
    pub fn new<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_threatdefence"));
        command.args(arguments);
        Self::of(command)
    }

    /// The program, run by a shell script that finds it as `"$0"` and the arguments as `"$@"`.
    #[cfg(unix)]
    pub fn in_shell<A: AsRef<OsStr>>(script: &str, arguments: impl IntoIterator<Item = A>) -> Self {
        let mut command = Command::new("sh");
        command
            .args(["-c", script, env!("CARGO_BIN_EXE_threatdefence")])
            .args(arguments);
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        let home = tempfile::tempdir().unwrap();
        command.env_clear().current_dir(home.path());
        for kept in ["PATH", "SystemRoot"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command.env("HOME", home.path());
        Self { command, home }
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Writes a file into its home first.
    pub fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.home.path().join(name), text).unwrap();
        self
    }

    pub fn start(mut self) -> Running {
        let mut child = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Running {
            stdout: collect(child.stdout.take().unwrap()),
            stderr: collect(child.stderr.take().unwrap()),
            child,
            began: Instant::now(),
            home: self.home,
        }
    }

    /// Runs it to its end.
    pub fn run(self) -> Ended {
        self.start().wait()
    }
}

impl Running {
    /// Sends a signal, as in `INT` or `KILL`.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits until `reached`, and fails when the program ends before.
    pub fn wait_until(&mut self, mut reached: impl FnMut() -> bool) {
        while !reached() {
            assert!(self.ended().is_none(), "it ended too early");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits for the end. A program that panics or hangs fails the test.
    pub fn wait(mut self) -> Ended {
        let status = loop {
            match self.ended() {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let ended = Ended {
            code: status.code().unwrap_or(-1),
            stdout: self.stdout.join().unwrap(),
            stderr: self.stderr.join().unwrap(),
            home: self.home,
        };
        assert!(!ended.stderr.contains("panicked"), "{ended}");
        ended
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        if self.began.elapsed() > LIMIT {
            self.child.kill().unwrap();
            panic!("it hangs");
        }
        self.child.try_wait().unwrap()
    }
}

impl Ended {
    /// The run ended with this code; otherwise all it said is shown.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self}");
        self
    }

    /// The run failed with this code, and the last thing it said is the error with its hint.
    #[track_caller]
    pub fn refused(self, code: i32, message: &str, hint: &str) -> Self {
        let ended = self.expect(code);
        let from_start = format!("\n{}", ended.stderr);
        let (_, error) = from_start
            .rsplit_once("\nerror: ")
            .unwrap_or_else(|| panic!("no error: {ended}"));
        let (said, advice) = error
            .split_once("\n  hint: ")
            .unwrap_or_else(|| panic!("no hint: {ended}"));
        assert!(said.contains(message), "`{message}` is not in: {ended}");
        assert!(advice.contains(hint), "`{hint}` is not in: {ended}");
        ended
    }

    /// The first line of what was printed.
    pub fn first_line(&self) -> &str {
        self.stdout.lines().next().unwrap_or_default()
    }

    /// The last line of what was printed.
    pub fn last_line(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            code,
            stdout,
            stderr,
            ..
        } = self;
        write!(f, "exit {code}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

fn collect(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    })
}
