//! One tap for something that costs nothing: no order, just the right to learn.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::catalog::{
    self,
    model::{OfferingKind, PriceKind},
};
use crate::enrollment::{self, model::Source};
use crate::idempotency::Call;
use crate::kernel::{EnrollmentId, Error, Fault, PriceId, PublicId, Refusal, Result, Viewer};

use super::super::refusals::CheckoutRefusal as No;

/// The wish for something free.
#[derive(Clone, Copy, Debug)]
pub struct ClaimFree {
    /// A price that is nothing.
    pub price: PriceId,
    /// Made by the client for this wish.
    pub idempotency_key: Uuid,
}

/// Gives the viewer what costs nothing. The same key gives the same enrollment again.
pub async fn claim_free(app: &App, viewer: &Viewer, wish: ClaimFree) -> Result<EnrollmentId> {
    if !viewer.email_verified {
        return Err(No::EmailNotVerified.at::<_, String>([]).into());
    }
    let call =
        Call::new(viewer.user_id, "enrollmentClaimFree", wish.idempotency_key, &[&wish.price.to_string()]);
    if let Some(earlier) = call.earlier(app.db.read()).await? {
        return enrollment_of(&earlier);
    }
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
    let offering = offered.offering.uuid();
    let mut tx = app.begin().await?;
    let granted = enrollment::actions::grant(&mut tx, viewer.user_id, offering, Source::Free, None).await?;
    let id = granted.ok_or_else(|| No::AlreadyEnrolled.at(["priceId"]))?;
    if call.settle(&tx, json!({ "enrollment": id.to_string() })).await? {
        tx.commit().await?;
        return Ok(id);
    }
    drop(tx);
    enrollment_of(&call.earlier(app.db.read()).await?.unwrap_or_default())
}

fn enrollment_of(result: &serde_json::Value) -> Result<EnrollmentId> {
    let id = result["enrollment"].as_str().and_then(|id| id.parse().ok());
    id.ok_or_else(|| Error::Fault(Fault::new("reading an earlier claim", result)))
}
