//! Prices as a buyer meets them.

use std::collections::{HashMap, HashSet};

use entity::{offerings, prices};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::checkout::model::{Offered, Pricing};
use crate::kernel::{CreatorId, PriceId, PublicId, Result};

use super::unreadable;

/// Prices by key, with what they are for.
pub async fn offered(conn: &impl ConnectionTrait, ids: &[PriceId]) -> Result<HashMap<PriceId, Offered>> {
    let keys = ids.iter().map(|id| id.uuid());
    let prices = prices::Entity::find().filter(prices::Column::Id.is_in(keys)).all(conn).await?;
    let wanted: HashSet<Uuid> = prices.iter().map(|price| price.offering_id).collect();
    let offerings = offerings::Entity::find().filter(offerings::Column::Id.is_in(wanted)).all(conn).await?;
    let offerings: HashMap<Uuid, offerings::Model> =
        offerings.into_iter().map(|offering| (offering.id, offering)).collect();
    let pairs = prices.into_iter().filter_map(|price| {
        let offering = offerings.get(&price.offering_id)?;
        Some(offer(price, offering).map(|offered| (offered.price, offered)))
    });
    pairs.collect()
}

fn offer(price: prices::Model, offering: &offerings::Model) -> Result<Offered> {
    let pricing = match price.kind.as_str() {
        "FREE" => Pricing::Free,
        "ONE_TIME" => Pricing::OneTime,
        "PAY_WHAT_YOU_WANT" => Pricing::PayWhatYouWant,
        _ => Pricing::Recurring,
    };
    let until = [price.archived_at, price.available_until].into_iter().flatten().min();
    Ok(Offered {
        price: PriceId(price.id),
        pricing,
        amount_minor: price.amount_minor,
        currency: price.currency.parse().map_err(unreadable)?,
        until,
        offering: offering.id,
        title: offering.title.clone(),
        creator: CreatorId(offering.creator_id),
        on_sale: matches!(offering.status.as_str(), "PUBLISHED" | "UNLISTED"),
    })
}
