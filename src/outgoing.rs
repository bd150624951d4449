//! Calls to Stripe, written down before they are made.
//!
//! The intent commits with the change that wants it, then the call is made with the intent's key, then its answer is
//! noted: whatever dies in between, the same key is used again and nothing happens twice. A new attempt gets a new
//! key, and only after a definite refusal (payments.md 4.5).

use entity::outgoing_calls as calls;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use stripe_gateway::{IdempotencyKey, StripeError};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::kernel::{Error, Fault, Instant, Result};

/// A call that is intended or made.
#[derive(Clone, Debug)]
pub struct Intent {
    id: Uuid,
    /// Counted from one.
    pub attempt: u32,
    /// Goes with every try of this attempt.
    pub key: IdempotencyKey,
}

/// What kinds of calls there are, and how their keys begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Open a payment page; the subject is a checkout.
    CheckoutSession,
    /// Open a customer; the subject is a user.
    Customer,
    /// Open a connected account; the subject is a creator.
    Account,
    /// Open a payment for an app's sheet; the subject is a checkout.
    PaymentIntent,
    /// Charge a saved card while its owner is away; the subject is a checkout.
    SavedCard,
    /// Send a creator their released share of an order; the subject is a transfer.
    Transfer,
    /// Take back what was sent to a creator; the subject is a reversal.
    Reversal,
    /// Send a creator's balance to their bank; the subject is a payout.
    Payout,
    /// Give a buyer money back; the subject is a refund.
    Refund,
    /// Hand in evidence; the subject is a dispute.
    Evidence,
    /// Note a taxable sale; the subject is an order.
    TaxTransaction,
    /// Make a recurring price known; the subject is a price.
    RecurringPrice,
    /// Change a subscription; the subject is a change of a membership.
    Subscription,
}

impl Kind {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::CheckoutSession => "checkout_session",
            Kind::Customer => "customer",
            Kind::Account => "account",
            Kind::PaymentIntent => "payment_intent",
            Kind::SavedCard => "saved_card",
            Kind::Transfer => "transfer",
            Kind::Reversal => "reversal",
            Kind::Payout => "payout",
            Kind::Refund => "refund",
            Kind::Evidence => "evidence",
            Kind::TaxTransaction => "tax_transaction",
            Kind::RecurringPrice => "recurring_price",
            Kind::Subscription => "subscription",
        }
    }

    fn short(self) -> &'static str {
        match self {
            Kind::CheckoutSession => "co",
            Kind::Customer => "cu",
            Kind::Account => "ac",
            Kind::PaymentIntent => "pi",
            Kind::SavedCard => "sc",
            Kind::Transfer => "tr",
            Kind::Reversal => "rv",
            Kind::Payout => "po",
            Kind::Refund => "rf",
            Kind::Evidence => "ev",
            Kind::TaxTransaction => "tx",
            Kind::RecurringPrice => "rp",
            Kind::Subscription => "su",
        }
    }
}

/// The attempt to go on with: the one that is not answered yet, or a new one after the last was refused. Two callers
/// at once get the same one.
pub async fn intend(tx: &Tx, kind: Kind, subject: Uuid) -> Result<Intent> {
    let last = last(tx.conn(), kind, subject).await?;
    let attempt = match &last {
        Some(row) if row.state == "REFUSED" => row.attempt + 1,
        Some(row) => return intent_of(row),
        None => 1,
    };
    let row = calls::ActiveModel {
        id: Set(tx.id()),
        kind: Set(kind.name().to_owned()),
        subject_id: Set(subject),
        attempt: Set(attempt),
        idempotency_key: Set(format!("{}:{}:{attempt}", kind.short(), subject.simple())),
        state: Set("INTENDED".to_owned()),
        response_ref: Set(None),
        error: Set(None),
        created_at: Set(tx.now()),
        answered_at: Set(None),
    };
    calls::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    let row = self::last(tx.conn(), kind, subject).await?;
    intent_of(&row.ok_or_else(|| Fault::new("intending a call", "it is not there"))?)
}

/// The attempt that is under way or was the last; none if this was never intended here.
pub async fn intended(tx: &Tx, kind: Kind, subject: Uuid) -> Result<Option<Intent>> {
    last(tx.conn(), kind, subject).await?.as_ref().map(intent_of).transpose()
}

/// Notes that Stripe did it and what it called the result.
pub async fn answered(tx: &Tx, intent: &Intent, response_ref: &str) -> Result<()> {
    let change = calls::ActiveModel {
        id: Set(intent.id),
        state: Set("ANSWERED".to_owned()),
        response_ref: Set(Some(response_ref.to_owned())),
        answered_at: Set(Some(tx.now())),
        ..Default::default()
    };
    calls::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Whether nobody has noted an answer to this attempt yet. Ask under the lock of what it is about.
pub async fn is_waiting(tx: &Tx, intent: &Intent) -> Result<bool> {
    let row = calls::Entity::find_by_id(intent.id).one(tx.conn()).await?;
    Ok(row.is_some_and(|row| row.state == "INTENDED"))
}

/// Notes that what a call was meant for has ended without its answer, so that nobody waits for it. Nothing to do if there is
/// an answer.
pub async fn overtaken(tx: &Tx, kind: Kind, subject: Uuid) -> Result<()> {
    let change = calls::ActiveModel {
        state: Set("REFUSED".to_owned()),
        error: Set(Some("ended without an answer".to_owned())),
        answered_at: Set(Some(tx.now())),
        ..Default::default()
    };
    calls::Entity::update_many()
        .set(change)
        .filter(calls::Column::Kind.eq(kind.name()))
        .filter(calls::Column::SubjectId.eq(subject))
        .filter(calls::Column::State.eq("INTENDED"))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Notes that Stripe refused for good.
pub async fn refused(tx: &Tx, intent: &Intent, error: &StripeError) -> Result<()> {
    let change = calls::ActiveModel {
        id: Set(intent.id),
        state: Set("REFUSED".to_owned()),
        error: Set(Some(error.to_string().chars().take(1000).collect())),
        answered_at: Set(Some(tx.now())),
        ..Default::default()
    };
    calls::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Subjects of calls of this kind that were intended before `before` and have no answer.
pub async fn unanswered(db: &Db, kind: Kind, before: Instant) -> Result<Vec<Uuid>> {
    let rows: Vec<Uuid> = calls::Entity::find()
        .select_only()
        .column(calls::Column::SubjectId)
        .filter(calls::Column::Kind.eq(kind.name()))
        .filter(calls::Column::State.eq("INTENDED"))
        .filter(calls::Column::CreatedAt.lt(before))
        .order_by_asc(calls::Column::CreatedAt)
        .limit(200)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows)
}

/// An answer that never came, as a fault that a later try may cure.
pub fn away(doing: &str, error: &StripeError) -> Error {
    Error::Fault(Fault::away(doing, error))
}

async fn last(conn: &DatabaseTransaction, kind: Kind, subject: Uuid) -> Result<Option<calls::Model>> {
    let row = calls::Entity::find()
        .filter(calls::Column::Kind.eq(kind.name()))
        .filter(calls::Column::SubjectId.eq(subject))
        .order_by_desc(calls::Column::Attempt)
        .one(conn)
        .await?;
    Ok(row)
}

fn intent_of(row: &calls::Model) -> Result<Intent> {
    let key = IdempotencyKey::new(row.idempotency_key.clone())
        .map_err(|cause| Error::Fault(Fault::new("reading an outgoing call", cause)))?;
    Ok(Intent { id: row.id, attempt: u32::try_from(row.attempt).unwrap_or(1), key })
}
