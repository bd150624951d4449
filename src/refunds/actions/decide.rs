//! The creator's team decides a request. Approving gives back all that is left, and takes the rights with it.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::checkout;
use crate::checkout::model::Order;
use crate::creators::{self, Permission};
use crate::db::Tx;
use crate::events::Event;
use crate::idempotency::Call;
use crate::kernel::text::{self, Checks};
use crate::kernel::{Denied, Error, Fault, RefundId, RefundRequestId, Refusal, Result, UserId, Viewer};

use super::super::model::{RefundRequest, RequestState, Wish};
use super::super::refusals::RefundRefusal as No;
use super::super::{letters, store};
use super::give::{self, Override};
use super::send;

const NOTE: usize = 2000;

/// Approves or declines. The same key gives the same decision again.
pub async fn decide(
    app: &App,
    viewer: &Viewer,
    id: RefundRequestId,
    approve: bool,
    note: Option<String>,
    key: Uuid,
) -> Result<RefundRequest> {
    let seen = store::request(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let desk = creators::desk(app, viewer, seen.creator, Permission::Finance).await?;
    let word = if approve { "approve" } else { "decline" };
    let input = [&id.to_string(), word, note.as_deref().unwrap_or_default()];
    let call = Call::new(desk.user_id, "refundRequestDecide", key, &input);
    if call.earlier(app.db.read()).await?.is_some() {
        return read(app, id).await;
    }
    let mut checks = Checks::default();
    let note = checks.take(&["note"], note.map(|note| text::prose("The note", &note, NOTE)).transpose());
    checks.done()?;
    let note = note.flatten().filter(|note| !note.trim().is_empty());

    let mut tx = app.begin().await?;
    let order = checkout::store::lock_order(&tx, seen.order).await?.ok_or(Denied::NotFound)?;
    let request = store::request(tx.conn(), id).await?.ok_or(Denied::NotFound)?;
    if request.state != RequestState::Open {
        drop(tx);
        // Another call with this key may have been faster.
        if call.earlier(app.db.read()).await?.is_some() {
            return read(app, id).await;
        }
        return Err(No::Decided.at(["id"]).into());
    }
    let refund = match approve {
        true => Some(approved(&mut tx, &order, &request, desk.user_id).await?),
        false => {
            letters::declined(&mut tx, &order, &request, note.as_deref()).await?;
            None
        }
    };
    let state = if approve { RequestState::Approved } else { RequestState::Declined };
    store::set_decided(&tx, id, state, desk.user_id, note.as_deref()).await?;
    let decided = Event::new("refund_request.decided", id).of_creator(order.creator).of_user(request.buyer);
    tx.record(decided.with("order", order.id));
    if !call.settle(&tx, json!({ "request": id.to_string() })).await? {
        drop(tx);
        return read(app, id).await;
    }
    tx.commit().await?;
    if let Some(refund) = refund {
        send::send_now(app, refund).await?;
    }
    read(app, id).await
}

async fn approved(tx: &mut Tx, order: &Order, request: &RefundRequest, by: UserId) -> Result<RefundId> {
    let wish = Wish { lines: Vec::new(), amount: None, reason: request.reason, revokes: true };
    give::intend(tx, order, &wish, Some(by), Some(request.id), Override::No).await.map_err(at_id)
}

/// What is wrong with the refund is, here, wrong with the request.
fn at_id(error: Error) -> Error {
    let Error::Refused(problems) = error else { return error };
    let mut checks = Checks::default();
    for mut problem in problems.into_vec() {
        problem.path = vec!["id".to_owned()];
        checks.add(problem);
    }
    checks.done().err().unwrap_or_else(|| Fault::new("deciding a request", "refused without a reason").into())
}

async fn read(app: &App, id: RefundRequestId) -> Result<RefundRequest> {
    Ok(store::request(app.db.read(), id).await?.ok_or(Denied::NotFound)?)
}
