//! Reads a Resource Graph query; see [`super`] for what it can say.

use serde_json::Value;

use super::tokens::{Token, tokens};
use super::{Expr, FUNCTIONS, KqlQuery, List, Step};
use crate::kql_time;

/// Reads a query.
///
/// # Errors
/// A message that names what is not understood.
pub(crate) fn parse(text: &str) -> Result<KqlQuery, String> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    let table = parser.word()?;
    let mut steps = Vec::new();
    while parser.at < parser.tokens.len() {
        parser.expect("|")?;
        parser.step(&mut steps)?;
    }
    Ok(KqlQuery { table, steps })
}

/// Expressions nested deeper than this are refused rather than followed.
const DEEPEST: usize = 64;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(have)) if have == sign);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.sign(sign) {
            return Ok(());
        }
        Err(format!(
            "'{sign}' is missing before {:?}",
            self.tokens.get(self.at)
        ))
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(have)) if have.eq_ignore_ascii_case(keyword));
        if found {
            self.at += 1;
        }
        found
    }

    fn word(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Word(word)) => Ok(word),
            other => Err(format!("a name is missing before {other:?}")),
        }
    }

    fn number(&mut self) -> Result<usize, String> {
        match self.next() {
            Some(Token::Number(number)) => number
                .as_u64()
                .and_then(|number| usize::try_from(number).ok())
                .ok_or_else(|| "a whole number is missing".to_owned()),
            other => Err(format!("a number is missing before {other:?}")),
        }
    }

    fn step(&mut self, steps: &mut Vec<Step>) -> Result<(), String> {
        let operator = self.word()?.to_lowercase();
        let step = match operator.as_str() {
            "where" => Step::Where(self.or()?),
            "project" => Step::Project(self.columns()?),
            "extend" => Step::Extend(self.columns()?),
            "distinct" => Step::Distinct(self.columns()?),
            "project-away" => Step::ProjectAway(self.names()?),
            "order" | "sort" => Step::Order(self.order()?),
            "limit" | "take" => Step::Limit(self.number()?),
            "top" => {
                let most = self.number()?;
                steps.push(Step::Order(self.order()?));
                Step::Limit(most)
            }
            "count" => Step::Count,
            "summarize" => self.summarize()?,
            other => {
                return Err(format!(
                    "the operator '{other}' is not known to the simulator"
                ));
            }
        };
        steps.push(step);
        Ok(())
    }

    fn names(&mut self) -> Result<Vec<String>, String> {
        let mut names = vec![self.word()?];
        while self.sign(",") {
            names.push(self.word()?);
        }
        Ok(names)
    }

    fn columns(&mut self) -> Result<Vec<(String, Expr)>, String> {
        let mut columns = vec![self.column()?];
        while self.sign(",") {
            columns.push(self.column()?);
        }
        Ok(columns)
    }

    /// A column: `name = expression`, or an expression that gives its own name.
    fn column(&mut self) -> Result<(String, Expr), String> {
        let named = matches!(self.tokens.get(self.at + 1), Some(Token::Sign(sign)) if sign == "=");
        if named {
            let name = self.word()?;
            self.expect("=")?;
            return Ok((name, self.or()?));
        }
        let expr = self.or()?;
        let name = match &expr {
            Expr::Path(names) => names.join("_"),
            _ => "Column1".to_owned(),
        };
        Ok((name, expr))
    }

    fn order(&mut self) -> Result<Vec<(Expr, bool)>, String> {
        if !self.keyword("by") {
            return Err("'by' is missing".to_owned());
        }
        let mut keys = Vec::new();
        loop {
            let key = self.or()?;
            // Kusto's default is descending.
            let ascending = self.keyword("asc");
            if !ascending {
                self.keyword("desc");
            }
            keys.push((key, !ascending));
            if !self.sign(",") {
                return Ok(keys);
            }
        }
    }

    fn summarize(&mut self) -> Result<Step, String> {
        let mut counts = Vec::new();
        while !matches!(self.tokens.get(self.at), None | Some(Token::Sign(_)))
            && !self.keyword("by")
        {
            let mut name = "count_".to_owned();
            let mut function = self.word()?;
            if self.sign("=") {
                name = std::mem::replace(&mut function, self.word()?);
            }
            if !function.eq_ignore_ascii_case("count") {
                return Err(format!(
                    "the aggregation '{function}' is not known to the simulator"
                ));
            }
            self.expect("(")?;
            self.expect(")")?;
            counts.push(name);
            self.sign(",");
        }
        let before = self.tokens.get(self.at.wrapping_sub(1));
        let grouped = matches!(before, Some(Token::Word(word)) if word.eq_ignore_ascii_case("by"));
        let by = if grouped { self.columns()? } else { Vec::new() };
        Ok(Step::Summarize(counts, by))
    }

    fn or(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("the expression is nested too deep".to_owned());
        }
        let mut left = self.and()?;
        while self.keyword("or") {
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr, String> {
        let mut left = self.comparison()?;
        while self.keyword("and") {
            left = Expr::And(Box::new(left), Box::new(self.comparison()?));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Result<Expr, String> {
        let left = self.term()?;
        let Some(operator) = self.operator() else {
            return Ok(left);
        };
        let (plain, negated) = match operator.strip_prefix('!') {
            Some(rest) if rest.starts_with("in") => (rest, true),
            _ => (operator.as_str(), false),
        };
        if plain == "in" || plain == "in~" {
            let list = self.arguments()?;
            let list = List::of(list, plain == "in");
            return Ok(Expr::In(Box::new(left), list, negated));
        }
        let right = self.term()?;
        Ok(Expr::Compare(Box::new(left), operator, Box::new(right)))
    }

    fn operator(&mut self) -> Option<String> {
        const WORDS: [&str; 6] = ["contains", "has", "startswith", "endswith", "in", "in~"];
        let negated = matches!(self.tokens.get(self.at), Some(Token::Sign(sign)) if sign == "!");
        let token = self.tokens.get(self.at + usize::from(negated))?;
        let operator = match token {
            Token::Sign(sign)
                if ["==", "!=", "=~", "!~", "<", "<=", ">", ">=", "<>"]
                    .contains(&sign.as_str())
                    && !negated =>
            {
                sign.clone()
            }
            Token::Word(word) if WORDS.contains(&word.to_lowercase().as_str()) => {
                let mark = if negated { "!" } else { "" };
                format!("{mark}{}", word.to_lowercase())
            }
            _ => return None,
        };
        self.at += 1 + usize::from(negated);
        Some(operator)
    }

    fn arguments(&mut self) -> Result<Vec<Expr>, String> {
        self.expect("(")?;
        let mut list = Vec::new();
        if self.sign(")") {
            return Ok(list);
        }
        loop {
            list.push(self.or()?);
            if self.sign(")") {
                return Ok(list);
            }
            self.expect(",")?;
        }
    }

    fn term(&mut self) -> Result<Expr, String> {
        if self.sign("(") {
            let inner = self.or()?;
            self.expect(")")?;
            return Ok(inner);
        }
        let name = match self.next() {
            Some(Token::Text(text)) => return Ok(Expr::Literal(Value::String(text))),
            Some(Token::Number(number)) => return Ok(Expr::Literal(number)),
            Some(Token::Word(word)) => word,
            other => return Err(format!("an expression is missing before {other:?}")),
        };
        match name.to_lowercase().as_str() {
            "true" => return Ok(Expr::Literal(Value::Bool(true))),
            "false" => return Ok(Expr::Literal(Value::Bool(false))),
            _ => {}
        }
        if matches!(self.tokens.get(self.at), Some(Token::Sign(sign)) if sign == "(") {
            return self.call(&name);
        }
        self.path(name)
    }

    fn call(&mut self, name: &str) -> Result<Expr, String> {
        let name = name.to_lowercase();
        let mut arguments = self.arguments()?;
        if name == "not" && arguments.len() == 1 {
            return Ok(Expr::Not(Box::new(arguments.remove(0))));
        }
        let first = match arguments.first() {
            Some(Expr::Literal(value)) => Some(value),
            _ => None,
        };
        if let Some(moment) = kql_time::constant(&name, first) {
            return Ok(Expr::Literal(moment));
        }
        if !FUNCTIONS.contains(&name.as_str()) {
            return Err(format!(
                "the function '{name}' is not known to the simulator"
            ));
        }
        Ok(Expr::Call(name, arguments))
    }

    fn path(&mut self, first: String) -> Result<Expr, String> {
        let mut names = vec![first];
        loop {
            if self.sign(".") {
                names.push(self.word()?);
            } else if self.sign("[") {
                names.push(match self.next() {
                    Some(Token::Text(text)) => text,
                    Some(Token::Number(number)) => number.to_string(),
                    other => return Err(format!("an index is missing before {other:?}")),
                });
                self.expect("]")?;
            } else {
                return Ok(Expr::Path(names));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_named() {
        let message = |query: &str| parse(query).unwrap_err();
        assert!(message("resources | join (x)").contains("'join'"));
        assert!(message("resources | summarize max(id)").contains("'max'"));
        assert!(message("resources | where f(x) == 1").contains("'f'"));
        assert!(message("resources | where name == 'x").contains("no end"));
        assert!(message("").contains("a name is missing"));
        assert!(message("resources | where a > datetime(soon)").contains("'soon'"));
        assert!(message("resources | where a > datetime(").contains("is no time"));
        assert!(message("resources | take 5x").contains("'5x'"));
        assert!(message("resources | where a > ago()").contains("'ago'"));
    }

    #[test]
    fn deep_and_odd_queries_are_refused_without_harm() {
        let deep = format!("resources | where {}", "(".repeat(50_000));
        assert!(parse(&deep).is_err());
        for odd in [
            "|",
            "resources |",
            "resources | where",
            "€",
            "resources where",
            "resources | top x",
        ] {
            assert!(parse(odd).is_err(), "{odd}");
        }
    }
}
