//! What creators' mutations answer.

use crate::payload;
use crate::storefront::graphql::Storefront;
use crate::studio::graphql::Studio;

use super::Creator;

payload! {
    /// Answer of `creatorCreate`.
    CreatorCreatePayload {
        /// The new creator; its page is closed until `storefrontPublish`.
        creator: Creator,
        /// Its workspace.
        studio: Studio,
    }
}

payload! {
    /// Answer of `creatorUpdate`.
    CreatorUpdatePayload {
        /// As it is now.
        creator: Creator,
    }
}

payload! {
    /// Answer of `creatorLinksSet`.
    CreatorLinksSetPayload {
        /// As it is now.
        creator: Creator,
    }
}

payload! {
    /// Answer of `storefrontPublish`.
    StorefrontPublishPayload {
        /// As it is now.
        storefront: Storefront,
    }
}

payload! {
    /// Answer of `creatorFollow`.
    CreatorFollowPayload {
        /// With the new count.
        creator: Creator,
    }
}

payload! {
    /// Answer of `creatorUnfollow`.
    CreatorUnfollowPayload {
        /// With the new count; null if its page is closed.
        creator: Creator,
    }
}
