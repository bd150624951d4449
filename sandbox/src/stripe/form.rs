//! Reading form-encoded parameters the way Stripe does: nested brackets first, then types by the schema.
//!
//! A form knows only text; whether `quantity=2` is a number is said by Stripe's description. The walk that gives
//! every value its type also refuses every name the description does not know, at any depth: Stripe's file
//! closes only the outermost object, Stripe's servers close them all.

use serde_json::{Map, Value};

use super::error::StripeError;
use super::spec::spec;

/// Stripe's parameters nest four or five deep; this is far above and still bounds the work.
const DEEPEST: usize = 16;

/// Decodes a body or a query string into nested objects of text.
pub(crate) fn decode(text: &str) -> Result<Value, StripeError> {
    let config = serde_qs::Config::new().max_depth(DEEPEST).use_form_encoding(true);
    let map: Map<String, Value> = config
        .deserialize_str(text)
        .map_err(|error| StripeError::invalid(format!("Invalid request body: {error}")))?;
    Ok(Value::Object(map))
}

/// Gives the decoded parameters the types their schema asks for and refuses unknown names.
pub(crate) fn coerce(schema: &'static Value, value: Value) -> Result<Value, StripeError> {
    typed(schema, value, "")
}

fn typed(schema: &'static Value, value: Value, at: &str) -> Result<Value, StripeError> {
    let schema = spec().resolve(schema);
    if let Some(branches) = schema.get("anyOf").and_then(Value::as_array) {
        return any_of(branches, value, at);
    }
    match schema["type"].as_str().unwrap_or_default() {
        "object" => object(schema, value, at),
        "array" => array(schema, value, at),
        kind => Ok(scalar(kind, value)),
    }
}

/// The first branch that takes the value without complaint and yields the type it names.
fn any_of(branches: &'static [Value], value: Value, at: &str) -> Result<Value, StripeError> {
    let mut complaint = None;
    for branch in branches {
        match typed(branch, value.clone(), at) {
            Ok(found) if fits(spec().resolve(branch), &found) => return Ok(found),
            Ok(_) => {}
            Err(error) => complaint = Some(error),
        }
    }
    match complaint {
        Some(error) if value.is_object() => Err(error),
        _ => Ok(value),
    }
}

fn fits(schema: &Value, value: &Value) -> bool {
    let right_type = match schema["type"].as_str().unwrap_or_default() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        _ => true,
    };
    right_type && schema["enum"].as_array().is_none_or(|allowed| allowed.contains(value))
}

fn object(schema: &'static Value, value: Value, at: &str) -> Result<Value, StripeError> {
    let Value::Object(given) = value else { return Ok(value) };
    let mut result = Map::new();
    for (name, inner) in given {
        let place = if at.is_empty() { name.clone() } else { format!("{at}[{name}]") };
        let known = schema.get("properties").and_then(|all| all.get(&name));
        let open = schema.get("additionalProperties").filter(|any| any.is_object());
        let Some(inner_schema) = known.or(open) else { return Err(unknown(&place)) };
        result.insert(name, typed(inner_schema, inner, &place)?);
    }
    Ok(Value::Object(result))
}

fn unknown(place: &str) -> StripeError {
    StripeError::invalid(format!("Received unknown parameter: {place}"))
        .code("parameter_unknown")
        .param(place)
}

fn array(schema: &'static Value, value: Value, at: &str) -> Result<Value, StripeError> {
    let items = match value {
        Value::Array(items) => items,
        Value::Object(indexed) => in_order(indexed),
        other => return Ok(other),
    };
    let Some(inner) = schema.get("items") else { return Ok(Value::Array(items)) };
    let typed_items: Result<Vec<Value>, StripeError> = items
        .into_iter()
        .enumerate()
        .map(|(index, item)| typed(inner, item, &format!("{at}[{index}]")))
        .collect();
    Ok(Value::Array(typed_items?))
}

/// `a[0]=x&a[1]=y` arrives as a map of positions; `a[]=x` as a map with one empty name.
fn in_order(indexed: Map<String, Value>) -> Vec<Value> {
    let mut entries: Vec<(usize, Value)> = indexed
        .into_iter()
        .map(|(position, value)| (position.parse().unwrap_or(usize::MAX), value))
        .collect();
    entries.sort_by_key(|(position, _)| *position);
    entries
        .into_iter()
        .flat_map(|(position, value)| match value {
            Value::Array(items) if position == usize::MAX => items,
            one => vec![one],
        })
        .collect()
}

/// Text that is not of its type stays text, so that the schema check can say what is wrong with it.
fn scalar(kind: &str, value: Value) -> Value {
    let Value::String(text) = &value else { return value };
    match kind {
        "integer" => text.parse::<i64>().map_or(value.clone(), Value::from),
        "number" => {
            text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map_or(value, Value::Number)
        }
        "boolean" => text.parse::<bool>().map_or(value.clone(), Value::Bool),
        _ => value,
    }
}
