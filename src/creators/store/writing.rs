//! Writing creators, their links and niches, and whether their page is open.

use entity::{creator_links, creator_niches, creators, storefronts, team_members};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
};
use serde_json::json;

use crate::creators::model::{Link, TeamRole, Theme};
use crate::db::Tx;
use crate::kernel::{AssetId, CreatorId, Currency, Denied, NicheId, PublicId, Result, UserId};

/// A new creator's facts, all checked.
pub struct NewCreator {
    /// Unique.
    pub handle: String,
    /// Shown to others.
    pub display_name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// IANA name.
    pub time_zone: String,
    /// What prices default to.
    pub currency: Currency,
    /// BCP 47 tags.
    pub languages: Vec<String>,
    /// One to five.
    pub niches: Vec<NicheId>,
}

/// Adds a creator with a closed page and its owner; `None` if the handle is taken.
pub async fn insert(tx: &Tx, owner: UserId, new: NewCreator) -> Result<Option<CreatorId>> {
    let id = CreatorId(tx.id());
    let row = creators::ActiveModel {
        id: Set(id.uuid()),
        handle: Set(new.handle),
        display_name: Set(new.display_name),
        headline: Set(None),
        bio_markdown: Set(String::new()),
        avatar_asset_id: Set(None),
        cover_asset_id: Set(None),
        country: Set(new.country),
        time_zone: Set(new.time_zone),
        currency: Set(new.currency.code().to_owned()),
        languages: Set(json!(new.languages)),
        is_verified: Set(false),
        follower_count: Set(0),
        rating_sum: Set(0),
        rating_count: Set(0),
        rating_milli: Set(0),
        ratings_1: Set(0),
        ratings_2: Set(0),
        ratings_3: Set(0),
        ratings_4: Set(0),
        ratings_5: Set(0),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let inserted = creators::Entity::insert(row)
        .on_conflict(OnConflict::column(creators::Column::Handle).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    if inserted == 0 {
        return Ok(None);
    }
    insert_page(tx, id).await?;
    insert_owner(tx, id, owner).await?;
    insert_niches(tx, id, &new.niches).await?;
    Ok(Some(id))
}

async fn insert_page(tx: &Tx, creator: CreatorId) -> Result<()> {
    let theme = Theme::default();
    let row = storefronts::ActiveModel {
        creator_id: Set(creator.uuid()),
        version: Set(1),
        is_published: Set(false),
        theme_preset: Set(theme.preset),
        color_primary: Set(theme.color_primary),
        color_background: Set(theme.color_background),
        font_family: Set(theme.font_family),
        corner_radius: Set(theme.corner_radius),
        sections: Set(json!([])),
        updated_at: Set(tx.now()),
    };
    storefronts::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

async fn insert_owner(tx: &Tx, creator: CreatorId, owner: UserId) -> Result<()> {
    let row = team_members::ActiveModel {
        id: Set(tx.id()),
        creator_id: Set(creator.uuid()),
        user_id: Set(owner.uuid()),
        role: Set(TeamRole::Owner.name().to_owned()),
        joined_at: Set(tx.now()),
    };
    team_members::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

async fn insert_niches(tx: &Tx, creator: CreatorId, niches: &[NicheId]) -> Result<()> {
    let rows = niches.iter().map(|niche| creator_niches::ActiveModel {
        creator_id: Set(creator.uuid()),
        niche_id: Set(niche.uuid()),
    });
    creator_niches::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// What of a profile changes; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct CreatorChange {
    /// Shown to others.
    pub display_name: Option<String>,
    /// `Some(None)` clears.
    pub headline: Option<Option<String>>,
    /// CommonMark.
    pub bio_markdown: Option<String>,
    /// `Some(None)` clears. Checked to be this creator's ready image.
    pub avatar: Option<Option<AssetId>>,
    /// `Some(None)` clears. Checked to be this creator's ready image.
    pub cover: Option<Option<AssetId>>,
    /// BCP 47 tags.
    pub languages: Option<Vec<String>>,
}

/// Changes a profile.
pub async fn update(tx: &Tx, id: CreatorId, change: CreatorChange) -> Result<()> {
    let picture =
        |asset: Option<Option<AssetId>>| asset.map_or(NotSet, |asset| Set(asset.map(PublicId::uuid)));
    let row = creators::ActiveModel {
        id: Set(id.uuid()),
        display_name: change.display_name.map_or(NotSet, Set),
        headline: change.headline.map_or(NotSet, Set),
        bio_markdown: change.bio_markdown.map_or(NotSet, Set),
        avatar_asset_id: picture(change.avatar),
        cover_asset_id: picture(change.cover),
        languages: change.languages.map_or(NotSet, |tags| Set(json!(tags))),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    creators::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}

/// Takes the creator's row until the commit, so that two who replace its lists come one after the other.
pub async fn lock(tx: &Tx, id: CreatorId) -> Result<()> {
    let row = creators::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?;
    Ok(row.map(|_| ()).ok_or(Denied::NotFound)?)
}

/// Replaces the niches. Needs [`lock`].
pub async fn set_niches(tx: &Tx, id: CreatorId, niches: &[NicheId]) -> Result<()> {
    creator_niches::Entity::delete_many()
        .filter(creator_niches::Column::CreatorId.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    insert_niches(tx, id, niches).await
}

/// Replaces the links, in this order. Needs [`lock`].
pub async fn set_links(tx: &Tx, id: CreatorId, links: Vec<Link>) -> Result<()> {
    creator_links::Entity::delete_many()
        .filter(creator_links::Column::CreatorId.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    if links.is_empty() {
        return Ok(());
    }
    let rows = links.into_iter().zip(0..).map(|(link, position)| creator_links::ActiveModel {
        id: Set(tx.id()),
        creator_id: Set(id.uuid()),
        position: Set(position),
        label: Set(link.label),
        url: Set(link.url),
        icon: Set(link.icon),
    });
    creator_links::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Opens or closes the page; false if that was so already.
pub async fn publish(tx: &Tx, id: CreatorId, published: bool) -> Result<bool> {
    let change = storefronts::ActiveModel {
        is_published: Set(published),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    let changed = storefronts::Entity::update_many()
        .set(change)
        .filter(storefronts::Column::CreatorId.eq(id.uuid()))
        .filter(storefronts::Column::IsPublished.eq(!published))
        .exec(tx.conn())
        .await?;
    Ok(changed.rows_affected == 1)
}
