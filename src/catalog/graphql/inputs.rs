//! What clients send to the catalog.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};
use chrono::{DateTime, Utc};

use crate::catalog::model;
use crate::graphql::values::{MoneyInput, cleared};
use crate::graphql::{LanguageTag, Markdown, context::id};
use crate::kernel::{AssetId, Result};

use super::{BillingInterval, Level, OfferingKind, OfferingStatus, TaxBehavior};

/// One way to name an offering.
#[derive(Clone, Debug, OneofObject)]
pub enum OfferingBy {
    /// Its id.
    Id(ID),
    /// Its link.
    Slug(OfferingSlugInput),
}

/// The two parts of an offering's link.
#[derive(Clone, Debug, InputObject)]
pub struct OfferingSlugInput {
    /// The creator's name in links.
    pub creator_handle: String,
    /// The offering's name in links, or one it had before.
    pub slug: String,
}

/// Which offerings to list; all that is given must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct OfferingFilter {
    /// Of one of these kinds.
    pub kinds: Option<Vec<OfferingKind>>,
    /// In one of these niches; at most 100.
    pub niche_slugs: Option<Vec<String>>,
    /// Of this creator.
    pub creator_id: Option<ID>,
    /// For whom.
    pub level: Option<Level>,
    /// In this language.
    pub language: Option<LanguageTag>,
    /// Can be had for nothing.
    pub free_only: Option<bool>,
}

/// Which of a studio's offerings to list; all that is given must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct StudioOfferingFilter {
    /// In one of these states.
    pub statuses: Option<Vec<OfferingStatus>>,
    /// Of one of these kinds.
    pub kinds: Option<Vec<OfferingKind>>,
    /// Words of the title.
    pub search: Option<String>,
}

/// What is said of anything one learns with; part of the inputs of courses and workshops.
#[derive(Clone, Debug, InputObject)]
pub struct PageInput {
    /// At most 120 characters; required when it is made.
    pub title: Option<String>,
    /// At most 200 characters.
    pub subtitle: MaybeUndefined<String>,
    /// At most 20,000 characters.
    pub description_markdown: Option<Markdown>,
    /// For whom; everybody if never said.
    pub level: Option<Level>,
    /// The language it is taught in; `en` if never said.
    pub language: Option<LanguageTag>,
    /// At most 5, see `niches`.
    pub niche_slugs: Option<Vec<String>>,
    /// An image uploaded as COVER.
    pub cover_asset_id: MaybeUndefined<ID>,
}

impl PageInput {
    /// As the actions take it.
    pub(super) fn words(self) -> Result<model::PageText> {
        Ok(model::PageText {
            title: self.title,
            subtitle: cleared(self.subtitle),
            description: self.description_markdown.map(|words| words.0),
            level: self.level.map(Into::into),
            language: self.language.map(|tag| tag.0),
            niche_slugs: self.niche_slugs,
            cover: cover(self.cover_asset_id)?,
        })
    }
}

/// What is said of a course. Absent = keep, null = clear where it may be empty.
#[derive(Clone, Debug, InputObject)]
pub struct CourseInput {
    /// What is said of it as of anything one learns with.
    #[graphql(flatten)]
    pub page: PageInput,
    /// What one will be able to do: at most 12 lines of 200 characters.
    pub outcomes: Option<Vec<String>>,
    /// Whether finishing gives a certificate.
    pub certificate_enabled: Option<bool>,
}

impl CourseInput {
    /// As the actions take it.
    pub(super) fn words(self) -> Result<model::CourseText> {
        Ok(model::CourseText {
            page: self.page.words()?,
            outcomes: self.outcomes,
            certificate_enabled: self.certificate_enabled,
        })
    }
}

