//! What a person says of themselves.

use entity::users;
use sea_orm::ActiveValue::{NotSet, Set};

use crate::app::App;
use crate::events::Event;
use crate::identity::{model, store};
use crate::kernel::text::{self, Checks};
use crate::kernel::{Result, Viewer};

/// Absent = keep.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// Shown to others.
    pub display_name: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// IANA name.
    pub time_zone: Option<String>,
    /// Consent to news.
    pub marketing_opt_in: Option<bool>,
    /// Portrait: absent keeps, `Some(None)` clears. Checked by the caller to be the viewer's own ready image.
    pub avatar: Option<Option<crate::kernel::AssetId>>,
}

/// Changes the viewer's profile.
pub async fn update_profile(app: &App, viewer: &Viewer, change: ProfileChange) -> Result<()> {
    let mut checks = Checks::default();
    let name = change
        .display_name
        .map(|name| checks.take(&["input", "displayName"], text::line("A name", &name, 80)));
    let language = change.language.map(|tag| checks.take(&["input", "language"], model::language(&tag)));
    let zone = change.time_zone.map(|zone| checks.take(&["input", "timeZone"], model::time_zone(&zone)));
    checks.done()?;
    let set = |value: Option<Option<String>>| value.flatten().map_or(NotSet, Set);
    let row = users::ActiveModel {
        display_name: set(name),
        language: set(language),
        time_zone: set(zone),
        marketing_opt_in: change.marketing_opt_in.map_or(NotSet, Set),
        avatar_asset_id: change.avatar.map_or(NotSet, |avatar| Set(avatar.map(Into::into))),
        ..Default::default()
    };
    let mut tx = app.begin().await?;
    store::update(&tx, viewer.user_id, row).await?;
    tx.record(Event::new("account.updated", viewer.user_id).of_user(viewer.user_id));
    tx.commit().await
}
