//! What creators and the people who recommend them do, one function a verb.

use crate::app::App;
use crate::catalog;
use crate::creators::{self, Desk, Permission, desk};
use crate::events::Event;
use crate::identity;
use crate::kernel::text::{self, Checks};
use crate::kernel::{
    AffiliateId, AffiliateLinkId, CreatorId, Denied, Error, OfferingId, PublicId, Refusal, Result, UserId,
    Viewer,
};
use crate::throttle::{self, Rate};

use super::letters;
use super::model::{Affiliate, Link, MOST_LINKS, Model, Program, ProgramChange, Referral, State};
use super::refusals::AffiliateRefusal as No;
use super::store;
use super::touch::{self, Touch};

/// One click an hour from one place counts; a little more than one, for people who share an address.
const CLICKS: Rate = Rate { burst: 3, every_seconds: 3600 };

/// Changes what a creator offers; the first change makes it. The desk is of MARKETING.
pub async fn update_program(app: &App, desk: &Desk, change: &ProgramChange) -> Result<Program> {
    let mut tx = app.begin().await?;
    let known = store::program(tx.conn(), desk.creator_id).await?;
    let mut checks = Checks::default();
    let program = known.unwrap_or_else(|| Program::new(desk.creator_id)).changed(change, &mut checks);
    checks.done()?;
    store::put_program(&tx, &program).await?;
    tx.record(Event::new("affiliate_program.changed", desk.creator_id).of_creator(desk.creator_id));
    tx.commit().await?;
    Ok(program)
}

/// Asks to recommend a creator. Asking twice gives the same application.
pub async fn apply(app: &App, viewer: &Viewer, creator: CreatorId, pitch: &str) -> Result<AffiliateId> {
    let at = |no: No| Error::from(no.at(["creatorId"]));
    if !viewer.email_verified {
        return Err(No::EmailNotVerified.at::<_, String>([]).into());
    }
    let seen =
        creators::store::by_id(app.db.read(), creator).await?.filter(creators::model::Creator::is_public);
    let seen = seen.ok_or(Denied::NotFound)?;
    let pitch = text::prose("A pitch", pitch.trim(), 2_000).map_err(|no| no.at(["pitch"]))?;
    if let Some(known) = store::affiliate_of(app.db.read(), creator, viewer.user_id).await? {
        return match known.state {
            State::Pending | State::Approved => Ok(known.id),
            State::Declined | State::Suspended => Err(at(No::TurnedAway)),
        };
    }
    if works_for(app, creator, viewer.user_id).await? {
        return Err(at(No::OwnTeam));
    }
    let program = store::program(app.db.read(), creator).await?.filter(|program| program.is_open);
    let program = program.ok_or_else(|| at(No::ProgramClosed))?;
    let own = creators::store::owned(app, &[viewer.user_id]).await?.remove(&viewer.user_id);
    let payee = own.ok_or_else(|| at(No::ProfileMissing))?;
    let mut tx = app.begin().await?;
    let affiliate = Affiliate {
        id: AffiliateId(tx.id()),
        creator: seen.id,
        user: viewer.user_id,
        payee,
        state: State::Pending,
        pitch,
        commission_basis_points: program.commission_basis_points,
    };
    if !store::insert(&tx, &affiliate).await? {
        let known = store::affiliate_of(app.db.read(), creator, viewer.user_id).await?;
        return Ok(known.ok_or(Denied::NotFound)?.id);
    }
    tx.record(Event::new("affiliate.applied", affiliate.id).of_creator(creator).of_user(viewer.user_id));
    tx.commit().await?;
    Ok(affiliate.id)
}

