//! The closed lists of the catalog as clients see them.

use async_graphql::Enum;

use crate::catalog::model;

/// What kind of thing is on sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::OfferingKind")]
pub enum OfferingKind {
    /// Sections of lessons, at one's own pace.
    Course,
    /// Live, on dates.
    Workshop,
    /// Several offerings together.
    Bundle,
    /// For as long as it is paid.
    Membership,
}

/// Where an offering stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::OfferingStatus")]
pub enum OfferingStatus {
    /// For the team alone.
    Draft,
    /// On the storefront and in lists.
    Published,
    /// For those who have the link.
    Unlisted,
    /// No longer offered; who has it keeps it.
    Archived,
    /// Closed by the platform.
    TakenDown,
}

/// What one should know already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Level")]
pub enum Level {
    /// Nothing.
    Beginner,
    /// The basics.
    Intermediate,
    /// A lot.
    Advanced,
    /// For everybody.
    All,
}

/// What a lesson teaches with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::LessonKind")]
pub enum LessonKind {
    /// A video.
    Video,
    /// A recording.
    Audio,
    /// An article; also a lesson that has no content yet.
    Text,
    /// Files.
    Download,
    /// Questions.
    Quiz,
}

/// How something is priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::PriceKind")]
pub enum PriceKind {
    /// Nothing.
    Free,
    /// One amount, once.
    OneTime,
    /// The buyer decides, from a minimum on.
    PayWhatYouWant,
    /// Again and again.
    Recurring,
}

/// How often a price is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::BillingInterval")]
pub enum BillingInterval {
    /// Each month.
    Month,
    /// Each year.
    Year,
}

/// Whether the tax is in the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::TaxBehavior")]
pub enum TaxBehavior {
    /// It is.
    Inclusive,
    /// It comes on top.
    Exclusive,
}

/// Where one takes part in a workshop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::WorkshopFormat")]
pub enum WorkshopFormat {
    /// From anywhere.
    Online,
    /// At its venue.
    InPerson,
    /// Either.
    Hybrid,
}

/// Who may see a workshop's recording, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::ReplayPolicy")]
pub enum ReplayPolicy {
    /// Nobody.
    None,
    /// Who was there.
    Attendees,
    /// Who had a seat, for 30 days.
    #[graphql(name = "DAYS_30")]
    Days30,
    /// Who had a seat, without an end.
    Forever,
}

/// How a list of offerings is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::ListOrder")]
pub enum OfferingOrder {
    /// Most learners first.
    Popular,
    /// Newest publication first.
    Newest,
}
