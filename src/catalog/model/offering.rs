//! What everything on sale has in common, and which kinds of it there are.

use std::ops::Deref;
use std::sync::Arc;

use crate::kernel::{AssetId, CreatorId, Instant, OfferingId, Ratings};

use super::{Bundle, Course, Level, MembershipPlan, OfferingKind, OfferingStatus, Workshop};

/// What is said of an offering at length.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Markdown; may be empty.
    pub description: String,
    /// Sentences on what one will be able to do; a course's only.
    pub outcomes: Vec<String>,
}

/// What everything on sale has in common.
#[derive(Clone, Debug)]
pub struct Offering {
    /// Key.
    pub id: OfferingId,
    /// What it is.
    pub kind: OfferingKind,
    /// Whose.
    pub creator: CreatorId,
    /// The creator's name in links.
    pub creator_handle: String,
    /// Whether the creator's storefront is open; what is behind a closed one is not public.
    pub storefront_open: bool,
    /// Its name in links, unique within the creator.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Below the title.
    pub subtitle: Option<String>,
    /// What is said of it at length; none in a list, where few ask for it.
    pub words: Option<Words>,
    /// Picture.
    pub cover: Option<AssetId>,
    /// Where it stands.
    pub status: OfferingStatus,
    /// For whom.
    pub level: Level,
    /// BCP 47.
    pub language: String,
    /// Rises with each edit.
    pub version: i32,
    /// Stars given in reviews that nobody took down; `reviews` keeps them.
    pub ratings: Ratings,
    /// People who have it; orders the popular list.
    pub enrollment_count: i32,
    /// First publication.
    pub published_at: Option<Instant>,
    /// Last edit.
    pub updated_at: Instant,
}

impl Offering {
    /// Whether strangers may see it.
    pub fn is_public(&self) -> bool {
        self.status.is_public() && self.storefront_open
    }

    /// Below PUBLIC_URL.
    pub fn path(&self) -> String {
        format!("/@{}/{}", self.creator_handle, self.slug)
    }
}

/// An offering of one of the kinds there are. A new kind is a new case here, in `store::offerings` and in the schema's
/// `Offering`; the compiler names the other places.
#[derive(Clone, Debug)]
pub enum AnyOffering {
    /// Sections of lessons.
    Course(Arc<Course>),
    /// Live sessions on one subject.
    Workshop(Arc<Workshop>),
    /// Several offerings together.
    Bundle(Arc<Bundle>),
    /// Something paid again and again.
    Plan(Arc<MembershipPlan>),
}

impl AnyOffering {
    /// Whether somebody teaches it, alone or with others who share in what it earns. What is made of such offerings has
    /// no teachers of its own.
    pub fn is_taught(&self) -> bool {
        matches!(self, Self::Course(_) | Self::Workshop(_))
    }

    /// The course, if it is one.
    pub fn course(self) -> Option<Arc<Course>> {
        match self {
            Self::Course(course) => Some(course),
            Self::Workshop(_) | Self::Bundle(_) | Self::Plan(_) => None,
        }
    }

    /// The workshop, if it is one.
    pub fn workshop(self) -> Option<Arc<Workshop>> {
        match self {
            Self::Workshop(workshop) => Some(workshop),
            Self::Course(_) | Self::Bundle(_) | Self::Plan(_) => None,
        }
    }

    /// The bundle, if it is one.
    pub fn bundle(self) -> Option<Arc<Bundle>> {
        match self {
            Self::Bundle(bundle) => Some(bundle),
            Self::Course(_) | Self::Workshop(_) | Self::Plan(_) => None,
        }
    }

    /// The membership plan, if it is one.
    pub fn plan(self) -> Option<Arc<MembershipPlan>> {
        match self {
            Self::Plan(plan) => Some(plan),
            Self::Course(_) | Self::Workshop(_) | Self::Bundle(_) => None,
        }
    }
}

impl Deref for AnyOffering {
    type Target = Offering;
    fn deref(&self) -> &Offering {
        match self {
            Self::Course(course) => course,
            Self::Workshop(workshop) => workshop,
            Self::Bundle(bundle) => bundle,
            Self::Plan(plan) => plan,
        }
    }
}