/// Lets somebody in, or not, or not any more. Needs MARKETING. The commission is what the program says now; what was
/// earned before stays as it was.
pub async fn decide(app: &App, viewer: &Viewer, id: AffiliateId, approve: bool) -> Result<AffiliateId> {
    let known = store::by_ids(app, &[id]).await?.remove(&id).ok_or(Denied::NotFound)?;
    desk(app, viewer, known.creator, Permission::Marketing).await?;
    let account = identity::store::accounts(app, &[known.user]).await?.remove(&known.user);
    let creator = creators::store::by_id(app.db.read(), known.creator).await?.ok_or(Denied::NotFound)?;
    let mut tx = app.begin().await?;
    let before = store::affiliate(&tx, id).await?.ok_or(Denied::NotFound)?;
    let mut after = Affiliate { state: before.state.decided(approve), ..before.clone() };
    if approve {
        let program = store::program(tx.conn(), known.creator).await?;
        after.commission_basis_points =
            program.map_or(before.commission_basis_points, |program| program.commission_basis_points);
    }
    if after == before {
        return Ok(id);
    }
    let first_time = approve && matches!(before.state, State::Pending | State::Declined);
    store::set_state(&tx, &after, first_time).await?;
    if let (true, Some(account)) = (after.state != before.state, account) {
        letters::decided(&mut tx, &account, &creator, &after).await?;
    }
    tx.record(Event::new("affiliate.decided", id).of_creator(known.creator).of_user(known.user));
    tx.commit().await?;
    Ok(id)
}

/// A link as its affiliate wants it.
#[derive(Clone, Debug)]
pub struct LinkWish {
    /// Whom to recommend.
    pub creator: CreatorId,
    /// Where it leads; none: to the creator's page.
    pub offering: Option<OfferingId>,
    /// What the affiliate calls it.
    pub campaign: Option<String>,
}

/// Makes a link; only who was let in may.
pub async fn create_link(app: &App, viewer: &Viewer, wish: &LinkWish) -> Result<AffiliateLinkId> {
    let at_creator = |no: No| Error::from(no.at(["input", "creatorId"]));
    let seen = creators::store::by_id(app.db.read(), wish.creator).await?;
    seen.filter(creators::model::Creator::is_public).ok_or(Denied::NotFound)?;
    if works_for(app, wish.creator, viewer.user_id).await? {
        return Err(at_creator(No::OwnTeam));
    }
    let known = store::affiliate_of(app.db.read(), wish.creator, viewer.user_id).await?;
    let affiliate = known.ok_or_else(|| at_creator(No::NotApproved))?;
    let campaign = wish.campaign.as_deref().map(|name| text::line("A campaign", name, 60)).transpose();
    let campaign = campaign.map_err(|no| no.at(["input", "campaign"]))?;
    if let Some(offering) = wish.offering {
        let known = catalog::store::offering(app.db.read(), offering).await?;
        if !known.is_some_and(|known| known.creator == wish.creator && known.is_public()) {
            return Err(No::OfferingUnknown.at(["input", "offeringId"]).into());
        }
    }
    let mut tx = app.begin().await?;
    let affiliate = store::affiliate(&tx, affiliate.id).await?.ok_or(Denied::NotFound)?;
    if affiliate.state != State::Approved {
        return Err(at_creator(No::NotApproved));
    }
    if store::active_count(tx.conn(), affiliate.id).await? >= MOST_LINKS {
        return Err(at_creator(No::LinksFull));
    }
    let link = Link {
        id: AffiliateLinkId(tx.id()),
        affiliate: affiliate.id,
        offering: wish.offering.map(PublicId::uuid),
        campaign,
        token: app.entropy.readable(10).to_lowercase(),
        click_count: 0,
        disabled_at: None,
    };
    store::insert_link(&tx, &link).await?;
    tx.record(Event::new("affiliate_link.created", link.id).of_user(viewer.user_id));
    tx.commit().await?;
    Ok(link.id)
}

