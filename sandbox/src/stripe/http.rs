//! Stripe's API over HTTP: who calls, in which version, with which key, and what is answered.
//!
//! The order is Stripe's: authentication, version, address, parameters, then the key, then the operation. What
//! fails before the operation starts is never kept for a key.

use std::task::Poll;

use poem::http::{HeaderMap, StatusCode};
use poem::{Body, Endpoint, Request, Response};
use serde_json::{Value, json};

use super::StripeSandbox;
use super::altered::{self, What};
use super::contract;
use super::engine::Engine;
use super::error::StripeError;
use super::faults::OperationFault;
use super::form;
use super::idempotency;
use super::operations::carry_out;
use super::requests::RequestRecord;
use super::settings::API_VERSION;
use super::spec::{Operation, spec};
use super::tx::Caller;

/// Operations that may be asked for on behalf of a connected account.
const FOR_ACCOUNTS: &[&str] =
    &["GetEvents", "GetEventsId", "GetBalance", "GetPayouts", "GetPayoutsPayout", "PostPayouts"];

/// The endpoint below which `/v1/...` lies.
pub(crate) struct Api(pub StripeSandbox);

/// A request taken apart.
struct Call {
    method: String,
    path: String,
    headers: HeaderMap,
    text: String,
    caller: Caller,
}

/// What goes back: a status, a body, and whether it is a replay.
struct Answer {
    status: u16,
    body: Value,
    replay_of: Option<String>,
    fault: Option<OperationFault>,
}

impl Answer {
    fn refuse(error: &StripeError) -> Self {
        Self { status: error.status, body: error.body(), replay_of: None, fault: None }
    }
}

impl Endpoint for Api {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let method = request.method().to_string();
        let path = format!("/{}", request.uri().path().trim_matches('/'));
        let query = request.uri().query().unwrap_or_default().to_owned();
        let body = request.take_body().into_string().await?;
        let headers = request.headers().clone();
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let caller = Caller {
            request: Some(self.0.engine.request_id()),
            key: header("idempotency-key").filter(|_| method == "POST"),
            account: header("stripe-account"),
        };
        let text = if method == "POST" { body } else { query };
        let call = Call { method, path, headers, text, caller };
        Ok(respond(&self.0.engine, &call).await)
    }
}

async fn respond(engine: &Engine, call: &Call) -> Response {
    let found = spec().operation(&call.method, &call.path);
    let answer = match admit(engine, call, found.as_ref().map(|(operation, _)| *operation)) {
        Ok(params) => match &found {
            Some((operation, variables)) => execute(engine, call, operation, variables, params).await,
            None => Answer::refuse(&StripeError::unknown_url(&call.method, &call.path)),
        },
        Err(error) => Answer::refuse(&error),
    };
    if let Some((operation, _)) = &found
        && let Some(breach) = contract::check_answer(operation, answer.status, &answer.body)
    {
        engine.violations.record(breach);
    }
    note(engine, call, found.map(|(operation, _)| operation), &answer);
    render(call, answer)
}

/// Everything before the operation itself; the typed parameters.
fn admit(engine: &Engine, call: &Call, operation: Option<&Operation>) -> Result<Value, StripeError> {
    authenticate(engine, &call.headers)?;
    version(&call.headers, operation)?;
    let Some(operation) = operation else {
        engine.violations.record(format!("request {} {}: no such operation", call.method, call.path));
        return Err(StripeError::unknown_url(&call.method, &call.path));
    };
    let admitted = form::decode(&call.text).and_then(|raw| contract::admit(operation, raw));
    let params = admitted.inspect_err(|error| {
        engine.violations.record(format!("request {} {}: {}", call.method, call.path, error.message));
    })?;
    if let Some(key) = &call.caller.key {
        idempotency::check(key)?;
    }
    on_behalf(engine, call, operation)?;
    Ok(params)
}

