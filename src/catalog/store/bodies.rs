//! What lessons teach with, and the files that come with them. Callers have asked `enrollment` first.

use std::collections::HashMap;

use entity::{assets, lesson_attachments, lessons};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::app::App;
use crate::catalog::model::{Attachment, Body, LessonBody, reading_seconds};
use crate::db::Tx;
use crate::kernel::{AssetId, LessonId, PublicId, Result};

/// The bodies of many lessons.
pub async fn bodies(app: &App, ids: &[LessonId]) -> Result<HashMap<LessonId, LessonBody>> {
    let rows: Vec<(Uuid, Option<Uuid>, Option<String>)> = lessons::Entity::find()
        .select_only()
        .columns([lessons::Column::Id, lessons::Column::MediaAssetId, lessons::Column::ArticleMarkdown])
        .filter(lessons::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .into_tuple()
        .all(app.db.read())
        .await?;
    let body = |(id, media, article): (Uuid, Option<Uuid>, _)| {
        (LessonId(id), LessonBody { media: media.map(AssetId), article })
    };
    Ok(rows.into_iter().map(body).collect())
}

/// The files of many lessons, in order.
pub async fn attachments(app: &App, ids: &[LessonId]) -> Result<HashMap<LessonId, Vec<Attachment>>> {
    let file = lesson_attachments::Entity::belongs_to(assets::Entity)
        .from(lesson_attachments::Column::AssetId)
        .to(assets::Column::Id)
        .into();
    let rows = lesson_attachments::Entity::find()
        .select_also(assets::Entity)
        .join(JoinType::InnerJoin, file)
        .filter(lesson_attachments::Column::LessonId.is_in(ids.iter().map(|id| id.uuid())))
        .order_by_asc(lesson_attachments::Column::Position)
        .all(app.db.read())
        .await?;
    let mut listed: HashMap<LessonId, Vec<Attachment>> = HashMap::new();
    for (row, file) in rows {
        let attachment = file.map(|file| Attachment {
            id: row.id.into(),
            asset: row.asset_id.into(),
            title: file.title.unwrap_or(file.filename),
            content_type: file.content_type,
            byte_size: file.byte_size,
            page_count: file.page_count,
            is_content: row.is_content,
        });
        listed.entry(LessonId(row.lesson_id)).or_default().extend(attachment);
    }
    Ok(listed)
}

/// Gives a lesson another body; `media_seconds` is how long its media plays.
pub async fn set_body(tx: &Tx, id: LessonId, body: &Body, media_seconds: Option<i32>) -> Result<()> {
    let (media, article, seconds) = match body {
        Body::Video(asset) | Body::Audio(asset) => (Some(asset.uuid()), None, media_seconds),
        Body::Article(words) => (None, Some(words.clone()), Some(reading_seconds(words))),
        Body::Download(_) => (None, None, None),
    };
    let row = lessons::ActiveModel {
        id: Set(id.uuid()),
        kind: Set(body.kind().name().to_owned()),
        media_asset_id: Set(media),
        article_markdown: Set(article),
        duration_seconds: Set(seconds),
        ..Default::default()
    };
    lessons::Entity::update(row).exec(tx.conn()).await?;
    let files: &[AssetId] = if let Body::Download(files) = body { files } else { &[] };
    set_attachments(tx, id, files, true).await
}

/// The files a lesson consists of (`is_content`) or comes with, in this order and no others.
pub async fn set_attachments(tx: &Tx, id: LessonId, files: &[AssetId], is_content: bool) -> Result<()> {
    lesson_attachments::Entity::delete_many()
        .filter(lesson_attachments::Column::LessonId.eq(id.uuid()))
        .filter(lesson_attachments::Column::IsContent.eq(is_content))
        .exec(tx.conn())
        .await?;
    let row = |(position, asset): (i32, &AssetId)| lesson_attachments::ActiveModel {
        id: Set(tx.id()),
        lesson_id: Set(id.uuid()),
        asset_id: Set(asset.uuid()),
        position: Set(position),
        is_content: Set(is_content),
    };
    let rows: Vec<_> = (0..).zip(files).map(row).collect();
    if !rows.is_empty() {
        lesson_attachments::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The files a lesson has now: those it comes with, or those it consists of.
pub async fn files_of(tx: &Tx, id: LessonId, is_content: bool) -> Result<Vec<AssetId>> {
    let files: Vec<Uuid> = lesson_attachments::Entity::find()
        .select_only()
        .column(lesson_attachments::Column::AssetId)
        .filter(lesson_attachments::Column::LessonId.eq(id.uuid()))
        .filter(lesson_attachments::Column::IsContent.eq(is_content))
        .into_tuple()
        .all(tx.conn())
        .await?;
    Ok(files.into_iter().map(AssetId).collect())
}
