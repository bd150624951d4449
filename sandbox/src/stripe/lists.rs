//! Reading: lists with their filters and pages, and `expand[]`.
//!
//! Lists are newest first, pages go by the id of an object (<https://docs.stripe.com/api/pagination>); expansion
//! is at most four deep (<https://docs.stripe.com/api/expanding_objects>).

use serde_json::Value;

use super::balance;
use super::error::StripeError;
use super::objects::list;
use super::sessions;
use super::tx::Tx;

const DEFAULT_PAGE: i64 = 10;
const LARGEST_PAGE: i64 = 100;
const DEEPEST: usize = 4;

/// A page of the objects of a type that pass a filter.
pub(crate) fn page(
    tx: &Tx<'_>,
    object: &str,
    url: &str,
    params: &Value,
    keep: impl Fn(&Value) -> bool,
) -> Result<Value, StripeError> {
    let limit = params["limit"].as_i64().unwrap_or(DEFAULT_PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        let message = "Invalid limit: must be between 1 and 100.";
        return Err(StripeError::invalid(message).code("parameter_invalid_integer").param("limit"));
    }
    let limit = limit as usize;
    let matching: Vec<&Value> = tx
        .store
        .rows(object)
        .rev()
        .filter(|value| in_time(value, &params["created"]) && keep(value))
        .collect();
    let position = |name: &str| -> Result<Option<usize>, StripeError> {
        let Some(id) = params[name].as_str() else { return Ok(None) };
        let found = matching.iter().position(|value| value["id"] == id);
        found.map(Some).ok_or_else(|| StripeError::missing(object, id, name))
    };
    let (from, to) = match (position("starting_after")?, position("ending_before")?) {
        (Some(after), _) => (after + 1, (after + 1 + limit).min(matching.len())),
        (None, Some(before)) => (before.saturating_sub(limit), before),
        (None, None) => (0, limit.min(matching.len())),
    };
    let backwards = params.get("ending_before").is_some();
    let has_more = if backwards { from > 0 } else { to < matching.len() };
    let mut data: Vec<Value> = matching[from..to].iter().map(|value| (*value).clone()).collect();
    data.iter_mut().for_each(|value| balance::as_of(tx.now, value));
    Ok(list(url, data, has_more))
}

/// Whether an object's member equals the filter of the same name, for each name given.
pub(crate) fn equal(value: &Value, params: &Value, names: &[&str]) -> bool {
    names.iter().all(|name| params.get(*name).is_none_or(|wanted| value[*name] == *wanted))
}

/// `created`: an instant, or bounds by `gt`, `gte`, `lt`, `lte`.
fn in_time(value: &Value, created: &Value) -> bool {
    let at = value["created"].as_i64().unwrap_or_default();
    if let Some(exact) = created.as_i64() {
        return at == exact;
    }
    let bound = |name: &str| created[name].as_i64();
    bound("gt").is_none_or(|bound| at > bound)
        && bound("gte").is_none_or(|bound| at >= bound)
        && bound("lt").is_none_or(|bound| at < bound)
        && bound("lte").is_none_or(|bound| at <= bound)
}

/// Replaces ids by their objects along the paths of `expand[]`.
///
/// # Errors
/// Stripe's, for a path that is too deep or cannot be expanded.
pub(crate) fn expand(tx: &Tx<'_>, answer: &mut Value, params: &Value) -> Result<(), StripeError> {
    for path in params["expand"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let steps: Vec<&str> = path.split('.').collect();
        if steps.len() > DEEPEST {
            let message =
                format!("You cannot expand more than {DEEPEST} levels of a property. Property: {path}");
            return Err(StripeError::invalid(message).param("expand"));
        }
        along(tx, answer, &steps, path)?;
    }
    Ok(())
}

fn along(tx: &Tx<'_>, value: &mut Value, steps: &[&str], path: &str) -> Result<(), StripeError> {
    let Some((step, rest)) = steps.split_first() else { return Ok(()) };
    if *step == "data" && value["object"] == "list" {
        for item in value["data"].as_array_mut().into_iter().flatten() {
            along(tx, item, rest, path)?;
        }
        return Ok(());
    }
    if *step == "line_items" && value["object"] == "checkout.session" {
        let id = value["id"].as_str().unwrap_or_default().to_owned();
        value["line_items"] = sessions::line_items(tx, &id)?;
        return Ok(());
    }
    let impossible = || {
        let message = format!("This property cannot be expanded ({path}).");
        StripeError::invalid(message).param("expand[0]")
    };
    let member = value.get_mut(*step).ok_or_else(impossible)?;
    if let Some(id) = member.as_str() {
        let mut found = tx.store.find(id).cloned().ok_or_else(impossible)?;
        balance::as_of(tx.now, &mut found);
        *member = found;
    }
    if member.is_object() { along(tx, member, rest, path) } else { Ok(()) }
}
