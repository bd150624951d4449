//! Searching as clients see it.

use async_graphql::{Context, InputObject, Object, SimpleObject, Union};

use crate::catalog::graphql::{Bundle, Course, OfferingById, OfferingKind, Workshop};
use crate::catalog::model::AnyOffering;
use crate::catalog::refusals::CatalogRefusal;
use crate::changes::Owner;
use crate::creators::graphql::{Creator, CreatorById};
use crate::graphql::connection::{Connection, Cursor, Ends, connect};
use crate::graphql::values::{MoneyInput, money};
use crate::graphql::{Ctx, Fallible, LanguageTag, PageInfo, field, page_request};
use crate::kept_rows::Keep;
use crate::kernel::text::TextRefusal;
use crate::kernel::{CreatorId, OfferingId, Page, Refusal, Result, secret};

use super::actions;
use super::model::{self, Hit, Kind, Question};

/// Characters that may be typed.
const LONGEST: usize = 200;
/// Niches at once.
const MOST_NICHES: usize = 100;

/// The kinds of offerings that can be found.
const KINDS: [(OfferingKind, Kind); 3] = [
    (OfferingKind::Course, Kind::Course),
    (OfferingKind::Workshop, Kind::Workshop),
    (OfferingKind::Bundle, Kind::Bundle),
];

/// Something that was found.
#[derive(Clone, Union)]
pub enum SearchResult {
    /// A public teaching identity.
    Creator(Creator),
    /// Sections of lessons, at one's own pace.
    Course(Course),
    /// Live, on dates.
    Workshop(Workshop),
    /// Several offerings together.
    Bundle(Bundle),
}

/// What to find; all that is given must hold. With a kind, a price or `freeOnly` no creators are found.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SearchFilter {
    /// Offerings of one of these kinds. Memberships are found on their creator's page, not here.
    pub kinds: Option<Vec<OfferingKind>>,
    /// In one of these niches; at most 100.
    pub niche_slugs: Option<Vec<String>>,
    /// In this language.
    pub language: Option<LanguageTag>,
    /// Can be had for so much, or less: free of charge, or with a price in this currency.
    pub price_max: Option<MoneyInput>,
    /// Can be had for nothing.
    pub free_only: Option<bool>,
}

/// One of the things found and where it stands in the list.
#[derive(Clone, SimpleObject)]
pub struct SearchResultEdge {
    /// Where it stands: pass it as `after` to go on from here.
    pub cursor: Cursor,
    /// The thing itself.
    pub node: SearchResult,
}

/// A page of things found.
#[derive(Default)]
pub struct SearchResultConnection {
    edges: Vec<SearchResultEdge>,
    ends: Ends,
    asked: Option<(Question, model::Filter)>,
}

impl Connection<SearchResult> for SearchResultConnection {
    fn of(rows: Vec<(Cursor, SearchResult)>, ends: Ends) -> Self {
        let edges = rows.into_iter().map(|(cursor, node)| SearchResultEdge { cursor, node }).collect();
        Self { edges, ends, asked: None }
    }
}

/// A page of things found.
#[Object]
impl SearchResultConnection {
    /// The rows with their cursors.
    async fn edges(&self) -> &Vec<SearchResultEdge> {
        &self.edges
    }

    /// The rows alone.
    async fn nodes(&self) -> Vec<SearchResult> {
        self.edges.iter().map(|edge| edge.node.clone()).collect()
    }

    /// Whether and how to go on.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.ends.next,
            has_previous_page: self.ends.previous,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }

    /// How many there are on all pages together. 1000 means that many or more: the list itself goes on.
    async fn total_count(&self, ctx: &Context<'_>) -> Fallible<i32> {
        let Some((question, filter)) = &self.asked else { return Some(Ok(0)) };
        let counted = actions::count(ctx.app(), question, filter).await;
        field(counted.map(|n| i32::try_from(n).ok()))
    }
}

/// The search's root field.
#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Public creators, courses, workshops and bundles that all these words are said of, or words that begin like them; what
    /// is called so comes first. Capitals and accents do not matter. Where nothing is found, a word that occurs nowhere is
    /// taken for one that differs by one slip. Without any word nothing is found.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Words, as they are typed: at most 200 characters, of which the first 10 words count. There are no operators."
        )]
        query: String,
        #[graphql(desc = "All that is given must hold.")] filter: Option<SearchFilter>,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Fallible<SearchResultConnection> {
        ctx.reads().everything();
        field(found(ctx, &query, filter.unwrap_or_default(), first, after).await.map(Some))
    }
}

