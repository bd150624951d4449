//! What clients send to creators.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined, OneofObject};

use crate::creators::model;
use crate::graphql::{CountryCode, CurrencyCode, LanguageTag, Markdown, TimeZone, Url};

/// One of the ways to name a creator.
#[derive(Clone, Debug, OneofObject)]
pub enum CreatorBy {
    /// `crt_…`.
    Id(ID),
    /// With or without capitals.
    Handle(String),
}

/// Which creators to list; conditions are joined by AND.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CreatorFilter {
    /// Listed under any of these; at most 100.
    pub niche_slugs: Option<Vec<String>>,
    /// Teaches in this language.
    pub language: Option<LanguageTag>,
}

/// How a list of creators is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::CreatorOrder")]
pub enum CreatorOrder {
    /// Most followers first.
    Popular,
    /// Newest first.
    Newest,
    /// Best rated first.
    TopRated,
}

/// A new creator.
#[derive(Clone, Debug, InputObject)]
pub struct CreatorCreateInput {
    /// 3 to 30 of a-z, 0-9 and single inner hyphens; unique.
    pub handle: String,
    /// Shown to people; at most 80 characters.
    pub display_name: String,
    /// Where the creator does business; decides how payouts work.
    pub country: CountryCode,
    /// IANA name.
    pub time_zone: TimeZone,
    /// What prices default to.
    pub currency: CurrencyCode,
    /// One to five, of the query `niches`.
    pub niche_slugs: Vec<String>,
}

/// Changes to a profile. Absent = keep, null = clear.
#[derive(Clone, Debug, InputObject)]
pub struct CreatorUpdateInput {
    /// At most 80 characters; cannot be cleared.
    pub display_name: Option<String>,
    /// One line, at most 160 characters.
    pub headline: MaybeUndefined<String>,
    /// At most 5,000 characters.
    pub bio_markdown: MaybeUndefined<Markdown>,
    /// A ready image of this creator.
    pub avatar_asset_id: MaybeUndefined<ID>,
    /// A ready image of this creator.
    pub cover_asset_id: MaybeUndefined<ID>,
    /// One to five; cannot be cleared.
    pub niche_slugs: Option<Vec<String>>,
    /// One to ten, the main one first; cannot be cleared.
    pub languages: Option<Vec<LanguageTag>>,
}

/// A link for a profile.
#[derive(Clone, Debug, InputObject)]
pub struct ProfileLinkInput {
    /// At most 60 characters.
    pub label: String,
    /// http or https.
    pub url: Url,
    /// Name of a symbol, such as `video-camera`.
    pub icon: Option<String>,
}
