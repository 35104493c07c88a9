//! Tables that read well without lines and without colour.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};

/// The last column is not squeezed below this: then lines are longer than the terminal is wide.
const NARROWEST: u16 = 32;

/// Aligned columns under their headings. Only the last one is wrapped to fit `width`: ids and names
/// stay whole, so that they can be copied.
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
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        column.set_constraint(match index + 1 < headings.len() {
            true => ColumnConstraint::ContentWidth,
            false => ColumnConstraint::LowerBoundary(Width::Fixed(NARROWEST)),
        });
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

    #[test]
    fn the_last_column_stays_readable_beside_a_long_id() {
        let row = vec!["x".repeat(90), "this is the reason".to_owned()];
        let text = of(&["id", "why"], [row], 80);
        assert!(text.contains("this is the reason"), "{text}");
    }
}