async fn found(
    ctx: &Context<'_>,
    typed: &str,
    filter: SearchFilter,
    first: Option<i32>,
    after: Option<String>,
) -> Result<SearchResultConnection> {
    let filter = checked(typed, filter)?;
    // Prices end.
    let lasts = !filter.free_only && filter.price_max.is_none();
    if !lasts {
        ctx.reads().never();
    }
    let question = Question::typed(typed);
    let written = question.as_ref().map(Question::written).unwrap_or_default();
    let list = format!("search:{}", secret::digest(&[&written, &format!("{filter:?}")]));
    let request = page_request(ctx, &list, first, after)?;
    let Some(question) = question else { return Ok(SearchResultConnection::default()) };
    let read = actions::find(ctx.app(), question, &filter, &request);
    let whose = |_: &actions::Found| lasts.then_some(Owner::Everybody);
    let found =
        ctx.loaders().rows().find::<Searches, _, _>(format!("{list}:{request:?}"), whose, read).await?;
    let actions::Found { question, page } = found;
    let rows = futures_util::future::try_join_all(page.rows.iter().map(|hit| shown(ctx, *hit))).await?;
    let page = Page { rows: rows.into_iter().flatten().collect(), has_next: page.has_next };
    let key = |(hit, _): &(Hit, SearchResult)| hit.key(&question);
    let listed: SearchResultConnection = connect(ctx, &list, page, key, |(_, result)| result);
    Ok(SearchResultConnection { asked: Some((question, filter)), ..listed })
}

/// Searches whose hits are kept.
struct Searches;

impl Keep for actions::Found {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.question.written().len() + self.page.rows.len() * size_of::<Hit>()
    }
}

/// The room's filter from the client's.
fn checked(typed: &str, filter: SearchFilter) -> Result<model::Filter> {
    if typed.chars().count() > LONGEST {
        return Err(TextRefusal::TooLong { what: "A search", limit: LONGEST }.at(["query"]).into());
    }
    if filter.niche_slugs.as_ref().is_some_and(|slugs| slugs.len() > MOST_NICHES) {
        return Err(CatalogRefusal::TooManyOf("niches", MOST_NICHES).at(["filter", "nicheSlugs"]).into());
    }
    let price_max = filter.price_max.as_ref();
    Ok(model::Filter {
        // However often a kind is named, it is looked for once.
        kinds: filter.kinds.map(|named| {
            let wanted = KINDS.iter().filter(|(kind, _)| named.contains(kind));
            wanted.map(|(_, kind)| *kind).collect()
        }),
        niche_slugs: filter.niche_slugs,
        language: filter.language.map(|tag| tag.0),
        price_max: price_max.map(|most| money(&["filter", "priceMax"], most)).transpose()?,
        free_only: filter.free_only.unwrap_or(false),
    })
}

/// What was found, as everybody may read it; none if it was closed a moment ago.
async fn shown(ctx: &Context<'_>, hit: Hit) -> Result<Option<(Hit, SearchResult)>> {
    let result = if hit.kind == Kind::Creator {
        let creator = ctx.loaders().kept::<CreatorById, _>(CreatorId(hit.id)).await?;
        creator.filter(|one| one.is_public()).map(|one| SearchResult::Creator(Creator::of(one)))
    } else {
        let offering = ctx.loaders().kept::<OfferingById, _>(OfferingId(hit.id)).await?;
        offering.filter(|one| one.is_public()).and_then(of_offering)
    };
    Ok(result.map(|result| (hit, result)))
}

fn of_offering(offering: AnyOffering) -> Option<SearchResult> {
    match offering {
        AnyOffering::Course(course) => Some(SearchResult::Course(Course(course))),
        AnyOffering::Workshop(workshop) => Some(SearchResult::Workshop(Workshop(workshop))),
        AnyOffering::Bundle(bundle) => Some(SearchResult::Bundle(Bundle(bundle))),
        AnyOffering::Plan(_) => None,
    }
}
