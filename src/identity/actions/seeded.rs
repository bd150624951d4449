//! Accounts made by `atelier seed`: proven from the start. Never in production.

use std::net::{IpAddr, Ipv4Addr};

use entity::users;
use sea_orm::ActiveValue::Set;

use crate::app::App;
use crate::identity::model::{self, Device};
use crate::identity::store;
use crate::kept_rows::KeptRows;
use crate::kernel::{Denied, Fault, Result, UserId, Viewer};

use super::sign_in;

/// An account with a proven address and an already hashed password; the same one when the address has one.
pub async fn seeded_account(app: &App, email: &str, name: &str, password_hash: &str) -> Result<UserId> {
    if app.settings.is_production() {
        return Err(Denied::Forbidden { missing: "a sandbox" }.into());
    }
    let email = model::email(email).map_err(|cause| Fault::new("seeding an account", cause))?;
    let tx = app.begin().await?;
    if let Some(known) = store::by_email(tx.conn(), &email.folded).await? {
        return Ok(known.account.id);
    }
    let new = store::NewAccount {
        email,
        display_name: name.to_owned(),
        password_hash: Some(password_hash.to_owned()),
        language: "en".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        marketing_opt_in: false,
        terms_version: "2026-01".to_owned(),
    };
    let id = store::insert(&tx, new)
        .await?
        .ok_or_else(|| Fault::away("seeding an account", "it was just made"))?;
    let proven = users::ActiveModel { email_verified_at: Set(Some(tx.now())), ..Default::default() };
    store::update(&tx, id, proven).await?;
    tx.commit().await?;
    Ok(id)
}

/// A seeded person, signed in with their password as anybody would be.
pub async fn seeded_viewer(app: &App, email: &str, password: &str) -> Result<Viewer> {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let signed_in = sign_in(app, here, email, password.to_owned(), Device::default()).await?;
    let viewer = super::authenticate(app, &KeptRows::new(app.clone()), &signed_in.access_token).await?;
    Ok(viewer.ok_or_else(|| Fault::new("seeding", "a session just opened does not open anything"))?)
}
