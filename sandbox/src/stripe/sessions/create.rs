//! Opening a Checkout Session: what may be asked for, the lines, the total and the hosted page's address.

use serde_json::{Value, json};

use crate::stripe::error::StripeError;
use crate::stripe::intents::{not_simulated, only_simulated};
use crate::stripe::objects::{build, leave_out, members, overlay, text};
use crate::stripe::prices;
use crate::stripe::state::notes;
use crate::stripe::tx::Tx;

use super::{recurring, saved};

/// A session lives at least 30 minutes and at most a day.
const SHORTEST: i64 = 30 * 60;
const LONGEST: i64 = 24 * 60 * 60;
/// A session made for "in 30 minutes" may reach us a moment later.
const GRACE: i64 = 30;

const SIMULATED: &[&str] = &[
    "adaptive_pricing",
    "allow_promotion_codes",
    "automatic_tax",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "consent_collection",
    "currency",
    "custom_text",
    "customer",
    "customer_creation",
    "customer_email",
    "excluded_payment_method_types",
    "expand",
    "expires_at",
    "integration_identifier",
    "invoice_creation",
    "line_items",
    "locale",
    "metadata",
    "mode",
    "origin_context",
    "payment_intent_data",
    "payment_method_collection",
    "payment_method_options",
    "payment_method_types",
    "phone_number_collection",
    "redirect_on_completion",
    "saved_payment_method_options",
    "submit_type",
    "subscription_data",
    "success_url",
    "tax_id_collection",
    "ui_mode",
];
const SIMULATED_FOR_INTENT: &[&str] = &[
    "capture_method",
    "description",
    "metadata",
    "receipt_email",
    "setup_future_usage",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
];
/// Parameters whose object the session repeats as given.
const REPEATED: &[&str] = &[
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "customer",
    "customer_creation",
    "customer_email",
    "integration_identifier",
    "locale",
    "origin_context",
    "payment_method_collection",
    "submit_type",
    "success_url",
];

/// `POST /v1/checkout/sessions`.
pub(crate) fn create(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    check(tx, params)?;
    let expires_at = expiry(params, tx.now)?;
    let lines = lines(tx, params)?;
    let recurring = params["mode"] == "subscription";
    if recurring {
        recurring::check_lines(&lines)?;
    }
    let full: i64 = lines.iter().filter_map(|line| line["amount_total"].as_i64()).sum();
    let is_trial = params["subscription_data"]["trial_period_days"].is_i64();
    let total = if is_trial { 0 } else { full };
    let currency = text(&lines[0], "currency").to_owned();
    super::super::amounts::check(full, &currency, "line_items")?;
    let id = tx.id("cs_test_", 58);
    let session = object(tx, &id, params, total, &currency, expires_at);
    let note = json!({
        "line_items": lines, "payment_intent_data": params["payment_intent_data"],
        "subscription_data": params["subscription_data"],
    });
    tx.store.put(notes::SESSION, &id, note);
    tx.save(&session);
    *tx.next_due = (*tx.next_due).min(expires_at);
    Ok(session)
}

fn check(tx: &Tx<'_>, params: &Value) -> Result<(), StripeError> {
    only_simulated(params, SIMULATED)?;
    if params["payment_intent_data"].is_object() {
        only_simulated(&params["payment_intent_data"], SIMULATED_FOR_INTENT)?;
    }
    match text(params, "mode") {
        "payment" if params.get("subscription_data").is_none() => {}
        "payment" => {
            let message = "You can not pass `subscription_data` in `payment` mode.";
            return Err(StripeError::invalid(message).param("subscription_data"));
        }
        "subscription" => recurring::check(params)?,
        _ => return Err(not_simulated("mode")),
    }
    if params["ui_mode"].as_str().is_some_and(|mode| mode != "hosted_page") {
        return Err(not_simulated("ui_mode"));
    }
    for switch in ["automatic_tax", "invoice_creation", "tax_id_collection", "adaptive_pricing"] {
        if params[switch]["enabled"] == true {
            return Err(not_simulated(switch));
        }
    }
    if params["success_url"].as_str().is_none_or(str::is_empty) {
        let message = "Missing required param: success_url.";
        return Err(StripeError::invalid(message).code("parameter_missing").param("success_url"));
    }
    for name in ["success_url", "cancel_url"] {
        address(params, name)?;
    }
    who(tx, params)
}

