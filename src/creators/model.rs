//! Creators, their pages' facts, their teams.

mod countries;
mod handles;
mod team;

use serde_json::Value;

use crate::kernel::{AssetId, CreatorId, Currency, Instant, NicheId, Ratings};

pub use countries::country;
pub(in crate::creators) use handles::is_reserved;
pub use handles::{handle, suggestions};
pub use team::{Member, Membership, Permission, TeamRole};

use super::refusals::CreatorRefusal;

/// How many niches a creator may be listed under.
pub const MOST_NICHES: usize = 5;
/// How many links a profile may have.
pub const MOST_LINKS: usize = 20;
/// How many languages a creator may name.
pub const MOST_LANGUAGES: usize = 10;
/// How many creators one account may own.
pub const MOST_OWNED: u64 = 5;

/// A public teaching identity, with all that its page needs: read in one statement.
#[derive(Clone, Debug)]
pub struct Creator {
    /// Key.
    pub id: CreatorId,
    /// Lower case, in links.
    pub handle: String,
    /// Shown to others.
    pub display_name: String,
    /// One line below the name.
    pub headline: Option<String>,
    /// CommonMark; may be empty.
    pub bio_markdown: String,
    /// Portrait.
    pub avatar: Option<AssetId>,
    /// Wide picture.
    pub cover: Option<AssetId>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// IANA name.
    pub time_zone: String,
    /// What prices default to.
    pub currency: Currency,
    /// BCP 47 tags.
    pub languages: Vec<String>,
    /// Whether the platform knows this person to be who they say.
    pub is_verified: bool,
    /// Exact: changes in the transaction that follows.
    pub follower_count: i32,
    /// Of all reviews of what it offers that nobody took down; `reviews` keeps them.
    pub ratings: Ratings,
    /// A thousandth of a star: 4500 is 4.5; 0 while nobody has rated.
    pub rating_milli: i32,
    /// When it was made.
    pub created_at: Instant,
    /// Its page.
    pub storefront: Storefront,
    /// In the order the creator gave.
    pub links: Vec<Link>,
    /// By name.
    pub niches: Vec<Niche>,
}

impl Creator {
    /// Whether anybody may see it; otherwise only its team may.
    pub fn is_public(&self) -> bool {
        self.storefront.is_published
    }

    /// Whether somebody who is this in its team (none: an outsider) may see it.
    pub fn shows_to(&self, role: Option<TeamRole>) -> bool {
        self.is_public() || role.is_some()
    }

    /// The path of its page below PUBLIC_URL.
    pub fn path(&self) -> String {
        format!("/@{}", self.handle)
    }
}

/// How a creator's page looks and whether it is open.
#[derive(Clone, Debug)]
pub struct Storefront {
    /// Rises with each edit.
    pub version: i32,
    /// Whether it is open.
    pub is_published: bool,
    /// Looks.
    pub theme: Theme,
    /// Ordered list, as the room `storefront` reads it; empty = the standard page.
    pub sections: Value,
    /// Last change.
    pub updated_at: Instant,
}

/// Colours and letters of a page.
#[derive(Clone, Debug)]
pub struct Theme {
    /// The preset it began with.
    pub preset: String,
    /// `#rrggbb`.
    pub color_primary: String,
    /// `#rrggbb`.
    pub color_background: String,
    /// CSS font family.
    pub font_family: String,
    /// Pixels.
    pub corner_radius: i32,
}

impl Default for Theme {
    fn default() -> Self {
        Self {
            preset: "PLAIN".to_owned(),
            color_primary: "#1f4f46".to_owned(),
            color_background: "#ffffff".to_owned(),
            font_family: "system-ui".to_owned(),
            corner_radius: 8,
        }
    }
}

/// A link on a profile.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Link {
    /// What it says.
    pub label: String,
    /// http or https.
    pub url: String,
    /// Name of a symbol; clients fall back to none.
    pub icon: Option<String>,
}

/// What creators teach; a closed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Niche {
    /// Key.
    pub id: NicheId,
    /// In links and inputs.
    pub slug: String,
    /// For people.
    pub name: String,
}

/// How a list of creators is ordered; each ends in the key, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreatorOrder {
    /// Most followers first.
    Popular,
    /// Newest first.
    Newest,
    /// Best rated first.
    TopRated,
}

/// Which creators to list; conditions are joined by AND.
#[derive(Clone, Debug, Default)]
pub struct CreatorFilter {
    /// Listed under any of these.
    pub niches: Option<Vec<String>>,
    /// Teaches in this language.
    pub language: Option<String>,
}

/// Checks an address: http or https with a host, at most 500 characters.
pub fn web_address(text: &str) -> Result<String, CreatorRefusal> {
    let text = text.trim();
    let plain = text.len() <= 500 && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    match url::Url::parse(text) {
        Ok(url) if plain && matches!(url.scheme(), "http" | "https") && url.username().is_empty() => {
            Ok(url.to_string())
        }
        _ => Err(CreatorRefusal::NotAWebAddress),
    }
}

/// Checks a symbol's name: a slug of at most 40 characters.
pub fn icon(text: &str) -> Result<String, CreatorRefusal> {
    let fits = text.len() <= 40 && crate::kernel::text::is_slug(text);
    if fits { Ok(text.to_owned()) } else { Err(CreatorRefusal::IconInvalid) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_can_be_linked() {
        assert_eq!(web_address(" https://example.com/me "), Ok("https://example.com/me".to_owned()));
        let bad =
            ["javascript:alert(1)", "data:text/html,x", "ftp://example.com", "example.com", "", "http://"];
        for bad in bad {
            assert_eq!(web_address(bad), Err(CreatorRefusal::NotAWebAddress), "{bad:?}");
        }
        assert!(web_address("https://bank.com@evil.example/").is_err(), "a name before the host misleads");
        assert!(web_address(&format!("https://example.com/{}", "a".repeat(500))).is_err());
    }
}
