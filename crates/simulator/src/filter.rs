//! The OData `$filter` expressions that clients send: comparisons, `and`/`or`/`not`, `in`, the string functions and
//! `any` over a list.

use serde_json::Value;

/// A filter that was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Compare(String, Comparison, Value),
    In(String, Vec<Value>),
    Text(TextTest, String, String),
    Any(String, String, Box<Filter>),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

/// How a text is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextTest {
    Starts,
    Ends,
    Contains,
}

impl Filter {
    /// Reads a filter; `None` when it has a form that this parser does not know.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser {
            tokens: tokens(text)?,
            at: 0,
            depth: 0,
        };
        let filter = parser.or()?;
        (parser.at == parser.tokens.len()).then_some(filter)
    }

    /// True when a document fits. Texts compare without case; a member that is missing is null.
    pub(crate) fn fits(&self, document: &Value) -> bool {
        match self {
            Self::And(a, b) => a.fits(document) && b.fits(document),
            Self::Or(a, b) => a.fits(document) || b.fits(document),
            Self::Not(inner) => !inner.fits(document),
            Self::Compare(path, comparison, wanted) => {
                compare(member(document, path), *comparison, wanted)
            }
            Self::In(path, wanted) => {
                let have = member(document, path);
                wanted
                    .iter()
                    .any(|wanted| compare(have, Comparison::Eq, wanted))
            }
            Self::Text(test, path, wanted) => {
                let have = member(document, path).as_str().map(str::to_lowercase);
                let wanted = wanted.to_lowercase();
                have.is_some_and(|have| match test {
                    TextTest::Starts => have.starts_with(&wanted),
                    TextTest::Ends => have.ends_with(&wanted),
                    TextTest::Contains => have.contains(&wanted),
                })
            }
            Self::Any(path, variable, inner) => {
                let items = member(document, path).as_array();
                items.is_some_and(|items| {
                    items.iter().any(|item| {
                        let mut bound = serde_json::Map::new();
                        bound.insert(variable.clone(), item.clone());
                        inner.fits(&Value::Object(bound))
                    })
                })
            }
        }
    }
}

/// The member at a path of `/`-separated names, each found without case; also within `properties`, where ARM keeps them.
fn member<'a>(document: &'a Value, path: &str) -> &'a Value {
    static NULL: Value = Value::Null;
    let find = |from: &'a Value| {
        path.split('/').try_fold(from, |value, name| {
            let object = value.as_object()?;
            object
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        })
    };
    find(document)
        .or_else(|| find(document.get("properties")?))
        .unwrap_or(&NULL)
}

fn compare(have: &Value, comparison: Comparison, wanted: &Value) -> bool {
    let order = match (have, wanted) {
        (Value::String(a), Value::String(b)) => Some(a.to_lowercase().cmp(&b.to_lowercase())),
        (Value::Number(a), Value::Number(b)) => a.as_f64().partial_cmp(&b.as_f64()),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Null, Value::Null) => Some(std::cmp::Ordering::Equal),
        _ => None,
    };
    let Some(order) = order else {
        return comparison == Comparison::Ne;
    };
    match comparison {
        Comparison::Eq => order.is_eq(),
        Comparison::Ne => order.is_ne(),
        Comparison::Gt => order.is_gt(),
        Comparison::Ge => order.is_ge(),
        Comparison::Lt => order.is_lt(),
        Comparison::Le => order.is_le(),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&next) = chars.peek() {
        if next.is_whitespace() {
            chars.next();
        } else if "(),:".contains(next) {
            chars.next();
            found.push(Token::Sign(next));
        } else if next == '\'' {
            chars.next();
            found.push(Token::Text(quoted(&mut chars)?));
        } else {
            found.push(Token::Word(word(&mut chars)));
        }
    }
    Some(found)
}

/// The rest of a quoted text; a doubled quote stands for one.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match chars.next()? {
            '\'' if chars.peek() == Some(&'\'') => {
                chars.next();
                text.push('\'');
            }
            '\'' => return Some(text),
            other => text.push(other),
        }
    }
}

fn word(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(&next) = chars.peek() {
        // A timestamp has colons, a lambda has one after its variable: only digits go on past it.
        let in_time = next == ':' && word.starts_with(|c: char| c.is_ascii_digit());
        if next.is_whitespace() || "(),'".contains(next) || (next == ':' && !in_time) {
            break;
        }
        word.push(next);
        chars.next();
    }
    word
}