fn address(params: &Value, name: &str) -> Result<(), StripeError> {
    match params[name].as_str() {
        Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => {
            Err(StripeError::invalid("Not a valid URL").code("url_invalid").param(name))
        }
        _ => Ok(()),
    }
}

fn who(tx: &Tx<'_>, params: &Value) -> Result<(), StripeError> {
    if params.get("customer").is_some() && params.get("customer_email").is_some() {
        let message = "You may only specify one of these parameters: customer, customer_email.";
        return Err(StripeError::invalid(message).param("customer_email"));
    }
    if let Some(email) = params["customer_email"].as_str().filter(|email| !email.contains('@')) {
        let message = format!("Invalid email address: {email}");
        return Err(StripeError::invalid(message).code("email_invalid").param("customer_email"));
    }
    match params["customer"].as_str() {
        Some(customer) => tx.load("customer", customer, "customer").map(drop),
        None => Ok(()),
    }
}

fn expiry(params: &Value, now: i64) -> Result<i64, StripeError> {
    let asked = params["expires_at"].as_i64().unwrap_or(now + LONGEST);
    if (now + SHORTEST - GRACE..=now + LONGEST).contains(&asked) {
        return Ok(asked);
    }
    let message =
        "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.";
    Err(StripeError::invalid(message).param("expires_at"))
}

fn lines(tx: &mut Tx<'_>, params: &Value) -> Result<Vec<Value>, StripeError> {
    let asked = params["line_items"].as_array().cloned().unwrap_or_default();
    if asked.is_empty() {
        let message = "Missing required param: line_items.";
        return Err(StripeError::invalid(message).code("parameter_missing").param("line_items"));
    }
    let mut lines: Vec<Value> = Vec::with_capacity(asked.len());
    for (index, line) in asked.iter().enumerate() {
        let line = match line["price"].as_str() {
            Some(price) => priced_line(tx, line, price, (index, text(params, "mode")))?,
            None => one_line(tx, line, index)?,
        };
        if lines.first().is_some_and(|first| first["currency"] != line["currency"]) {
            let message = "All line items must have the same currency.";
            return Err(StripeError::invalid(message).param(&format!("line_items[{index}]")));
        }
        lines.push(line);
    }
    Ok(lines)
}

/// A line at a price that was made before.
fn priced_line(
    tx: &mut Tx<'_>,
    line: &Value,
    price: &str,
    (index, mode): (usize, &str),
) -> Result<Value, StripeError> {
    let param = format!("line_items[{index}][price]");
    let price = prices::active(tx, price, &param)?;
    if mode == "payment" && price["type"] == "recurring" {
        let message = "You specified `payment` mode but passed a recurring price. Either switch to `subscription` \
                       mode or use only one-time prices.";
        return Err(StripeError::invalid(message).param(&param));
    }
    let quantity = line["quantity"].as_i64().unwrap_or(1);
    let unit = price["unit_amount"].as_i64().unwrap_or_default();
    let product = tx.load("product", text(&price, "product"), "product")?;
    let id = tx.id("li_1", 23);
    Ok(line_item(&id, line, text(&product, "name"), (quantity, unit.saturating_mul(quantity)), price))
}

fn one_line(tx: &mut Tx<'_>, line: &Value, index: usize) -> Result<Value, StripeError> {
    let at = |rest: &str| format!("line_items[{index}]{rest}");
    let missing = |name: &str| {
        let message = format!("Missing required param: {}.", at(name));
        StripeError::invalid(message).code("parameter_missing").param(&at(name))
    };
    let data = &line["price_data"];
    let unit = data["unit_amount"].as_i64().ok_or_else(|| missing("[price_data][unit_amount]"))?;
    let quantity = line["quantity"].as_i64().ok_or_else(|| missing("[quantity]"))?;
    let name =
        data["product_data"]["name"].as_str().ok_or_else(|| missing("[price_data][product_data][name]"))?;
    if unit < 0 || quantity < 1 {
        let part = if unit < 0 { "[price_data][unit_amount]" } else { "[quantity]" };
        let message = "This value must be greater than or equal to 1.";
        return Err(StripeError::invalid(message).code("parameter_invalid_integer").param(&at(part)));
    }
    let amount = unit.checked_mul(quantity).ok_or_else(|| missing("[quantity]"))?;
    Ok(item(tx, line, name, (unit, quantity, amount)))
}

