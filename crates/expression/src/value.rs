//! Values: what expressions compute with.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use serde_json::Value as Json;

/// A value while an expression is evaluated. It borrows from the documents and from the program.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing: absent, or null in the document.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Double(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// A list of a document.
    Array(&'a Json),
    /// An object of a document.
    Object(&'a Json),
    /// A list that the expression made.
    List(Rc<Vec<Value<'a>>>),
    /// An object that the expression made, in the order written.
    Map(Rc<Vec<(String, Value<'a>)>>),
}

impl<'a> From<&'a Json> for Value<'a> {
    fn from(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(flag) => Self::Bool(*flag),
            Json::Number(number) => number
                .as_i64()
                .map(Self::Int)
                .or_else(|| number.as_f64().map(Self::Double))
                .unwrap_or(Self::Null),
            Json::String(text) => Self::Text(Cow::Borrowed(text)),
            Json::Array(_) => Self::Array(json),
            Json::Object(_) => Self::Object(json),
        }
    }
}

impl<'a> Value<'a> {
    /// Text, borrowed or owned.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A list of values.
    pub fn list(values: Vec<Value<'a>>) -> Self {
        Self::List(Rc::new(values))
    }

    /// A list of texts: what many functions answer.
    pub fn texts<T: Into<Cow<'a, str>>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::list(texts.into_iter().map(Self::text).collect())
    }

    /// The value's kind with its article, for messages: `a string`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Double(_) => "a number",
            Self::Text(_) => "a string",
            Self::Array(_) | Self::List(_) => "a list",
            Self::Object(_) | Self::Map(_) => "an object",
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text, when it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, when it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The value as JSON: borrowed where it is a list or an object of a document, else made.
    pub fn to_json(&self) -> Cow<'a, Json> {
        match self {
            Self::Array(json) | Self::Object(json) => Cow::Borrowed(*json),
            Self::Null => Cow::Owned(Json::Null),
            Self::Bool(flag) => Cow::Owned(Json::Bool(*flag)),
            Self::Int(number) => Cow::Owned(Json::from(*number)),
            Self::Double(number) => Cow::Owned(Json::from(*number)),
            Self::Text(text) => Cow::Owned(Json::from(text.as_ref())),
            Self::List(values) => Cow::Owned(
                values
                    .iter()
                    .map(|value| value.to_json().into_owned())
                    .collect(),
            ),
            Self::Map(entries) => Cow::Owned(Json::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.to_json().into_owned()))
                    .collect(),
            )),
        }
    }

    /// The member of that name; null when there is none.
    pub fn member(&self, name: &str) -> Value<'a> {
        match self {
            Self::Object(Json::Object(map)) => map.get(name).map(Value::from).unwrap_or(Self::Null),
            Self::Map(entries) => entries
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
                .unwrap_or(Self::Null),
            _ => Self::Null,
        }
    }

    /// The element at an index; null when there is none.
    pub fn element(&self, index: i64) -> Value<'a> {
        let Ok(index) = usize::try_from(index) else {
            return Self::Null;
        };
        match self {
            Self::Array(Json::Array(items)) => {
                items.get(index).map(Value::from).unwrap_or(Self::Null)
            }
            Self::List(items) => items.get(index).cloned().unwrap_or(Self::Null),
            _ => Self::Null,
        }
    }

    /// The elements of a list, or the keys of an object; `None` for anything else.
    pub fn elements(&self) -> Option<Elements<'a>> {
        match self {
            Self::Array(Json::Array(items)) => Some(Elements(Source::Document(items.iter()))),
            Self::List(items) => Some(Elements(Source::Made(Rc::clone(items), 0))),
            Self::Object(Json::Object(map)) => Some(Elements(Source::Keys(map.keys()))),
            Self::Map(entries) => {
                let keys = entries
                    .iter()
                    .map(|(key, _)| Value::text(key.clone()))
                    .collect();
                Some(Elements(Source::Made(Rc::new(keys), 0)))
            }
            _ => None,
        }
    }

    /// How many elements, members or characters it has; `None` for a scalar that has none.
    pub fn size(&self) -> Option<usize> {
        match self {
            Self::Null => Some(0),
            Self::Text(text) => Some(text.chars().count()),
            Self::Array(Json::Array(items)) => Some(items.len()),
            Self::Object(Json::Object(map)) => Some(map.len()),
            Self::List(items) => Some(items.len()),
            Self::Map(entries) => Some(entries.len()),
            _ => None,
        }
    }
}

/// An iteration over the elements of a value.
#[derive(Debug)]
pub struct Elements<'a>(Source<'a>);

#[derive(Debug)]
enum Source<'a> {
    Document(std::slice::Iter<'a, Json>),
    Keys(serde_json::map::Keys<'a>),
    Made(Rc<Vec<Value<'a>>>, usize),
}

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        match &mut self.0 {
            Source::Document(items) => items.next().map(Value::from),
            Source::Keys(keys) => keys.next().map(|key| Value::text(key.as_str())),
            Source::Made(items, next) => {
                let value = items.get(*next).cloned();
                *next += 1;
                value
            }
        }
    }
}

impl fmt::Display for Value<'_> {
    /// The value as messages show it: null as `not set`, elements joined by `, `, objects as JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("not set"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Double(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::Array(_) | Self::List(_) => {
                for (index, element) in self.elements().into_iter().flatten().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{element}")?;
                }
                Ok(())
            }
            Self::Object(_) | Self::Map(_) => write!(f, "{}", self.to_json()),
        }
    }
}
