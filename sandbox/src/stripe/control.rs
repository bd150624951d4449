//! The control calls: what the buyer, the creator and Stripe itself do, for tests and demonstrations.
//!
//! JSON in and out, beside the API and never part of it. A call answers with Stripe's object as it is then, or
//! with Stripe's error.

use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Body, EndpointExt, Response, Route, get, handler, post};
use serde_json::{Value, json};

use super::StripeSandbox;
use super::accounts::Outcome;
use super::cards::CardEntry;
use super::error::StripeError;
use super::faults::Fault;
use super::payment::BankAnswer;

/// Adds the control calls to the sandbox's routes.
pub(crate) fn routes(route: Route, sandbox: &StripeSandbox) -> Route {
    let with = || sandbox.clone();
    route
        .at("/checkout-sessions/:id/pay", post(pay).data(with()))
        .at("/checkout-sessions/:id/expire", post(expire).data(with()))
        .at("/checkout-sessions/:id/settle", post(settle).data(with()))
        .at("/payment-intents/:id/confirm", post(confirm).data(with()))
        .at("/payment-intents/:id/settle", post(settle_payment).data(with()))
        .at("/accounts/:id/onboard", post(onboard).data(with()))
        .at("/accounts/:id/payout", post(pay_out).data(with()))
        .at("/payouts/:id/fail", post(fail_payout).data(with()))
        .at("/charges/:id/dispute", post(dispute).data(with()))
        .at("/disputes/:id/close", post(close_dispute).data(with()))
        .at("/faults", post(faults).data(with()))
        .at("/requests", get(requests).data(with()))
        .at("/violations", get(violations).data(with()))
}

fn answer(result: Result<Value, StripeError>) -> Response {
    let (status, body) = match result {
        Ok(value) => (200, value),
        Err(error) => (error.status, error.body()),
    };
    json_response(status, &body)
}

fn json_response(status: u16, body: &Value) -> Response {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .content_type("application/json")
        .body(body.to_string())
}

/// The body as an object; an empty one counts as `{}`.
async fn object(body: Body) -> Result<Value, StripeError> {
    let text = body.into_string().await.map_err(|error| StripeError::invalid(error.to_string()))?;
    if text.trim().is_empty() {
        return Ok(json!({}));
    }
    match serde_json::from_str(&text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(StripeError::invalid("The body must be a JSON object.")),
        Err(error) => Err(StripeError::invalid(format!("The body is not JSON: {error}"))),
    }
}

/// `{ "card": "4242424242424242", "expiry": "12/30", "cvc": "123", "email": "..", "threeDSecure": "complete" }`,
/// of which only the card is needed.
fn card(body: &Value) -> Result<(CardEntry, BankAnswer), StripeError> {
    let word = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    if word("card").is_empty() {
        return Err(
            StripeError::invalid("Give the card's number: { \"card\": \"4242424242424242\" }").param("card")
        );
    }
    let bank = match word("threeDSecure").as_str() {
        "" | "complete" => BankAnswer::Complete,
        "fail" => BankAnswer::Fail,
        "open" => BankAnswer::Open,
        _ => {
            let message = "threeDSecure is one of complete (the default), fail, open.";
            return Err(StripeError::invalid(message).param("threeDSecure"));
        }
    };
    Ok((CardEntry { number: word("card"), expiry: word("expiry"), cvc: word("cvc") }, bank))
}

#[handler]
async fn pay(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>, body: Body) -> Response {
    let paid = object(body).await.and_then(|body| {
        if body["method"] == "sepa_debit" {
            return sandbox.pay_by_debit(&id);
        }
        let (card, bank) = card(&body)?;
        sandbox.pay_with(&id, &card, body["email"].as_str(), bank)
    });
    answer(paid)
}

#[handler]
fn expire(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>) -> Response {
    answer(sandbox.expire(&id))
}

#[handler]
async fn settle(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>, body: Body) -> Response {
    let ends = object(body).await.and_then(|body| how_it_ends(&body));
    answer(ends.and_then(|succeeded| sandbox.settle(&id, succeeded)))
}

#[handler]
async fn settle_payment(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>, body: Body) -> Response {
    let ends = object(body).await.and_then(|body| how_it_ends(&body));
    answer(ends.and_then(|succeeded| sandbox.settle_payment(&id, succeeded)))
}

fn how_it_ends(body: &Value) -> Result<bool, StripeError> {
    let unsaid =
        || StripeError::invalid("Say how the debit ends: { \"succeeded\": true }").param("succeeded");
    body["succeeded"].as_bool().ok_or_else(unsaid)
}

#[handler]
async fn confirm(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>, body: Body) -> Response {
    let confirmed = object(body).await.and_then(|body| {
        if body["method"] == "sepa_debit" {
            return sandbox.confirm_by_debit(&id);
        }
        let (card, bank) = card(&body)?;
        sandbox.confirm(&id, &card.number, bank)
    });
    answer(confirmed)
}

#[handler]
async fn onboard(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>, body: Body) -> Response {
    let onboarded = object(body).await.and_then(|body| {
        let outcome = Outcome::parse(body["outcome"].as_str().unwrap_or("ready")).ok_or_else(|| {
            StripeError::invalid("outcome is one of ready, restricted, pending.").param("outcome")
        })?;
        sandbox.onboard(&id, outcome)
    });
    answer(onboarded)
}

#[handler]
async fn pay_out(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>, body: Body) -> Response {
    let paid = object(body).await.and_then(|body| {
        let amount = body["amount"].as_i64();
        let amount =
            amount.ok_or_else(|| StripeError::invalid("Say how much, in minor units.").param("amount"))?;
        sandbox.pay_out(&id, amount, body["currency"].as_str().unwrap_or("eur"))
    });
    answer(paid)
}

#[handler]
fn fail_payout(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>) -> Response {
    answer(sandbox.fail_payout(&id))
}

#[handler]
async fn dispute(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>, body: Body) -> Response {
    answer(object(body).await.and_then(|body| match body["inquiry"] == true {
        true => sandbox.inquire(&id),
        false => sandbox.dispute(&id, body["amount"].as_i64()),
    }))
}

#[handler]
async fn close_dispute(Data(sandbox): Data<&StripeSandbox>, Path(id): Path<String>, body: Body) -> Response {
    let closed = object(body).await.and_then(|body| match body["won"].as_bool() {
        Some(won) => sandbox.close_dispute(&id, won),
        None => Err(StripeError::invalid("Say how the dispute ends: { \"won\": true }").param("won")),
    });
    answer(closed)
}

#[handler]
async fn faults(Data(sandbox): Data<&StripeSandbox>, body: Body) -> Response {
    let planned = object(body).await.and_then(|body| {
        let plan: Vec<Fault> = serde_json::from_value(body["plan"].clone())
            .map_err(|error| StripeError::invalid(format!("plan: {error}")).param("plan"))?;
        let lines = plan.len();
        sandbox
            .set_faults(plan, body["seed"].as_u64().unwrap_or_default())
            .map_err(|message| StripeError::invalid(message).param("plan"))?;
        Ok(json!({ "planned": lines }))
    });
    answer(planned)
}

#[handler]
fn requests(Data(sandbox): Data<&StripeSandbox>) -> Response {
    json_response(200, &json!({ "requests": sandbox.requests() }))
}

#[handler]
fn violations(Data(sandbox): Data<&StripeSandbox>) -> Response {
    json_response(200, &json!({ "violations": sandbox.violations() }))
}