fn item(tx: &mut Tx<'_>, line: &Value, name: &str, (unit, quantity, amount): (i64, i64, i64)) -> Value {
    let currency = text(&line["price_data"], "currency").to_lowercase();
    let (id, price_id, product) = (tx.id("li_1", 23), tx.id("price_1", 23), tx.id("prod_", 14));
    let price = build(
        "price",
        json!({
            "id": price_id, "active": false, "created": tx.now, "currency": currency, "custom_unit_amount": null,
            "lookup_key": null, "metadata": {}, "product": product, "recurring": null, "type": "one_time",
            "tax_behavior": line["price_data"]["tax_behavior"].as_str().unwrap_or("unspecified"),
            "unit_amount": unit, "unit_amount_decimal": unit.to_string(),
        }),
    );
    line_item(&id, line, name, (quantity, amount), price)
}

fn line_item(id: &str, line: &Value, name: &str, (quantity, amount): (i64, i64), price: Value) -> Value {
    let mut item = build(
        "item",
        json!({
            "id": id, "amount_discount": 0, "amount_subtotal": amount, "amount_tax": 0, "amount_total": amount,
            "adjustable_quantity": null, "currency": price["currency"], "description": name,
            "metadata": members(&line["metadata"]), "price": price, "quantity": quantity,
        }),
    );
    leave_out(&mut item, &["discounts", "taxes"]);
    item
}

fn object(tx: &Tx<'_>, id: &str, params: &Value, total: i64, currency: &str, expires_at: i64) -> Value {
    let mut session = build(
        "checkout.session",
        json!({
            "id": id, "url": format!("{}/pay/{id}", tx.settings.public_base), "created": tx.now,
            "expires_at": expires_at, "currency": currency, "amount_subtotal": total, "amount_total": total,
            "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
            "mode": params["mode"], "status": "open", "payment_status": "unpaid", "payment_intent": null,
            "payment_method_types": ["card", "sepa_debit"], "payment_method_collection":
                if params["mode"] == "subscription" { "always" } else { "if_required" },
            "customer_creation":
                if params.get("customer").is_some() || params["mode"] == "subscription" { Value::Null }
                else { "if_required".into() },
            "subscription": null, "invoice": null,
            "metadata": members(&params["metadata"]), "ui_mode": "hosted_page",
            "adaptive_pricing": { "enabled": false }, "after_expiration": null, "collected_information": null,
            "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
            "consent": null, "consent_collection": null, "currency_conversion": null, "customer_details": null,
            "custom_text": { "after_submit": null, "shipping_address": null, "submit": null,
                             "terms_of_service_acceptance": null },
            "discounts": [], "invoice_creation": null, "managed_payments": null,
            "payment_method_configuration_details": null, "permissions": null,
            "saved_payment_method_options": saved::options(params), "shipping_address_collection": null, "shipping_cost": null,
            "wallet_options": null, "recovered_from": null,
        }),
    );
    repeat(&mut session, params);
    session
}

fn repeat(session: &mut Value, params: &Value) {
    for name in REPEATED {
        if let Some(value) = params.get(*name) {
            session[*name] = value.clone();
        }
    }
    for name in ["payment_method_types", "excluded_payment_method_types"] {
        if let Some(value) = params.get(name) {
            overlay(session, json!({ name: value }));
        }
    }
    if let Some(email) = session["customer_email"].as_str().map(str::to_owned) {
        session["customer_details"] = json!({
            "address": null, "business_name": null, "email": email, "individual_name": null, "name": null,
            "phone": null, "tax_exempt": "none", "tax_ids": null,
        });
    }
}
