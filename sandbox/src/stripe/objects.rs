//! How Stripe's objects come to be: an official fixture first, then our state over it.
//!
//! It keeps true that no member is invented by hand: a member exists because Stripe's own example or description
//! has it. Fixture members the description of our version no longer knows are dropped.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::spec::{Spec, spec};

static FIXTURES: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../data/stripe/fixtures3.json");
    serde_json::from_str(text).expect("the embedded fixtures are JSON")
});

/// Stripe's own example of an object type, cut to the members our version describes.
pub(crate) fn fixture(object: &str) -> Value {
    let mut members = FIXTURES["resources"][object].as_object().cloned().unwrap_or_default();
    let schema = spec().schema(&Spec::object_pointer(object));
    if let Some(known) = schema.get("properties").and_then(Value::as_object) {
        members.retain(|name, _| known.contains_key(name));
    }
    members.insert("object".into(), object.into());
    Value::Object(members)
}

/// A fixture with our state over it; a `null` of ours replaces the example's value.
pub(crate) fn build(object: &str, state: Value) -> Value {
    let mut value = fixture(object);
    overlay(&mut value, state);
    value
}

/// Replaces the members of an object by those given, the others stay.
pub(crate) fn overlay(value: &mut Value, state: Value) {
    if let (Some(members), Value::Object(state)) = (value.as_object_mut(), state) {
        members.extend(state);
    }
}

/// Leaves members out that Stripe leaves out while they mean nothing.
pub(crate) fn leave_out(value: &mut Value, names: &[&str]) {
    if let Some(members) = value.as_object_mut() {
        names.iter().for_each(|name| {
            members.remove(*name);
        });
    }
}

/// A page of a list, as Stripe wraps it.
pub(crate) fn list(url: &str, data: Vec<Value>, has_more: bool) -> Value {
    json!({ "object": "list", "url": url, "has_more": has_more, "data": data })
}

/// Text of a member, or the empty string.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// A parameter's object, or an empty one.
pub(crate) fn members(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// New metadata over old: an empty value removes its key, an empty text removes all.
/// Source: <https://docs.stripe.com/api/metadata>.
pub(crate) fn merge_metadata(old: &Value, new: &Value) -> Value {
    if new == "" {
        return json!({});
    }
    let mut merged = members(old);
    for (key, value) in members(new) {
        if value == "" {
            merged.remove(&key);
        } else {
            merged.insert(key, value);
        }
    }
    Value::Object(merged)
}
