//! Tables that read well without lines and without colour.

use comfy_table::{ContentArrangement, Table, presets};

/// Aligned columns under their headings, wrapped to `width`.
pub fn of(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>, width: usize) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(100))
        .set_header(headings.iter().map(|heading| heading.to_uppercase()));
    for row in rows {
        table.add_row(row);
    }
    let lines: Vec<String> = table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_nothing_trails() {
        let rows = [
            vec!["a".to_owned(), "long value".to_owned()],
            vec!["bbbb".to_owned(), "x".to_owned()],
        ];
        let text = of(&["one", "two"], rows, 80);
        assert!(text.lines().all(|line| line == line.trim_end()));
        let columns: Vec<usize> = text
            .lines()
            .map(|line| line.rfind(' ').unwrap_or(0))
            .collect();
        assert_eq!(text.lines().count(), 3, "{text} {columns:?}");
        assert!(text.lines().next().unwrap().contains("ONE"));
    }
}
