//! What people do with files; one file a verb.

mod begin;
mod complete;
mod devices;
mod examine;
mod import;
mod links;
mod package;
mod pictures;
mod process;
mod progress;
mod proofs;
mod remove;
mod stills;
mod stock;
mod streams;
mod sweep;
mod targets;
mod tracks;
mod verify;
mod workshop;

pub use begin::{NewUpload, begin_upload};
pub use complete::{SentPart, complete_upload};
pub use import::import_film;
pub use links::{
    Playback, Protocol, end_playback, grant_download, grant_playback, image_link, poster, renew_playback,
    trailer_link,
};
pub use package::settle_rendition;
pub use process::process;
pub use proofs::{ReadyAsset, may_see, own_avatar, ready_asset, ready_image, visible_asset};
pub use remove::{abort_upload, delete_asset};
pub use stock::{Odd, Stock, remove_unowned, take_stock};
pub use streams::{StreamFile, grant_of_token, stream_file};
pub use sweep::{clear_quarantine, expire_overdue, remove_bytes, settle_object};
pub use targets::{Target, sign_parts, targets};
pub use tracks::{AssetChange, Captions, add_captions, update_asset};
pub use verify::verify_uploaded;
pub use workshop::Workshop;

use media_store::MediaStoreError;

use crate::kernel::{Error, Fault};

/// What is served is never changed, so caches may keep it.
const FOREVER: &str = "private, max-age=31536000, immutable";

/// A failed call to the store, as a fault that says whether trying again may help.
pub fn store_failed(doing: &str, error: MediaStoreError) -> Error {
    Error::Fault(match error {
        MediaStoreError::Unavailable(_) => Fault::away(doing, error),
        _ => Fault::new(doing, error),
    })
}
