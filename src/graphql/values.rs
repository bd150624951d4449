//! Values many types show: money, rich text, ratings.

use async_graphql::{InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::kernel;

use super::{CurrencyCode, Decimal, Html, Int53, Markdown};

/// An exact amount.
pub struct Money(pub kernel::Money);

impl From<kernel::Money> for Money {
    fn from(money: kernel::Money) -> Self {
        Self(money)
    }
}

/// An exact amount of money.
#[Object]
impl Money {
    /// In the currency's smallest unit (cents; yen for JPY).
    async fn minor_units(&self) -> Int53 {
        Int53(self.0.minor)
    }

    /// The exact decimal, such as `12.50`.
    async fn amount(&self) -> Decimal {
        self.0.decimal().into()
    }

    /// ISO 4217.
    async fn currency(&self) -> CurrencyCode {
        self.0.currency.code().into()
    }

    /// For people, such as `€12.50`.
    async fn formatted(&self) -> String {
        self.0.to_string()
    }
}

/// An amount, stated in minor units.
#[derive(Clone, Debug, InputObject)]
pub struct MoneyInput {
    /// In the currency's smallest unit (cents; yen for JPY).
    pub minor_units: Int53,
    /// ISO 4217.
    pub currency: CurrencyCode,
}

/// Formatted text in the three forms clients need.
pub struct RichText(pub String);

/// Formatted text. The same words in three forms.
#[Object]
impl RichText {
    /// As it was written.
    async fn markdown(&self) -> Markdown {
        Markdown(self.0.clone())
    }

    /// Sanitised, safe to show.
    async fn html(&self) -> Html {
        Html(html(&self.0))
    }

    /// Without any formatting, cut at a word if longer than `maxChars`.
    async fn plain(
        &self,
        #[graphql(desc = "At most this many characters.")] max_chars: Option<i32>,
    ) -> String {
        let limit = max_chars.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(0));
        cut(&plain(&self.0), limit)
    }
}

fn html(markdown: &str) -> String {
    use pulldown_cmark::{Options, Parser, html::push_html};
    let mut raw = String::new();
    push_html(&mut raw, Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES));
    ammonia::clean(&raw)
}

fn plain(markdown: &str) -> String {
    use pulldown_cmark::{Event, Parser, TagEnd};
    let mut text = String::new();
    for event in Parser::new(markdown) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) => text.push('\n'),
            _ => {}
        }
    }
    text.trim().to_owned()
}

fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    let at_word = kept.rfind(char::is_whitespace).filter(|&at| at > kept.len() / 2).unwrap_or(kept.len());
    format!("{}…", kept[..at_word].trim_end())
}

/// What learners think, on the whole.
#[derive(Clone, Debug, SimpleObject)]
pub struct RatingSummary {
    /// One to five; null while fewer than three have rated.
    pub average: Option<f64>,
    /// How many have rated.
    pub count: i32,
    /// How many gave one, two, three, four and five.
    pub histogram: Vec<i32>,
}

impl From<kernel::Ratings> for RatingSummary {
    fn from(ratings: kernel::Ratings) -> Self {
        Self { average: ratings.average(), count: ratings.count(), histogram: ratings.0.to_vec() }
    }
}

/// The picture search engines and messengers show, and its words.
#[derive(SimpleObject)]
pub struct Seo {
    /// For the title bar.
    pub title: Option<String>,
    /// A sentence or two.
    pub description: Option<String>,
    /// A picture.
    pub image: Option<crate::media::graphql::Image>,
    /// The one address of this page.
    pub canonical_url: super::Url,
}

/// What a page says of itself to search engines: its title, and the beginning of its text.
pub fn seo(
    title: &str,
    markdown: &str,
    canonical_url: String,
    image: Option<crate::media::graphql::Image>,
) -> Seo {
    let description = Some(cut(&plain(markdown), 160)).filter(|text| !text.is_empty());
    Seo { title: Some(title.to_owned()), description, image, canonical_url: canonical_url.into() }
}

/// A money input as our own type, or what is wrong with it.
pub fn money(path: &[&str], input: &MoneyInput) -> kernel::Result<kernel::Money> {
    let currency = input.currency.parse::<kernel::Currency>().map_err(|wrong| {
        kernel::Error::from(kernel::Problem {
            code: kernel::Code::CurrencyUnsupported,
            message: wrong.to_string(),
            path: path.iter().chain(&["currency"]).map(|part| (*part).to_owned()).collect(),
            detail: kernel::Detail::None,
        })
    })?;
    Ok(kernel::Money::new(input.minor_units.0, currency))
}

/// What both databases keep of an instant.
pub fn to_the_microsecond(at: DateTime<Utc>) -> DateTime<Utc> {
    chrono::SubsecRound::trunc_subsecs(at, 6)
}

/// Absent = keep, null = clear.
pub fn cleared<T>(given: MaybeUndefined<T>) -> Option<Option<T>> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_cannot_smuggle_scripts() {
        let shown = html("Hello <script>alert(1)</script> [x](javascript:alert(1)) **b**");
        assert!(!shown.contains("script"), "{shown}");
        assert!(shown.contains("<strong>b</strong>"));
    }

    #[test]
    fn plain_text_is_cut_at_a_word() {
        assert_eq!(cut(&plain("One **two** three four"), 12), "One two…");
        assert_eq!(cut("short", 100), "short");
    }
}
