//! GraphQL over HTTP as clients meet it: methods, media types, statuses, codes, masking, deadlines.

use std::time::Duration;

use atelier::{
    graphql::socket::SocketLimits,
    http::limits::{ConnectionLimits, HttpLimits},
};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::graphql_toy::{ToyServer, client};

const GRAPHQL: &str = "application/graphql-response+json";

struct Answer {
    status: StatusCode,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Answer {
    fn code(&self) -> &Value {
        &self.body["errors"][0]["extensions"]["code"]
    }

    #[track_caller]
    fn is_refused(&self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.code()), (status, &json!(code)), "{}", self.body);
        assert!(self.body.get("data").is_none(), "nothing ran, so there is no data: {}", self.body);
        assert!(self.body["errors"][0]["extensions"]["requestId"].is_string(), "{}", self.body);
        assert!(self.body["extensions"]["cost"]["limit"].is_number(), "{}", self.body);
    }
}

async fn send(request: RequestBuilder) -> Answer {
    let response = request.timeout(Duration::from_secs(20)).send().await.expect("an answer");
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.expect("a body");
    let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("JSON, not {text:?}"));
    Answer { status, headers, body }
}

async fn post(server: &ToyServer, body: Value) -> Answer {
    send(client().post(server.url()).header("accept", GRAPHQL).json(&body)).await
}

async fn query(server: &ToyServer, document: &str) -> Answer {
    post(server, json!({ "query": document })).await
}

#[tokio::test]
async fn a_query_by_post_answers_with_data_and_cost() {
    let server = ToyServer::start().await;
    let answer = query(&server, "{ fast course { id author { name } } }").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/graphql-response+json; charset=utf-8");
    assert_eq!(answer.headers["cache-control"], "private, no-store");
    assert!(answer.headers.contains_key("x-request-id"));
    assert_eq!(
        answer.body,
        json!({
            "data": { "fast": 2, "course": { "id": "crs_1", "author": { "name": "Ines" } } },
            "extensions": { "cost": { "requested": 2, "limit": 1000, "remaining": 998 } },
        })
    );
}

