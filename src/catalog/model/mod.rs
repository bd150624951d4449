//! Offerings, courses, workshops, bundles, outlines, bodies and prices, and the rules on them. Pure.

mod bundle;
mod course;
mod listing;
mod offering;
mod outline;
mod page;
mod plan;
mod price;
mod publishing;
mod split;
mod words;
mod workshop;

pub use bundle::{Bundle, BundleText, FEWEST_ITEMS, MOST_ITEMS, list_price, savings};
pub use course::{Course, CourseText, MOST_OUTCOMES};
pub use listing::{ListFilter, ListOrder, StudioFilter};
pub use offering::{AnyOffering, Offering, Words};
pub use outline::{
    AssetUse, Attachment, Body, Lesson, LessonBody, LessonFacts, LessonText, MOST_ATTACHMENTS, MOST_LESSONS,
    MOST_SECTIONS, Outline, OutlineOrder, Section, reading_seconds, reordered,
};
pub use page::{MOST_NICHES, PageText};
pub use plan::{Included, MOST_INCLUDED, MOST_PERKS, MembershipPlan, PlanContents, PlanText, Recurring};
pub use price::{LARGEST_MINOR, LONGEST_TRIAL, MOST_PRICES, NewPrice, Price, PriceForSale, Terms};
pub use publishing::{Contents, Readiness, needed_while_published, requirements};
pub use split::{MOST_PAYEES, Part, PartState, Payee, WHOLE, Wish, check, wished};
pub use words::{
    BillingInterval, LessonKind, Level, OfferingKind, OfferingStatus, PriceKind, ReplayPolicy, TaxBehavior,
    WorkshopFormat,
};
pub use workshop::{Venue, Workshop, WorkshopText};
