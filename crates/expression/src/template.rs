//! Text with expressions in it: `Allows {{ resource.properties.minimumTlsVersion }}.`

use std::sync::Arc;

use crate::deferred::Deferred;
use crate::{Bindings, CompileError, Environment, EvalError, MemberPath, Program, Value};

/// A text with expressions between `{{` and `}}`, compiled once.
#[derive(Debug, Clone)]
pub struct Template {
    source: String,
    parts: Deferred<Vec<Part>>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Expression(Program),
}

impl Template {
    /// Compiles a template.
    ///
    /// # Errors
    ///
    /// When an expression does not compile, or a `{{` is never closed.
    pub fn compile(environment: &Environment, source: &str) -> Result<Self, CompileError> {
        Ok(Self {
            source: source.to_owned(),
            parts: Deferred::Ready(parts(environment, source)?),
        })
    }

    /// A template that is compiled when it is first used, see [`Program::deferred`].
    pub fn deferred(environment: &Arc<Environment>, source: &str) -> Self {
        Self {
            source: source.to_owned(),
            parts: Deferred::later(environment),
        }
    }

    /// The template as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text between its expressions; none when it does not compile.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        let parts = self.parts().ok().into_iter().flatten();
        parts.filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Expression(_) => None,
        })
    }

    /// The names that must be bound; none when it does not compile.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.programs().flat_map(Program::variables)
    }

    /// The member paths that its expressions read; none when it does not compile.
    pub fn paths(&self) -> impl Iterator<Item = &MemberPath> {
        self.programs().flat_map(Program::paths)
    }

    /// Writes the text. Null reads as `not set`, a list as its elements with `, ` between them.
    ///
    /// # Errors
    ///
    /// When an expression cannot be evaluated.
    pub fn render<'a>(&'a self, bindings: &Bindings<'a>) -> Result<String, EvalError> {
        self.render_with(bindings, |value| value.to_string())
    }

    /// Writes the text with values put down by `show`: for text whose reader is not a person, such
    /// as a command line that needs its values quoted.
    ///
    /// # Errors
    ///
    /// When an expression cannot be evaluated.
    pub fn render_with<'a>(
        &'a self,
        bindings: &Bindings<'a>,
        show: impl Fn(&Value<'_>) -> String,
    ) -> Result<String, EvalError> {
        let parts = self
            .parts()
            .map_err(|error| EvalError::Compile(error.clone()))?;
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Expression(program) => text.push_str(&show(&program.evaluate(bindings)?)),
            }
        }
        Ok(text)
    }

    fn programs(&self) -> impl Iterator<Item = &Program> {
        let parts = self.parts().ok().into_iter().flatten();
        parts.filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Expression(program) => Some(program),
        })
    }

    fn parts(&self) -> Result<&Vec<Part>, &CompileError> {
        self.parts
            .get(|environment| parts(environment, &self.source))
    }
}

/// Takes a template apart.
fn parts(environment: &Environment, source: &str) -> Result<Vec<Part>, CompileError> {
    let mut parts = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find("{{") {
        if start > 0 {
            parts.push(Part::Text(rest[..start].to_owned()));
        }
        let inside = &rest[start + 2..];
        let end = end_of_expression(inside)
            .ok_or_else(|| CompileError::new("`{{` is never closed by `}}`"))?;
        parts.push(Part::Expression(Program::compile(
            environment,
            inside[..end].trim(),
        )?));
        rest = &inside[end + 2..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

/// Where the `}}` is that ends an expression: not within a string, nor the braces of an object
/// literal.
fn end_of_expression(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    let mut open = 0_usize;
    for (index, character) in text.char_indices() {
        match (quote, character) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(mark), _) if mark == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '{') => open += 1,
            (None, '}') if open > 0 => open -= 1,
            (None, '}') if text[index..].starts_with("}}") => return Some(index),
            (None, _) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn render(source: &str) -> Result<String, String> {
        let document =
            json!({ "name": "kv-1", "none": null, "list": ["a", 2, null], "object": { "k": [1] } });
        let mut bindings = Bindings::new();
        bindings.bind("resource", &document);
        let template = Template::compile(&Environment::standard(), source)
            .map_err(|error| error.to_string())?;
        template
            .render(&bindings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn writes_each_kind_of_value() {
        assert_eq!(render("").as_deref(), Ok(""));
        assert_eq!(
            render("{{ resource.name }}: {{resource.none}}").as_deref(),
            Ok("kv-1: not set")
        );
        assert_eq!(
            render("[{{ resource.list }}]").as_deref(),
            Ok("[a, 2, not set]")
        );
        assert_eq!(
            render("{{ resource.object }}").as_deref(),
            Ok(r#"{"k":[1]}"#)
        );
        assert_eq!(
            render("{{ 1 + 1 }} {{ 1.5 }} {{ true }}").as_deref(),
            Ok("2 1.5 true")
        );
        assert_eq!(render("a } b }} c { d").as_deref(), Ok("a } b }} c { d"));
    }

    #[test]
    fn braces_in_strings_and_objects_do_not_end_an_expression() {
        assert_eq!(render(r#"{{ "}}" }}"#).as_deref(), Ok("}}"));
        assert_eq!(render(r#"{{ '\'}}' }}"#).as_deref(), Ok("'}}"));
        assert_eq!(render("{{ {'a': {'b': 1}}.a.b }}").as_deref(), Ok("1"));
    }

    #[test]
    fn errors_are_found_when_compiling() {
        assert!(
            render("{{ resource.name")
                .unwrap_err()
                .contains("never closed")
        );
        assert!(render("{{ 1 + }}").is_err());
        assert!(render("{{}}").is_err());
        assert!(
            render("{{ lowwer('x') }}")
                .unwrap_err()
                .contains("did you mean `lower`?")
        );
    }

    #[test]
    fn values_can_be_put_down_differently() {
        let template = Template::compile(&Environment::standard(), "az --ids {{ 'a b' }}").unwrap();
        let text = template.render_with(&Bindings::new(), |value| format!("<{value}>"));
        assert_eq!(text.as_deref(), Ok("az --ids <a b>"));
    }

    #[test]
    fn a_deferred_template_is_like_any_other() {
        let environment = Arc::new(Environment::standard());
        let document = json!({ "name": "kv-1" });
        let mut bindings = Bindings::new();
        bindings.bind("resource", &document);
        let template = Template::deferred(&environment, "<{{ resource.name }}>");
        assert_eq!(template.source(), "<{{ resource.name }}>");
        assert_eq!(template.render(&bindings).as_deref(), Ok("<kv-1>"));
        assert!(template.variables().eq(["resource"]));
        assert_eq!(template.paths().count(), 1);
        let broken = Template::deferred(&environment, "{{ 1 + }}");
        assert_eq!(broken.variables().count(), 0);
        assert!(matches!(
            broken.render(&bindings),
            Err(EvalError::Compile(_))
        ));
    }

    proptest! {
        #[test]
        fn text_without_expressions_comes_out_as_it_went_in(text in "[^{]{0,40}") {
            prop_assert_eq!(render(&text), Ok(text));
        }

        #[test]
        fn a_string_comes_out_as_it_is(text in "[a-zA-Z0-9 {}äöü-]{0,20}") {
            let source = format!("<{{{{ \"{text}\" }}}}>");
            prop_assert_eq!(render(&source), Ok(format!("<{text}>")));
        }

        #[test]
        fn nothing_panics(text in "[{}a-z'\"\\\\. ]{0,24}") {
            let _ = render(&text);
        }
    }
}
