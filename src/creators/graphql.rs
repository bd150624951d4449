//! Creators as clients see them.

mod creator;
mod inputs;
mod loaders;
mod mutations;
mod niche;
mod payloads;
mod queries;
mod team;

pub use creator::{
    Creator, CreatorConnection, CreatorEdge, CreatorProfile, ProfileLink, creator, its_creator, owned_creator,
};
pub use inputs::*;
pub use loaders::*;
pub use mutations::CreatorsMutation;
pub use niche::{Niche, niche};
pub use payloads::*;
pub use queries::CreatorsQuery;
pub use team::{StudioMembership, TeamPermission, TeamRole, ViewerCreators, membership};
