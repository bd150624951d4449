//! Files as clients see them.

mod asset;
mod describing;
mod inputs;
mod transform;
mod upload;

pub use asset::{
    Asset, AssetById, AssetConnection, AssetEdge, Image, MediaQuery, PosterOf, StudioAssets, image, poster,
};
pub use describing::{
    AssetUpdatePayload, CaptionTrack, CaptionTrackAddPayload, DescribingMutation, TracksOf, captions,
};
pub use inputs::*;
pub use transform::*;
pub use upload::*;
