//! What people do with files.

use crate::app::App;
use crate::kernel::{AssetId, Denied, Result, Viewer};

/// Whether an asset is a ready image that the viewer uploaded as a portrait.
pub async fn own_avatar(_app: &App, _viewer: &Viewer, _asset: AssetId) -> Result<()> {
    Err(Denied::NotFound.into())
}