/// Makes a link earn no more; it still leads where it led. Twice changes nothing.
pub async fn disable_link(app: &App, viewer: &Viewer, id: AffiliateLinkId) -> Result<AffiliateLinkId> {
    let (link, _) = own_link(app, viewer.user_id, id).await?.ok_or(Denied::NotFound)?;
    if link.is_active() {
        let mut tx = app.begin().await?;
        store::disable(&tx, id).await?;
        tx.record(Event::new("affiliate_link.disabled", id).of_user(viewer.user_id));
        tx.commit().await?;
    }
    Ok(id)
}

/// Somebody's own link.
pub async fn own_link(app: &App, user: UserId, id: AffiliateLinkId) -> Result<Option<(Link, Affiliate)>> {
    let Some(link) = store::link(app.db.read(), id).await? else { return Ok(None) };
    let affiliate = store::by_ids(app, &[link.affiliate]).await?.remove(&link.affiliate);
    Ok(affiliate.filter(|affiliate| affiliate.user == user).map(|affiliate| (link, affiliate)))
}

/// Where a followed link leads, below PUBLIC_URL, with a touch that a purchase may name; counts the click unless
/// `counted` says not to. Nothing about who followed it is kept: their address only makes the name of a limit.
pub async fn follow_link(app: &App, token: &str, from: &str, counted: bool) -> Result<Option<String>> {
    let Some(link) = store::link_of_token(app.db.read(), token).await? else { return Ok(None) };
    let Some(affiliate) = store::by_ids(app, &[link.affiliate]).await?.remove(&link.affiliate) else {
        return Ok(None);
    };
    let Some(path) = path_of(app, &link, &affiliate).await? else { return Ok(None) };
    if !link.is_active() || affiliate.state != State::Approved {
        return Ok(Some(path));
    }
    if counted && throttle::take(app, "affiliate-click", &format!("{from} {token}"), CLICKS).await.is_ok() {
        store::click(&app.db, link.id).await?;
    }
    let touch = touch::seal(&app.keys, &Touch { token: link.token, at: app.now() });
    Ok(Some(format!("{path}?ref={touch}")))
}

async fn path_of(app: &App, link: &Link, affiliate: &Affiliate) -> Result<Option<String>> {
    if let Some(offering) = link.offering {
        let known = catalog::store::offering(app.db.read(), OfferingId(offering)).await?;
        if let Some(known) = known.filter(|known| known.is_public()) {
            return Ok(Some(known.path()));
        }
    }
    let creator = creators::store::by_id(app.db.read(), affiliate.creator).await?;
    Ok(creator.filter(creators::model::Creator::is_public).map(|creator| creator.path()))
}

/// Who earns by a purchase from this creator, by the touches the buyer's client carries; none if no touch counts.
pub async fn attribute(app: &App, creator: CreatorId, touches: &str) -> Result<Option<Referral>> {
    let Some(program) = store::program(app.db.read(), creator).await?.filter(|program| program.is_open)
    else {
        return Ok(None);
    };
    let now = app.now();
    let mut touches = touch::open(&app.keys, touches, now);
    touches.retain(|touch| program.counts(touch.at, now));
    if program.model == Model::LastTouch {
        touches.reverse();
    }
    let tokens: Vec<String> = touches.iter().map(|touch| touch.token.clone()).collect();
    let earning = store::referrals(app.db.read(), creator, &tokens).await?;
    Ok(tokens.iter().find_map(|token| earning.get(token)).copied())
}

/// Whether a buyer would earn by their own purchase: as the affiliate, or in a team that is paid by it.
pub async fn is_own_purchase(
    app: &App,
    creator: CreatorId,
    referral: &Referral,
    buyer: UserId,
) -> Result<bool> {
    Ok(referral.user == buyer
        || works_for(app, referral.payee, buyer).await?
        || works_for(app, creator, buyer).await?)
}

async fn works_for(app: &App, creator: CreatorId, user: UserId) -> Result<bool> {
    Ok(creators::store::member(app.db.read(), creator, user).await?.is_some())
}
