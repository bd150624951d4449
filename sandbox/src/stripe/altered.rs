//! The lie of three faults: the same object with another amount, another currency, or without Stripe's fee.
//!
//! The state keeps the truth; only what is shown differs.

use serde_json::Value;

/// What is shown wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Amount,
    Currency,
    Fee,
}

const AMOUNTS: &[&str] = &["amount", "amount_total", "amount_subtotal", "amount_received", "amount_captured"];

/// Shows every amount 100 minor units higher, every currency as another one, or no balance transaction; at any
/// depth.
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
                    (What::Fee, _) if name == "balance_transaction" => *inner = Value::Null,
                    _ => alter(inner, what),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| alter(item, what)),
        _ => {}
    }
}
