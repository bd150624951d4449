//! A creator's money as their team sees it: what is theirs, and the book that explains it.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};

use crate::checkout::graphql::{LinesOfOrder, Order, OrderById, order};
use crate::creators::graphql::RoleIn;
use crate::creators::{Membership, Permission, desk as seat};
use crate::graphql::connection::connect;
use crate::graphql::values::Money;
use crate::graphql::{Ctx, Date, Fallible, TimeZone, field, page_request, required};
use crate::kernel::{Code, Denied, Error, Instant, LedgerEntryId, OrderId, Problem, Result};
use crate::payouts::graphql::{Payout, payout_of_transfer};
use crate::studio::graphql::desk;
use crate::{connection, loader};

use super::actions;
use super::model;
use super::store::{self, EntryFilter};
use super::words;

connection!(LedgerEntryConnection, LedgerEntryEdge, LedgerEntry, "lines of the book");

loader! {
    /// Stripe's pages with the receipts of orders.
    ReceiptOfOrder: OrderId => String = store::receipts_of_orders
}

/// Payments' part of the studio. Everything here needs FINANCE.
#[derive(Clone)]
pub struct StudioMoney(pub Membership);

#[Object]
impl StudioMoney {
    /// The creator's book, newest first: each line is one reason why money became more or less.
    async fn ledger(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these days; all if absent.")] range: Option<DateRangeInput>,
        #[graphql(desc = "Only these kinds; all if absent.")] kinds: Option<Vec<LedgerKind>>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> async_graphql::Result<LedgerEntryConnection> {
        let desk = desk(&self.0, Permission::Finance)?;
        let list = "studio.ledger";
        let page = required(page_request(ctx, list, first, after))?;
        let mut filter =
            required(range.map_or_else(|| Ok(EntryFilter::default()), DateRangeInput::instants))?;
        filter.kinds = kinds.unwrap_or_default().into_iter().map(Into::into).collect();
        let found = required(actions::book_of(ctx.app(), &desk, &filter, &page).await)?;
        Ok(connect(ctx, list, found, |entry| vec![entry.id.to_string()], LedgerEntry))
    }
}

/// A line in a creator's book.
#[derive(Clone)]
pub struct LedgerEntry(pub model::Entry);

/// One reason why a creator's money became more or less.
#[Object]
impl LedgerEntry {
    /// `pst_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Why.
    async fn kind(&self) -> LedgerKind {
        self.0.kind.into()
    }

    /// How much more; below zero: how much less.
    async fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// All that was the creator's in this currency after this line.
    async fn balance_after(&self) -> Money {
        self.0.balance_after.into()
    }

    /// The purchase it is about; null for who only shares in it, since a buyer is known to the seller alone.
    async fn order(&self, ctx: &Context<'_>) -> Fallible<Order> {
        let id = self.0.order?;
        let seen = async { Ok(if is_seller(ctx, id).await? { order(ctx, id).await? } else { None }) };
        field(seen.await)
    }

    /// The payout to the bank that this money was part of; null until it has left the balance at the payment service.
    async fn payout(&self, ctx: &Context<'_>) -> Fallible<Payout> {
        if self.0.kind != model::EntryKind::Payout {
            return None;
        }
        field(payout_of_transfer(ctx, &self.0.reference).await)
    }

    /// The same in a sentence, with the sums behind it.
    async fn description(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        required(self.explained(ctx).await)
    }

    /// When.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }
}

impl LedgerEntry {
    async fn explained(&self, ctx: &Context<'_>) -> Result<String> {
        let Some(id) = self.0.order else { return Ok(format!("{} by the platform.", self.0.amount)) };
        let order = ctx.loaders().load::<OrderById, _>(id).await?.ok_or(Denied::NotFound)?;
        let lines = ctx.loaders().load::<LinesOfOrder, _>(id).await?.unwrap_or_default();
        Ok(words::explain(&self.0, &order, &lines, is_seller(ctx, id).await?))
    }
}

/// Whether the caller keeps the books of the creator who sold this, and not only of one who shares in it.
async fn is_seller(ctx: &Context<'_>, id: OrderId) -> Result<bool> {
    let Some(user) = ctx.actor().user_id() else { return Ok(false) };
    let Some(order) = ctx.loaders().load::<OrderById, _>(id).await? else { return Ok(false) };
    let role = ctx.loaders().load::<RoleIn, _>((user, order.creator)).await?;
    Ok(role.is_some_and(|role| role.may(Permission::Finance)))
}

/// A line of a creator's book by its id: for the team with FINANCE.
pub async fn visible_entry(ctx: &Context<'_>, id: LedgerEntryId) -> Result<Option<LedgerEntry>> {
    let Some(viewer) = ctx.actor().known() else { return Ok(None) };
    let Some((creator, entry)) = store::entry(&ctx.app().db, id).await? else { return Ok(None) };
    match seat(ctx.app(), viewer, creator, Permission::Finance).await {
        Ok(_) => Ok(Some(LedgerEntry(entry))),
        Err(Error::Denied(Denied::NotFound | Denied::Forbidden { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Why a creator's money became more or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::EntryKind")]
pub enum LedgerKind {
    /// Something was sold.
    Sale,
    /// A buyer got money back.
    Refund,
    /// The platform's part.
    PlatformFee,
    /// The payment service's part.
    ProcessingFee,
    /// Tax for the state.
    Tax,
    /// An affiliate's part.
    Commission,
    /// A buyer's bank took money back.
    Dispute,
    /// A dispute was won.
    DisputeReversed,
    /// Money went to the bank.
    Payout,
    /// Anything else.
    Adjustment,
}

/// Some days, both included.
#[derive(Clone, Debug, InputObject)]
pub struct DateRangeInput {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Where these days begin and end; UTC if absent.
    pub time_zone: Option<TimeZone>,
}

impl DateRangeInput {
    /// From the beginning of the first day to the end of the last, where these days are lived.
    pub fn bounds(&self) -> Result<(Instant, Instant)> {
        let zone = self.time_zone.as_deref().unwrap_or("UTC");
        let zone = jiff::tz::TimeZone::get(zone)
            .map_err(|_| problem("timeZone", Code::Invalid, "This is not a zone such as Europe/Berlin."))?;
        let first = day("from", &self.from)?;
        let after = day("to", &self.to)?.tomorrow().ok();
        match after {
            Some(after) if after > first => {
                Ok((beginning("from", first, &zone)?, beginning("to", after, &zone)?))
            }
            _ => Err(problem("to", Code::OutOfRange, "The last day must not be before the first.")),
        }
    }

    fn instants(self) -> Result<EntryFilter> {
        let (from, until) = self.bounds()?;
        Ok(EntryFilter { from: Some(from), until: Some(until), ..Default::default() })
    }
}

fn day(name: &str, text: &Date) -> Result<jiff::civil::Date> {
    text.parse().map_err(|_| problem(name, Code::Invalid, "This is not a day such as 2026-11-22."))
}

/// Not midnight everywhere: where clocks are put forward then, a day begins at one.
fn beginning(name: &str, day: jiff::civil::Date, zone: &jiff::tz::TimeZone) -> Result<Instant> {
    let far = || problem(name, Code::OutOfRange, "This day is too far away.");
    let start = day.to_zoned(zone.clone()).map_err(|_| far())?;
    Instant::from_timestamp_micros(start.timestamp().as_microsecond()).ok_or_else(far)
}

fn problem(name: &str, code: Code, message: &str) -> Error {
    let path = vec!["range".to_owned(), name.to_owned()];
    Problem { code, message: message.to_owned(), path, detail: Default::default() }.into()
}
