//! The pages Stripe would host: Checkout for the buyer, onboarding for the creator. Plain HTML, no script.
//!
//! They do what the buyer or the creator does by hand and end as Stripe's do, with a redirect to the address we
//! gave. Everything shown is escaped; a page never shows a card number again.

mod papers;
mod portal_page;

use poem::http::StatusCode;
use poem::web::{Data, Form, Path, Query};
use poem::{EndpointExt, Response, Route, get, handler};
use serde::Deserialize;
use serde_json::Value;

use super::StripeSandbox;
use super::accounts::{LinkState, Outcome, leave_link, onboard, open_link};
use super::amounts::money;
use super::cards::CardEntry;
use super::error::StripeError;
use super::objects::text;
use super::payment::BankAnswer;
use super::sessions::{self, Paying};
use super::state::notes;
use super::tx::Caller;

const FRAME: &str = include_str!("templates/frame.html");
const CHECKOUT: &str = include_str!("templates/checkout.html");
const SAVED: &str = include_str!("templates/saved.html");
const BANK: &str = include_str!("templates/bank.html");
const CONNECT: &str = include_str!("templates/connect.html");

/// Adds the hosted pages to the sandbox's routes.
pub(crate) fn routes(route: Route, sandbox: &StripeSandbox) -> Route {
    route
        .at("/pay/:id", get(show_checkout).post(submit_checkout).data(sandbox.clone()))
        .at("/portal/:id", get(portal_page::show).post(portal_page::submit).data(sandbox.clone()))
        .at("/receipts/:id", get(papers::receipt).data(sandbox.clone()))
        .at("/invoices/:id", get(papers::invoice).data(sandbox.clone()))
        .at("/connect/:account", get(show_connect).post(submit_connect).data(sandbox.clone()))
}

/// Fills a template's `{{name}}` places with escaped text.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |page, (name, value)| {
        page.replace(&format!("{{{{{name}}}}}"), &escape(value))
    })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let html = fill(FRAME, &[("title", title)]).replace("{{{body}}}", body);
    Response::builder()
        .status(status)
        .content_type("text/html; charset=utf-8")
        .header("cache-control", "no-store")
        .header("x-content-type-options", "nosniff")
        .body(html)
}

fn message(status: StatusCode, title: &str, words: &str) -> Response {
    page(status, title, &format!("<h1>{}</h1><p>{}</p>", escape(title), escape(words)))
}

fn redirect(to: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header("location", to).finish()
}

/// What the checkout form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CheckoutForm {
    action: String,
    email: String,
    number: String,
    expiry: String,
    cvc: String,
    /// Not empty: the box is ticked that lets the card be kept.
    save: String,
    /// A saved card.
    saved: String,
}

#[handler]
fn show_checkout(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>) -> Response {
    // A transaction, because a session whose time is over expires at this look.
    let shown = sandbox.engine.transact(Caller::default(), |tx| {
        let session = tx.load("checkout.session", &id, "session")?;
        let email = sessions::prefilled_email(tx, &session);
        Ok((session, email))
    });
    match shown {
        Ok((session, email)) => checkout(sandbox, &session, email.as_deref(), None, &CheckoutForm::default()),
        Err(error) => message(StatusCode::NOT_FOUND, "No such checkout", &error.message),
    }
}

