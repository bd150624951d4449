//! Finding creators.

use std::sync::Arc;

use async_graphql::{Context, Object};

use crate::changes::Owner;
use crate::creators::{model, store};
use crate::graphql::connection::connect;
use crate::graphql::context::id;
use crate::graphql::{Ctx, Fallible, field, page_request};
use crate::identity;
use crate::kernel::text::Checks;
use crate::kernel::{Code, CreatorId, Page, Problem, Result, secret};

use super::creator::seen;
use super::{Creator, CreatorBy, CreatorConnection, CreatorFilter, CreatorOrder, Niche, creator};

/// Creators' root fields.
#[derive(Default)]
pub struct CreatorsQuery;

#[Object]
impl CreatorsQuery {
    /// A creator; null when it is not there or its page is closed to the caller.
    async fn creator(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] by: CreatorBy,
    ) -> Fallible<Creator> {
        let found = find(ctx, by).await;
        match &found {
            Ok(Some(creator)) => ctx.reads().of(creator.0.0.id),
            _ => ctx.reads().everything(),
        }
        field(found)
    }

    /// Creators whose page is open.
    async fn creators(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all if absent.")] filter: Option<CreatorFilter>,
        #[graphql(default_with = "Some(CreatorOrder::Popular)", desc = "In which order.")] order_by: Option<
            CreatorOrder,
        >,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Fallible<CreatorConnection> {
        ctx.reads().everything();
        let order = order_by.map_or(model::CreatorOrder::Popular, Into::into);
        field(list(ctx, filter.unwrap_or_default(), order, first, after).await.map(Some))
    }

    /// Every niche, by name.
    async fn niches(&self, ctx: &Context<'_>) -> Fallible<Vec<Niche>> {
        ctx.reads().everything();
        let all = store::all_niches(&ctx.app().db).await;
        field(all.map(|all| Some(all.into_iter().map(Niche).collect())))
    }
}

async fn find(ctx: &Context<'_>, by: CreatorBy) -> Result<Option<Creator>> {
    match by {
        CreatorBy::Id(given) => creator(ctx, id::<CreatorId>(&["by", "id"], &given)?).await,
        CreatorBy::Handle(handle) => {
            let Ok(handle) = model::handle(&handle) else { return Ok(None) };
            match by_handle(ctx, handle).await? {
                Some(found) => seen(ctx, found).await,
                None => Ok(None),
            }
        }
    }
}

/// Creators that are kept by their handles.
struct Handles;

async fn by_handle(ctx: &Context<'_>, handle: String) -> Result<Option<Arc<model::Creator>>> {
    let whose =
        |found: &Option<Arc<model::Creator>>| found.as_ref().map(|creator| Owner::Creator(creator.id));
    let read = async {
        let found = store::by_handle(ctx.app().db.read(), &handle).await?;
        Ok(found.map(Arc::new))
    };
    ctx.loaders().rows().find::<Handles, _, _>(handle.clone(), whose, read).await
}

/// Lists of creators that are kept.
struct Lists;

async fn list(
    ctx: &Context<'_>,
    filter: CreatorFilter,
    order: model::CreatorOrder,
    first: Option<i32>,
    after: Option<String>,
) -> Result<CreatorConnection> {
    let name = format!("creators:{order:?}");
    let request = page_request(ctx, &name, first, after)?;
    let filter = checked(filter)?;
    let told = format!("{name}:{}:{request:?}", secret::digest(&[&format!("{filter:?}")]));
    let read = async {
        let page = store::list(&ctx.app().db, &filter, order, &request).await?;
        Ok(Page { rows: page.rows.into_iter().map(Arc::new).collect(), has_next: page.has_next })
    };
    let page = ctx.loaders().rows().find::<Lists, _, _>(told, |_| Some(Owner::Everybody), read).await?;
    let key = |one: &Arc<model::Creator>| {
        let value = match order {
            model::CreatorOrder::Popular => one.follower_count.to_string(),
            model::CreatorOrder::Newest => one.created_at.timestamp_micros().to_string(),
            model::CreatorOrder::TopRated => one.rating_milli.to_string(),
        };
        vec![value, one.id.to_string()]
    };
    Ok(connect(ctx, &name, page, key, Creator::of))
}

fn checked(filter: CreatorFilter) -> Result<model::CreatorFilter> {
    let mut checks = Checks::default();
    let language =
        filter.language.and_then(|tag| checks.take(&["filter", "language"], identity::model::language(&tag)));
    if filter.niche_slugs.as_ref().is_some_and(|slugs| slugs.len() > 100) {
        checks.add(Problem {
            code: Code::TooMany,
            message: "At most 100 niches at once.".to_owned(),
            path: vec!["filter".to_owned(), "nicheSlugs".to_owned()],
            detail: Default::default(),
        });
    }
    checks.done()?;
    Ok(model::CreatorFilter { niches: filter.niche_slugs, language })
}
