//! Disputes and early warnings.

use entity::{disputes, fraud_warnings, taken_parts};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use stripe_gateway::{Dispute as AtStripe, Evidence};

use crate::checkout::model::{Order, Share};
use crate::db::{Db, Tx};
use crate::disputes::model::{Dispute, DisputeState};
use crate::kernel::{
    Currency, DisputeId, Error, Fault, OrderId, OrderLineId, Page, PageRequest, PublicId, Result,
};
use crate::refunds::division::{SHARES, Taken};

/// Writes a dispute down, once; its money is not taken yet.
pub async fn insert(tx: &Tx, order: &Order, read: &AtStripe, state: DisputeState) -> Result<()> {
    let row = disputes::ActiveModel {
        id: Set(tx.id()),
        stripe_id: Set(read.id.clone()),
        order_id: Set(order.id.uuid()),
        charge_id: Set(read.charge.clone()),
        state: Set(state.name().to_owned()),
        reason: Set(read.reason.clone()),
        currency: Set(order.currency.code().to_owned()),
        amount_minor: Set(read.amount),
        withdrawn_minor: Set(0),
        taken_minor: Set(0),
        fee_minor: Set(0),
        is_refundable: Set(read.is_charge_refundable),
        evidence: Set(None),
        evidence_due_at: Set(read.evidence_due),
        evidence_sent_at: Set(None),
        opened_at: Set(None),
        closed_at: Set(None),
        created_at: Set(tx.now()),
    };
    disputes::Entity::insert(row)
        .on_conflict(OnConflict::column(disputes::Column::StripeId).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// A dispute by key.
pub async fn dispute(conn: &impl ConnectionTrait, id: DisputeId) -> Result<Option<Dispute>> {
    disputes::Entity::find_by_id(id.uuid()).one(conn).await?.map(Dispute::try_from).transpose()
}

/// A dispute by what Stripe calls it.
pub async fn at_stripe(conn: &impl ConnectionTrait, stripe_id: &str) -> Result<Option<Dispute>> {
    let row = disputes::Entity::find().filter(disputes::Column::StripeId.eq(stripe_id)).one(conn).await?;
    row.map(Dispute::try_from).transpose()
}

/// All disputes, newest first: for the platform's operators.
pub async fn page(conn: &impl ConnectionTrait, page: &PageRequest) -> Result<Page<Dispute>> {
    let mut query = disputes::Entity::find();
    let after = page.after.as_ref().and_then(|key| key.first());
    if let Some(after) = after.and_then(|key| key.parse::<DisputeId>().ok()) {
        query = query.filter(disputes::Column::Id.lt(after.uuid()));
    }
    let rows = query.order_by_desc(disputes::Column::Id).limit(page.limit()).all(conn).await?;
    let found = rows.into_iter().map(Dispute::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, page))
}

/// Disputes that are not decided.
pub async fn undecided(db: &Db) -> Result<Vec<Dispute>> {
    let open = [DisputeState::Inquiry, DisputeState::NeedsResponse, DisputeState::UnderReview];
    let rows = disputes::Entity::find()
        .filter(disputes::Column::State.is_in(open.map(DisputeState::name)))
        .order_by_asc(disputes::Column::Id)
        .limit(500)
        .all(db.read())
        .await?;
    rows.into_iter().map(Dispute::try_from).collect()
}

/// Writes what Stripe says of a dispute now.
pub async fn set_facts(tx: &Tx, id: DisputeId, read: &AtStripe) -> Result<()> {
    let change = disputes::ActiveModel {
        id: Set(id.uuid()),
        amount_minor: Set(read.amount),
        reason: Set(read.reason.clone()),
        is_refundable: Set(read.is_charge_refundable),
        evidence_due_at: Set(read.evidence_due),
        ..Default::default()
    };
    disputes::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Moves a dispute.
pub async fn set_state(tx: &Tx, id: DisputeId, state: DisputeState) -> Result<()> {
    let change = disputes::ActiveModel {
        id: Set(id.uuid()),
        state: Set(state.name().to_owned()),
        closed_at: Set(state.is_final().then_some(tx.now())),
        ..Default::default()
    };
    disputes::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Notes what the bank took.
pub async fn set_opened(tx: &Tx, id: DisputeId, read: &AtStripe, taken_minor: i64) -> Result<()> {
    let change = disputes::ActiveModel {
        id: Set(id.uuid()),
        withdrawn_minor: Set(read.withdrawn),
        taken_minor: Set(taken_minor),
        fee_minor: Set(read.fee),
        opened_at: Set(Some(tx.now())),
        ..Default::default()
    };
    disputes::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// What a dispute took of the order's lines.
pub async fn taken(conn: &impl ConnectionTrait, id: DisputeId, shares: &[Share]) -> Result<Vec<Taken>> {
    let rows = taken_parts::Entity::find()
        .filter(taken_parts::Column::CauseId.eq(id.uuid()))
        .filter(taken_parts::Column::UndoneAt.is_null())
        .order_by_asc(taken_parts::Column::OrderLineId)
        .order_by_asc(taken_parts::Column::Place)
        .all(conn)
        .await?;
    let taken = rows.into_iter().map(|row| {
        let line = OrderLineId(row.order_line_id);
        let its = shares.iter().find(|share| share.line == line && share.position + SHARES == row.place);
        Taken { line, place: row.place, payee: its.map(|share| share.payee), amount: row.amount_minor }
    });
    Ok(taken.collect())
}

/// Freezes the evidence; what was frozen before stays.
pub async fn freeze_evidence(tx: &Tx, id: DisputeId, evidence: &Evidence) -> Result<()> {
    let json = serde_json::to_value(evidence).map_err(|cause| Fault::new("writing evidence", cause))?;
    disputes::Entity::update_many()
        .set(disputes::ActiveModel { evidence: Set(Some(json)), ..Default::default() })
        .filter(disputes::Column::Id.eq(id.uuid()))
        .filter(disputes::Column::Evidence.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The evidence as it was frozen.
pub async fn evidence(conn: &impl ConnectionTrait, id: DisputeId) -> Result<Option<Evidence>> {
    let row = disputes::Entity::find_by_id(id.uuid()).one(conn).await?;
    let frozen = row.and_then(|row| row.evidence).map(serde_json::from_value::<Evidence>).transpose();
    frozen.map_err(|cause| Error::Fault(Fault::new("reading evidence", cause)))
}

/// Notes that the evidence is with the bank.
pub async fn set_evidence_sent(tx: &Tx, id: DisputeId) -> Result<()> {
    let change = disputes::ActiveModel {
        id: Set(id.uuid()),
        evidence_sent_at: Set(Some(tx.now())),
        ..Default::default()
    };
    disputes::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Writes a bank's suspicion down; false if it is there already.
pub async fn insert_warning(
    tx: &Tx,
    order: OrderId,
    stripe_id: &str,
    charge: &str,
    kind: &str,
) -> Result<bool> {
    let row = fraud_warnings::ActiveModel {
        id: Set(tx.id()),
        stripe_id: Set(stripe_id.to_owned()),
        order_id: Set(order.uuid()),
        charge_id: Set(charge.to_owned()),
        kind: Set(kind.to_owned()),
        created_at: Set(tx.now()),
    };
    let written = fraud_warnings::Entity::insert(row)
        .on_conflict(OnConflict::column(fraud_warnings::Column::StripeId).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(written > 0)
}

impl TryFrom<disputes::Model> for Dispute {
    type Error = Error;
    fn try_from(row: disputes::Model) -> Result<Self> {
        let unreadable = |cause: String| Error::Fault(Fault::new("reading a dispute", cause));
        Ok(Self {
            id: DisputeId(row.id),
            stripe_id: row.stripe_id,
            order: OrderId(row.order_id),
            state: DisputeState::of(&row.state).ok_or_else(|| unreadable(row.state.clone()))?,
            reason: row.reason,
            currency: row.currency.parse::<Currency>().map_err(|cause| unreadable(cause.to_string()))?,
            amount_minor: row.amount_minor,
            withdrawn_minor: row.withdrawn_minor,
            taken_minor: row.taken_minor,
            fee_minor: row.fee_minor,
            is_refundable: row.is_refundable,
            evidence_due_at: row.evidence_due_at,
            evidence_sent_at: row.evidence_sent_at,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
        })
    }
}
