//! The next command, with the flags of this one.

/// `threatdefence setup {name}` with the flags that `plan` was given, as a shell takes them. The format of
/// the report is left out.
pub fn command(name: &str, arguments: impl Iterator<Item = String>) -> String {
    let mut words = vec!["threatdefence".to_owned()];
    let mut renamed = false;
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        if argument == "--format" {
            arguments.next();
            continue;
        }
        if argument.starts_with("--format=") {
            continue;
        }
        if !renamed && argument == "plan" && words.last().is_some_and(|last| last == "setup") {
            renamed = true;
            words.push(name.to_owned());
            continue;
        }
        words.push(quoted(&argument));
    }
    words.join(" ")
}

/// A word for a shell: in single quotes where it has more than harmless letters.
fn quoted(word: &str) -> String {
    let harmless = |letter: char| letter.is_alphanumeric() || "-_./:=,@+%".contains(letter);
    if !word.is_empty() && word.chars().all(harmless) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(line: &[&str]) -> String {
        command("apply", line.iter().map(|&word| word.to_owned()))
    }

    #[test]
    fn the_flags_stay_and_the_format_goes() {
        assert_eq!(
            next(&[
                "setup",
                "plan",
                "--format",
                "json",
                "--name",
                "plan",
                "--subscription",
                "A B"
            ]),
            "threatdefence setup apply --name plan --subscription 'A B'"
        );
        assert_eq!(
            next(&[
                "--quiet",
                "setup",
                "plan",
                "--format=json",
                "--subscription=O'Neil"
            ]),
            r"threatdefence --quiet setup apply '--subscription=O'\''Neil'"
        );
    }
}