#[tokio::test]
async fn a_query_by_get_runs_and_a_mutation_by_get_does_not() {
    let server = ToyServer::start().await;
    let get =
        |document: &str| client().get(server.url()).query(&[("query", document)]).header("accept", GRAPHQL);
    assert_eq!(send(get("{ fast }")).await.body["data"], json!({ "fast": 2 }));
    let with_variables =
        get("query($t: String!) { echo(text: $t) }").query(&[("variables", r#"{"t":"a&b"}"#)]);
    assert_eq!(send(with_variables).await.body["data"], json!({ "echo": "a&b" }));

    let refused = send(get(r#"mutation { rename(title: "x") }"#)).await;
    refused.is_refused(405, "BAD_REQUEST");
    assert!(refused.headers["allow"].to_str().expect("text").contains("POST"));
    let named = get("query A { fast } mutation B { rename(title: \"x\") }").query(&[("operationName", "B")]);
    send(named).await.is_refused(405, "BAD_REQUEST");
    send(get("subscription { count(to: 1) }")).await.is_refused(405, "BAD_REQUEST");
    send(client().get(server.url()).header("accept", GRAPHQL)).await.is_refused(400, "BAD_REQUEST");
    send(client().put(server.url()).header("accept", GRAPHQL)).await.is_refused(405, "BAD_REQUEST");
}

#[tokio::test]
async fn what_a_browser_sends_across_sites_without_asking_is_refused() {
    let server = ToyServer::start().await;
    let body = json!({ "query": r#"mutation { rename(title: "x") }"# }).to_string();
    let types = [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/graphql"),
        Some("text/plain, application/json"),
        Some("application/json; charset=utf-16"),
    ];
    for content_type in types {
        let mut request = client().post(server.url()).header("accept", GRAPHQL).body(body.clone());
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        send(request).await.is_refused(415, "BAD_REQUEST");
    }
}

#[tokio::test]
async fn batches_and_malformed_parameters_are_told_apart() {
    let server = ToyServer::start().await;
    let batch = post(&server, json!([{ "query": "{ fast }" }, { "query": "{ fast }" }])).await;
    batch.is_refused(400, "BAD_REQUEST");
    assert!(batch.body["errors"][0]["message"].as_str().expect("text").contains("Batches"));
    for body in [
        json!({}),
        json!({ "query": 1 }),
        json!({ "query": "{ fast }", "variables": [] }),
        json!({ "query": "{ fast }", "operationName": 1 }),
        json!({ "query": "{ fast }", "extensions": "x" }),
        json!("query"),
    ] {
        post(&server, body).await.is_refused(400, "BAD_REQUEST");
    }
}

#[tokio::test]
async fn the_legacy_media_type_answers_200_to_a_well_formed_request_and_its_default_is_json() {
    let server = ToyServer::start().await;
    for accept in [None, Some("*/*"), Some("application/json"), Some("text/html, application/json;q=0.9")] {
        let mut request = client().post(server.url()).json(&json!({ "query": "{ nope }" }));
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        let answer = send(request).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (200, &json!("VALIDATION_FAILED")));
        assert!(answer.headers["content-type"].to_str().expect("text").starts_with("application/json"));
        assert!(answer.body.get("data").is_none());
    }
    let html =
        client().post(server.url()).header("accept", "text/html").json(&json!({ "query": "{ fast }" }));
    send(html).await.is_refused(406, "BAD_REQUEST");
    let both = format!("{GRAPHQL}, application/json");
    let both = client().post(server.url()).header("accept", both).json(&json!({ "query": "{ nope }" }));
    send(both).await.is_refused(422, "VALIDATION_FAILED");
}

#[tokio::test]
async fn refusals_of_the_document_have_their_codes() {
    let server = ToyServer::start().await;
    query(&server, "{ fast").await.is_refused(400, "PARSE_FAILED");
    query(&server, "{ nope }").await.is_refused(422, "VALIDATION_FAILED");
    query(&server, "fragment F on Query { fast }").await.is_refused(422, "VALIDATION_FAILED");
    query(&server, "query A { fast } query B { fast }").await.is_refused(400, "BAD_REQUEST");
    query(&server, "query($d: NaiveDate!) { on(day: $d) }").await.is_refused(400, "BAD_REQUEST");
    query(&server, "subscription { count(to: 1) }").await.is_refused(400, "BAD_REQUEST");
}

#[tokio::test]
async fn a_syntax_error_names_the_place_and_does_not_repeat_the_source() {
    let server = ToyServer::start().await;
    let answer = query(&server, "mutation { authSignIn(password: \"hunter2\" }").await;
    answer.is_refused(400, "PARSE_FAILED");
    assert!(!answer.body.to_string().contains("hunter2"), "{}", answer.body);
    assert_eq!(answer.body["errors"][0]["locations"][0]["line"], 1);
}

#[tokio::test]
async fn a_fault_is_masked_and_a_refusal_is_not() {
    let server = ToyServer::start().await;
    let answer = query(&server, "{ databaseDown untyped forbidden fast }").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body["data"],
        json!({ "databaseDown": null, "untyped": null, "forbidden": null, "fast": 2 })
    );
    let codes: Vec<_> =
        answer.body["errors"].as_array().expect("errors").iter().map(|e| &e["extensions"]["code"]).collect();
    assert_eq!(codes, ["INTERNAL", "INTERNAL", "FORBIDDEN"]);
    let text = answer.body.to_string();
    assert!(!text.contains("hunter2") && !text.contains("secrets"), "{text}");
    assert_eq!(answer.body["errors"][0]["path"], json!(["databaseDown"]));

    let bad_value = query(&server, r#"{ on(day: "nope") }"#).await;
    assert_eq!(bad_value.code(), "VALIDATION_FAILED");
}

#[tokio::test]
async fn a_panic_is_an_answer_too() {
    let server = ToyServer::start().await;
    query(&server, "{ bug(divisor: 0) }").await.is_refused(500, "INTERNAL");
    assert_eq!(query(&server, "{ fast }").await.status, 200);
}

#[tokio::test]
async fn a_query_past_its_deadline_is_told_so() {
    let limits = HttpLimits { deadline: Duration::from_millis(50), ..HttpLimits::default() };
    let server = ToyServer::start_with(limits, SocketLimits::default(), ConnectionLimits::default()).await;
    query(&server, "{ slow }").await.is_refused(504, "TIMEOUT");
}

#[tokio::test]
async fn tokens_are_checked_before_anything_runs() {
    let server = ToyServer::start().await;
    let with = |authorization: &str| {
        let body = json!({ "query": "{ fast }" });
        client().post(server.url()).header("authorization", authorization).json(&body)
    };
    let good = send(with("Bearer good")).await;
    assert_eq!(good.body["extensions"]["cost"]["limit"], 1500);
    for wrong in ["Bearer stolen", "Basic Z29vZA==", "good", "Bearer "] {
        let refused = send(with(wrong)).await;
        refused.is_refused(401, "UNAUTHENTICATED");
        assert_eq!(refused.headers["www-authenticate"], "Bearer");
    }
    send(with("Bearer banned")).await.is_refused(403, "FORBIDDEN");
    let limited = send(with("Bearer good").header("x-be-limited", "1")).await;
    limited.is_refused(429, "RATE_LIMITED");
    assert_eq!(limited.headers["retry-after"], "30");
    assert_eq!(limited.body["errors"][0]["extensions"]["retryAfterSeconds"], 30);
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused_while_it_comes_in() {
    let server = ToyServer::start().await;
    let big = "x".repeat(300 * 1024);
    post(&server, json!({ "query": "{ fast }", "variables": { "v": big } }))
        .await
        .is_refused(413, "LIMIT_EXCEEDED");

    let endless = futures_util::stream::iter((0..300).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1024])));
    let chunked = client()
        .post(server.url())
        .header("content-type", "application/json")
        .body(reqwest::Body::wrap_stream(endless));
    assert_eq!(send(chunked).await.status, 413);
    let ten_megabytes = "x".repeat(10 * 1024 * 1024);
    post(&server, json!({ "query": "{ fast }", "variables": { "v": ten_megabytes } }))
        .await
        .is_refused(413, "LIMIT_EXCEEDED");
}
