//! Reading a creator's book. Needs the finance permission, of which the desk is the proof.

use crate::app::App;
use crate::creators::Desk;
use crate::kernel::{Page, PageRequest, Result};

use super::super::model::{Entry, Holding};
use super::super::store::{self, EntryFilter};

/// What is the creator's, a row for each currency.
pub async fn holdings_of(app: &App, desk: &Desk) -> Result<Vec<Holding>> {
    store::holdings(&app.db, desk.creator_id).await
}

/// The creator's book, newest first.
pub async fn book_of(
    app: &App,
    desk: &Desk,
    filter: &EntryFilter,
    page: &PageRequest,
) -> Result<Page<Entry>> {
    store::entries(&app.db, desk.creator_id, filter, page).await
}
