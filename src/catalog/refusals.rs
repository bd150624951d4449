//! The ways the catalog says no.

use crate::kernel::{Code, Currency, Detail, Money, PublishRequirement, Refusal};

/// Why a catalog action did nothing.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CatalogRefusal {
    /// The list is too long.
    #[error("At most {1} {0}.")]
    TooManyOf(&'static str, usize),
    /// The same thing twice in a list.
    #[error("The same {0} is named twice.")]
    NamedTwice(&'static str),
    /// Somebody else has edited it meanwhile.
    #[error(
        "Somebody has changed this since you read it: it is at version {0} now. Read it again, then repeat."
    )]
    Stale(i32),
    /// No niche of this name.
    #[error("There is no niche called {0:?}. `niches` lists them.")]
    NoSuchNiche(String),
    /// A file of another kind.
    #[error("This needs {0}.")]
    WrongAsset(&'static str),
    /// The file is there twice: as content and as attachment.
    #[error("This file is what the lesson consists of: it need not be attached as well.")]
    AlreadyContent,
    /// The same, the other way round.
    #[error("This file comes with the lesson: take it off there before it becomes the lesson.")]
    AlreadyAttached,
    /// No room in the outline.
    #[error("A course may have at most {1} {0}.")]
    OutlineFull(&'static str, i32),
    /// Not in this course, or named before.
    #[error("This {0} is not in this course, or is named twice.")]
    NotInOutline(&'static str),
    /// Something of the outline is not named.
    #[error("Name every section and every lesson once: {0} sections and {1} lessons are missing.")]
    OutlineIncomplete(usize, usize),
    /// Below what can be charged.
    #[error("A price is at least {0}, or free.")]
    BelowFloor(Money),
    /// Above what we take.
    #[error("A price is at most {0}.")]
    AboveCeiling(Money),
    /// The second amount must be larger.
    #[error("This has to be more than {0}.")]
    NotAbove(Money),
    /// Two amounts in different currencies.
    #[error("Both amounts must be in {0}.")]
    OtherCurrency(Currency),
    /// The price would be over before it begins.
    #[error("This moment has passed: a price needs to be available for a while.")]
    UntilPast,
    /// Tax on top is not offered.
    #[error("Prices include tax. Leave the tax behaviour out, or say INCLUSIVE.")]
    TaxOnTop,
    /// `free: false`.
    #[error("Say `free: true`, or name another kind of price.")]
    FreeFalse,
    /// Not an offering of this creator.
    #[error("There is no offering of yours with this id.")]
    NotYours,
    /// A recurring price on what is bought once, or the other way round.
    #[error("A membership plan has recurring prices, and nothing else has.")]
    RecurringIsForPlans,
    /// A workshop or a membership plan inside a membership plan.
    #[error(
        "A membership plan opens courses and bundles: no workshop, whose seats are few, and no other plan."
    )]
    NotInAPlan,
    /// A trial that is too long or none at all.
    #[error("A trial lasts 1 to {0} days.")]
    TrialOutOfRange(i32),
    /// A workshop, a bundle or a membership as an item.
    #[error("A bundle holds courses: it cannot hold a workshop, a bundle or a membership.")]
    NotInABundle,
    /// The course has enough prices.
    #[error("An offering may have at most {0} active prices: archive one first.")]
    PricesFull(u64),
    /// Something publishing needs is missing.
    #[error("This cannot be published yet: {}", unmet(.0))]
    NotPublishable(Vec<PublishRequirement>),
    /// The change would leave a published course without what it needs.
    #[error("What is published needs {0}: unpublish it first, or add another one before.")]
    NeededWhilePublished(&'static str),
    /// Closed by the platform.
    #[error("The platform has closed this offering. Write to us if you think that is a mistake.")]
    TakenDown,
    /// It is no draft and not public either.
    #[error("This is archived: publish it, if it shall be offered again.")]
    Archived,
    /// Not a slug.
    #[error("A link is made of 2 to 60 of a-z, 0-9 and single hyphens within.")]
    NotASlug,
    /// Another offering of this creator leads here.
    #[error("Another offering of yours has or had this link.")]
    SlugTaken,
    /// The owner among the payees.
    #[error("What nobody else gets is yours already: leave yourself out.")]
    SplitWithSelf,
    /// Not from 1 to 10,000.
    #[error("A part is from 1 to 10000 basis points: 2500 is a quarter.")]
    PartOutOfRange,
    /// More than all of it.
    #[error(
        "The parts come to more than 10000 basis points. A part that was accepted counts until its change is."
    )]
    SplitTooMuch,
    /// No such creator, or their page is closed.
    #[error("There is no creator with an open page of this name or id.")]
    PayeeUnknown,
    /// A bundle's sales are divided as those of its items, a plan's are its creator's.
    #[error("Only courses and workshops are shared; a bundle shares as its courses do.")]
    NotTaught,
    /// The payee has declined this offer.
    #[error("You have declined this. Ask the course's owner to offer it again.")]
    PartDeclined,
}

fn unmet(list: &[PublishRequirement]) -> String {
    let missing: Vec<_> = list.iter().filter(|one| !one.is_met).map(|one| one.message.as_str()).collect();
    missing.join(" ")
}

impl Refusal for CatalogRefusal {
    fn code(&self) -> Code {
        match self {
            Self::TooManyOf(..) => Code::TooMany,
            Self::NamedTwice(_) | Self::AlreadyContent | Self::AlreadyAttached => Code::Duplicate,
            Self::Stale(_) => Code::StaleVersion,
            Self::NoSuchNiche(_) | Self::PayeeUnknown | Self::NotYours => Code::NotFound,
            Self::WrongAsset(_) => Code::UnsupportedMedia,
            Self::OutlineFull(..) | Self::PricesFull(_) => Code::LimitReached,
            Self::NotInOutline(_) | Self::OutlineIncomplete(..) | Self::FreeFalse | Self::NotASlug => {
                Code::Invalid
            }
            Self::SplitWithSelf | Self::NotTaught => Code::NotAllowed,
            Self::PartOutOfRange | Self::SplitTooMuch => Code::OutOfRange,
            Self::BelowFloor(_) => Code::AmountBelowMinimum,
            Self::AboveCeiling(_) | Self::NotAbove(_) | Self::UntilPast => Code::OutOfRange,
            Self::OtherCurrency(_) => Code::CurrencyUnsupported,
            Self::TaxOnTop
            | Self::TakenDown
            | Self::NotInABundle
            | Self::RecurringIsForPlans
            | Self::NotInAPlan => Code::NotAllowed,
            Self::TrialOutOfRange(_) => Code::OutOfRange,
            Self::NotPublishable(_) => Code::NotPublishable,
            Self::NeededWhilePublished(_) | Self::Archived | Self::PartDeclined => Code::InvalidState,
            Self::SlugTaken => Code::Taken,
        }
    }

    fn detail(&self) -> Detail {
        match self {
            Self::NotPublishable(list) => Detail::PublishRequirements(list.clone()),
            _ => Detail::None,
        }
    }
}
