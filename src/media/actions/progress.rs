//! Writing down how far the making of a film is, and telling who follows it.

use crate::app::App;
use crate::kernel::{AssetId, Result};
use crate::media::model::topic;
use crate::media::store;

/// Notes the progress of a PROCESSING asset, in hundredths of a percent.
pub(super) async fn write(app: &App, asset: AssetId, basis_points: i32) -> Result<()> {
    let mut tx = app.begin().await?;
    store::set_progress(&tx, asset, basis_points).await?;
    tx.wake(topic(asset));
    tx.commit().await
}
