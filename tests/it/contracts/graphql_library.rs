//! Decides which version of async-graphql we build on: what a field error does to its neighbours.
//!
//! 7.1 to 7.2 leave failed fields out of the answer and give keys in completion order; 8.0.0-rc.3 and later do not.
//! These tests must pass before the pinned version moves (docs/decisions/0002-async-graphql-version.md).

use serde_json::{Value, json};

use super::graphql_toy::schema;

async fn ask(document: &str) -> (String, Value) {
    let text = serde_json::to_string(&schema().execute(document).await).expect("an answer is JSON");
    let value = serde_json::from_str(&text).expect("an answer is JSON");
    (text, value)
}

#[tokio::test]
async fn a_failed_nullable_field_is_null_and_its_key_is_there() {
    let (_, answer) = ask("{ course { title rating id } fast }").await;
    assert_eq!(
        answer["data"],
        json!({ "course": { "title": "Glazing at home", "rating": null, "id": "crs_1" }, "fast": 2 })
    );
    assert_eq!(answer["errors"][0]["path"], json!(["course", "rating"]));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE");
}

#[tokio::test]
async fn a_nullable_field_written_the_other_way_round_takes_its_parent_along() {
    let (_, answer) = ask("{ course { title badlyWritten } fast }").await;
    assert_eq!(answer["data"], json!({ "course": null, "fast": 2 }));
}

#[tokio::test]
async fn a_failed_non_null_field_makes_its_nearest_nullable_parent_null() {
    let (_, answer) = ask("{ course { title must } fast }").await;
    assert_eq!(answer["data"], json!({ "course": null, "fast": 2 }));
    assert_eq!(answer["errors"][0]["path"], json!(["course", "must"]));
}

#[tokio::test]
async fn a_failed_non_null_field_under_non_null_parents_makes_data_null() {
    let (_, answer) = ask("{ courses(first: 1) { nodes { must } } fast }").await;
    assert_eq!(answer["data"], Value::Null);
    let path = answer["errors"][0]["path"].as_array().expect("a path");
    assert_eq!(path[..3], [json!("courses"), json!("nodes"), json!(0)]);
}

#[tokio::test]
async fn keys_come_in_the_order_of_the_document_whatever_finishes_first() {
    for _ in 0..20 {
        let (text, _) = ask("{ later fast course { title id } again: later }").await;
        assert_eq!(
            text,
            r#"{"data":{"later":3,"fast":2,"course":{"title":"Glazing at home","id":"crs_1"},"again":3}}"#
        );
    }
}

#[tokio::test]
async fn an_error_with_a_foreign_cause_keeps_it_and_a_deliberate_one_has_none() {
    let foreign = schema().execute("{ databaseDown }").await;
    assert!(foreign.errors[0].source.is_some(), "masking relies on it");
    let deliberate = schema().execute("{ forbidden }").await;
    assert!(deliberate.errors[0].source.is_none());
}

#[tokio::test]
async fn a_malformed_scalar_is_named_as_such_while_executing() {
    let response = schema().execute(r#"{ on(day: "nope") }"#).await;
    let error = &response.errors[0];
    assert!(error.source.is_none() && error.extensions.is_none());
    assert!(error.message.starts_with("Failed to parse \"NaiveDate\""), "{}", error.message);
}

#[tokio::test]
async fn introspection_that_is_switched_off_answers_null_without_an_error() {
    let request = async_graphql::Request::new("{ __schema { types { name } } }").disable_introspection();
    let answer = serde_json::to_value(schema().execute(request).await).expect("an answer is JSON");
    assert_eq!(answer["data"], json!({ "__schema": null }));
}

#[test]
fn the_sdl_it_exports_is_the_sdl_it_reads() {
    async_graphql::parser::parse_schema(schema().sdl()).expect("the weigher reads the exported SDL");
}
