//! Files as clients see them.

mod asset;
mod inputs;
mod upload;

pub use asset::{
    Asset, AssetById, AssetConnection, AssetEdge, Image, MediaQuery, PosterOf, StudioAssets, image, poster,
};
pub use inputs::*;
pub use upload::*;
