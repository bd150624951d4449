//! The lie of two faults: the same object with another amount or another currency.
//!
//! The state keeps the truth; only what is shown differs.

use serde_json::Value;

/// What is shown wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Amount,
    Currency,
}

const AMOUNTS: &[&str] = &["amount", "amount_total", "amount_subtotal", "amount_received", "amount_captured"];

/// Shows every amount one unit of 100 higher, or every currency as another one, at any depth.
pub(crate) fn alter(value: &mut Value, what: What) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members.iter_mut() {
                match (what, inner.as_i64()) {
                    (What::Amount, Some(amount)) if AMOUNTS.contains(&name.as_str()) => {
                        *inner = (amount + 100).into();
                    }
                    (What::Currency, _) if name == "currency" && inner.is_string() => {
                        *inner = if inner == "usd" { "eur" } else { "usd" }.into();
                    }
                    _ => alter(inner, what),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| alter(item, what)),
        _ => {}
    }
}
