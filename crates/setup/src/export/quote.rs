//! Text of a user's as a literal in another language, so that nothing in it is ever taken for code.
//!
//! Line breaks and other control characters never get here: [`super::refused`] keeps them out.

/// A word of a POSIX shell: within single quotes nothing is special but the quote itself.
pub fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A verbatim string of PowerShell. It takes four typographic quotes for the straight one, and any of
/// them doubled for itself
/// (<https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules>).
pub fn powershell(text: &str) -> String {
    let mut quoted = String::from("'");
    for letter in text.chars() {
        if matches!(letter, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(letter);
        }
        quoted.push(letter);
    }
    quoted.push('\'');
    quoted
}

/// A string of Bicep, which interpolates `${…}`
/// (<https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings>).
pub fn bicep(text: &str) -> String {
    let text = text.replace('\\', r"\\").replace('\'', r"\'");
    format!("'{}'", text.replace("${", r"\${"))
}

/// A string of Terraform, which takes `${…}` and `%{…}` for templates
/// (<https://developer.hashicorp.com/terraform/language/expressions/strings>).
pub fn terraform(text: &str) -> String {
    let text = text.replace('\\', r"\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace("${", "$${").replace("%{", "%%{"))
}

/// A string of OData, as in `$filter=displayName eq 'It''s'`.
pub fn odata(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Code in Markdown: fenced by more backticks than it has in a row
/// (<https://spec.commonmark.org/0.31.2/#code-spans>).
pub fn markdown(text: &str) -> String {
    let longest = text
        .split(|letter| letter != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_sees_one_word() {
        assert_eq!(
            shell("It's $HOME `id` \\ \"x\""),
            r#"'It'\''s $HOME `id` \ "x"'"#
        );
    }

    #[test]
    fn powershell_ends_a_string_at_typographic_quotes_too() {
        assert_eq!(
            powershell("a'b\u{2019}c $(x) `n"),
            "'a''b\u{2019}\u{2019}c $(x) `n'"
        );
    }

    #[test]
    fn nothing_is_interpolated() {
        assert_eq!(bicep(r"it's ${x} \n"), r"'it\'s \${x} \\n'");
        assert_eq!(
            terraform(r#"a "b" ${c} %{d} \e"#),
            r#""a \"b\" $${c} %%{d} \\e""#
        );
    }

    #[test]
    fn a_filter_doubles_quotes() {
        assert_eq!(odata("It's"), "'It''s'");
    }

    #[test]
    fn code_in_markdown_has_a_longer_fence() {
        assert_eq!(markdown("plain"), "`plain`");
        assert_eq!(markdown("a``b`"), "``` a``b` ```");
    }
}