/// `Authorization: Bearer sk_..`, or Basic with the key as the user: <https://docs.stripe.com/api/authentication>.
fn authenticate(engine: &Engine, headers: &HeaderMap) -> Result<(), StripeError> {
    use base64::Engine as _;
    let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = match given.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => Some(key.trim().to_owned()),
        Some((scheme, pair)) if scheme.eq_ignore_ascii_case("basic") => {
            let decoded = base64::engine::general_purpose::STANDARD.decode(pair.trim()).ok();
            let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
            text.map(|text| text.split(':').next().unwrap_or_default().to_owned())
        }
        _ => None,
    };
    match key {
        Some(key) if key == engine.settings.secret_key => Ok(()),
        Some(key) if !key.is_empty() => {
            let ending: String = key.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
            Err(StripeError::unauthorized(format!("Invalid API Key provided: ****{ending}")))
        }
        _ => Err(StripeError::unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using \
             Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        )),
    }
}

fn version(headers: &HeaderMap, operation: Option<&Operation>) -> Result<(), StripeError> {
    let given = headers.get("stripe-version").and_then(|value| value.to_str().ok()).unwrap_or(API_VERSION);
    // An ephemeral key is made in the version of the app that will read it, whichever that is:
    // <https://docs.stripe.com/payments/mobile/accept-payment>.
    let is_for_app = operation.is_some_and(|operation| operation.id == "PostEphemeralKeys");
    if given == API_VERSION || is_for_app {
        return Ok(());
    }
    Err(StripeError::invalid(format!(
        "Invalid Stripe API version: {given}. This sandbox speaks {API_VERSION} only; the client, the webhook \
         endpoints and the sandbox move together."
    )))
}

fn on_behalf(engine: &Engine, call: &Call, operation: &Operation) -> Result<(), StripeError> {
    let Some(account) = &call.caller.account else { return Ok(()) };
    if engine.look(|store| store.get("account", account).is_none()) {
        let message = format!(
            "The provided key does not have access to account '{account}' (or that account does not exist)."
        );
        return Err(StripeError { status: 403, ..StripeError::invalid(message) }.code("account_invalid"));
    }
    if FOR_ACCOUNTS.contains(&operation.id.as_str()) {
        return Ok(());
    }
    let message = format!("The Stripe sandbox does not simulate {} for connected accounts.", operation.path);
    Err(StripeError::invalid(message).code("sandbox_not_simulated"))
}

async fn execute(
    engine: &Engine,
    call: &Call,
    operation: &Operation,
    variables: &[String],
    params: Value,
) -> Answer {
    let fault = engine.faults(|plan| plan.for_operation(&operation.method, &operation.path));
    let mut answer = match fault {
        Some(OperationFault::ResetBefore) => Answer::refuse(&StripeError::internal()),
        Some(OperationFault::Refused) => {
            Answer::refuse(&StripeError::invalid("Your account cannot currently make this request."))
        }
        Some(OperationFault::RateLimited) => Answer::refuse(&StripeError::rate_limited()),
        Some(OperationFault::KeyInUse) => {
            Answer::refuse(&StripeError::key_in_use(call.caller.key.as_deref().unwrap_or_default()))
        }
        _ => under_key(engine, call, operation, variables, params, fault).await,
    };
    match fault {
        Some(OperationFault::OtherAmount) => altered::alter(&mut answer.body, What::Amount),
        Some(OperationFault::OtherCurrency) => altered::alter(&mut answer.body, What::Currency),
        Some(OperationFault::FeeNotBooked) => altered::alter(&mut answer.body, What::Fee),
        _ => {}
    }
    answer.fault = fault;
    answer
}

