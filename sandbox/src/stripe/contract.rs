//! The contract check: every request, answer and event against Stripe's own description.
//!
//! It keeps true that the sandbox can neither accept what Stripe would refuse nor say what Stripe would not say:
//! a request that breaks the description is answered as Stripe answers it *and* recorded, an answer or event of
//! ours that breaks it is recorded. Behaviour a schema cannot express lies with the operations themselves.

use std::sync::{Mutex, PoisonError};

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::error::StripeError;
use super::form;
use super::spec::{Operation, Spec, spec};

/// Every breach of the contract seen so far, in words.
#[derive(Default)]
pub(crate) struct Violations(Mutex<Vec<String>>);

impl Violations {
    /// Notes a breach, in the log as well as for the tests.
    pub fn record(&self, breach: String) {
        tracing::error!(%breach, "the Stripe contract was broken");
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(breach);
    }

    /// What was noted so far.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Types and checks the parameters of a request.
///
/// # Errors
/// What Stripe answers to the first parameter at fault; nothing is executed then.
pub(crate) fn admit(operation: &Operation, raw: Value) -> Result<Value, StripeError> {
    let parameters = form::coerce(spec().schema(&operation.request), raw)?;
    let validator = spec().validator(&operation.request);
    if let Some(error) = validator.iter_errors(&parameters).next() {
        return Err(refusal(&error));
    }
    metadata_limits(&parameters, "")?;
    Ok(parameters)
}

/// Checks an answer of ours against the operation's schema; a breach in words, if there is one.
pub(crate) fn check_answer(operation: &Operation, status: u16, body: &Value) -> Option<String> {
    let pointer = if status == 200 { operation.response.clone() } else { Spec::object_pointer("error") };
    let breach = first_error(&pointer, body).or_else(|| unknown_member(body));
    breach.map(|error| format!("answer {status} of {} {}: {error}", operation.method, operation.path))
}

/// Checks an object (its type is in its `object` member) against its schema, and that no member is invented.
pub(crate) fn check_object(value: &Value) -> Option<String> {
    let object = value["object"].as_str()?;
    let breach = first_error(&Spec::object_pointer(object), value).or_else(|| unknown_member(value));
    breach.map(|error| format!("{object} {}: {error}", value["id"]))
}

fn first_error(pointer: &str, value: &Value) -> Option<String> {
    let validator = spec().validator(pointer);
    let error = validator.iter_errors(value).next()?;
    Some(format!("{} at {}", error, error.instance_path()))
}

fn unknown_member(value: &Value) -> Option<String> {
    if value["object"] == "list" {
        return value["data"].as_array()?.iter().find_map(unknown_member);
    }
    let known =
        spec().schema(&Spec::object_pointer(value["object"].as_str()?)).get("properties")?.as_object()?;
    let invented = value.as_object()?.keys().find(|name| !known.contains_key(*name))?;
    Some(format!("member {invented} is not in the description"))
}

/// Stripe's words for a parameter that does not fit.
fn refusal(error: &ValidationError<'_>) -> StripeError {
    let at = bracketed(error.instance_path().as_str());
    let given = error.instance();
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let param = if at.is_empty() { name.to_owned() } else { format!("{at}[{name}]") };
            StripeError::invalid(format!("Missing required param: {param}."))
                .code("parameter_missing")
                .param(&param)
        }
        ValidationErrorKind::Enum { options } => {
            let allowed: Vec<&str> =
                options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let message = format!("Invalid {at}: must be one of {}", allowed.join(", "));
            StripeError::invalid(message).param(&at)
        }
        ValidationErrorKind::MaxLength { limit } => {
            let message = format!("Invalid string: {at} must be at most {limit} characters");
            StripeError::invalid(message).code("parameter_invalid_string").param(&at)
        }
        ValidationErrorKind::Type { .. } if given.is_string() => {
            let message = format!("Invalid value for {at}: {}", given.as_str().unwrap_or_default());
            StripeError::invalid(message).code("parameter_invalid_integer").param(&at)
        }
        _ => StripeError::invalid(format!("Invalid {at}: {error}")).param(&at),
    }
}

/// `/line_items/0/quantity` as Stripe writes it: `line_items[0][quantity]`.
fn bracketed(pointer: &str) -> String {
    let mut parts = pointer.split('/').skip(1);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(&format!("[{part}]"));
    }
    text
}

/// At most 50 keys of 40 characters with values of 500: <https://docs.stripe.com/api/metadata>.
fn metadata_limits(parameters: &Value, at: &str) -> Result<(), StripeError> {
    let Some(members) = parameters.as_object() else { return Ok(()) };
    for (name, value) in members {
        let place = if at.is_empty() { name.clone() } else { format!("{at}[{name}]") };
        match value.as_object() {
            Some(metadata) if name == "metadata" => {
                if metadata.len() > 50 {
                    let message = "Metadata can have at most 50 keys.";
                    return Err(StripeError::invalid(message).param(&place));
                }
                for (key, text) in metadata {
                    metadata_entry(&place, key, text.as_str().unwrap_or_default())?;
                }
            }
            Some(_) => metadata_limits(value, &place)?,
            None => {
                for item in value.as_array().into_iter().flatten() {
                    metadata_limits(item, &place)?;
                }
            }
        }
    }
    Ok(())
}

fn metadata_entry(place: &str, key: &str, value: &str) -> Result<(), StripeError> {
    if key.chars().count() > 40 {
        let message = format!("Metadata keys must be at most 40 characters: {key}");
        return Err(StripeError::invalid(message).param(place));
    }
    if value.chars().count() > 500 {
        let message = format!("Metadata values must be at most 500 characters: {key}");
        return Err(StripeError::invalid(message).param(&format!("{place}[{key}]")));
    }
    Ok(())
}
