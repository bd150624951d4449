//! Waiting for a place, as who waits and the team see it.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::graphql::values::Money;
use crate::graphql::{Ctx, Fallible, field, required};
use crate::kernel::{Result, UserId, WaitlistEntryId, WorkshopSessionId};
use crate::workshops::model::{self, EntryState};
use crate::workshops::store;
use crate::{connection, loader};

use super::session::{WorkshopSession, its_session};

connection!(WaitlistEntryConnection, WaitlistEntryEdge, WaitlistEntry, "people who wait");

loader! {
    /// Entries by key.
    EntryById: WaitlistEntryId => model::Entry = store::entries_by_id
}

loader! {
    /// Where people stand on waitlists.
    EntryOfPair: (UserId, WorkshopSessionId) => model::Entry = store::live_of_pairs
}

loader! {
    /// How many wait before somebody.
    AheadOf: WaitlistEntryId => i64 = store::ahead_of
}

loader! {
    /// How many seats are kept beside somebody's own.
    KeptBeside: WaitlistEntryId => i64 = store::kept_beside
}

loader! {
    /// What those who wait have agreed to.
    BuyingOf: WaitlistEntryId => model::Buying = store::buyings
}

/// Somebody who waits for a place.
#[derive(Clone)]
pub struct WaitlistEntry(pub model::Entry);

/// Somebody who waits for a place at a session.
#[Object]
impl WaitlistEntry {
    /// `wle_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// At which session.
    async fn session(&self, ctx: &Context<'_>) -> async_graphql::Result<WorkshopSession> {
        required(its_session(ctx, self.0.session).await)
    }

    /// Who is how many-th, by people: 1 comes next; 0 once a seat is kept for them, or they wait no more.
    async fn position(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        if self.0.state != EntryState::Waiting {
            return Ok(0);
        }
        let ahead = required(ctx.loaders().load::<AheadOf, _>(self.0.id).await)?.unwrap_or_default();
        Ok(i32::try_from(ahead + 1).unwrap_or(i32::MAX))
    }

    /// How many seats they wait for, their own among them.
    async fn seats(&self) -> i32 {
        i32::try_from(self.0.seats).unwrap_or(i32::MAX)
    }

    /// How many seats are kept for them; 0 while they wait. Fewer than `seats` where there were not so many: those that
    /// become free until `offeredUntil` are added.
    async fn seats_offered(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        if self.0.state != EntryState::Offered {
            return Ok(0);
        }
        let beside = required(ctx.loaders().load::<KeptBeside, _>(self.0.id).await)?.unwrap_or_default();
        Ok(i32::try_from(beside + 1).unwrap_or(i32::MAX))
    }

    /// Until when a seat, or several, are kept for them; null while they wait.
    async fn offered_until(&self, ctx: &Context<'_>) -> Fallible<DateTime<Utc>> {
        let seat = self.0.seat.filter(|_| self.0.state == EntryState::Offered)?;
        let found = ctx.loaders().load::<super::seat::SeatById, _>(seat).await;
        field(found.map(|seat| seat.and_then(|seat| seat.held_until)))
    }

    /// What the caller agreed to, so that the seat is bought by itself; null for who did not, for others, when it came
    /// to nothing, and for who waits no more.
    async fn auto_buy(&self, ctx: &Context<'_>) -> Fallible<WaitlistAutoBuy> {
        if ctx.actor().user_id() != Some(self.0.user) {
            return None;
        }
        let found = ctx.loaders().load::<BuyingOf, _>(self.0.id).await;
        let waits = matches!(self.0.state, EntryState::Waiting | EntryState::Offered);
        let stands = |buying: &model::Buying| {
            buying.ended_at.is_none() && (waits || (buying.is_begun() && self.0.state == EntryState::Seated))
        };
        let stands = found.map(|found| found.filter(stands));
        field(stands.map(|buying| buying.map(WaitlistAutoBuy::from)))
    }
}

/// A seat that is bought by itself as soon as there is one.
#[derive(SimpleObject)]
pub struct WaitlistAutoBuy {
    /// What is charged, and nothing else.
    pub total: Money,
    /// The card that is charged, such as `visa`.
    pub card_brand: String,
    /// Its last four digits.
    pub card_last4: String,
    /// When it was agreed to.
    pub agreed_at: DateTime<Utc>,
}

impl From<model::Buying> for WaitlistAutoBuy {
    fn from(buying: model::Buying) -> Self {
        let model::Agreement { amount, card_brand, card_last4, .. } = buying.agreement;
        Self { total: amount.into(), card_brand, card_last4, agreed_at: buying.agreed_at }
    }
}

/// Where the caller stands on a session's waitlist.
pub async fn own_entry(ctx: &Context<'_>, session: WorkshopSessionId) -> Result<Option<WaitlistEntry>> {
    let Some(user) = ctx.actor().user_id() else { return Ok(None) };
    Ok(ctx.loaders().load::<EntryOfPair, _>((user, session)).await?.map(WaitlistEntry))
}

/// An entry of the caller's by key, also one that is over.
pub async fn entry(ctx: &Context<'_>, id: WaitlistEntryId) -> Result<Option<WaitlistEntry>> {
    let Some(user) = ctx.actor().user_id() else { return Ok(None) };
    let found = ctx.loaders().load::<EntryById, _>(id).await?;
    Ok(found.filter(|entry| entry.user == user).map(WaitlistEntry))
}
