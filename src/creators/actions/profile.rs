//! What a creator says of itself.

use crate::app::App;
use crate::creators::model::{self, Link, MOST_LANGUAGES, MOST_LINKS};
use crate::creators::refusals::CreatorRefusal;
use crate::creators::store::{self, CreatorChange};
use crate::events::Event;
use crate::identity;
use crate::kernel::text::{self, Checks};
use crate::kernel::{AssetId, Refusal, Result};
use crate::search;

use super::{Desk, niches};

/// A changed profile, as it was typed. None = keep; of what can be cleared, `Some(None)` clears.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Shown to others; at most 80 characters.
    pub display_name: Option<String>,
    /// At most 160 characters.
    pub headline: Option<Option<String>>,
    /// CommonMark, at most 5,000 characters.
    pub bio_markdown: Option<Option<String>>,
    /// Portrait; checked by the caller to be this creator's ready image.
    pub avatar: Option<Option<AssetId>>,
    /// Wide picture; checked by the caller to be this creator's ready image.
    pub cover: Option<Option<AssetId>>,
    /// One to five slugs.
    pub niches: Option<Vec<String>>,
    /// One to ten BCP 47 tags.
    pub languages: Option<Vec<String>>,
}

/// Changes a profile. `checks` holds what the caller found wrong with the pictures, so that all is reported together.
/// Needs a desk with SETTINGS.
pub async fn update(app: &App, desk: &Desk, profile: Profile, mut checks: Checks) -> Result<()> {
    let mut tx = app.begin().await?;
    store::lock(&tx, desk.creator_id).await?;
    let niches = match &profile.niches {
        Some(slugs) => Some(niches::checked(tx.conn(), &mut checks, slugs).await?),
        None => None,
    };
    let change = checked(&mut checks, profile);
    checks.done()?;
    store::update(&tx, desk.creator_id, change).await?;
    if let Some(niches) = niches {
        store::set_niches(&tx, desk.creator_id, &niches).await?;
    }
    search::store::refresh_creator(&tx, desk.creator_id).await?;
    tx.record(updated(desk));
    tx.commit().await
}

fn updated(desk: &Desk) -> Event {
    Event::new("creator.updated", desk.creator_id).of_creator(desk.creator_id).of_user(desk.user_id)
}

fn checked(checks: &mut Checks, profile: Profile) -> CreatorChange {
    let name = profile
        .display_name
        .and_then(|name| checks.take(&["input", "displayName"], text::line("A name", &name, 80)));
    let headline = profile.headline.map(|headline| {
        headline.and_then(|line| checks.take(&["input", "headline"], text::line("A headline", &line, 160)))
    });
    let bio = profile.bio_markdown.and_then(|bio| {
        checks.take(&["input", "bioMarkdown"], text::prose("A bio", &bio.unwrap_or_default(), 5000))
    });
    CreatorChange {
        display_name: name,
        headline,
        bio_markdown: bio,
        avatar: profile.avatar,
        cover: profile.cover,
        languages: profile.languages.map(|tags| languages(checks, tags)),
    }
}

fn languages(checks: &mut Checks, tags: Vec<String>) -> Vec<String> {
    let path = ["input", "languages"];
    if tags.is_empty() {
        checks.add(CreatorRefusal::LanguageMissing.at(path));
    }
    if tags.len() > MOST_LANGUAGES {
        checks.add(CreatorRefusal::TooManyLanguages.at(path));
        return Vec::new();
    }
    let mut kept: Vec<String> = Vec::new();
    for (position, tag) in tags.iter().enumerate() {
        let position = position.to_string();
        let tag = checks.take(&["input", "languages", position.as_str()], identity::model::language(tag));
        kept.extend(tag.filter(|tag| !kept.contains(tag)));
    }
    kept
}

/// A link as it was typed.
#[derive(Clone, Debug)]
pub struct LinkGiven {
    /// At most 60 characters.
    pub label: String,
    /// http or https.
    pub url: String,
    /// Name of a symbol.
    pub icon: Option<String>,
}

/// Replaces the links of a profile, in this order. Needs a desk with SETTINGS.
pub async fn set_links(app: &App, desk: &Desk, given: Vec<LinkGiven>) -> Result<()> {
    let links = checked_links(given)?;
    let mut tx = app.begin().await?;
    store::lock(&tx, desk.creator_id).await?;
    store::set_links(&tx, desk.creator_id, links).await?;
    tx.record(updated(desk));
    tx.commit().await
}

fn checked_links(given: Vec<LinkGiven>) -> Result<Vec<Link>> {
    if given.len() > MOST_LINKS {
        return Err(CreatorRefusal::TooManyLinks.at(["links"]).into());
    }
    let mut checks = Checks::default();
    let mut links = Vec::with_capacity(given.len());
    for (position, link) in given.into_iter().enumerate() {
        let position = position.to_string();
        let at = |field| ["links", position.as_str(), field];
        let label = checks.take(&at("label"), text::line("A label", &link.label, 60));
        let url = checks.take(&at("url"), model::web_address(&link.url));
        let icon = link.icon.and_then(|icon| checks.take(&at("icon"), model::icon(&icon)));
        if let (Some(label), Some(url)) = (label, url) {
            links.push(Link { label, url, icon });
        }
    }
    checks.done()?;
    Ok(links)
}