/// What is said of a bundle. Absent = keep, null = clear where it may be empty.
#[derive(Clone, Debug, InputObject)]
pub struct BundleInput {
    /// At most 120 characters; required when the bundle is made.
    pub title: Option<String>,
    /// At most 20,000 characters.
    pub description_markdown: Option<Markdown>,
    /// What it holds, in order: at most 20 courses of the same creator.
    pub item_ids: Option<Vec<ID>>,
    /// An image uploaded as COVER.
    pub cover_asset_id: MaybeUndefined<ID>,
}

impl BundleInput {
    /// As the actions take it.
    pub(super) fn words(self) -> Result<model::BundleText> {
        let item = |(at, one): (usize, &ID)| id(&["input", "itemIds", &at.to_string()], one);
        let items = self.item_ids.as_ref();
        let items = items.map(|ids| ids.iter().enumerate().map(item).collect::<Result<_>>()).transpose()?;
        Ok(model::BundleText {
            title: self.title,
            description: self.description_markdown.map(|words| words.0),
            items,
            cover: cover(self.cover_asset_id)?,
        })
    }
}

/// What is said of a membership plan. Absent = keep, null = clear where it may be empty.
#[derive(Clone, Debug, InputObject)]
pub struct MembershipPlanInput {
    /// At most 120 characters; required when the plan is made.
    pub title: Option<String>,
    /// At most 20,000 characters.
    pub description_markdown: Option<Markdown>,
    /// At most 12 sentences.
    pub perks: Option<Vec<String>>,
    /// What members may learn: at most 50 courses and bundles of the same creator. Null, or absent when the plan is
    /// made: every course the creator has published, now and later. An empty list: nothing but the perks.
    pub included_offering_ids: MaybeUndefined<Vec<ID>>,
    /// An image uploaded as COVER.
    pub cover_asset_id: MaybeUndefined<ID>,
}

impl MembershipPlanInput {
    /// As the actions take it.
    pub(super) fn words(self) -> Result<model::PlanText> {
        let item = |(at, one): (usize, &ID)| id(&["input", "includedOfferingIds", &at.to_string()], one);
        let included = match self.included_offering_ids {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(model::Included::Everything),
            MaybeUndefined::Value(ids) => {
                Some(model::Included::These(ids.iter().enumerate().map(item).collect::<Result<_>>()?))
            }
        };
        Ok(model::PlanText {
            title: self.title,
            description: self.description_markdown.map(|words| words.0),
            perks: self.perks,
            included,
            cover: cover(self.cover_asset_id)?,
        })
    }
}

fn cover(given: MaybeUndefined<ID>) -> Result<Option<Option<AssetId>>> {
    let read = |given: ID| id::<AssetId>(&["input", "coverAssetId"], &given);
    cleared(given).map(|given| given.map(read).transpose()).transpose()
}

/// What is said of a section.
#[derive(Clone, Debug, InputObject)]
pub struct SectionInput {
    /// At most 120 characters; required when the section is made.
    pub title: Option<String>,
}

/// What is said of a lesson. Absent = keep, null = clear where it may be empty.
#[derive(Clone, Debug, InputObject)]
pub struct LessonInput {
    /// At most 120 characters; required when the lesson is made.
    pub title: Option<String>,
    /// At most 500 characters.
    pub summary: MaybeUndefined<String>,
    /// Open to all.
    pub is_preview: Option<bool>,
    /// The files that come with it, in order; at most 20, uploaded as ATTACHMENT or LESSON_MEDIA.
    pub attachment_asset_ids: Option<Vec<ID>>,
}

impl LessonInput {
    /// As the actions take it.
    pub(super) fn words(self) -> Result<model::LessonText> {
        let files = self.attachment_asset_ids;
        Ok(model::LessonText {
            title: self.title,
            summary: cleared(self.summary),
            is_preview: self.is_preview,
            attachments: files.map(|files| assets(["input", "attachmentAssetIds"], &files)).transpose()?,
        })
    }
}

fn assets(path: [&str; 2], given: &[ID]) -> Result<Vec<AssetId>> {
    given.iter().enumerate().map(|(at, one)| id(&[path[0], path[1], &at.to_string()], one)).collect()
}

