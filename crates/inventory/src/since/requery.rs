//! Changed resources as they are now, asked of Resource Graph by their ids.

use std::collections::BTreeSet;
use std::sync::Arc;

use azure::Client;
use catalog::Entry;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::ids;
use crate::resource_graph::{self, COLUMNS, Hierarchy, Records};
use crate::writer::Record;

/// Ids of one query. No limit on a query's text is published; a hundred ids are about twenty kilobytes.
const IDS: usize = 100;

/// Queries on their way at once; the client's limiter sets the pace.
const AT_ONCE: usize = 8;

/// What is asked for: ids (in lower case) of the types of one table.
pub(super) struct Asked {
    pub(super) table: String,
    pub(super) entries: Vec<Arc<Entry>>,
    pub(super) ids: BTreeSet<String>,
}

/// The documents among `asked` that there are.
///
/// # Errors
/// Why they are not known.
pub(super) async fn read(client: &Client, asked: &[Asked]) -> Result<Vec<Record>, String> {
    let chunks = asked.iter().flat_map(|asked| {
        let ids: Vec<&String> = asked.ids.iter().collect();
        let chunks: Vec<Vec<String>> = ids
            .chunks(IDS)
            .map(|chunk| chunk.iter().map(|id| (*id).clone()).collect())
            .collect();
        chunks.into_iter().map(move |chunk| (asked, chunk))
    });
    let found: Vec<Vec<Record>> = stream::iter(chunks)
        .map(|(asked, chunk)| read_chunk(client, asked, chunk))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}

async fn read_chunk(
    client: &Client,
    asked: &Asked,
    chunk: Vec<String>,
) -> Result<Vec<Record>, String> {
    let subscriptions: BTreeSet<String> = chunk
        .iter()
        .filter_map(|id| ids::subscription(id))
        .map(str::to_owned)
        .collect();
    let subscriptions: Vec<String> = subscriptions.into_iter().collect();
    let hierarchy = Hierarchy::default();
    let to_records = Records {
        entries: &asked.entries,
        subscriptions: &subscriptions,
        hierarchy: &hierarchy,
    };
    let query = resource_graph::query(&asked.table, text(&asked.table, &chunk), &subscriptions);
    let mut pages = client.query(query, None);
    let mut records = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|failure| failure.to_string())?;
        if page.truncated || page.limited {
            return Err("Resource Graph left out some of what was asked for".to_owned());
        }
        for row in &page.rows {
            records.extend(to_records.of(row)?);
        }
    }
    Ok(records)
}

fn text(table: &str, ids: &[String]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
    format!(
        "{table} | where id in~ ({}) | project {COLUMNS} | order by id asc",
        ids.join(", ")
    )
}

/// A string of the query language.
/// <https://learn.microsoft.com/kusto/query/scalar-data-types/string>
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_quoted() {
        let text = text("resources", &["/a/b".to_owned(), r"/o'neil\x".to_owned()]);
        assert!(
            text.starts_with(
                r"resources | where id in~ ('/a/b', '/o\'neil\\x') | project id, name"
            ),
            "{text}"
        );
    }
}