async fn under_key(
    engine: &Engine,
    call: &Call,
    operation: &Operation,
    variables: &[String],
    params: Value,
    fault: Option<OperationFault>,
) -> Answer {
    let running = match &call.caller.key {
        Some(key) => match engine.run_key(key) {
            Some(running) => Some(running),
            None => return Answer::refuse(&StripeError::key_in_use(key)),
        },
        None => None,
    };
    if let Some(OperationFault::Delay(milliseconds)) = fault {
        tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
    }
    let answer = commit(engine, call, operation, variables, &params, fault);
    drop(running);
    answer.unwrap_or_else(|error| Answer::refuse(&error))
}

/// The operation and the result kept for its key, in one commit.
fn commit(
    engine: &Engine,
    call: &Call,
    operation: &Operation,
    variables: &[String],
    params: &Value,
    fault: Option<OperationFault>,
) -> Result<Answer, StripeError> {
    let mark = idempotency::fingerprint(&call.method, &call.path, call.caller.account.as_deref(), params);
    engine.transact(call.caller.clone(), |tx| {
        if let Some(key) = &call.caller.key
            && let Some(kept) = idempotency::find(tx, key, &call.path, &mark)?
        {
            let replay_of = Some(kept.request);
            return Ok(Answer { status: kept.status, body: kept.body, replay_of, fault: None });
        }
        let result = match fault {
            Some(OperationFault::Stored500) => Err(StripeError::internal()),
            _ => carry_out(tx, operation, &call.path, variables, params).and_then(|mut body| {
                super::lists::expand(tx, &mut body, params)?;
                Ok(body)
            }),
        };
        if result.is_err() && !tx.keep {
            tx.store.roll_back();
        }
        let (status, body) = match (result, fault) {
            (_, Some(OperationFault::Stored500AfterCommit)) => (500, StripeError::internal().body()),
            (Ok(body), _) => (200, body),
            (Err(error), _) => (error.status, error.body()),
        };
        if let Some(key) = &call.caller.key {
            idempotency::keep(tx, key, &call.path, &mark, status, &body);
        }
        Ok(Answer { status, body, replay_of: None, fault: None })
    })
}

fn note(engine: &Engine, call: &Call, operation: Option<&Operation>, answer: &Answer) {
    engine.requests.note(RequestRecord {
        at: engine.now(),
        operation: operation.map(|operation| operation.id.clone()).unwrap_or_default(),
        method: call.method.clone(),
        path: call.path.clone(),
        parameters: form::decode(&call.text).unwrap_or_else(|_| json!({})),
        idempotency_key: call.caller.key.clone(),
        account: call.caller.account.clone(),
        request_id: call.caller.request.clone().unwrap_or_default(),
        status: answer.status,
        replayed: answer.replay_of.is_some(),
        fault: answer.fault.map(|fault| format!("{fault:?}")),
    });
}

fn render(call: &Call, answer: Answer) -> Response {
    let request = call.caller.request.clone().unwrap_or_default();
    let mut response = Response::builder()
        .status(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header("Request-Id", request)
        .header("Stripe-Version", API_VERSION)
        .content_type("application/json");
    if let Some(key) = &call.caller.key {
        response = response.header("Idempotency-Key", key);
    }
    if let Some(original) = &answer.replay_of {
        response = response.header("Idempotent-Replayed", "true").header("Original-Request", original);
    }
    if answer.status == 409 {
        response = response.header("Stripe-Should-Retry", "true");
    }
    let text = answer.body.to_string();
    match answer.fault {
        Some(OperationFault::ResetBefore | OperationFault::ResetAfterCommit) => response.body(broken_off()),
        Some(OperationFault::MalformedJson) => response.body(text[..text.len() / 2].to_owned()),
        _ => response.body(text),
    }
}

/// A body that ends the connection's task at its first byte, so that the socket closes without an answer. Unwinding
/// is quiet and stays inside that one task: the server's runtime catches it there.
fn broken_off() -> Body {
    let end = futures_util::stream::poll_fn(|_| -> Poll<Option<std::io::Result<bytes::Bytes>>> {
        std::panic::resume_unwind(Box::new("the fault plan breaks this connection"))
    });
    Body::from_bytes_stream(end)
}
