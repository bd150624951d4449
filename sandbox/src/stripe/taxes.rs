//! Stripe Tax: what of an amount is tax in a country, the note of a taxable sale, and its reversal.
//!
//! It keeps true what <https://docs.stripe.com/tax/custom> promises: a calculation holds for 90 days and is turned into
//! a transaction once; references are unique; reversals name the transaction, are negative and never come to more than
//! it. The rates are a small table of standard rates, enough to tell countries apart; no registrations, no exemptions,
//! no other tax codes.

use serde_json::{Value, json};

use super::error::StripeError;
use super::intents::only_simulated;
use super::objects::{build, leave_out, list, members, overlay, text};
use super::tx::Tx;

/// Standard rates in hundredths of a percent; everywhere else nothing is collected.
const RATES: [(&str, i64); 12] = [
    ("AT", 2000),
    ("BE", 2100),
    ("CH", 810),
    ("DE", 1900),
    ("ES", 2100),
    ("FR", 2000),
    ("GB", 2000),
    ("IE", 2300),
    ("IT", 2200),
    ("NL", 2100),
    ("PL", 2300),
    ("SE", 2500),
];
/// General electronically supplied services, what an account begins with.
const TAX_CODE: &str = "txcd_10000000";
/// How long a calculation can be turned into a transaction.
const LIFE: i64 = 90 * 24 * 3600;

/// `POST /v1/tax/calculations`.
pub(crate) fn calculate(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, &["currency", "customer_details", "expand", "line_items"])?;
    let address = &params["customer_details"]["address"];
    let country = text(address, "country");
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let message = "Missing required param: customer_details[address][country].";
        return Err(StripeError::invalid(message).code("customer_tax_location_invalid"));
    }
    let rate = RATES.iter().find(|(name, _)| *name == country).map(|(_, rate)| *rate);
    let lines = params["line_items"].as_array().cloned().unwrap_or_default();
    let items: Vec<Value> =
        (1..).zip(&lines).map(|(place, line)| item(tx, place, line, rate.unwrap_or(0))).collect();
    let id = tx.id("taxcalc_1", 23);
    let sum = |inclusive: bool, part: &str| -> i64 {
        let behaves = if inclusive { "inclusive" } else { "exclusive" };
        let items = items.iter().filter(|item| item["tax_behavior"] == behaves);
        items.filter_map(|item| item[part].as_i64()).sum()
    };
    let (inside, on_top) = (sum(true, "amount_tax"), sum(false, "amount_tax"));
    let calculation = build(
        "tax.calculation",
        json!({
            "id": id, "currency": text(params, "currency").to_lowercase(), "customer": null,
            "customer_details": customer(address), "expires_at": tx.now + LIFE, "tax_date": tx.now,
            "ship_from_details": null, "shipping_cost": null,
            "amount_total": sum(true, "amount") + sum(false, "amount") + on_top,
            "tax_amount_inclusive": inside, "tax_amount_exclusive": on_top,
            "tax_breakdown": [breakdown(country, rate, inside + on_top, sum(true, "amount") - inside + sum(false, "amount"))],
            "line_items": list(&format!("/v1/tax/calculations/{id}/line_items"), items, false),
        }),
    );
    tx.save(&calculation);
    Ok(shown(calculation, params))
}

/// The lines are shown to who asks for them with `expand[]`.
fn shown(mut value: Value, params: &Value) -> Value {
    let wanted =
        params["expand"].as_array().is_some_and(|paths| paths.iter().any(|path| path == "line_items"));
    if !wanted {
        leave_out(&mut value, &["line_items"]);
    }
    value
}

fn item(tx: &mut Tx<'_>, place: usize, line: &Value, rate: i64) -> Value {
    let amount = line["amount"].as_i64().unwrap_or_default();
    let behaves = line["tax_behavior"].as_str().unwrap_or("exclusive");
    let tax = if behaves == "inclusive" {
        half_up(amount * rate, 10_000 + rate)
    } else {
        half_up(amount * rate, 10_000)
    };
    let reference = line["reference"].as_str().map_or_else(|| format!("L{place}"), str::to_owned);
    json!({
        "id": tx.id("tax_li_", 14), "object": "tax.calculation_line_item", "amount": amount, "amount_tax": tax,
        "livemode": false, "metadata": null, "product": null, "quantity": line["quantity"].as_i64().unwrap_or(1),
        "reference": reference, "tax_behavior": behaves, "tax_code": TAX_CODE,
    })
}

fn half_up(part: i64, whole: i64) -> i64 {
    (part * 2 + whole).div_euclid(whole * 2)
}

fn customer(address: &Value) -> Value {
    let member = |name: &str| address.get(name).cloned().unwrap_or_default();
    json!({
        "address": {
            "city": member("city"), "country": member("country"), "line1": member("line1"), "line2": member("line2"),
            "postal_code": member("postal_code"), "state": member("state"),
        },
        "address_source": "billing", "ip_address": null, "tax_ids": [], "taxability_override": "none",
    })
}

