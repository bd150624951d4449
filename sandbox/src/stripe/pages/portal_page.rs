//! The billing portal's page: what a customer pays for, a new card, and the way back.

use poem::Response;
use poem::handler;
use poem::http::StatusCode;
use poem::web::{Data, Form, Path};
use serde::Deserialize;
use serde_json::Value;

use super::{escape, fill, message, page, redirect};
use crate::stripe::StripeSandbox;
use crate::stripe::amounts::money;
use crate::stripe::cards::CardEntry;
use crate::stripe::objects::text;
use crate::stripe::portal;
use crate::stripe::tx::Caller;

const PORTAL: &str = include_str!("../templates/portal.html");

/// What the page's forms send.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PortalForm {
    action: String,
    number: String,
    expiry: String,
    cvc: String,
}

#[handler]
pub(super) fn show(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>) -> Response {
    match session(sandbox, &id) {
        Some(session) => render(sandbox, &session, None),
        None => unknown(),
    }
}

#[handler]
pub(super) fn submit(
    Data(sandbox): Data<&StripeSandbox>,
    Path(id): Path<String>,
    Form(form): Form<PortalForm>,
) -> Response {
    let Some(session) = session(sandbox, &id) else { return unknown() };
    if form.action == "leave" {
        return match session["return_url"].as_str() {
            Some(url) => redirect(url),
            None => message(StatusCode::OK, "Done", "You can close this page."),
        };
    }
    let card = CardEntry { number: form.number, expiry: form.expiry, cvc: form.cvc };
    let done = sandbox.engine.transact(Caller::default(), |tx| match form.action.as_str() {
        "card" => portal::change_card(tx, text(&session, "customer"), &card).map(drop),
        action => portal::press(tx, &session, action),
    });
    render(sandbox, &session, done.err().map(|error| error.message).as_deref())
}

fn session(sandbox: &StripeSandbox, id: &str) -> Option<Value> {
    sandbox.object(id).filter(|object| object["object"] == portal::OBJECT)
}

fn unknown() -> Response {
    message(StatusCode::NOT_FOUND, "This link does not work", "Please go back and ask for a new one.")
}

fn render(sandbox: &StripeSandbox, session: &Value, complaint: Option<&str>) -> Response {
    let theirs = sandbox
        .engine
        .transact(Caller::default(), |tx| Ok(portal::of_customer(tx, text(session, "customer"))))
        .unwrap_or_default();
    let rows: String = theirs.iter().map(row).collect();
    let complaint = complaint
        .map_or(String::new(), |words| format!("<p class=\"error\" role=\"alert\">{}</p>", escape(words)));
    let body = fill(PORTAL, &[]).replace("{{{subscriptions}}}", &rows).replace("{{{complaint}}}", &complaint);
    let status = if complaint.is_empty() { StatusCode::OK } else { StatusCode::PAYMENT_REQUIRED };
    page(status, "Your memberships", &body)
}

fn row(subscription: &Value) -> String {
    let price = &subscription["items"]["data"][0]["price"];
    let amount = money(price["unit_amount"].as_i64().unwrap_or_default(), text(price, "currency"));
    let (verb, label) = if subscription["cancel_at_period_end"] == true {
        ("resume", "Go on after all")
    } else {
        ("cancel", "End with this period")
    };
    format!(
        "<form method=\"post\"><p>{} a {} ({})</p><button class=\"quiet\" name=\"action\" \
         value=\"{verb}:{}\">{label}</button></form>",
        escape(&amount),
        escape(text(&price["recurring"], "interval")),
        escape(text(subscription, "status")),
        escape(text(subscription, "id")),
    )
}
