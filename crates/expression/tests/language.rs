//! The language's rules, one by one.

use expression::{Bindings, Environment, EvalError, Program};
use serde_json::{Value as Json, json};

fn document() -> Json {
    json!({
        "id": "/subscriptions/AB/x",
        "kind": "functionapp,Linux",
        "none": null,
        "properties": {
            "tls": "TLS1_2", "days": 90, "text": "90", "ratio": 0.5, "on": true, "off": false,
            "list": ["Admin", "User"],
            "rules": [{ "name": "a", "port": 22 }, { "name": "b", "port": null }],
            "large": 18446744073709551615_u64
        }
    })
}

fn evaluate(source: &str) -> Result<Json, String> {
    let document = document();
    let mut bindings = Bindings::new();
    bindings.bind("resource", &document);
    let program =
        Program::compile(&Environment::standard(), source).map_err(|error| error.to_string())?;
    let value = program
        .evaluate(&bindings)
        .map_err(|error| error.to_string())?;
    Ok(value.to_json().into_owned())
}

#[track_caller]
fn holds(source: &str) {
    assert_eq!(evaluate(source), Ok(json!(true)), "{source}");
}

#[track_caller]
fn fails(source: &str, message: &str) {
    let error = evaluate(source).expect_err(source);
    assert!(error.contains(message), "{source}: {error}");
}

#[test]
fn absent_is_null_at_any_depth() {
    holds("resource.nothing == null");
    holds("resource.nothing.at.all == null");
    holds("resource.none.member == null");
    holds("resource.properties.list[7] == null");
    holds("resource.properties.list[-1] == null");
    holds("resource.properties.list.member == null");
    holds("resource['kind'] == resource.kind && resource['nothing'][0] == null");
    holds("resource.properties[resource.none] == null");
    holds("has(resource.kind) && !has(resource.none) && !has(resource.a.b)");
}

#[test]
fn null_counts_as_false_where_a_truth_is_asked() {
    holds("!resource.none");
    holds("!(resource.none && true) && !(true && resource.none)");
    holds("resource.none || true");
    holds("(resource.none ? 1 : 2) == 2");
    holds("(null == true) == false && (null == false) == false");
    assert_eq!(
        Program::compile(&Environment::standard(), "null")
            .unwrap()
            .bool(&Bindings::new()),
        Ok(false)
    );
}

#[test]
fn null_has_no_elements() {
    holds("size(resource.none) == 0 && resource.none.size() == 0");
    holds("!('x' in resource.none)");
    holds("!resource.none.exists(x, true)");
    holds("resource.none.all(x, false)");
    holds("!resource.none.exists_one(x, true)");
    holds("resource.none.map(x, x) == [] && resource.none.filter(x, true) == []");
    holds(
        "!resource.none.contains('a') && !resource.none.startsWith('a') && !resource.none.endsWith('a')",
    );
    holds("!resource.none.matches('.*') && !resource.kind.contains(resource.none)");
    holds("default(resource.none, 'x') == 'x' && default(resource.kind, 'x') == resource.kind");
    holds(
        "lower(null) == null && int(null) == null && double(null) == null && string(null) == null",
    );
}

#[test]
fn null_does_not_order_or_add_up() {
    fails("resource.none < 1", "`<` does not take null");
    fails("1 >= resource.none", "`>=` does not take null");
    fails("resource.none + 1", "`+` does not take null");
    fails("-resource.none", "`-` does not take null");
}

#[test]
fn text_compares_without_case() {
    holds("resource.properties.tls == 'tls1_2' && 'tls1_2' == resource.properties.tls");
    holds("!(resource.properties.tls != 'tls1_2')");
    holds("'ADMIN' in resource.properties.list && !('guest' in resource.properties.list)");
    holds("resource.properties.tls in ['tls1_3', 'tls1_2']");
    holds("resource.kind.contains('FUNCTIONAPP') && resource.kind.endsWith('linux')");
    holds("resource.id.startsWith('/SUBSCRIPTIONS/ab/')");
    holds("'KIND' in resource");
    holds("resource.properties.list == ['admin', 'USER']");
    holds("'a' < 'B' && 'A' <= 'a'");
}

#[test]
fn case_counts_where_it_is_asked_for() {
    holds("exact(resource.properties.tls, 'TLS1_2') && !exact(resource.properties.tls, 'tls1_2')");
    holds("resource.properties.tls.matches('^TLS') && !resource.properties.tls.matches('^tls')");
    holds("resource.properties.tls.matches('(?i)^tls')");
    holds("exact(lower(resource.properties.tls), 'tls1_2')");
}

#[test]
fn numbers() {
    holds(
        "resource.properties.days >= 90 && resource.properties.days < 90.5 && 90.0 == resource.properties.days",
    );
    holds("int(resource.properties.text) == 90 && double(resource.properties.text) == 90.0");
    holds("int(1.9) == 1 && int(resource.properties.days) == 90");
    holds("resource.properties.large > 0 && 1u == 1");
    holds("7 / 2 == 3 && 7 % 2 == 1 && 7.0 / 2 == 3.5 && 2 - 3 == -1 && -(-1) == 1");
    fails("1 / 0", "no result in the range");
    fails("1 % 0", "no result in the range");
    fails("9223372036854775807 + 1", "no result in the range");
    fails("1.0 / 0.0", "no result in the range");
    fails("int('ninety')", "is no whole number");
    fails("double('inf')", "is no number");
    fails("int(1e300)", "out of range");
}