/// Nesting deeper than this is refused rather than followed.
const DEEPEST: usize = 64;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        (self.next()? == Token::Sign(sign)).then_some(())
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let found =
            matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword));
        if found {
            self.at += 1;
        }
        found
    }

    fn or(&mut self) -> Option<Filter> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut left = self.and()?;
        while self.keyword("or") {
            left = Filter::Or(Box::new(left), Box::new(self.and()?));
        }
        self.depth -= 1;
        Some(left)
    }

    fn and(&mut self) -> Option<Filter> {
        let mut left = self.term()?;
        while self.keyword("and") {
            left = Filter::And(Box::new(left), Box::new(self.term()?));
        }
        Some(left)
    }

    fn term(&mut self) -> Option<Filter> {
        let mut negated = false;
        while self.keyword("not") {
            negated = !negated;
        }
        let term = self.positive()?;
        Some(if negated {
            Filter::Not(Box::new(term))
        } else {
            term
        })
    }

    fn positive(&mut self) -> Option<Filter> {
        if self.peek() == Some(&Token::Sign('(')) {
            self.at += 1;
            let inner = self.or()?;
            self.sign(')')?;
            return Some(inner);
        }
        let Token::Word(name) = self.next()? else {
            return None;
        };
        if self.peek() == Some(&Token::Sign('(')) {
            return self.call(&name);
        }
        self.comparison(name)
    }

    fn comparison(&mut self, path: String) -> Option<Filter> {
        let Token::Word(operator) = self.next()? else {
            return None;
        };
        let comparison = match operator.to_lowercase().as_str() {
            "eq" => Comparison::Eq,
            "ne" => Comparison::Ne,
            "gt" => Comparison::Gt,
            "ge" => Comparison::Ge,
            "lt" => Comparison::Lt,
            "le" => Comparison::Le,
            "in" => return Some(Filter::In(path, self.list()?)),
            _ => return None,
        };
        Some(Filter::Compare(path, comparison, self.literal()?))
    }

    fn list(&mut self) -> Option<Vec<Value>> {
        self.sign('(')?;
        let mut values = vec![self.literal()?];
        loop {
            match self.next()? {
                Token::Sign(',') => values.push(self.literal()?),
                Token::Sign(')') => return Some(values),
                _ => return None,
            }
        }
    }

    fn literal(&mut self) -> Option<Value> {
        match self.next()? {
            Token::Text(text) => Some(Value::String(text)),
            Token::Sign(_) => None,
            Token::Word(word) => Some(match word.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                _ => serde_json::from_str::<serde_json::Number>(&word)
                    .map_or(Value::String(word), Value::Number),
            }),
        }
    }

    fn call(&mut self, name: &str) -> Option<Filter> {
        self.sign('(')?;
        if let Some(path) = name.strip_suffix("/any") {
            let Token::Word(variable) = self.next()? else {
                return None;
            };
            self.sign(':')?;
            let inner = self.or()?;
            self.sign(')')?;
            return Some(Filter::Any(path.to_owned(), variable, Box::new(inner)));
        }
        let test = match name.to_lowercase().as_str() {
            "startswith" => TextTest::Starts,
            "endswith" => TextTest::Ends,
            "contains" | "substringof" => TextTest::Contains,
            _ => return None,
        };
        let first = self.next()?;
        self.sign(',')?;
        let second = self.next()?;
        self.sign(')')?;
        // `substringof` takes its arguments the other way round.
        let (path, text) = match (first, second) {
            (Token::Word(path), Token::Text(text)) | (Token::Text(text), Token::Word(path)) => {
                (path, text)
            }
            _ => return None,
        };
        Some(Filter::Text(test, path, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fits(filter: &str, document: &Value) -> bool {
        Filter::parse(filter).unwrap().fits(document)
    }

    #[test]
    fn comparisons_have_no_case_and_look_into_properties() {
        let role = json!({"appId": "AB", "properties": {"roleName": "Reader", "n": 3}});
        assert!(fits("appId eq 'ab'", &role));
        assert!(fits("roleName eq 'reader' and n ge 3", &role));
        assert!(fits("missing eq null", &role));
        assert!(fits("missing ne 'x'", &role));
        assert!(!fits("n lt 3 or n gt 3", &role));
        assert!(fits("not (n eq 4)", &role));
    }

    #[test]
    fn text_functions_in_and_any() {
        let user =
            json!({"name": "Ada's", "on": true, "types": ["Unified"], "skus": [{"id": "1"}]});
        assert!(fits("startsWith(name, 'ada''')", &user));
        assert!(fits(
            "substringof('DA', name) and endswith(name,'s')",
            &user
        ));
        assert!(fits("name in ('x', 'ada''s')", &user));
        assert!(fits("types/any(t:t eq 'unified')", &user));
        assert!(fits("skus/any(s: s/id eq '1') and on eq true", &user));
        assert!(!fits("none/any(t:t eq 'x')", &user));
    }

    #[test]
    fn times_are_words() {
        let entry = json!({"at": "2026-01-02T00:00:00Z"});
        assert!(fits("at ge 2026-01-01T00:00:00Z", &entry));
    }

    #[test]
    fn what_is_not_a_filter_is_told() {
        for odd in [
            "",
            "a",
            "a eq",
            "a eq 'x",
            "f(a)",
            "a eq 1 b",
            "((",
            "atScope()",
            "€ eq €)",
        ] {
            assert!(Filter::parse(odd).is_none(), "{odd}");
        }
        assert!(Filter::parse(&"(".repeat(10_000)).is_none());
    }
}
