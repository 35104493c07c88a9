//! Refuses names that no column has, as Kusto does before it runs a query.

use std::sync::Arc;

use super::table::column;
use super::{Expr, KqlQuery, Step};

impl KqlQuery {
    /// Checks the query against the columns of its table.
    ///
    /// # Errors
    /// The first name that is not a column where it is used.
    pub(crate) fn check(&self, table: &[Arc<str>]) -> Result<(), String> {
        let mut columns = table.to_vec();
        for step in &self.steps {
            match step {
                Step::Where(test) => resolve([test], &columns)?,
                Step::Order(keys) => resolve(keys.iter().map(|(key, _)| key), &columns)?,
                Step::Project(new) | Step::Distinct(new) => {
                    resolve(new.iter().map(|(_, expr)| expr), &columns)?;
                    columns = new.iter().map(|(name, _)| name.as_str().into()).collect();
                }
                Step::Extend(new) => {
                    for (name, expr) in new {
                        resolve([expr], &columns)?;
                        columns.push(name.as_str().into());
                    }
                }
                Step::ProjectAway(gone) => {
                    columns.retain(|have| !gone.iter().any(|name| name.eq_ignore_ascii_case(have)));
                }
                Step::Summarize(counts, by) => {
                    resolve(by.iter().map(|(_, expr)| expr), &columns)?;
                    let names = by.iter().map(|(name, _)| name).chain(counts);
                    columns = names.map(|name| name.as_str().into()).collect();
                }
                Step::Count => columns = vec!["Count".into()],
                Step::Limit(_) => {}
            }
        }
        Ok(())
    }
}

fn resolve<'a>(
    exprs: impl IntoIterator<Item = &'a Expr>,
    columns: &[Arc<str>],
) -> Result<(), String> {
    let mut names = Vec::new();
    for expr in exprs {
        expr.columns(&mut names);
    }
    match names
        .into_iter()
        .find(|name| column(columns, name).is_none())
    {
        Some(name) => Err(format!(
            "'{name}' is not the name of any known column, table, variable or function."
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn check(query: &str) -> Result<(), String> {
        let columns: Vec<Arc<str>> = vec!["id".into(), "type".into(), "properties".into()];
        parse(query).unwrap().check(&columns)
    }

    #[test]
    fn columns_are_those_of_the_step_before() {
        assert!(
            check("t | where type == 'a' | project id, x = properties.a.b | order by x").is_ok()
        );
        assert!(check("t | extend y = strcat(id, 'a') | where y in ('b') | summarize n = count() by y | where n > 1").is_ok());
        assert!(check("t | count | project Count").is_ok());
        for (query, name) in [
            ("t | where nothing == 'a'", "'nothing'"),
            ("t | project id | where type == 'a'", "'type'"),
            ("t | project-away id | order by id", "'id'"),
            ("t | summarize count() by kind", "'kind'"),
            ("t | where id in (id, other)", "'other'"),
            ("t | extend a = b", "'b'"),
        ] {
            let message = check(query).unwrap_err();
            assert!(message.contains(name), "{query}: {message}");
        }
    }
}
