//! What Stripe hosts for a buyer to keep: the receipt of a charge and the page of an invoice.
//!
//! A receipt shows how the charge is now, so it tells of what went back too
//! (<https://docs.stripe.com/receipts>). Nobody signs in: the address is the secret, as at Stripe.

use poem::Response;
use poem::handler;
use poem::http::StatusCode;
use poem::web::{Data, Path};
use serde_json::Value;

use super::{escape, message, page};
use crate::stripe::StripeSandbox;
use crate::stripe::amounts::money;
use crate::stripe::objects::text;

#[handler]
pub(super) fn receipt(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>) -> Response {
    let charge = sandbox.object(&id).filter(|found| found["object"] == "charge" && found["paid"] == true);
    let Some(charge) = charge else { return unknown() };
    let card = &charge["payment_method_details"]["card"];
    let mut rows = vec![
        ("For", text(&charge, "description").to_owned()),
        ("Paid", amount(&charge, "amount_captured")),
        ("Number", text(&charge, "id").to_owned()),
    ];
    if card.is_object() {
        rows.push(("With", format!("{} •••• {}", text(card, "brand"), text(card, "last4"))));
    }
    if charge["amount_refunded"].as_i64().unwrap_or_default() > 0 {
        rows.push(("Given back", amount(&charge, "amount_refunded")));
    }
    paper("Receipt", &rows)
}

#[handler]
pub(super) fn invoice(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>) -> Response {
    let invoice =
        sandbox.object(&id).filter(|found| found["object"] == "invoice" && found["status"] != "draft");
    let Some(invoice) = invoice else { return unknown() };
    let rows = [
        ("For", text(&invoice["lines"]["data"][0], "description").to_owned()),
        ("Asked for", amount(&invoice, "amount_due")),
        ("Paid", amount(&invoice, "amount_paid")),
        ("Number", text(&invoice, "id").to_owned()),
    ];
    paper("Invoice", &rows)
}

fn amount(object: &Value, field: &str) -> String {
    money(object[field].as_i64().unwrap_or_default(), text(object, "currency"))
}

fn paper(title: &str, rows: &[(&str, String)]) -> Response {
    let shown = rows.iter().filter(|(_, what)| !what.is_empty());
    let rows: String =
        shown.map(|(name, what)| format!("<tr><td>{name}</td><td>{}</td></tr>", escape(what))).collect();
    page(StatusCode::OK, title, &format!("<h1>{title}</h1><table>{rows}</table>"))
}

fn unknown() -> Response {
    message(StatusCode::NOT_FOUND, "No such page", "This address is neither a receipt nor an invoice.")
}
