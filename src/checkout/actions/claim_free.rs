//! One tap for something that costs nothing: no order, just the right to learn, or a seat.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::catalog::{
    self,
    model::{OfferingKind, PriceKind},
};
use crate::enrollment::{self, model::Source};
use crate::idempotency::Call;
use crate::kernel::{
    EnrollmentId, Error, Fault, OfferingId, PriceId, PublicId, Refusal, Result, SeatId, Viewer,
    WorkshopSessionId,
};
use crate::workshops::{self, actions::Choice};

use super::super::refusals::CheckoutRefusal as No;

/// The wish for something free.
#[derive(Clone, Copy, Debug)]
pub struct ClaimFree {
    /// A price that is nothing.
    pub price: PriceId,
    /// For a workshop: at which session.
    pub session: Option<WorkshopSessionId>,
    /// Made by the client for this wish.
    pub idempotency_key: Uuid,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub enum Claimed {
    /// The right to learn.
    Right(EnrollmentId),
    /// A place at the session.
    Seat(SeatId),
}

/// Gives the viewer what costs nothing. The same key gives the same right or seat again.
pub async fn claim_free(app: &App, viewer: &Viewer, wish: ClaimFree) -> Result<Claimed> {
    if !viewer.email_verified {
        return Err(No::EmailNotVerified.at::<_, String>([]).into());
    }
    let session = wish.session.map(|session| session.to_string());
    let mut input = vec![wish.price.to_string()];
    input.extend(session);
    let input: Vec<&str> = input.iter().map(String::as_str).collect();
    let call = Call::new(viewer.user_id, "enrollmentClaimFree", wish.idempotency_key, &input);
    // Who asks again for a seat does not wait once more for everybody else who wants one.
    if wish.session.is_some()
        && let Some(earlier) = call.earlier(app.db.read()).await?
    {
        return earlier_claim(&earlier);
    }
    // Most keys are new: whether this one was used is asked when it turns out to be, or when what its first call gave
    // may be what stands in the way of this one.
    match give(app, viewer, wish, &call).await {
        Ok(Some(claimed)) => Ok(claimed),
        not_given => match (call.earlier(app.db.read()).await?, not_given) {
            (None, Err(no)) => Err(no),
            (earlier, _) => earlier_claim(&earlier.unwrap_or_default()),
        },
    }
}

/// What there is to have at this price, or `None` if this call was made before.
async fn give(app: &App, viewer: &Viewer, wish: ClaimFree, call: &Call) -> Result<Option<Claimed>> {
    let offered = catalog::store::price_for_sale(app.db.read(), wish.price, app.now()).await?;
    let offered = offered.ok_or_else(|| No::PriceGone.at(["priceId"]))?;
    if !offered.on_sale {
        return Err(No::NotOnSale.at(["priceId"]).into());
    }
    if offered.kind == OfferingKind::Bundle {
        return Err(No::QuoteBundles.at(["priceId"]).into());
    }
    if offered.price.kind != PriceKind::Free {
        return Err(No::NotFree.at(["priceId"]).into());
    }
    let offering = OfferingId(offered.offering.uuid());
    let is_workshop = offered.kind == OfferingKind::Workshop;
    let choice = Choice { offering, is_workshop, session: wish.session };
    let session = workshops::actions::choose(app, choice).await?.map_err(|no| no.at(["sessionId"]))?;
    let mut tx = app.begin().await?;
    let (claimed, result) = match session {
        Some(session) => {
            let seat = workshops::actions::take_free(&mut tx, session.id, viewer.user_id).await?;
            let seat = seat.map_err(|no| no.at(["sessionId"]))?;
            (Claimed::Seat(seat), json!({ "seat": seat.to_string() }))
        }
        None => {
            let user = viewer.user_id;
            let granted =
                enrollment::actions::grant(&mut tx, user, offering.uuid(), Source::Free, None).await?;
            let id = granted.ok_or_else(|| No::AlreadyEnrolled.at(["priceId"]))?;
            (Claimed::Right(id), json!({ "enrollment": id.to_string() }))
        }
    };
    if !call.settle(&tx, result).await? {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(claimed))
}

fn earlier_claim(result: &serde_json::Value) -> Result<Claimed> {
    let right = result["enrollment"].as_str().and_then(|id| id.parse().ok()).map(Claimed::Right);
    let seat = result["seat"].as_str().and_then(|id| id.parse().ok()).map(Claimed::Seat);
    right.or(seat).ok_or_else(|| Error::Fault(Fault::new("reading an earlier claim", result)))
}
