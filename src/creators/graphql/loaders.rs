//! What many rows of one request need of creators, read together.

use std::sync::Arc;

use crate::creators::model::{self, TeamRole};
use crate::creators::store;
use crate::graphql::loaders::Whose;
use crate::kept_rows::Keep;
use crate::kernel::{CreatorId, Instant, MemberId, NicheId, UserId};
use crate::loader;

loader! {
    /// Creators by key, whether public or not.
    CreatorById: CreatorId => Arc<model::Creator> = store::by_ids
}

impl Keep for model::Creator {
    fn weight(&self) -> usize {
        // Links, niches and looks are small; what is written may not be.
        1_000 + self.bio_markdown.len() + self.storefront.sections.to_string().len()
    }
}

impl Whose<Arc<model::Creator>> for CreatorById {
    fn whose(creator: &Arc<model::Creator>) -> Option<CreatorId> {
        Some(creator.id)
    }
}

loader! {
    /// What somebody is in a studio; outsiders have nothing.
    RoleIn: (UserId, CreatorId) => TeamRole = store::roles
}

loader! {
    /// Since when somebody follows a creator.
    FollowsSince: (UserId, CreatorId) => Instant = store::follows
}

loader! {
    /// The first creator somebody made.
    OwnedBy: UserId => CreatorId = store::owned
}

loader! {
    /// People's places in studios by key.
    MemberById: MemberId => model::Member = store::members_by_id
}

loader! {
    /// Niches by key.
    NicheById: NicheId => model::Niche = store::niches_by_id
}

loader! {
    /// How many public creators are listed under a niche.
    CreatorsUnder: NicheId => i32 = store::niche_counts
}
