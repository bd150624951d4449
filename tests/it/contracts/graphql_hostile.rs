//! Documents written to stop the server: each is refused quickly, with a code, before the schema sees it.

use std::time::{Duration, Instant};

use async_graphql::{Request, Variables};
use atelier::graphql::codes::{Code, Refusal};
use serde_json::json;

use super::graphql_toy::{ToyServer, client, rules};

/// Ten milliseconds as shipped; the parser built without optimisation needs more.
const QUICK: Duration = Duration::from_millis(if cfg!(debug_assertions) { 250 } else { 10 });

fn weigh(document: &str, variables: serde_json::Value) -> Result<u64, Refusal> {
    let mut request = Request::new(document).variables(Variables::from_json(variables));
    rules().weigh(&mut request).map(|weight| weight.cost)
}

fn repeated(times: usize, part: impl Fn(usize) -> String) -> String {
    (0..times).map(part).collect()
}

fn doubling(leaf: &str) -> String {
    let fragments = repeated(31, |n| format!("fragment F{n} on Query {{ ...F{} ...F{} }} ", n + 1, n + 1));
    format!("{{ ...F0 }} {fragments} fragment F31 on Query {{ {leaf} }}")
}

/// Each document with the code it is refused with.
fn hostile() -> Vec<(&'static str, String, Code)> {
    let nested = |open: &str, close: &str, n: usize| open.repeat(n) + &close.repeat(n);
    let deep =
        format!("{{ course {{ {} id {} }} }}", "related(first: 1) { nodes { ".repeat(12), "} }".repeat(12));
    vec![
        ("31 doublings", doubling("fast"), Code::QueryTooComplex),
        ("31 doublings of an unknown fragment", doubling("...Nobody"), Code::QueryTooComplex),
        (
            "31 doublings nobody spreads",
            doubling("fast").replacen("{ ...F0 }", "{ fast }", 1),
            Code::QueryTooComplex,
        ),
        ("a fragment in itself", "{ ...A } fragment A on Query { ...A }".into(), Code::ValidationFailed),
        (
            "two fragments in each other",
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A fast }".into(),
            Code::ValidationFailed,
        ),
        ("50,000 braces", nested("{", "}", 50_000), Code::LimitExceeded),
        ("10,000 levels within the size limit", nested("{a", "}", 10_000), Code::QueryTooComplex),
        ("nested lists", format!("{{ echo(text: {}) }}", nested("[", "]", 15_000)), Code::QueryTooComplex),
        (
            "nested lists behind a string that never ends",
            format!("{{ echo(text: [\"\"\"a\" {}", "[".repeat(20_000)),
            Code::ParseFailed,
        ),
        (
            "100,000 aliases",
            format!("{{ {} }}", repeated(100_000, |n| format!("a{n}: fast "))),
            Code::LimitExceeded,
        ),
        (
            "31 aliases",
            format!("{{ course {{ {} }} }}", repeated(31, |n| format!("a{n}: id "))),
            Code::QueryTooComplex,
        ),
        ("21 root fields", format!("{{ {} }}", "fast ".repeat(21)), Code::QueryTooComplex),
        ("13 levels", deep, Code::QueryTooComplex),
        ("1,001 fields", format!("{{ course {{ {} }} }}", "id ".repeat(1_001)), Code::QueryTooComplex),
        ("2,001 tokens", format!("{{ course {{ {} }} }}", "id ".repeat(2_001)), Code::LimitExceeded),
        (
            "6 mutations",
            format!("mutation {{ {} }}", "rename(title: \"x\") ".repeat(6)),
            Code::QueryTooComplex,
        ),
        (
            "guessing by aliases",
            "mutation { a: authSignIn(password: \"1\") b: authSignIn(password: \"2\") }".into(),
            Code::QueryTooComplex,
        ),
        (
            "sign-in hidden in a fragment beside another mutation",
            "mutation { ...F rename(title: \"x\") } fragment F on Mutation { authSignIn(password: \"1\") }"
                .into(),
            Code::QueryTooComplex,
        ),
        (
            "101 fragments",
            format!("{{ fast }} {}", repeated(101, |n| format!("fragment F{n} on Query {{ fast }} "))),
            Code::LimitExceeded,
        ),
        ("11 operations", repeated(11, |n| format!("query Q{n} {{ fast }} ")), Code::LimitExceeded),
        ("9 directives", format!("{{ fast {} }}", "@include(if: true) ".repeat(9)), Code::LimitExceeded),
        (
            "a list of 101",
            format!("{{ nodes(ids: [{}]) {{ id }} }}", "\"a\" ".repeat(101)),
            Code::LimitExceeded,
        ),
        (
            "a list of 20,000 zeros in one word",
            format!("{{ nodes(ids: [{}]) {{ id }} }}", "0".repeat(20_000)),
            Code::LimitExceeded,
        ),
        ("33 KiB", format!("{{ fast }} # {}", "x".repeat(33 * 1024)), Code::LimitExceeded),
        (
            "the schema inside the schema",
            "{ __schema { types { fields { type { fields { name } } } } } }".into(),
            Code::QueryTooComplex,
        ),
        (
            "introspection 17 levels deep",
            format!("{{ __schema {{ types {{ {} name {} }} }} }}", "ofType {".repeat(15), "}".repeat(15)),
            Code::QueryTooComplex,
        ),
    ]
}

