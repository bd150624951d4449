//! What those who wait have agreed to. Whoever writes holds the session's lock, but for the reason of a failure.

use std::collections::HashMap;

use entity::waitlist_entries;
use entity::waitlist_purchases::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::app::App;
use crate::db::Tx;
use crate::kernel::{CheckoutId, Currency, Error, Money, PublicId, Result, SeatId, WaitlistEntryId};
use crate::workshops::model::{Agreement, Buying, Entry, EntryState, Terms, WhyNot};

use super::unreadable;

impl TryFrom<Model> for Buying {
    type Error = Error;
    fn try_from(row: Model) -> Result<Self> {
        let currency = row.currency.parse::<Currency>().map_err(unreadable)?;
        let why_not = row.why_not.as_deref();
        Ok(Self {
            agreement: Agreement {
                quote: row.quote,
                amount: Money::new(row.amount_minor, currency),
                terms: Terms { sequence: row.sequence, policy: row.policy },
                method: row.payment_method,
                card_brand: row.card_brand,
                card_last4: row.card_last4,
                consents: serde_json::from_value(row.consents).map_err(unreadable)?,
            },
            agreed_at: row.agreed_at,
            checkout: row.checkout_id.map(CheckoutId),
            charged_at: row.charged_at,
            why_not: why_not.map(|why| WhyNot::of(why).ok_or_else(|| unreadable(why))).transpose()?,
            ended_at: row.ended_at,
        })
    }
}

/// Writes down what was agreed to, instead of what may have been agreed to before.
pub async fn agree(tx: &Tx, entry: WaitlistEntryId, agreement: Agreement) -> Result<()> {
    take_back(tx, entry).await?;
    let row = ActiveModel {
        entry_id: Set(entry.uuid()),
        quote: Set(agreement.quote),
        amount_minor: Set(agreement.amount.minor),
        currency: Set(agreement.amount.currency.code().to_owned()),
        payment_method: Set(agreement.method),
        card_brand: Set(agreement.card_brand),
        card_last4: Set(agreement.card_last4),
        sequence: Set(agreement.terms.sequence),
        policy: Set(agreement.terms.policy),
        consents: Set(serde_json::to_value(&agreement.consents).map_err(unreadable)?),
        agreed_at: Set(tx.now()),
        checkout_id: Set(None),
        charged_at: Set(None),
        why_not: Set(None),
        ended_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Forgets what was agreed to, if nothing was done about it; whether there was anything.
pub async fn take_back(tx: &Tx, entry: WaitlistEntryId) -> Result<bool> {
    let gone = Entity::delete_many()
        .filter(Column::EntryId.eq(entry.uuid()))
        .filter(Column::CheckoutId.is_null())
        .filter(Column::EndedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(gone.rows_affected > 0)
}

/// What was agreed to for an entry.
pub async fn buying(conn: &impl ConnectionTrait, entry: WaitlistEntryId) -> Result<Option<Buying>> {
    Entity::find_by_id(entry.uuid()).one(conn).await?.map(Buying::try_from).transpose()
}

/// The same for many entries.
pub async fn buyings(app: &App, entries: &[WaitlistEntryId]) -> Result<HashMap<WaitlistEntryId, Buying>> {
    let any = Column::EntryId.is_in(entries.iter().map(|entry| entry.uuid()));
    let rows = Entity::find().filter(any).all(app.db.read()).await?;
    rows.into_iter().map(|row| Ok((WaitlistEntryId(row.entry_id), Buying::try_from(row)?))).collect()
}

/// Notes the one attempt to pay; false if there is one, or it is over.
pub async fn begin(tx: &Tx, entry: WaitlistEntryId, checkout: CheckoutId) -> Result<bool> {
    let to = ActiveModel { checkout_id: Set(Some(checkout.uuid())), ..Default::default() };
    let changed = Entity::update_many()
        .set(to)
        .filter(Column::EntryId.eq(entry.uuid()))
        .filter(Column::CheckoutId.is_null())
        .filter(Column::EndedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Notes that the card is about to be charged; the first time counts.
pub async fn note_charge(tx: &Tx, entry: WaitlistEntryId) -> Result<()> {
    let to = ActiveModel { charged_at: Set(Some(tx.now())), ..Default::default() };
    let one = Entity::update_many().set(to).filter(Column::EntryId.eq(entry.uuid()));
    one.filter(Column::ChargedAt.is_null()).exec(tx.conn()).await?;
    Ok(())
}

/// Notes why the attempt is about to come to nothing; the first reason counts.
pub async fn note_why(tx: &Tx, entry: WaitlistEntryId, why: WhyNot) -> Result<()> {
    let to = ActiveModel { why_not: Set(Some(why.name().to_owned())), ..Default::default() };
    let one = Entity::update_many().set(to).filter(Column::EntryId.eq(entry.uuid()));
    one.filter(Column::EndedAt.is_null()).filter(Column::WhyNot.is_null()).exec(tx.conn()).await?;
    Ok(())
}

/// It did not come to nothing after all.
pub async fn forget_why(tx: &Tx, entry: WaitlistEntryId) -> Result<()> {
    let to = ActiveModel { entry_id: Set(entry.uuid()), why_not: Set(None), ..Default::default() };
    Entity::update(to).exec(tx.conn()).await?;
    Ok(())
}

/// Notes that it came to nothing.
pub async fn end(tx: &Tx, entry: WaitlistEntryId, why: WhyNot) -> Result<()> {
    let to = ActiveModel {
        entry_id: Set(entry.uuid()),
        why_not: Set(Some(why.name().to_owned())),
        ended_at: Set(Some(tx.now())),
        ..Default::default()
    };
    Entity::update(to).exec(tx.conn()).await?;
    Ok(())
}

/// For whom a seat is, or was just, being bought by itself, or was to be when they began to buy it by hand; they may have
/// left meanwhile.
pub async fn buyer_of(conn: &impl ConnectionTrait, seat: SeatId) -> Result<Option<(Entry, Buying)>> {
    let states = [EntryState::Seated.name(), EntryState::Left.name()];
    let rows = waitlist_entries::Entity::find()
        .filter(waitlist_entries::Column::SeatId.eq(seat.uuid()))
        .filter(waitlist_entries::Column::State.is_in(states));
    let Some(row) = rows.one(conn).await? else { return Ok(None) };
    let entry = Entry::try_from(row)?;
    let buying = buying(conn, entry.id).await?;
    Ok(buying.filter(|buying| buying.is_begun() || buying.is_due()).map(|buying| (entry, buying)))
}
