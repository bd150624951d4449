//! Whose recommendation a purchase follows: found when it is quoted, checked again when it is agreed to.

use crate::affiliates::{self, refusals::AffiliateRefusal};
use crate::app::App;
use crate::kernel::{Actor, AffiliateLinkId, Error, Problem, PublicId, Refusal, Result, UserId};

use super::super::model::Quote;
use super::super::refusals::CheckoutRefusal as No;

/// Notes on the quote who earns by it. A link that earns nothing is a warning and no obstacle; one's own is refused.
pub(super) async fn attribute(
    app: &App,
    actor: &Actor,
    touches: Option<&str>,
    quote: &mut Quote,
) -> Result<Vec<Problem>> {
    let Some(touches) = touches.filter(|touches| !touches.trim().is_empty()) else { return Ok(Vec::new()) };
    let Some(referral) = affiliates::actions::attribute(app, quote.creator, touches).await? else {
        return Ok(vec![No::ReferralUnknown.at(["affiliateToken"])]);
    };
    if let Some(user) = actor.user_id()
        && affiliates::actions::is_own_purchase(app, quote.creator, &referral, user).await?
    {
        return Err(own(["input", "affiliateToken"]));
    }
    quote.referral = Some(referral.link.uuid());
    Ok(Vec::new())
}

/// Refuses if the buyer would earn by it: the quote may have been asked for before they signed in.
pub(super) async fn check_buyer(app: &App, quote: &Quote, buyer: UserId) -> Result<()> {
    let Some(link) = quote.referral else { return Ok(()) };
    let referral = affiliates::store::referral(app.db.read(), quote.creator, AffiliateLinkId(link)).await?;
    if let Some(referral) = referral
        && affiliates::actions::is_own_purchase(app, quote.creator, &referral, buyer).await?
    {
        return Err(own(["input", "quoteToken"]));
    }
    Ok(())
}

fn own(path: [&str; 2]) -> Error {
    AffiliateRefusal::OwnPurchase.at(path).into()
}
