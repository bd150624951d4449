//! What people do with files; one file a verb.

mod begin;
mod complete;
mod examine;
mod links;
mod pictures;
mod proofs;
mod remove;
mod stock;
mod sweep;
mod targets;
mod tracks;
mod verify;

pub use begin::{NewUpload, begin_upload};
pub use complete::{SentPart, complete_upload};
pub use links::{Playback, grant_download, grant_playback, image_link, trailer_link};
pub use proofs::{ReadyAsset, own_avatar, ready_asset, ready_image, visible_asset};
pub use remove::{abort_upload, delete_asset};
pub use stock::{Odd, Stock, remove_unowned, take_stock};
pub use sweep::{clear_quarantine, expire_overdue, remove_bytes, settle_object};
pub use targets::{Target, sign_parts, targets};
pub use tracks::{AssetChange, Captions, add_captions, update_asset};
pub use verify::verify_uploaded;

use media_store::MediaStoreError;

use crate::kernel::{Error, Fault};

/// A failed call to the store, as a fault that says whether trying again may help.
fn store_failed(doing: &str, error: MediaStoreError) -> Error {
    Error::Fault(match error {
        MediaStoreError::Unavailable(_) => Fault::away(doing, error),
        _ => Fault::new(doing, error),
    })
}
