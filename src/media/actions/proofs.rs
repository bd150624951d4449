//! Proofs that a file may be used: made only by a checked lookup, taken by the rooms that show files.

use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::creators::{self, actions::desk, model::Permission};
use crate::kernel::{Actor, AssetId, CreatorId, Denied, Error, Problem, Refusal, Result, UserId, Viewer};
use crate::media::model::{Asset, Kind, Purpose, State};
use crate::media::refusals::MediaRefusal;
use crate::media::store;

/// A file that belongs to the studio, is READY, and is of a fitting kind.
#[derive(Clone, Debug)]
#[expect(clippy::manual_non_exhaustive, reason = "closed to this crate too: only a check makes one")]
pub struct ReadyAsset {
    /// The file.
    pub asset: Asset,
    /// Keeps everybody else from making one.
    _checked: (),
}

/// A studio's READY file of one of these kinds: NOT_FOUND, ASSET_NOT_READY or UNSUPPORTED_MEDIA at `path` otherwise.
/// Inside a transaction it also keeps the file from being deleted before the commit.
pub async fn ready_asset(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    id: AssetId,
    kinds: &[Kind],
    path: &[&str],
) -> Result<ReadyAsset> {
    let found = store::kept(conn, id).await?.filter(|asset| asset.creator == Some(creator));
    let asset = found.ok_or_else(|| missing(path))?;
    if asset.state != State::Ready {
        return Err(MediaRefusal::NotReady.at(path.iter().copied()).into());
    }
    if !kinds.contains(&asset.kind) {
        return Err(MediaRefusal::WrongKind.at(path.iter().copied()).into());
    }
    Ok(ReadyAsset { asset, _checked: () })
}

/// A studio's READY picture.
pub async fn ready_image(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    id: AssetId,
    path: &[&str],
) -> Result<ReadyAsset> {
    ready_asset(conn, creator, id, &[Kind::Image], path).await
}

fn missing(path: &[&str]) -> Error {
    let message = Denied::NotFound.to_string();
    let path = path.iter().map(|part| (*part).to_owned()).collect();
    Problem { code: crate::kernel::Code::NotFound, message, path, detail: Default::default() }.into()
}

/// Whether an asset is a ready image that the viewer uploaded as a portrait: NOT_FOUND if it is not the viewer's.
pub async fn own_avatar(app: &App, viewer: &Viewer, id: AssetId) -> Result<()> {
    let found = store::asset(app.db.read(), id).await?;
    let mine = found.filter(|asset| asset.uploader == viewer.user_id && asset.purpose == Purpose::Avatar);
    let asset = mine.ok_or(Denied::NotFound)?;
    if asset.is_ready() { Ok(()) } else { Err(MediaRefusal::NotReady.at(["input", "avatarAssetId"]).into()) }
}

/// A file as who may change it: a studio's with the permission MEDIA, a portrait its owner; NOT_FOUND or FORBIDDEN for
/// others.
pub async fn changeable(app: &App, viewer: &Viewer, id: AssetId) -> Result<Asset> {
    let asset = store::asset(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    match asset.creator {
        Some(creator) => {
            desk(app, viewer, creator, Permission::Media).await?;
        }
        None if asset.uploader == viewer.user_id => {}
        None => return Err(Denied::NotFound.into()),
    }
    Ok(asset)
}

/// Whether a person may still see an asset as its uploader, or as one of the studio's team with MEDIA; NOT_FOUND if not.
pub async fn may_see(app: &App, user: Option<UserId>, asset: &Asset) -> Result<()> {
    let user = user.ok_or(Denied::NotFound)?;
    if asset.uploader == user {
        return Ok(());
    }
    let creator = asset.creator.ok_or(Denied::NotFound)?;
    let member = creators::store::member(app.db.read(), creator, user).await?;
    let may = member.is_some_and(|member| member.role.may(Permission::Media));
    if may { Ok(()) } else { Err(Denied::NotFound.into()) }
}

/// An asset as its uploader, or the studio's team with MEDIA, may see it; NOT_FOUND for everybody else.
pub async fn visible_asset(app: &App, actor: &Actor, id: AssetId) -> Result<Asset> {
    let viewer = actor.known().ok_or(Denied::NotFound)?;
    let asset = store::asset(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    may_see(app, Some(viewer.user_id), &asset).await?;
    Ok(asset)
}