#[test]
fn lists_objects_and_texts() {
    holds("resource.properties.rules.exists(r, r.port == 22)");
    holds("!resource.properties.rules.all(r, r.port == 22)");
    holds("resource.properties.rules.exists_one(r, r.port == null)");
    holds("resource.properties.rules.map(r, r.name) == ['a', 'b']");
    holds("resource.properties.rules.map(r, r.port == 22, r.name) == ['a']");
    holds("resource.properties.rules.filter(r, r.port == 22)[0].name == 'a'");
    holds(
        "resource.properties.rules.exists(r, resource.properties.list.exists(l, l == 'user' && r.name == 'b'))",
    );
    holds("resource.exists(key, key == 'kind')");
    holds("[1] + ['a'] == [1, 'a'] && 'a' + 'b' == 'ab'");
    holds("{'a': 1, 'b': [2]} == {'b': [2.0], 'a': 1} && {'a': null} != {'b': null}");
    holds("size('Zürich') == 6 && size(resource.properties.rules[0]) == 2");
    holds("'a,b'.split(',').join('+') == 'a+b' && [1, null].join() == '1, not set'");
    holds("values(resource.properties.rules[0]) == ['a', 22]");
}

#[test]
fn values_of_the_wrong_kind_are_errors() {
    fails("!resource.kind", "`!` does not take a string");
    fails("resource.kind && true", "`&&` does not take a string");
    fails(
        "resource.kind.exists(x, true)",
        "`exists` does not take a string",
    );
    fails("'a' in 'abc'", "`in` does not take a string");
    fails(
        "resource.properties.list.contains('a')",
        "contains: does not take a list",
    );
    fails("resource[true]", "`[]` does not take a boolean");
    fails(
        "resource.properties.rules.exists(r, r.name)",
        "`exists` does not take a string",
    );
    fails("size(true)", "size: does not take a boolean");
    fails("unbound.member == 1", "`unbound` is not known here");
    fails("{1: 2}", "the key of an object does not take a number");
    fails("resource.kind < 1", "`<` does not take a string");
    fails("'a' + 1", "does not take a number");
}

#[test]
fn a_side_that_decides_outweighs_one_that_errs() {
    holds("unbound || true");
    holds("true || unbound");
    holds("!(unbound && false)");
    fails("unbound || false", "unbound");
    fails("unbound && true", "unbound");
    holds("[1, null, 3].exists(n, n > 2)");
    holds("![1, null, 0].all(n, n > 0)");
    fails("[1, null].exists(n, n > 2)", "does not take null");
    fails("[1, null].filter(n, n > 0)", "does not take null");
}

#[test]
fn work_is_bounded() {
    let list: Vec<String> = (0..300).map(|n| n.to_string()).collect();
    let list = format!("[{}]", list.join(","));
    let program = Program::compile(
        &Environment::standard(),
        &format!("{list}.all(a, {list}.all(b, {list}.all(c, {list}.all(d, true))))"),
    )
    .unwrap();
    assert!(matches!(
        program.evaluate(&Bindings::new()),
        Err(EvalError::Exhausted(_))
    ));
}

#[test]
fn what_does_not_compile() {
    fails("", "");
    fails("resource.", "");
    fails("resource.?a", "");
    fails("sise(resource)", "did you mean `size`?");
    fails("size()", "`size(value)` was called with 0 arguments");
    fails("resource.exists(1, true)", "is the name of its element");
    fails("resource.exists(x)", "a quantifier takes");
    fails(
        "resource.kind.matches(resource.id)",
        "written out as a literal",
    );
    fails("resource.kind.matches('(')", "is no regular expression");
    fails("b'x' == b'x'", "byte strings");
    fails("Some{a: 1}", "message literals");
    fails("18446744073709551615u", "too large");
    fails(&format!("{}1{}", "(1+".repeat(80), ")".repeat(80)), "");
    fails(&format!("{}true", "!-".repeat(5000)), "");
}

#[test]
fn an_error_knows_its_place() {
    let error = Program::compile(&Environment::standard(), "resource.kind ==\n  ]").unwrap_err();
    assert_eq!(error.position, Some((2, 3)));
}

#[test]
fn tells_what_it_reads() {
    let reads = |source: &str| -> Vec<String> {
        let program = Program::compile(&Environment::standard(), source).unwrap();
        program.paths().map(ToString::to_string).collect()
    };
    assert_eq!(
        reads("resource.a.b == params.x"),
        ["params.x", "resource.a.b"]
    );
    assert_eq!(
        reads("resource.rules.exists(r, r.p.q == 1)"),
        ["resource.rules", "resource.rules[].p.q"]
    );
    assert_eq!(
        reads("blob.a[0].b && blob['c'].d"),
        ["blob.a[].b", "blob.c.d"]
    );
    assert_eq!(reads("size(keys) > 0"), ["keys"]);
    assert_eq!(
        reads("resource.l.filter(x, x.a).exists(y, y.b)"),
        ["resource.l", "resource.l[].a", "resource.l[].b"]
    );
    assert_eq!(
        reads("resource.l.map(x, x.a).exists(y, y.b)"),
        ["resource.l", "resource.l[].a"]
    );
    let program = Program::compile(
        &Environment::standard(),
        "a.exists(x, x.b == c) && size(d) > 0",
    )
    .unwrap();
    assert_eq!(program.variables().collect::<Vec<_>>(), ["a", "c", "d"]);
    assert_eq!(
        program
            .paths()
            .map(|path| path.members())
            .collect::<Vec<_>>()[1],
        ["b"]
    );
}

#[test]
fn inner_names_hide_outer_ones() {
    holds("[1].exists(resource, resource == 1)");
    holds("[[1], [2]].all(x, x.all(x, x > 0))");
}
