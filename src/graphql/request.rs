//! Reads a GraphQL request out of an HTTP request (GraphQL over HTTP, draft, sections 4 and 5).
//!
//! Strict on purpose: one JSON object by POST, or a query in the address by GET. Form posts, multipart and
//! `text/plain` are refused, because a browser sends those across sites without asking first; batches are refused,
//! because they multiply every limit. Not here: what the document may contain (`limits`).

use async_graphql::{Request, Value, Variables};
use poem::http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Map, Value as Json};

use super::codes::{Code, Refusal};
use crate::documents;

/// Bytes of a body, document and variables together.
pub const BODY_BYTES: usize = 256 * 1024;

/// The parameter that names a registered document (GraphQL over HTTP, draft appendix "Persisted Documents").
pub const DOCUMENT_ID: &str = "documentId";

/// Refuses a POST that is not plain JSON in UTF-8.
///
/// # Errors
/// 415 with what to send instead.
pub fn check_content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let refused = |message: &str| {
        Err(Refusal::envelope(Code::BadRequest, message).with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE))
    };
    let Some(given) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return refused("Send the request as `Content-Type: application/json`.");
    };
    let mut parts = given.split(';').map(str::trim);
    if !parts.next().unwrap_or_default().eq_ignore_ascii_case("application/json") {
        return refused(
            "Only `Content-Type: application/json` is taken. Forms, multipart and text/plain are not; \
             files are uploaded to the address a mutation returns.",
        );
    }
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    });
    if charset.is_some_and(|charset| {
        !charset.eq_ignore_ascii_case("utf-8") && !charset.eq_ignore_ascii_case("utf8")
    }) {
        return refused("JSON is taken in UTF-8 only.");
    }
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return refused("Compressed request bodies are not taken: send the JSON as it is.");
    }
    Ok(())
}

/// The request in the body of a POST.
///
/// # Errors
/// 400 with the parameter that is wrong.
pub fn from_body(body: &[u8]) -> Result<Request, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(bad("The body is empty. Send a JSON object with a `query`."));
    }
    let json = serde_json::from_slice(body).map_err(|error| {
        bad(format!("The body is not valid JSON (line {}, column {}).", error.line(), error.column()))
    })?;
    match json {
        Json::Object(parameters) => from_parameters(parameters),
        Json::Array(_) => Err(bad("Batches are not taken: send one JSON object per request.")),
        _ => Err(bad("The body is not a JSON object with a `query`.")),
    }
}

/// The request in the parameters of an address, for GET.
///
/// # Errors
/// 400 with the parameter that is wrong.
pub fn from_address(pairs: Vec<(String, String)>) -> Result<Request, Refusal> {
    let mut parameters = Map::new();
    for (name, value) in pairs {
        let parsed = match name.as_str() {
            "query" | "operationName" | DOCUMENT_ID => Json::String(value),
            "variables" | "extensions" if value.is_empty() => Json::Null,
            "variables" | "extensions" => serde_json::from_str(&value)
                .map_err(|_| bad(format!("`{name}` in the address is not valid JSON.")))?,
            _ => continue,
        };
        if parameters.contains_key(&name) {
            return Err(bad(format!("`{name}` is given twice in the address.")));
        }
        parameters.insert(name, parsed);
    }
    from_parameters(parameters)
}

/// The request in a parsed JSON object; also the payload of a socket's `subscribe`.
///
/// # Errors
/// 400 with the parameter that is wrong.
pub fn from_parameters(mut parameters: Map<String, Json>) -> Result<Request, Refusal> {
    let registered = document_id(&mut parameters)?;
    let query = match (parameters.remove("query"), &registered) {
        (Some(Json::String(query)), None) => query,
        (Some(Json::Null) | None, Some(_)) => String::new(),
        (_, Some(_)) => return Err(bad("Send `query` or `documentId`, not both.")),
        (Some(Json::Null) | None, None) => {
            return Err(bad("`query` is missing: send the document as a string."));
        }
        (Some(_), None) => return Err(bad("`query` must be a string.")),
    };
    let mut request = Request::new(query);
    if let Some(id) = registered {
        request.extensions.insert(DOCUMENT_ID.to_owned(), Value::String(id));
    }
    request.operation_name = match parameters.remove("operationName") {
        None | Some(Json::Null) => None,
        Some(Json::String(name)) if name.is_empty() => None,
        Some(Json::String(name)) => Some(name),
        Some(_) => return Err(bad("`operationName` must be a string or null.")),
    };
    request.variables = match parameters.remove("variables") {
        None | Some(Json::Null) => Variables::default(),
        Some(Json::Object(values)) => variables(values)?,
        Some(_) => return Err(bad("`variables` must be an object or null.")),
    };
    match parameters.remove("extensions") {
        // Taken and not used: no extension of ours is driven by the client.
        None | Some(Json::Null | Json::Object(_)) => Ok(request),
        Some(_) => Err(bad("`extensions` must be an object or null.")),
    }
}

/// The number of a registered document, if the request names one instead of a text.
fn document_id(parameters: &mut Map<String, Json>) -> Result<Option<String>, Refusal> {
    let given = match parameters.remove(DOCUMENT_ID) {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::String(given)) => given,
        Some(_) => return Err(bad("`documentId` must be a string.")),
    };
    let number = documents::parse(&given);
    number.map(Some).ok_or_else(|| {
        bad("`documentId` must be `sha256:` and the 64 hexadecimal digits of the document's SHA-256.")
    })
}

/// Keys inside an input object are names too; `Value::from_json` would drop all variables over one bad key.
fn variables(values: Map<String, Json>) -> Result<Variables, Refusal> {
    let value = Value::from_json(Json::Object(values))
        .map_err(|_| bad("`variables` holds something that is not a GraphQL value."))?;
    Ok(Variables::from_value(value))
}

/// Only queries may come by GET: links and images are followed without asking.
///
/// # Errors
/// 405 for a mutation or subscription.
pub fn check_method(
    method: &Method,
    operation: async_graphql::parser::types::OperationType,
) -> Result<(), Refusal> {
    use async_graphql::parser::types::OperationType;
    if *method == Method::GET && operation != OperationType::Query {
        return Err(bad(format!("A {operation} cannot be sent by GET: use POST."))
            .with_status(StatusCode::METHOD_NOT_ALLOWED));
    }
    Ok(())
}

fn bad(message: impl Into<String>) -> Refusal {
    Refusal::envelope(Code::BadRequest, message)
}
