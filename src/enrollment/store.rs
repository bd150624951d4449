//! Enrollments in the database.

use std::collections::{HashMap, HashSet};

use entity::{enrollments, offerings};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::{self, Tx, any_pair};
use crate::kernel::{CreatorId, EnrollmentId, Fault, Instant, OrderLineId, PublicId, Result, UserId};

use super::model::{Enrollment, Source, State};

/// A person and an offering: what an enrollment is unique by.
pub type Pair = (UserId, Uuid);

/// Writes an active enrollment; `None` if the pair has one already, in whatever state.
pub async fn insert(
    tx: &Tx,
    (user, offering): Pair,
    source: Source,
    line: Option<OrderLineId>,
) -> Result<Option<EnrollmentId>> {
    let id = tx.id();
    let row = enrollments::ActiveModel {
        id: Set(id),
        user_id: Set(user.uuid()),
        offering_id: Set(offering),
        state: Set(State::Active.name().to_owned()),
        source: Set(source.name().to_owned()),
        order_line_id: Set(line.map(PublicId::uuid)),
        membership_id: Set(None),
        started_at: Set(tx.now()),
        access_ends_at: Set(None),
        completed_at: Set(None),
        revoked_at: Set(None),
        last_lesson_id: Set(None),
        last_activity_at: Set(None),
        completed_lessons: Set(0),
        created_at: Set(tx.now()),
    };
    let mut pair = OnConflict::columns([enrollments::Column::UserId, enrollments::Column::OfferingId]);
    let written = enrollments::Entity::insert(row)
        .on_conflict(pair.do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok((written > 0).then_some(EnrollmentId(id)))
}

/// Makes a right that had ended begin again for a new reason. What was learned stays; so does the drip clock, so that
/// nothing that was open locks again.
pub async fn revive(tx: &Tx, was: &Enrollment, source: Source, line: Option<OrderLineId>) -> Result<()> {
    let state = if was.completed_at.is_some() { State::Completed } else { State::Active };
    let change = enrollments::ActiveModel {
        id: Set(was.id.uuid()),
        state: Set(state.name().to_owned()),
        source: Set(source.name().to_owned()),
        order_line_id: Set(line.map(PublicId::uuid)),
        membership_id: Set(None),
        access_ends_at: Set(None),
        revoked_at: Set(None),
        ..Default::default()
    };
    enrollments::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Says that another line pays for a right; the right itself stays as it is.
pub async fn rest_on(tx: &Tx, id: EnrollmentId, line: OrderLineId, source: Source) -> Result<()> {
    let change = enrollments::ActiveModel {
        id: Set(id.uuid()),
        source: Set(source.name().to_owned()),
        order_line_id: Set(Some(line.uuid())),
        ..Default::default()
    };
    enrollments::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Takes a right back.
pub async fn set_revoked(tx: &Tx, id: EnrollmentId) -> Result<()> {
    let change = enrollments::ActiveModel {
        id: Set(id.uuid()),
        state: Set(State::Revoked.name().to_owned()),
        revoked_at: Set(Some(tx.now())),
        ..Default::default()
    };
    enrollments::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Gives a right back that was taken: as it was, with the same end.
pub async fn set_restored(tx: &Tx, was: &Enrollment) -> Result<()> {
    let state = if was.completed_at.is_some() { State::Completed } else { State::Active };
    let change = enrollments::ActiveModel {
        id: Set(was.id.uuid()),
        state: Set(state.name().to_owned()),
        revoked_at: Set(None),
        ..Default::default()
    };
    enrollments::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Every right that these order lines paid for and that was not taken back: a bundle's line pays for several.
pub async fn live_of_lines(conn: &impl ConnectionTrait, lines: &[OrderLineId]) -> Result<Vec<EnrollmentId>> {
    let rows: Vec<Uuid> = enrollments::Entity::find()
        .select_only()
        .column(enrollments::Column::Id)
        .filter(enrollments::Column::OrderLineId.is_in(lines.iter().map(|line| line.uuid())))
        .filter(enrollments::Column::State.ne(State::Revoked.name()))
        .order_by_asc(enrollments::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(EnrollmentId).collect())
}

/// Counts learners of an offering up or down; gives its creator.
pub async fn count_learners(tx: &Tx, offering: Uuid, by: i32) -> Result<CreatorId> {
    let text =
        "UPDATE offerings SET enrollment_count = enrollment_count + $1 WHERE id = $2 RETURNING creator_id";
    let statement = db::sql(tx.conn().get_database_backend(), text, [by.into(), offering.into()]);
    let row = tx.conn().query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Fault::new("counting learners", format!("no offering {offering}")))?;
    Ok(CreatorId(row.try_get("", "creator_id")?))
}

/// The pair's enrollment, held until the transaction ends.
pub async fn locked(tx: &Tx, (user, offering): Pair) -> Result<Option<Enrollment>> {
    let row = enrollments::Entity::find()
        .filter(enrollments::Column::UserId.eq(user.uuid()))
        .filter(enrollments::Column::OfferingId.eq(offering))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    Ok(row.map(Enrollment::from))
}

/// A person's enrollments in these offerings, in whatever state, held until the transaction ends; always taken in the
/// same order, so that two devices never wait for each other.
pub async fn locked_of_user(
    tx: &Tx,
    user: UserId,
    offerings: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Enrollment>> {
    let rows = enrollments::Entity::find()
        .filter(enrollments::Column::UserId.eq(user.uuid()))
        .filter(enrollments::Column::OfferingId.is_in(offerings))
        .order_by_asc(enrollments::Column::Id)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (row.offering_id, row.into())).collect())
}

/// An enrollment by key, held until the transaction ends.
pub async fn locked_by_id(tx: &Tx, id: EnrollmentId) -> Result<Option<Enrollment>> {
    let row = enrollments::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?;
    Ok(row.map(Enrollment::from))
}

/// A person's enrollments in these offerings, in whatever state.
pub async fn of_user(
    conn: &impl ConnectionTrait,
    user: UserId,
    offerings: &[Uuid],
) -> Result<HashMap<Uuid, Enrollment>> {
    let rows = enrollments::Entity::find()
        .filter(enrollments::Column::UserId.eq(user.uuid()))
        .filter(enrollments::Column::OfferingId.is_in(offerings.iter().copied()))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.offering_id, row.into())).collect())
}

