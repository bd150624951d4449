//! Products and prices: what a membership costs, made once and named by its id afterwards.
//!
//! It keeps true that a price never changes its amount, currency or interval, and that only an active price can be
//! sold (<https://docs.stripe.com/products-prices/how-products-and-prices-work>). Tiers, metered use, several
//! currencies of one price and default prices are not simulated.

use serde_json::{Value, json};

use super::error::StripeError;
use super::events::{emit, emit_change};
use super::intents::{not_simulated, only_simulated};
use super::objects::{build, leave_out, members, merge_metadata, overlay, text};
use super::tx::Tx;

const FOR_PRODUCT: &[&str] = &["name", "description", "metadata", "active", "expand", "tax_code"];
const FOR_PRICE: &[&str] = &[
    "active",
    "currency",
    "expand",
    "metadata",
    "nickname",
    "product",
    "product_data",
    "recurring",
    "tax_behavior",
    "unit_amount",
];

/// `POST /v1/products`.
pub(crate) fn create_product(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, FOR_PRODUCT)?;
    Ok(make_product(tx, params))
}

fn make_product(tx: &mut Tx<'_>, params: &Value) -> Value {
    let id = tx.id("prod_", 14);
    let or_null = |name: &str| params.get(name).cloned().unwrap_or(Value::Null);
    let product = build(
        "product",
        json!({
            "id": id, "name": params["name"], "active": params["active"] != false, "created": tx.now,
            "updated": tx.now, "default_price": null, "description": or_null("description"), "livemode": false,
            "metadata": members(&params["metadata"]), "package_dimensions": null, "tax_code": or_null("tax_code"),
        }),
    );
    tx.save(&product);
    emit(tx, "product.created", &product);
    product
}

/// `POST /v1/products/{id}`: its words, its metadata, and whether it is sold.
pub(crate) fn update_product(tx: &mut Tx<'_>, id: &str, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, FOR_PRODUCT)?;
    let before = tx.load("product", id, "id")?;
    let mut product = before.clone();
    for name in ["name", "description", "active"] {
        if let Some(value) = params.get(name) {
            product[name] = value.clone();
        }
    }
    if let Some(metadata) = params.get("metadata") {
        product["metadata"] = merge_metadata(&product["metadata"], metadata);
    }
    product["updated"] = tx.now.into();
    tx.save(&product);
    emit_change(tx, "product.updated", &product, super::customers::changed(&before, &product));
    Ok(product)
}

/// `POST /v1/prices`, with a product of its own or for one that is there.
pub(crate) fn create(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, FOR_PRICE)?;
    let unit = params["unit_amount"].as_i64().ok_or_else(|| missing("unit_amount"))?;
    if unit < 0 {
        let message = "Invalid non-negative integer";
        return Err(StripeError::invalid(message).code("parameter_invalid_integer").param("unit_amount"));
    }
    if params["recurring"]["usage_type"] == "metered" {
        return Err(not_simulated("recurring[usage_type]"));
    }
    let product = product_of(tx, params)?;
    let id = tx.id("price_1", 23);
    let price = object(tx, &id, params, unit, &product);
    tx.save(&price);
    emit(tx, "price.created", &price);
    Ok(price)
}

fn product_of(tx: &mut Tx<'_>, params: &Value) -> Result<String, StripeError> {
    match (params["product"].as_str(), params.get("product_data")) {
        (Some(id), None) => tx.load("product", id, "product").map(|product| text(&product, "id").to_owned()),
        (None, Some(data)) => Ok(text(&make_product(tx, data), "id").to_owned()),
        (None, None) => Err(missing("product")),
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: product, product_data.";
            Err(StripeError::invalid(message).param("product_data"))
        }
    }
}

fn object(tx: &Tx<'_>, id: &str, params: &Value, unit: i64, product: &str) -> Value {
    let recurring = params["recurring"].is_object().then(|| {
        json!({
            "interval": params["recurring"]["interval"],
            "interval_count": params["recurring"]["interval_count"].as_i64().unwrap_or(1),
            "meter": null, "usage_type": "licensed",
        })
    });
    let mut price = build(
        "price",
        json!({
            "id": id, "active": params["active"] != false, "billing_scheme": "per_unit", "created": tx.now,
            "currency": text(params, "currency").to_lowercase(), "custom_unit_amount": null, "livemode": false,
            "lookup_key": null, "metadata": members(&params["metadata"]),
            "nickname": params.get("nickname").cloned().unwrap_or(Value::Null), "product": product,
            "tax_behavior": params["tax_behavior"].as_str().unwrap_or("unspecified"),
            "type": if recurring.is_some() { "recurring" } else { "one_time" },
            "transform_quantity": null, "unit_amount": unit, "unit_amount_decimal": unit.to_string(),
        }),
    );
    overlay(&mut price, json!({ "recurring": recurring }));
    leave_out(&mut price, &["tiers", "currency_options"]);
    price
}

/// `POST /v1/prices/{price}`: metadata, nickname, and whether it is sold; never what it costs.
pub(crate) fn update(tx: &mut Tx<'_>, id: &str, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, &["active", "metadata", "nickname", "expand"])?;
    let before = tx.load("price", id, "price")?;
    let mut price = before.clone();
    for name in ["active", "nickname"] {
        if let Some(value) = params.get(name) {
            price[name] = value.clone();
        }
    }
    if let Some(metadata) = params.get("metadata") {
        price["metadata"] = merge_metadata(&price["metadata"], metadata);
    }
    tx.save(&price);
    emit_change(tx, "price.updated", &price, super::customers::changed(&before, &price));
    Ok(price)
}

/// A price that can be sold now.
///
/// # Errors
/// That there is none, or that it is withdrawn.
pub(crate) fn active(tx: &Tx<'_>, id: &str, param: &str) -> Result<Value, StripeError> {
    let price = tx.load("price", id, param)?;
    if price["active"] == true {
        return Ok(price);
    }
    let message = format!("The price specified is inactive. This field only accepts active prices. ({id})");
    Err(StripeError::invalid(message).param(param))
}

fn missing(name: &str) -> StripeError {
    StripeError::invalid(format!("Missing required param: {name}.")).code("parameter_missing").param(name)
}