#[test]
fn every_hostile_document_is_refused_with_its_code_and_quickly() {
    let rules = rules();
    for (name, document, code) in hostile() {
        // The best of three, since other tests share the processor.
        let (mut best, mut outcome) = (Duration::MAX, None);
        for _ in 0..3 {
            let mut request = Request::new(document.clone());
            let started = Instant::now();
            outcome = Some(rules.weigh(&mut request));
            best = best.min(started.elapsed());
        }
        let refusal = outcome.expect("weighed").expect_err(name);
        assert_eq!(refusal.code, code, "{name}: {}", refusal.message);
        assert!(best < QUICK, "{name} took {best:?}");
    }
}

#[tokio::test]
async fn the_server_answers_others_while_it_refuses_them() {
    let server = ToyServer::start().await;
    let client = client();
    for (name, document, code) in hostile() {
        let started = Instant::now();
        let request = client
            .post(server.url())
            .header("accept", "application/graphql-response+json")
            .json(&json!({ "query": document }));
        let response = request.timeout(Duration::from_secs(5)).send().await.expect(name);
        let status = response.status().as_u16();
        let body: serde_json::Value = response.json().await.expect("JSON");
        if status != 413 {
            assert_eq!(body["errors"][0]["extensions"]["code"], code.as_str(), "{name}: {body}");
        }
        assert!((400..500).contains(&status), "{name}: {status}");
        assert!(started.elapsed() < Duration::from_secs(2), "{name} took {:?}", started.elapsed());
    }
    let after = client.post(server.url()).json(&json!({ "query": "{ fast }" })).send().await.expect("alive");
    assert_eq!(after.status(), 200);
}

#[test]
fn costs_follow_the_general_rule() {
    let costs = [
        ("{ fast }", 0),
        ("{ course { id title } }", 1),
        ("{ course { author { id } } }", 2),
        // A bounded list: 1 + assumed size x item.
        ("{ course { prices { id } } }", 1 + 1 + 2),
        // A connection: 2 + page x item, with the page from the document, the default, or clamped.
        ("{ courses(first: 3) { nodes { id } } }", 2 + 3),
        ("{ courses { nodes { id } } }", 2 + 20),
        ("{ courses(first: -5) { nodes { id } } }", 2 + 1),
        ("{ courses(first: 2147483647) { nodes { id } } }", 2 + 100),
        ("{ courses(first: 3) { totalCount nodes { author { id } } } }", 2 + 5 + 3 * 2),
        ("{ courses(first: 3) { ...Page } } fragment Page on CourseConnection { nodes { id } }", 2 + 3),
        ("{ courses(first: 2) { nodes { related(first: 3) { nodes { id } } } } }", 2 + 2 * (1 + 2 + 3)),
        // A union: its dearest member, not their sum.
        ("{ content { ... on Author { id } ... on Video { id } } }", 1),
        ("{ nodes(ids: [\"a\", \"b\"]) { id } }", 1 + 2),
    ];
    for (document, cost) in costs {
        assert_eq!(weigh(document, json!({})), Ok(cost), "{document}");
    }
}

#[test]
fn the_page_size_is_read_through_variables_and_their_defaults() {
    let document = "query($n: Int = 4) { courses(first: $n) { nodes { id } } }";
    assert_eq!(weigh(document, json!({})), Ok(6));
    assert_eq!(weigh(document, json!({ "n": 10 })), Ok(12));
    assert_eq!(weigh(document, json!({ "n": 1e300 })), Ok(2 + 100));
}

#[test]
fn a_long_list_in_variables_is_refused_at_any_depth() {
    let refused = weigh("query($v: [ID!]) { fast }", json!({ "v": { "a": { "b": vec![0; 101] } } }));
    assert_eq!(refused.expect_err("too long").code, Code::LimitExceeded);
}

#[test]
fn the_budget_depends_on_who_asks_not_on_the_document() {
    let document = "{ courses(first: 100) { nodes { related(first: 10) { nodes { id } } } } }";
    assert_eq!(weigh(document, json!({})), Ok(2 + 100 * (1 + 2 + 10)));
}

#[test]
fn the_standard_introspection_query_passes() {
    let cost = weigh(INTROSPECTION, json!({})).expect("GraphiQL and generators send it");
    assert!(cost <= 1_000, "{cost}");
}

/// As graphql-js 16 sends it.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind }
  subscriptionType { name kind } types { ...FullType }
  directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description specifiedByURL isOneOf
  fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef }
    isDeprecated deprecationReason }
  inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";
