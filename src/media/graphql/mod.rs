//! Files as clients see them.

mod asset;
mod describing;
mod following;
mod inputs;
mod transform;
mod upload;

pub use asset::{
    Asset, AssetById, AssetConnection, AssetEdge, Image, MediaQuery, PosterOf, StudioAssets, StudioStorage,
    image, poster,
};
pub use describing::{
    AssetUpdatePayload, CaptionTrack, CaptionTrackAddPayload, Chapter, ChapterInput, ChaptersOf,
    DescribingMutation, TracksOf, captions, chapters,
};
pub use following::MediaSubscription;
pub use inputs::*;
pub use transform::*;
pub use upload::*;
