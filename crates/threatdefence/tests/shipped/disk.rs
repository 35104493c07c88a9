//! Where nothing can be written: said at once, with a hint, and nothing that was read is lost.

use crate::support::{Program, demo};

#[test]
fn a_folder_that_cannot_be_made_is_refused_before_azure_is_asked() {
    let azure = demo();
    // Below a file no folder can be made, not even by root.
    let scan = azure
        .program(&["scan", "-o", "taken/report"])
        .file("taken", "");
    scan.run()
        .refused(1, "taken/report cannot be written to", "--output-dir");
    let collect = azure
        .program(&["collect", "-o", "taken/a.tdsnap"])
        .file("taken", "");
    collect.run().refused(1, "cannot be written to", "");
    assert!(azure.requests().is_empty());
    let demo = Program::new(["demo", "-o", "taken"]).file("taken", "");
    demo.run()
        .refused(1, "taken cannot be written to", "--output-dir");
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_file_system() {
    let ended = Program::new(["demo", "-o", "/proc/report"]).run();
    ended.refused(1, "/proc/report cannot be written to", "--output-dir");
}

/// A limit on the size of files stands for a full disk: the write fails, and signal XFSZ is ignored
/// as it would not come from a disk.
#[cfg(unix)]
mod full {
    use super::*;
    use std::path::Path;

    use crate::support::{Azure, Ended, unchanged_in};

    fn text(path: &Path) -> &str {
        path.to_str().unwrap()
    }

    /// Runs the program where no file may grow beyond so many blocks of 512 bytes.
    fn limited(azure: &Azure, blocks: u32, arguments: &[&str]) -> Ended {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        azure.signed_in(Program::in_shell(&script, arguments)).run()
    }

    #[test]
    fn a_disk_that_fills_while_collecting_keeps_what_was_read() {
        let azure = demo();
        let folder = azure.path("full");
        let ended = limited(&azure, 240, &["scan", "-o", text(&folder)]);
        ended.refused(1, "snapshot.tdsnap", "--resume");
        azure
            .program(&["scan", "--resume", text(&folder)])
            .run()
            .expect(0);
        unchanged_in(&folder);
    }

    #[test]
    fn a_disk_that_fills_while_writing_the_report_costs_only_the_report() {
        let azure = demo();
        let scan = azure.scan(&[]);
        let snapshot = scan.folder.join("snapshot.tdsnap");
        let arguments = ["evaluate", text(&snapshot), "-o", "out"];
        let ended =
            Program::in_shell("trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"", arguments).run();
        ended.refused(1, "", "free space");
        let again = Program::new(arguments).run().expect(0);
        unchanged_in(&again.home.path().join("out"));
    }
}