fn breakdown(country: &str, rate: Option<i64>, tax: i64, taxable: i64) -> Value {
    let percent = rate.unwrap_or(0);
    json!({
        "amount": tax, "inclusive": true, "taxable_amount": if rate.is_some() { taxable } else { 0 },
        "taxability_reason": if rate.is_some() { "standard_rated" } else { "not_collecting" },
        "tax_rate_details": {
            "country": country, "state": null, "percentage_decimal": format!("{}.{:02}", percent / 100, percent % 100),
            "tax_type": "vat", "flat_amount": null, "rate_type": "percentage",
        },
    })
}

/// `POST /v1/tax/transactions/create_from_calculation`.
pub(crate) fn record(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, &["calculation", "expand", "metadata", "posted_at", "reference"])?;
    let calculation = tx.load("tax.calculation", text(params, "calculation"), "calculation")?;
    if calculation["expires_at"].as_i64().is_some_and(|end| end <= tx.now) {
        let message = "The tax calculation has expired and cannot be used to create a transaction.";
        return Err(StripeError::invalid(message).param("calculation"));
    }
    let items = calculation["line_items"]["data"].as_array().cloned().unwrap_or_default();
    let items = items.into_iter().map(|mut item| {
        item["object"] = "tax.transaction_line_item".into();
        item["type"] = "transaction".into();
        item["reversal"] = Value::Null;
        item
    });
    let state = json!({
        "currency": calculation["currency"], "customer_details": calculation["customer_details"],
        "tax_date": calculation["tax_date"], "type": "transaction", "reversal": null,
    });
    note(tx, params, state, items.collect())
}

/// `POST /v1/tax/transactions/create_reversal`: a flat amount, tax included, or all of it.
pub(crate) fn reverse(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(
        params,
        &["expand", "flat_amount", "metadata", "mode", "original_transaction", "reference"],
    )?;
    let original =
        tx.load("tax.transaction", text(params, "original_transaction"), "original_transaction")?;
    if original["type"] == "reversal" {
        return Err(StripeError::invalid("A reversal cannot be reversed.").param("original_transaction"));
    }
    let (whole, tax) = totals(&original);
    let earlier = |part: &str| -> i64 {
        let reversals = tx.store.rows("tax.transaction");
        let of_this = reversals.filter(|one| one["reversal"]["original_transaction"] == original["id"]);
        of_this.filter_map(|one| one["line_items"]["data"][0][part].as_i64()).sum::<i64>().abs()
    };
    let (reversed, reversed_tax) = (earlier("amount"), earlier("amount_tax"));
    let amount = match (text(params, "mode"), params["flat_amount"].as_i64()) {
        ("full", None) if reversed == 0 => whole,
        ("partial", Some(amount)) if amount < 0 => -amount,
        _ => {
            return Err(StripeError::invalid("flat_amount must be negative, and belongs to mode partial.")
                .param("flat_amount"));
        }
    };
    if reversed + amount > whole {
        let message = format!(
            "The reversal ({amount}) is more than what is left of the transaction ({}).",
            whole - reversed
        );
        return Err(StripeError::invalid(message).param("flat_amount"));
    }
    let part = half_up(tax * (reversed + amount), whole.max(1)) - reversed_tax;
    let item = json!({
        "id": tx.id("tax_li_", 14), "object": "tax.transaction_line_item", "amount": -amount, "amount_tax": -part,
        "livemode": false, "metadata": null, "product": null, "quantity": 1, "reference": text(params, "reference"),
        "reversal": { "original_line_item": original["line_items"]["data"][0]["id"] },
        "tax_behavior": "inclusive", "tax_code": TAX_CODE, "type": "reversal",
    });
    let state = json!({
        "currency": original["currency"], "customer_details": original["customer_details"],
        "tax_date": original["tax_date"], "type": "reversal",
        "reversal": { "original_transaction": original["id"] },
    });
    note(tx, params, state, vec![item])
}

/// What a transaction comes to, and the tax within it.
fn totals(transaction: &Value) -> (i64, i64) {
    let items = transaction["line_items"]["data"].as_array().cloned().unwrap_or_default();
    let sum = |part: &str| items.iter().filter_map(|item| item[part].as_i64()).sum();
    (sum("amount"), sum("amount_tax"))
}

fn note(tx: &mut Tx<'_>, params: &Value, state: Value, items: Vec<Value>) -> Result<Value, StripeError> {
    let reference = text(params, "reference");
    if tx.store.rows("tax.transaction").any(|one| one["reference"] == reference) {
        let message = format!("The reference {reference} is already in use by another tax transaction.");
        return Err(StripeError::invalid(message).param("reference"));
    }
    let id = tx.id("tax_1", 23);
    let mut transaction = build("tax.transaction", state);
    let ours = json!({
        "id": id, "created": tx.now, "posted_at": params["posted_at"].as_i64().unwrap_or(tx.now),
        "reference": reference, "metadata": members(&params["metadata"]), "customer": null, "shipping_cost": null,
        "ship_from_details": null, "line_items": list(&format!("/v1/tax/transactions/{id}/line_items"), items, false),
    });
    overlay(&mut transaction, ours);
    tx.save(&transaction);
    Ok(shown(transaction, params))
}
