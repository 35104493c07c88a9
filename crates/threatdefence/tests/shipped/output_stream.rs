//! What is printed may be read to its end or not.
#![cfg(unix)]

use crate::support::Program;

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    for arguments in [
        &["checks", "list"][..],
        &["checks", "list", "--format", "json"],
        &["checks", "functions"],
        &["demo", "-o", "out"],
    ] {
        // `head -c 1` reads one byte and leaves; stderr goes the same way.
        let script = "{ \"$0\" \"$@\" 2>&1; echo \"exit $?\" >&3; } 3>code | head -c 1";
        let ended = Program::in_shell(script, arguments).run().expect(0);
        let code = std::fs::read_to_string(ended.home.path().join("code")).unwrap();
        assert_eq!(code, "exit 0\n");
    }
}
