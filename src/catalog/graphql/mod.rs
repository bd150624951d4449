//! The catalog as clients see it.

mod access;
mod bundle;
mod content;
mod course;
mod inputs;
mod kept;
mod lists;
mod making;
mod offering;
mod on_sale;
mod outline;
mod payloads;
mod plan;
mod price;
mod queries;
mod selling;
mod splits;
mod taught;
mod words;
mod workshop;
mod workshop_making;

pub use access::ViewerAccess;
pub use bundle::{Bundle, BundleConnection, BundleEdge, bundle};
pub use content::{ArticleContent, Attachment, AudioContent, DownloadContent, LessonContent, VideoContent};
pub use course::{Course, CourseConnection, CourseEdge, course};
pub use inputs::*;
pub use lists::{CreatorCourses, StudioOfferings};
pub use making::MakingMutation;
pub use offering::{
    Offering, OfferingById, OfferingConnection, OfferingEdge, any_offering, course_by_id, offering,
};
pub use outline::{Lesson, LessonById, LessonPage, OutlineOf, Section, lesson, section};
pub use payloads::*;
pub use plan::{MembershipPlan, plan};
pub use price::{Price, named_price, price};
pub use queries::CatalogQuery;
pub use selling::SellingMutation;
pub use splits::{
    OfferingShare, OfferingSplitAcceptPayload, OfferingSplitDeclinePayload, OfferingSplitSetPayload,
    SplitInput, SplitMutation, SplitState, StudioShares,
};
pub use words::*;
pub use workshop::{Venue, Workshop, WorkshopConnection, WorkshopEdge, workshop, workshop_by_id};
pub use workshop_making::{
    VenueInput, WorkshopCreatePayload, WorkshopInput, WorkshopMakingMutation, WorkshopUpdatePayload,
};

use course::visible;
pub(crate) use lists::public_filter;
use price::{PricesOf, prices_of};
