//! Bodies as they are written in `bodies/`: JSON with placeholders in angle brackets and choices.
//!
//! | written | becomes |
//! | --- | --- |
//! | `"<name>"` | what the scene knows under this name, of any kind; the member is left out when it knows nothing |
//! | `"https://<name>.vault.azure.net/"` | text; left out as a whole when a part is not known |
//! | `{$pick: [[80, a], [15, b], [5]]}` | one of these, by weight; without a value the member is left out |
//! | `{$yes: 70}` | true in 70 of 100 cases, else false |
//! | `{$maybe: [30, a]}` | `a` in 30 of 100 cases, else left out |
//! | `{$number: [1, 9]}` | a whole number |
//! | `{$repeat: [0, 3, a]}` | a list of up to three, in which `<i>` counts from 0 |
//! | `{$by: [what, {x: a, y: b}]}` | what stands under the scene's own value of `what`, else left out |

use serde_json::{Map, Value};

use super::random::Random;

/// What a template is filled from.
pub(super) trait Scene {
    /// The numbers that choices are made with.
    fn random(&mut self) -> &mut Random;
    /// The value of a placeholder: its name, and what follows it after a space.
    fn look_up(&mut self, name: &str, argument: &str) -> Option<Value>;
    /// The place within a list that is being repeated.
    fn repeating(&mut self, place: usize);
    /// True for the first document of its form: each choice takes what stands first, so that whatever hangs on it is
    /// there in the smallest tenant.
    fn is_first(&self) -> bool;
}

/// A part of a text.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Text(String),
    Name { name: String, argument: String },
}

/// A body that can be filled in.
#[derive(Debug, Clone)]
pub(super) enum Template {
    Fixed(Value),
    Text(Vec<Part>),
    Items(Vec<Template>),
    Members(Vec<(String, Template)>),
    Pick(u32, Vec<(u32, Option<Template>)>),
    Number(u32, u32),
    Repeat(u32, u32, Box<Template>),
    By(String, Vec<(String, Template)>),
}

impl Template {
    /// Reads a template; the error says what is written wrongly.
    pub(super) fn compile(value: &Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Ok(text_of(text)),
            Value::Array(items) => {
                let items: Result<Vec<Self>, String> = items.iter().map(Self::compile).collect();
                items.map(Self::Items)
            }
            Value::Object(members) => match members.iter().next() {
                Some((name, argument)) if members.len() == 1 && name.starts_with('$') => {
                    choice(name, argument).ok_or_else(|| format!("{name} cannot be {argument}"))?
                }
                _ => members_of(members).map(Self::Members),
            },
            plain => Ok(Self::Fixed(plain.clone())),
        }
    }

    /// Fills the template in; `None` when the member is to be left out.
    pub(super) fn fill(&self, scene: &mut impl Scene) -> Option<Value> {
        match self {
            Self::Fixed(value) => Some(value.clone()),
            Self::Text(parts) => fill_text(parts, scene),
            Self::Items(items) => Some(Value::Array(
                items.iter().filter_map(|item| item.fill(scene)).collect(),
            )),
            Self::Members(members) => {
                let mut filled = Map::with_capacity(members.len());
                for (name, member) in members {
                    if let Some(value) = member.fill(scene) {
                        filled.insert(name.clone(), value);
                    }
                }
                Some(Value::Object(filled))
            }
            Self::Pick(total, choices) => pick(*total, choices, scene)?.fill(scene),
            Self::Number(first, last) => Some(Value::from(scene.random().between(*first, *last))),
            Self::Repeat(first, last, item) => {
                let count = scene.random().between(*first, *last) as usize;
                let mut items = Vec::with_capacity(count);
                for place in 0..count {
                    scene.repeating(place);
                    items.extend(item.fill(scene));
                }
                Some(Value::Array(items))
            }
            Self::By(what, cases) => {
                let have = scene.look_up(what, "")?;
                let have = have.as_str()?;
                let case = cases.iter().find(|(name, _)| name == have);
                case?.1.fill(scene)
            }
        }
    }
}

fn members_of(members: &Map<String, Value>) -> Result<Vec<(String, Template)>, String> {
    let compiled = members.iter().map(|(name, member)| {
        let member = Template::compile(member).map_err(|error| format!("{name}: {error}"))?;
        Ok((name.clone(), member))
    });
    compiled.collect()
}

/// A choice; `None` when its argument has another form, and the inner error when a template within it is wrong.
fn choice(name: &str, argument: &Value) -> Option<Result<Template, String>> {
    let whole = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    let items = argument.as_array().map(Vec::as_slice).unwrap_or_default();
    match (name, items) {
        ("$yes", []) => {
            let yes = whole(argument).filter(|yes| *yes <= 100)?;
            let fixed = |value| Some(Template::Fixed(Value::Bool(value)));
            let choices = vec![(yes, fixed(true)), (100 - yes, fixed(false))];
            Some(Ok(Template::Pick(100, choices)))
        }
        ("$maybe", [share, value]) => {
            let share = whole(share).filter(|share| *share <= 100)?;
            let value = Template::compile(value);
            Some(
                value.map(|value| {
                    Template::Pick(100, vec![(share, Some(value)), (100 - share, None)])
                }),
            )
        }
        ("$number", [first, last]) => Some(Ok(Template::Number(whole(first)?, whole(last)?))),
        ("$repeat", [first, last, item]) => {
            let (first, last) = (whole(first)?, whole(last)?);
            let item = Template::compile(item);
            Some(item.map(|item| Template::Repeat(first, last, Box::new(item))))
        }
        ("$by", [Value::String(what), Value::Object(cases)]) => {
            Some(members_of(cases).map(|cases| Template::By(what.clone(), cases)))
        }
        ("$pick", [_, ..]) => {
            let mut choices = Vec::with_capacity(items.len());
            for item in items {
                let item = item.as_array()?;
                let weight = whole(item.first()?)?;
                let value = match item.get(1).map(Template::compile) {
                    None => None,
                    Some(Ok(value)) => Some(value),
                    Some(Err(error)) => return Some(Err(error)),
                };
                choices.push((weight, value));
            }
            let total = choices.iter().map(|(weight, _)| weight).sum();
            Some(Ok(Template::Pick(total, choices)))
        }
        _ => None,
    }
}