/// Many enrollments by key.
pub async fn by_id(app: &App, ids: &[EnrollmentId]) -> Result<HashMap<EnrollmentId, Enrollment>> {
    let rows = enrollments::Entity::find()
        .filter(enrollments::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|row| (EnrollmentId(row.id), row.into())).collect())
}

/// Many enrollments by person and offering.
pub async fn by_pair(app: &App, pairs: &[Pair]) -> Result<HashMap<Pair, Enrollment>> {
    use enrollments::Column;
    let keys = pairs.iter().map(|(user, offering)| (user.uuid(), *offering));
    let any = any_pair(Column::UserId, Column::OfferingId, keys);
    let rows = enrollments::Entity::find().filter(any).all(app.db.read()).await?;
    Ok(rows.into_iter().map(|row| ((UserId(row.user_id), row.offering_id), row.into())).collect())
}

/// Many enrollments by the order line that paid for them; the first of those that a bundle gave.
pub async fn by_order_line(app: &App, lines: &[OrderLineId]) -> Result<HashMap<OrderLineId, Enrollment>> {
    let rows = enrollments::Entity::find()
        .filter(enrollments::Column::OrderLineId.is_in(lines.iter().map(|line| line.uuid())))
        .order_by_desc(enrollments::Column::Id)
        .all(app.db.read())
        .await?;
    let known = rows.into_iter().filter_map(|row| Some((OrderLineId(row.order_line_id?), row.into())));
    Ok(known.collect())
}