/// The form, or in its place why there is nothing to pay.
fn checkout(
    sandbox: &StripeSandbox,
    session: &Value,
    email: Option<&str>,
    complaint: Option<&str>,
    typed: &CheckoutForm,
) -> Response {
    match text(session, "status") {
        "complete" => {
            return message(
                StatusCode::OK,
                "Already paid",
                "This payment is complete. You can close this page.",
            );
        }
        "expired" => {
            return message(
                StatusCode::GONE,
                "This checkout has expired",
                "Nothing was charged. Please start again from the shop.",
            );
        }
        _ => {}
    }
    let total = money(session["amount_total"].as_i64().unwrap_or_default(), text(session, "currency"));
    let email_field = match email {
        Some(email) => format!("<p class=\"email\">{}</p>", escape(email)),
        None => format!(
            "<label>E-mail<input type=\"email\" name=\"email\" autocomplete=\"email\" required value=\"{}\"></label>",
            escape(&typed.email)
        ),
    };
    let complaint = complaint
        .map_or(String::new(), |words| format!("<p class=\"error\" role=\"alert\">{}</p>", escape(words)));
    let shown = |is_shown: bool| if is_shown { "" } else { "hidden" };
    let (debit, save) = (shown(sessions::takes_debit(session)), shown(sessions::saved::may_keep(session)));
    let body = fill(CHECKOUT, &[("total", &total), ("debit", debit), ("save", save)])
        .replace("{{{saved}}}", &saved_cards(sandbox, session, &total))
        .replace("{{{lines}}}", &lines(sandbox, text(session, "id")))
        .replace("{{{email}}}", &email_field)
        .replace("{{{complaint}}}", &complaint);
    let status = if complaint.is_empty() { StatusCode::OK } else { StatusCode::PAYMENT_REQUIRED };
    page(status, &format!("Pay {total}"), &body)
}

/// A form for each card the page offers.
fn saved_cards(sandbox: &StripeSandbox, session: &Value, total: &str) -> String {
    let remove = if sessions::saved::may_remove(session) { "" } else { "hidden" };
    let form = |method: &Value| {
        let card = &method["card"];
        let name = format!("{} •••• {}", text(card, "brand"), text(card, "last4"));
        fill(SAVED, &[("id", text(method, "id")), ("card", &name), ("total", total), ("remove", remove)])
    };
    let offered = sandbox.offered_cards(text(session, "id")).unwrap_or_default();
    offered.iter().map(form).collect()
}

fn lines(sandbox: &StripeSandbox, id: &str) -> String {
    let note = sandbox.engine.look(|store| store.get(notes::SESSION, id).cloned()).unwrap_or_default();
    let row = |line: &Value| {
        let amount = money(line["amount_total"].as_i64().unwrap_or_default(), text(line, "currency"));
        let quantity = line["quantity"].as_i64().unwrap_or(1);
        format!("<tr><td>{}</td><td>{quantity}</td><td>{amount}</td></tr>", escape(text(line, "description")))
    };
    note["line_items"].as_array().into_iter().flatten().map(row).collect()
}

#[handler]
fn submit_checkout(
    Data(sandbox): Data<&StripeSandbox>,
    Path(id): Path<String>,
    Form(form): Form<CheckoutForm>,
) -> Response {
    let Some(session) = sandbox.object(&id).filter(|object| object["object"] == "checkout.session") else {
        return message(
            StatusCode::NOT_FOUND,
            "No such checkout",
            "This address is not, or no longer, a checkout.",
        );
    };
    if form.action == "cancel" {
        return match session["cancel_url"].as_str() {
            Some(url) => redirect(url),
            None => message(StatusCode::OK, "Not paid", "You left the checkout. Nothing was charged."),
        };
    }
    if form.action == "remove" {
        let removed = sandbox.remove_saved(&id, &form.saved);
        let email =
            sandbox.engine.transact(Caller::default(), |tx| Ok(sessions::prefilled_email(tx, &session)));
        let complaint = removed.err().map(|error| error.message);
        return checkout(sandbox, &session, email.ok().flatten().as_deref(), complaint.as_deref(), &form);
    }
    let paid = attempt(sandbox, &id, &form);
    let session = sandbox.object(&id).unwrap_or(session);
    match paid {
        Ok(Paying::Complete(session)) => {
            redirect(&text(&session, "success_url").replace("{CHECKOUT_SESSION_ID}", &id))
        }
        Ok(Paying::AsksBank) => ask_bank(&session, &form),
        Err(error) => {
            let email =
                sandbox.engine.transact(Caller::default(), |tx| Ok(sessions::prefilled_email(tx, &session)));
            checkout(sandbox, &session, email.ok().flatten().as_deref(), Some(&error.message), &form)
        }
    }
}

