//! What holds for any document and any expression.

use expression::{Bindings, Environment, Program};
use proptest::prelude::*;
use serde_json::Value as Json;

fn documents() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "[a-cA-C0-9ä]{0,3}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec(("[a-c]", inner), 0..4)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Expressions over `x` and `y` that parse, well typed or not.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("x".to_owned()),
        Just("y".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("'aB'".to_owned()),
        any::<i32>().prop_map(|number| number.to_string()),
        Just("9223372036854775807".to_owned()),
        Just("-0.0".to_owned()),
        Just("[]".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let binary = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "==", "!=", "<", ">=", "in", "&&", "||",
        ]);
        let quantifier = prop::sample::select(vec!["all", "exists", "exists_one", "filter", "map"]);
        let unary = prop::sample::select(vec![
            "size", "int", "double", "string", "lower", "values", "has", "join",
        ]);
        prop_oneof![
            (inner.clone(), binary, inner.clone())
                .prop_map(|(left, operator, right)| format!("({left} {operator} {right})")),
            (inner.clone(), "[a-c]").prop_map(|(owner, name)| format!("({owner}).{name}")),
            (inner.clone(), inner.clone()).prop_map(|(owner, index)| format!("({owner})[{index}]")),
            (unary, inner.clone()).prop_map(|(name, argument)| format!("{name}({argument})")),
            (inner.clone(), quantifier, inner.clone())
                .prop_map(|(range, name, body)| format!("({range}).{name}(x, {body})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}).contains({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("[{a}, {b}]")),
        ]
    })
}

fn truth(source: &str, x: &Json, y: &Json) -> Result<bool, String> {
    let mut bindings = Bindings::new();
    bindings.bind("x", x).bind("y", y);
    Program::compile(&Environment::standard(), source)
        .unwrap()
        .bool(&bindings)
        .map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn evaluation_never_panics(source in expressions(), x in documents(), y in documents()) {
        let Ok(program) = Program::compile(&Environment::standard(), &source) else {
            return Ok(());
        };
        let mut bindings = Bindings::new();
        bindings.bind("x", &x).bind("y", &y);
        if let Ok(value) = program.evaluate(&bindings) {
            let _ = value.to_string();
            let _ = value.to_json();
        }
    }

    #[test]
    fn compiling_never_panics(source in "[a-z0-9().,\\[\\]{}'\"+*/%!&|=<>?: -]{0,30}") {
        let _ = Program::compile(&Environment::standard(), &source);
    }

    #[test]
    fn a_document_equals_itself_and_equality_is_symmetric(x in documents(), y in documents()) {
        prop_assert_eq!(truth("x == x", &x, &y), Ok(true));
        prop_assert_eq!(truth("x == y", &x, &y), truth("y == x", &x, &y));
        prop_assert_eq!(truth("x != y", &x, &y), truth("!(x == y)", &x, &y));
    }

    #[test]
    fn case_never_decides(text in "[a-zA-Z0-9/äÖ]{0,8}") {
        let (upper, lower) = (Json::from(text.to_uppercase()), Json::from(text.to_lowercase()));
        for source in ["x == y", "x in [y]", "[x] == [y]", "x.contains(y)", "x.startsWith(y)", "x.endsWith(y)", "x <= y"] {
            prop_assert_eq!(truth(source, &upper, &lower), Ok(true), "{}", source);
        }
    }

    #[test]
    fn membership_is_equality_with_an_element(x in documents(), y in documents()) {
        prop_assert_eq!(truth("x in [null, y]", &x, &y), truth("x == null || x == y", &x, &y));
    }
}