/// Says which membership keeps a right open, and until when.
pub async fn tie(tx: &Tx, id: EnrollmentId, membership: Uuid, until: Instant) -> Result<()> {
    let change = enrollments::ActiveModel {
        id: Set(id.uuid()),
        membership_id: Set(Some(membership)),
        access_ends_at: Set(Some(until)),
        ..Default::default()
    };
    enrollments::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Gives a membership the right to its plan that belongs to none yet.
pub async fn adopt(tx: &Tx, (user, plan): Pair, membership: Uuid) -> Result<()> {
    let change = enrollments::ActiveModel { membership_id: Set(Some(membership)), ..Default::default() };
    enrollments::Entity::update_many()
        .set(change)
        .filter(enrollments::Column::UserId.eq(user.uuid()))
        .filter(enrollments::Column::OfferingId.eq(plan))
        .filter(enrollments::Column::Source.eq(Source::Membership.name()))
        .filter(enrollments::Column::MembershipId.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Says which line paid for the right to a plan last, unless another membership has it by now.
pub async fn set_line(tx: &Tx, (user, offering): Pair, membership: Uuid, line: OrderLineId) -> Result<()> {
    let of_this = Condition::any()
        .add(enrollments::Column::MembershipId.is_null())
        .add(enrollments::Column::MembershipId.eq(membership));
    let change = enrollments::ActiveModel { order_line_id: Set(Some(line.uuid())), ..Default::default() };
    enrollments::Entity::update_many()
        .set(change)
        .filter(enrollments::Column::UserId.eq(user.uuid()))
        .filter(enrollments::Column::OfferingId.eq(offering))
        .filter(of_this)
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Says which membership the right to a plan belongs to, and whether a payment is late.
pub async fn tie_plan(tx: &Tx, (user, plan): Pair, membership: Uuid, state: State) -> Result<()> {
    let change = enrollments::ActiveModel {
        membership_id: Set(Some(membership)),
        state: Set(state.name().to_owned()),
        ..Default::default()
    };
    enrollments::Entity::update_many()
        .set(change)
        .filter(enrollments::Column::UserId.eq(user.uuid()))
        .filter(enrollments::Column::OfferingId.eq(plan))
        .filter(enrollments::Column::State.ne(State::Revoked.name()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Moves the end of what a membership opens, for these offerings; which of them it opens.
pub async fn extend(tx: &Tx, membership: Uuid, offerings: &[Uuid], until: Instant) -> Result<HashSet<Uuid>> {
    let of_membership = || {
        Condition::all()
            .add(enrollments::Column::MembershipId.eq(membership))
            .add(enrollments::Column::State.ne(State::Revoked.name()))
            .add(enrollments::Column::OfferingId.is_in(offerings.iter().copied()))
    };
    let change = enrollments::ActiveModel { access_ends_at: Set(Some(until)), ..Default::default() };
    enrollments::Entity::update_many().set(change).filter(of_membership()).exec(tx.conn()).await?;
    let held: Vec<Uuid> = enrollments::Entity::find()
        .select_only()
        .column(enrollments::Column::OfferingId)
        .filter(of_membership())
        .into_tuple()
        .all(tx.conn())
        .await?;
    Ok(held.into_iter().collect())
}

/// Ends by then what a membership opens for longer.
pub async fn shorten(tx: &Tx, membership: Uuid, until: Instant) -> Result<()> {
    let change = enrollments::ActiveModel { access_ends_at: Set(Some(until)), ..Default::default() };
    enrollments::Entity::update_many()
        .set(change)
        .filter(enrollments::Column::MembershipId.eq(membership))
        .filter(
            Condition::any()
                .add(enrollments::Column::AccessEndsAt.is_null())
                .add(enrollments::Column::AccessEndsAt.gt(until)),
        )
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// People's newest rights to a membership plan of a creator, in whatever state.
pub async fn memberships_with(
    app: &App,
    pairs: &[(UserId, CreatorId)],
) -> Result<HashMap<(UserId, CreatorId), Enrollment>> {
    let creators: HashSet<Uuid> = pairs.iter().map(|(_, creator)| creator.uuid()).collect();
    let plans: Vec<(Uuid, Uuid)> = offerings::Entity::find()
        .select_only()
        .columns([offerings::Column::Id, offerings::Column::CreatorId])
        .filter(offerings::Column::CreatorId.is_in(creators))
        .filter(offerings::Column::Kind.eq("MEMBERSHIP"))
        .into_tuple()
        .all(app.db.read())
        .await?;
    let of_plans = pairs.iter().flat_map(|(user, creator)| {
        let theirs = plans.iter().filter(|(_, by)| *by == creator.uuid());
        theirs.map(|(plan, _)| (*user, *plan))
    });
    let mut held: Vec<_> = by_pair(app, &of_plans.collect::<Vec<_>>()).await?.into_iter().collect();
    held.sort_by_key(|(_, right)| right.id.uuid());
    let creator_of: HashMap<Uuid, Uuid> = plans.into_iter().collect();
    let newest = held
        .into_iter()
        .filter_map(|((user, plan), right)| Some(((user, CreatorId(*creator_of.get(&plan)?)), right)));
    Ok(newest.collect())
}
