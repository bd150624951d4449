//! Lists of offerings: what they are filtered by and how they are ordered.

use crate::kernel::CreatorId;

use super::{Level, OfferingKind, OfferingStatus};

/// Which public offerings; all that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    /// Of one of these kinds.
    pub kinds: Option<Vec<OfferingKind>>,
    /// In one of these niches.
    pub niche_slugs: Option<Vec<String>>,
    /// Of this creator.
    pub creator: Option<CreatorId>,
    /// For whom.
    pub level: Option<Level>,
    /// BCP 47.
    pub language: Option<String>,
    /// Can be had for nothing.
    pub free_only: bool,
}

/// Named orders, each with an index behind it and ending in the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOrder {
    /// Most learners first.
    Popular,
    /// Newest publication first.
    Newest,
}

impl ListOrder {
    /// For cursors.
    pub fn name(self) -> &'static str {
        match self {
            ListOrder::Popular => "popular",
            ListOrder::Newest => "newest",
        }
    }
}

/// Which offerings of a studio.
#[derive(Clone, Debug, Default)]
pub struct StudioFilter {
    /// In one of these states.
    pub statuses: Option<Vec<OfferingStatus>>,
    /// Of one of these kinds.
    pub kinds: Option<Vec<OfferingKind>>,
    /// Words of the title.
    pub search: Option<String>,
}
