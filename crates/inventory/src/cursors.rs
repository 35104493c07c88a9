//! Named places to go on from: half-read queries, and how far changes are known.

use rusqlite::{Connection, OptionalExtension, params};

use crate::format::SnapshotError;

/// The time up to which the snapshot knows of changes, in RFC 3339.
pub(crate) const CHANGES: &str = "changes";

/// The value of a cursor.
pub(crate) fn get(connection: &Connection, name: &str) -> Result<Option<String>, SnapshotError> {
    let value = connection
        .prepare_cached("SELECT value FROM cursors WHERE name = ?")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(value)
}

/// The cursors whose names begin with `prefix`, in the order of their names.
pub(crate) fn all(
    connection: &Connection,
    prefix: &str,
) -> Result<Vec<(String, String)>, SnapshotError> {
    let mut statement = connection.prepare_cached(
        "SELECT name, value FROM cursors WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
    )?;
    let rows = statement
        .query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

/// Sets a cursor, or takes it away.
pub(crate) fn set(
    connection: &Connection,
    name: &str,
    value: Option<&str>,
) -> Result<(), SnapshotError> {
    match value {
        Some(value) => connection
            .prepare_cached("INSERT OR REPLACE INTO cursors (name, value) VALUES (?, ?)")?
            .execute(params![name, value])?,
        None => connection
            .prepare_cached("DELETE FROM cursors WHERE name = ?")?
            .execute([name])?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;

    #[test]
    fn cursors_are_set_listed_and_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let connection = format::create(&folder.path().join("a.tdsnap")).unwrap();
        set(&connection, "delta:graph/users", Some("link")).unwrap();
        set(&connection, "delta:graph/users", Some("later link")).unwrap();
        set(&connection, CHANGES, Some("2026-01-01T00:00:00Z")).unwrap();
        let deltas = all(&connection, "delta:").unwrap();
        assert_eq!(
            deltas,
            [("delta:graph/users".to_owned(), "later link".to_owned())]
        );
        assert!(get(&connection, CHANGES).unwrap().is_some());
        set(&connection, CHANGES, None).unwrap();
        assert_eq!(get(&connection, CHANGES).unwrap(), None);
    }
}
