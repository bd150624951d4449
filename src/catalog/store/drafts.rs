//! The row that everything on sale begins with, and the edit of the words that every kind has, or every kind one learns
//! with.

use entity::offerings;
use sea_orm::ActiveValue::{NotSet, Set};
use uuid::Uuid;

use crate::catalog::model::{Level, OfferingKind, OfferingStatus, PageText};
use crate::db::Tx;
use crate::kernel::{AssetId, CreatorId, PublicId, text};

/// A draft nobody has bought, in no language but English unless its kind says more.
pub(super) fn draft(
    tx: &Tx,
    id: Uuid,
    (kind, creator, slug): (OfferingKind, CreatorId, String),
    title: String,
) -> offerings::ActiveModel {
    offerings::ActiveModel {
        id: Set(id),
        kind: Set(kind.name().to_owned()),
        creator_id: Set(creator.uuid()),
        slug: Set(slug),
        title_folded: Set(text::folded(&title)),
        title: Set(title),
        subtitle: Set(None),
        description_markdown: Set(String::new()),
        cover_asset_id: Set(None),
        status: Set(OfferingStatus::Draft.name().to_owned()),
        level: Set(Level::All.name().to_owned()),
        language: Set("en".to_owned()),
        version: Set(1),
        rating_sum: Set(0),
        rating_count: Set(0),
        ratings_1: Set(0),
        ratings_2: Set(0),
        ratings_3: Set(0),
        ratings_4: Set(0),
        ratings_5: Set(0),
        enrollment_count: Set(0),
        published_at: Set(None),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    }
}

/// Other words; what is absent stays.
pub(super) fn edited(
    tx: &Tx,
    id: Uuid,
    title: Option<String>,
    description: Option<String>,
    cover: Option<Option<AssetId>>,
) -> offerings::ActiveModel {
    offerings::ActiveModel {
        id: Set(id),
        title_folded: title.as_deref().map_or(NotSet, |title| Set(text::folded(title))),
        title: title.map_or(NotSet, Set),
        description_markdown: description.map_or(NotSet, Set),
        cover_asset_id: cover.map_or(NotSet, |cover| Set(cover.map(PublicId::uuid))),
        updated_at: Set(tx.now()),
        ..Default::default()
    }
}

/// The draft of something one learns with, with what is said of it.
pub(super) fn taught_draft(
    tx: &Tx,
    id: Uuid,
    whose: (OfferingKind, CreatorId, String),
    words: PageText,
) -> offerings::ActiveModel {
    let draft = draft(tx, id, whose, words.title.unwrap_or_default());
    offerings::ActiveModel {
        subtitle: Set(words.subtitle.flatten()),
        description_markdown: Set(words.description.unwrap_or_default()),
        cover_asset_id: Set(words.cover.flatten().map(PublicId::uuid)),
        level: words.level.map_or(draft.level, |level| Set(level.name().to_owned())),
        language: words.language.map_or(draft.language, Set),
        ..draft
    }
}

/// Other words on something one learns with; what is absent stays.
pub(super) fn taught_edited(tx: &Tx, id: Uuid, words: PageText) -> offerings::ActiveModel {
    offerings::ActiveModel {
        subtitle: words.subtitle.map_or(NotSet, Set),
        level: words.level.map_or(NotSet, |level| Set(level.name().to_owned())),
        language: words.language.map_or(NotSet, Set),
        ..edited(tx, id, words.title, words.description, words.cover)
    }
}