/// What a lesson shall teach with; replaces what it had.
#[derive(Clone, Debug, OneofObject)]
pub enum LessonContentInput {
    /// A video uploaded as LESSON_MEDIA.
    VideoAssetId(ID),
    /// A recording uploaded as LESSON_MEDIA.
    AudioAssetId(ID),
    /// An article of at most 100,000 characters.
    ArticleMarkdown(Markdown),
    /// At most 20 files, uploaded as ATTACHMENT or LESSON_MEDIA.
    DownloadAssetIds(Vec<ID>),
}

impl LessonContentInput {
    /// As the actions take it.
    pub(super) fn body(self) -> Result<model::Body> {
        Ok(match self {
            Self::VideoAssetId(asset) => model::Body::Video(id(&["content", "videoAssetId"], &asset)?),
            Self::AudioAssetId(asset) => model::Body::Audio(id(&["content", "audioAssetId"], &asset)?),
            Self::ArticleMarkdown(words) => model::Body::Article(words.0),
            Self::DownloadAssetIds(files) => {
                model::Body::Download(assets(["content", "downloadAssetIds"], &files)?)
            }
        })
    }
}

/// A section's place and its lessons in order. The list of these is the whole outline.
#[derive(Clone, Debug, InputObject)]
pub struct OutlineSectionInput {
    /// Which section.
    pub section_id: ID,
    /// Its lessons, also those that move here from another section.
    pub lesson_ids: Vec<ID>,
}

impl OutlineSectionInput {
    /// As the actions take it; `at` is its place in the list.
    pub(super) fn order(&self, at: usize) -> Result<model::OutlineOrder> {
        let at = at.to_string();
        let lesson = |(place, one): (usize, &ID)| id(&["outline", &at, "lessonIds", &place.to_string()], one);
        Ok(model::OutlineOrder {
            section: id(&["outline", &at, "sectionId"], &self.section_id)?,
            lessons: self.lesson_ids.iter().enumerate().map(lesson).collect::<Result<_>>()?,
        })
    }
}

/// One way to price an offering.
#[derive(Clone, Debug, OneofObject)]
pub enum PriceInput {
    /// Costs nothing; say `true`.
    Free(bool),
    /// One amount, once.
    OneTime(OneTimePriceInput),
    /// The buyer decides.
    PayWhatYouWant(PayWhatYouWantInput),
    /// The same amount again and again; for membership plans alone.
    Recurring(RecurringPriceInput),
}

/// The same amount again and again.
#[derive(Clone, Debug, InputObject)]
pub struct RecurringPriceInput {
    /// Each time: at least 1.00, at most 100,000.00, tax included.
    pub amount: MoneyInput,
    /// How often it is due.
    pub interval: BillingInterval,
    /// Days before the first payment, 1 to 90; none if absent.
    pub trial_days: Option<i32>,
    /// INCLUSIVE if absent; nothing else is offered yet.
    pub tax_behavior: Option<TaxBehavior>,
}

/// One amount, once.
#[derive(Clone, Debug, InputObject)]
pub struct OneTimePriceInput {
    /// At least 1.00, at most 100,000.00, tax included.
    pub amount: MoneyInput,
    /// What it used to cost: more than the amount.
    pub compare_at: Option<MoneyInput>,
    /// Offered until then.
    pub available_until: Option<DateTime<Utc>>,
    /// INCLUSIVE if absent; nothing else is offered yet.
    pub tax_behavior: Option<TaxBehavior>,
}

/// The buyer decides.
#[derive(Clone, Debug, InputObject)]
pub struct PayWhatYouWantInput {
    /// From here on: nothing, or at least 1.00.
    pub minimum: MoneyInput,
    /// What most give: at least the minimum.
    pub suggested: Option<MoneyInput>,
    /// INCLUSIVE if absent; nothing else is offered yet.
    pub tax_behavior: Option<TaxBehavior>,
}