fn pick<'a>(
    total: u32,
    choices: &'a [(u32, Option<Template>)],
    scene: &mut impl Scene,
) -> Option<&'a Template> {
    if scene.is_first() {
        return choices.first().and_then(|(_, choice)| choice.as_ref());
    }
    let mut drawn = scene.random().between(0, total.saturating_sub(1));
    for (weight, choice) in choices {
        if drawn < *weight {
            return choice.as_ref();
        }
        drawn -= weight;
    }
    None
}

fn text_of(text: &str) -> Template {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        let Some((inside, behind)) = after.split_once('>') else {
            break;
        };
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        let (name, argument) = inside.split_once(' ').unwrap_or((inside, ""));
        parts.push(Part::Name {
            name: name.to_owned(),
            argument: argument.to_owned(),
        });
        rest = behind;
    }
    if parts.is_empty() {
        return Template::Fixed(Value::String(text.to_owned()));
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Template::Text(parts)
}

fn fill_text(parts: &[Part], scene: &mut impl Scene) -> Option<Value> {
    if let [Part::Name { name, argument }] = parts {
        return scene.look_up(name, argument);
    }
    let mut text = String::with_capacity(64);
    for part in parts {
        match part {
            Part::Text(fixed) => text.push_str(fixed),
            Part::Name { name, argument } => match scene.look_up(name, argument)? {
                Value::String(found) => text.push_str(&found),
                other => text.push_str(&other.to_string()),
            },
        }
    }
    Some(Value::String(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Fixed(Random, usize, bool);

    impl Scene for Fixed {
        fn random(&mut self) -> &mut Random {
            &mut self.0
        }
        fn look_up(&mut self, name: &str, argument: &str) -> Option<Value> {
            match name {
                "name" => Some(json!("app-one")),
                "list" => Some(json!([1, 2])),
                "echo" => Some(json!(argument)),
                "i" => Some(json!(self.1)),
                _ => None,
            }
        }
        fn repeating(&mut self, place: usize) {
            self.1 = place;
        }
        fn is_first(&self) -> bool {
            self.2
        }
    }

    fn fill(value: Value) -> Option<Value> {
        let template = Template::compile(&value).unwrap();
        template.fill(&mut Fixed(Random::of(1, "test", 0), 0, false))
    }

    #[test]
    fn placeholders_are_filled_and_unknown_ones_leave_the_member_out() {
        let filled = fill(
            json!({"a": "<name>", "b": "<list>", "c": "x-<name>-<i>", "d": "<none>",
            "e": "x-<none>", "f": "<echo A.B/c d>", "g": "a < b"}),
        );
        assert_eq!(
            filled,
            Some(
                json!({"a": "app-one", "b": [1, 2], "c": "x-app-one-0", "f": "A.B/c d", "g": "a < b"})
            )
        );
    }

    #[test]
    fn choices_are_made_by_weight() {
        assert_eq!(
            fill(json!({"$pick": [[0, "a"], [1, "b"]]})),
            Some(json!("b"))
        );
        assert_eq!(fill(json!({"x": {"$pick": [[1]]}})), Some(json!({})));
        assert_eq!(fill(json!({"$yes": 100})), Some(json!(true)));
        assert_eq!(fill(json!({"$yes": 0})), Some(json!(false)));
        assert_eq!(
            fill(json!([{"$maybe": [0, 1]}, {"$maybe": [100, 2]}])),
            Some(json!([2]))
        );
        assert_eq!(fill(json!({"$number": [4, 4]})), Some(json!(4)));
    }

    #[test]
    fn the_first_document_takes_what_stands_first() {
        let value = json!({"a": {"$pick": [[1, "x"], [99, "y"]]}, "b": {"$maybe": [1, "z"]}, "c": {"$yes": 0}});
        let template = Template::compile(&value).unwrap();
        let filled = template.fill(&mut Fixed(Random::of(1, "test", 0), 0, true));
        assert_eq!(filled, Some(json!({"a": "x", "b": "z", "c": true})));
    }

    #[test]
    fn repeated_items_know_their_place() {
        let list = json!({"$repeat": [3, 3, "n<i>"]});
        assert_eq!(fill(list), Some(json!(["n0", "n1", "n2"])));
    }

    #[test]
    fn a_case_is_chosen_by_what_the_scene_knows() {
        let by = |cases: Value| fill(json!({"$by": ["name", cases]}));
        assert_eq!(
            by(json!({"app-one": {"a": 1}, "other": 2})),
            Some(json!({"a": 1}))
        );
        assert_eq!(by(json!({"other": 2})), None);
    }

    #[test]
    fn a_choice_of_another_form_is_refused() {
        for wrong in [
            json!({"a": {"$yes": "often"}}),
            json!({"$yes": 101}),
            json!({"$often": 3}),
            json!({"$pick": []}),
            json!([{"$maybe": [30]}]),
            json!({"$pick": [[1, {"$maybe": []}]]}),
        ] {
            assert!(Template::compile(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn null_is_written_and_not_left_out() {
        assert_eq!(fill(json!({"a": null})), Some(json!({"a": null})));
    }
}