fn attempt(sandbox: &StripeSandbox, id: &str, form: &CheckoutForm) -> Result<Paying, StripeError> {
    let email = Some(form.email.as_str()).filter(|email| email.contains('@'));
    let prefilled = sandbox.engine.transact(Caller::default(), |tx| {
        let session = tx.load("checkout.session", id, "session")?;
        Ok(sessions::prefilled_email(tx, &session))
    })?;
    if email.is_none() && prefilled.is_none() {
        return Err(StripeError::invalid("Please enter your e-mail address.").param("email"));
    }
    let bank = match form.action.as_str() {
        "bank_complete" => BankAnswer::Complete,
        "bank_fail" => BankAnswer::Fail,
        _ => BankAnswer::Open,
    };
    sandbox.engine.transact(Caller::default(), |tx| {
        if form.action == "pay_saved" {
            return sessions::saved::pay(tx, id, &form.saved);
        }
        if form.action == "debit" {
            return sessions::pay_by_debit(tx, id, email).map(Paying::Complete);
        }
        if form.expiry.trim().is_empty() || form.cvc.trim().is_empty() {
            return Err(StripeError::invalid(
                "Your card's expiration date and security code are incomplete.",
            ));
        }
        let card =
            CardEntry { number: form.number.clone(), expiry: form.expiry.clone(), cvc: form.cvc.clone() };
        sessions::pay(tx, id, &card, email, bank, !form.save.is_empty())
    })
}

/// The bank's own page, which carries the test card through: there is no browser state to keep it in.
fn ask_bank(session: &Value, form: &CheckoutForm) -> Response {
    let total = money(session["amount_total"].as_i64().unwrap_or_default(), text(session, "currency"));
    let values = [
        ("total", total.as_str()),
        ("email", &form.email),
        ("number", &form.number),
        ("expiry", &form.expiry),
        ("cvc", &form.cvc),
        ("save", &form.save),
    ];
    page(StatusCode::OK, "3-D Secure", &fill(BANK, &values))
}

/// The link's token in the address of the onboarding page.
#[derive(Debug, Deserialize)]
struct LinkQuery {
    #[serde(default)]
    link: String,
}

/// What the onboarding form sends.
#[derive(Debug, Deserialize)]
struct ConnectForm {
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    link: String,
}

#[handler]
fn show_connect(
    Data(sandbox): Data<&StripeSandbox>,
    Path(account): Path<String>,
    Query(query): Query<LinkQuery>,
) -> Response {
    let opened = sandbox.engine.transact(Caller::default(), |tx| Ok(open_link(tx, &account, &query.link)));
    match opened {
        Ok(LinkState::Opened) => {
            let values = [("account", account.as_str()), ("link", query.link.as_str())];
            page(StatusCode::OK, "Get paid by Atelier", &fill(CONNECT, &values))
        }
        Ok(LinkState::Over { refresh_url }) => redirect(&refresh_url),
        Ok(LinkState::Unknown) => unknown_link(),
        Err(error) => message(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong", &error.message),
    }
}

fn unknown_link() -> Response {
    message(StatusCode::NOT_FOUND, "This link does not work", "Please go back and ask for a new one.")
}

#[handler]
fn submit_connect(
    Data(sandbox): Data<&StripeSandbox>,
    Path(account): Path<String>,
    Form(form): Form<ConnectForm>,
) -> Response {
    let left = sandbox.engine.transact(Caller::default(), |tx| {
        let Some(back) = leave_link(tx, &account, &form.link) else { return Ok(None) };
        if let Some(outcome) = Outcome::parse(&form.outcome) {
            onboard(tx, &account, outcome)?;
        }
        Ok(Some(back))
    });
    match left {
        Ok(Some(back)) => redirect(&back),
        Ok(None) => unknown_link(),
        Err(error) => message(StatusCode::BAD_REQUEST, "Something went wrong", &error.message),
    }
}
