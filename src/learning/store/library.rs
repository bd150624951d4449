//! A person's library, a page at a time.

use entity::{enrollments, offerings};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef,
};
use uuid::Uuid;

use crate::db::Db;
use crate::enrollment::model::{Enrollment, State};
use crate::kernel::{Instant, Page, PageRequest, PublicId, Result, UserId, text};

/// What of a library to show; empty lists mean everything.
#[derive(Clone, Debug, Default)]
pub struct LibraryFilter {
    /// Only rights that stand so now.
    pub states: Vec<State>,
    /// Only offerings of these kinds, as the database spells them.
    pub kinds: Vec<&'static str>,
    /// Only offerings whose title contains this.
    pub search: Option<String>,
}

/// Everything a person may learn or once might, newest right first: one statement.
pub async fn library(
    db: &Db,
    user: UserId,
    filter: &LibraryFilter,
    now: Instant,
    page: &PageRequest,
) -> Result<Page<Enrollment>> {
    let offering: RelationDef = enrollments::Entity::belongs_to(offerings::Entity)
        .from(enrollments::Column::OfferingId)
        .to(offerings::Column::Id)
        .into();
    let mut rows = enrollments::Entity::find()
        .filter(enrollments::Column::UserId.eq(user.uuid()))
        .order_by_desc(enrollments::Column::Id)
        .limit(page.limit());
    if !filter.states.is_empty() {
        let any = filter.states.iter().fold(Condition::any(), |any, state| any.add(stands(*state, now)));
        rows = rows.filter(any);
    }
    if !filter.kinds.is_empty() || filter.search.is_some() {
        rows = rows.join(JoinType::InnerJoin, offering);
    }
    if !filter.kinds.is_empty() {
        rows = rows.filter(offerings::Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    if let Some(search) = &filter.search {
        rows = rows.filter(offerings::Column::TitleFolded.contains(text::folded(search)));
    }
    if let Some(key) =
        page.after.as_ref().and_then(|key| key.first()).and_then(|key| key.parse::<Uuid>().ok())
    {
        rows = rows.filter(enrollments::Column::Id.lt(key));
    }
    let rows = rows.all(db.read()).await?;
    Ok(Page::cut(rows.into_iter().map(Enrollment::from).collect(), page))
}

/// The rows whose right stands so at `now`, as `Enrollment::state_at` would say.
fn stands(state: State, now: Instant) -> Condition {
    use enrollments::Column as C;
    let ended = Condition::all().add(C::AccessEndsAt.lte(now)).add(C::State.ne(State::Revoked.name()));
    let running = Condition::any().add(C::AccessEndsAt.is_null()).add(C::AccessEndsAt.gt(now));
    let written = C::State.eq(state.name());
    match state {
        State::Revoked => Condition::all().add(written),
        State::Expired => Condition::any().add(written).add(ended),
        _ => Condition::all().add(written).add(running),
    }
}
