//! `node` and `nodes`: any thing by its id. The prefix picks the loader; each type's own visibility applies, so that
//! what is hidden and what is missing look the same: null.

use async_graphql::{Context, ID, Interface, Object};

use crate::affiliates::graphql as affiliates;
use crate::catalog::graphql as catalog;
use crate::chat::graphql as chat;
use crate::checkout::graphql as checkout;
use crate::coupons::graphql as coupons;
use crate::creators::graphql as creators;
use crate::enrollment::graphql as enrollment;
use crate::identity::graphql as identity;
use crate::kernel::{
    AffiliateId, AffiliateLinkId, AssetId, BundleId, ChatMessageId, ChatRoomId, CheckoutId, CommissionId,
    CouponId, CourseId, CreatorId, Denied, EnrollmentId, Error, LedgerEntryId, LessonId, MemberId, NicheId,
    OrderId, PayoutId, PlanId, PriceId, PublicId, RefundId, RefundRequestId, ReportExportId, Result,
    ReviewId, SeatId, SectionId, SessionId, StudioId, UploadId, UserId, ViewerId, WaitlistEntryId,
    WorkshopId, WorkshopSessionId,
};
use crate::media;
use crate::payments::graphql as payments;
use crate::payouts::graphql as payouts;
use crate::reviews::graphql as reviews;
use crate::studio::graphql as studio;
use crate::workshops::graphql as workshops;

use super::{Ctx, Fallible, field};

const MOST: usize = 100;

/// Anything with an id of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The same in every answer, link and export."))]
#[expect(
    clippy::large_enum_variant,
    reason = "a studio has many parts; an answer names a hundred nodes at most"
)]
pub enum Node {
    /// The signed-in person.
    Viewer(identity::Viewer),
    /// A person.
    User(identity::User),
    /// A signed-in device.
    Session(identity::Session),
    /// A public teaching identity.
    Creator(creators::Creator),
    /// What creators teach.
    Niche(creators::Niche),
    /// The private workspace of a creator.
    Studio(studio::Studio),
    /// A person's place in a studio.
    StudioMembership(creators::StudioMembership),
    /// A file.
    Asset(media::graphql::Asset),
    /// The way a file's bytes come in.
    AssetUpload(media::graphql::AssetUpload),
    /// A course.
    Course(catalog::Course),
    /// Live sessions on one subject.
    Workshop(catalog::Workshop),
    /// One date of a workshop.
    WorkshopSession(workshops::WorkshopSession),
    /// Somebody's place at one session.
    Seat(workshops::Seat),
    /// Somebody who waits for a place.
    WaitlistEntry(workshops::WaitlistEntry),
    /// The room of one date of a workshop.
    ChatRoom(chat::ChatRoom),
    /// Something said in such a room.
    ChatMessage(chat::ChatMessage),
    /// Several offerings sold together.
    Bundle(catalog::Bundle),
    /// Something paid again and again.
    MembershipPlan(catalog::MembershipPlan),
    /// A chapter of a course.
    Section(catalog::Section),
    /// One small step of a course.
    Lesson(catalog::Lesson),
    /// What an offering costs.
    Price(catalog::Price),
    /// A right to learn.
    Enrollment(enrollment::Enrollment),
    /// Somebody who recommends a creator.
    Affiliate(affiliates::Affiliate),
    /// A link an affiliate passes on.
    AffiliateLink(affiliates::AffiliateLink),
    /// An affiliate's part of a sale.
    Commission(affiliates::Commission),
    /// A code that takes something off.
    Coupon(coupons::Coupon),
    /// An attempt to pay.
    Checkout(checkout::Checkout),
    /// A purchase.
    Order(checkout::Order),
    /// A line of a creator's book.
    LedgerEntry(payments::LedgerEntry),
    /// Money on its way to a creator's bank.
    Payout(payouts::Payout),
    /// Money that goes back.
    Refund(crate::refunds::graphql::Refund),
    /// A wish to have money back.
    RefundRequest(crate::refunds::graphql::RefundRequest),
    /// A report as a file.
    ReportExport(crate::reports::graphql::ReportExport),
    /// What somebody thinks of an offering.
    Review(reviews::Review),
}

/// The root fields of this file.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Anything by its id; null when it is not there or not for this caller.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Fallible<Node> {
        field(visible(ctx, &id).await)
    }

    /// Up to 100 things by their ids, in the order asked; null where `node` would be null.
    async fn nodes(&self, ctx: &Context<'_>, ids: Vec<ID>) -> Fallible<Vec<Option<Node>>> {
        if ids.len() > MOST {
            let error = async_graphql::Error::new("At most 100 ids at once.");
            return Some(Err(async_graphql::ErrorExtensions::extend_with(error, |_, e| {
                e.set("code", "LIMIT_EXCEEDED")
            })));
        }
        let found = futures_util::future::join_all(ids.iter().map(|id| visible(ctx, id))).await;
        let found = found.into_iter().map(|one| match one {
            Err(Error::Denied(_)) => Ok(None),
            other => other,
        });
        Some(found.collect::<Result<Vec<_>>>().map_err(super::payload::top_level))
    }
}

/// The thing with this id, if the caller may see it.
async fn visible(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    let Some((prefix, _)) = id.split_once('_') else { return Ok(None) };
    let actor = ctx.actor();
    match prefix {
        ViewerId::PREFIX => {
            let mine = actor.known().filter(|viewer| is::<ViewerId>(id, |it| it.0 == viewer.user_id.0));
            Ok(mine.map(|viewer| Node::Viewer(identity::Viewer::of(viewer.user_id, Some(viewer.session_id)))))
        }
        UserId::PREFIX => {
            let Ok(id) = id.parse::<UserId>() else { return Ok(None) };
            Ok(identity::user(ctx, id).await?.map(Node::User))
        }
        SessionId::PREFIX => {
            let Ok(viewer) = actor.viewer() else { return Ok(None) };
            let mine = crate::identity::actions::sessions_of(ctx.app(), viewer).await?;
            let found = mine.into_iter().find(|session| is::<SessionId>(id, |it| it == session.id));
            Ok(found.map(|session| {
                Node::Session(identity::Session { session, current: Some(viewer.session_id) })
            }))
        }
        AssetId::PREFIX => {
            let Ok(id) = id.parse::<AssetId>() else { return Ok(None) };
            let seen = media::actions::visible_asset(ctx.app(), actor, id).await?;
            Ok(Some(Node::Asset(media::graphql::Asset(seen))))
        }
        UploadId::PREFIX => {
            let Ok(id) = id.parse::<UploadId>() else { return Ok(None) };
            Ok(media::graphql::own_upload(ctx, id).await?.map(Node::AssetUpload))
        }
        CourseId::PREFIX => {
            let Ok(id) = id.parse::<CourseId>() else { return Ok(None) };
            Ok(catalog::course(ctx, id).await?.map(Node::Course))
        }
        WorkshopId::PREFIX => {
            let Ok(id) = id.parse::<WorkshopId>() else { return Ok(None) };
            Ok(catalog::workshop(ctx, id).await?.map(Node::Workshop))
        }
        WorkshopSessionId::PREFIX => {
            let Ok(id) = id.parse::<WorkshopSessionId>() else { return Ok(None) };
            Ok(workshops::session(ctx, id).await?.map(Node::WorkshopSession))
        }
        SeatId::PREFIX => {
            let Ok(id) = id.parse::<SeatId>() else { return Ok(None) };
            Ok(workshops::seat(ctx, id).await?.map(Node::Seat))
        }
        WaitlistEntryId::PREFIX => {
            let Ok(id) = id.parse::<WaitlistEntryId>() else { return Ok(None) };
            Ok(workshops::entry(ctx, id).await?.map(Node::WaitlistEntry))
        }
        ChatRoomId::PREFIX => {
            let Ok(id) = id.parse::<ChatRoomId>() else { return Ok(None) };
            Ok(chat::room(ctx, id).await?.map(Node::ChatRoom))
        }
        ChatMessageId::PREFIX => {
            let Ok(id) = id.parse::<ChatMessageId>() else { return Ok(None) };
            Ok(chat::message(ctx, id).await?.map(Node::ChatMessage))
        }
        PlanId::PREFIX => {
            let Ok(id) = id.parse::<PlanId>() else { return Ok(None) };
            Ok(catalog::plan(ctx, id).await?.map(Node::MembershipPlan))
        }
        BundleId::PREFIX => {
            let Ok(id) = id.parse::<BundleId>() else { return Ok(None) };
            Ok(catalog::bundle(ctx, id).await?.map(Node::Bundle))
        }
        SectionId::PREFIX => {
            let Ok(id) = id.parse::<SectionId>() else { return Ok(None) };
            Ok(catalog::section(ctx, id).await?.map(Node::Section))
        }
        LessonId::PREFIX => {
            let Ok(id) = id.parse::<LessonId>() else { return Ok(None) };
            Ok(catalog::lesson(ctx, id).await?.map(Node::Lesson))
        }
        PriceId::PREFIX => {
            let Ok(id) = id.parse::<PriceId>() else { return Ok(None) };
            Ok(catalog::price(ctx, id).await?.map(Node::Price))
        }
        EnrollmentId::PREFIX => {
            let Ok(id) = id.parse::<EnrollmentId>() else { return Ok(None) };
            Ok(enrollment::own(ctx, id).await?.map(Node::Enrollment))
        }
        AffiliateId::PREFIX => {
            let Ok(id) = id.parse::<AffiliateId>() else { return Ok(None) };
            Ok(affiliates::affiliate(ctx, id).await?.map(Node::Affiliate))
        }
        AffiliateLinkId::PREFIX => {
            let Ok(id) = id.parse::<AffiliateLinkId>() else { return Ok(None) };
            Ok(affiliates::link(ctx, id).await?.map(Node::AffiliateLink))
        }
        CommissionId::PREFIX => {
            let Ok(id) = id.parse::<CommissionId>() else { return Ok(None) };
            Ok(affiliates::commission(ctx, id).await?.map(Node::Commission))
        }
        CouponId::PREFIX => {
            let Ok(id) = id.parse::<CouponId>() else { return Ok(None) };
            Ok(coupons::visible_coupon(ctx, id).await?.map(Node::Coupon))
        }
        CheckoutId::PREFIX => {
            let Ok(id) = id.parse::<CheckoutId>() else { return Ok(None) };
            Ok(checkout::visible_checkout(ctx, id).await?.map(Node::Checkout))
        }
        OrderId::PREFIX => {
            let Ok(id) = id.parse::<OrderId>() else { return Ok(None) };
            Ok(checkout::visible_order(ctx, id).await?.map(Node::Order))
        }
        LedgerEntryId::PREFIX => {
            let Ok(id) = id.parse::<LedgerEntryId>() else { return Ok(None) };
            Ok(payments::visible_entry(ctx, id).await?.map(Node::LedgerEntry))
        }
        RefundId::PREFIX => {
            let Ok(id) = id.parse::<RefundId>() else { return Ok(None) };
            Ok(crate::refunds::graphql::visible_refund(ctx, id).await?.map(Node::Refund))
        }
        RefundRequestId::PREFIX => {
            let Ok(id) = id.parse::<RefundRequestId>() else { return Ok(None) };
            Ok(crate::refunds::graphql::visible_request(ctx, id).await?.map(Node::RefundRequest))
        }
        ReportExportId::PREFIX => {
            let Ok(id) = id.parse::<ReportExportId>() else { return Ok(None) };
            Ok(crate::reports::graphql::visible_export(ctx, id).await?.map(Node::ReportExport))
        }
        PayoutId::PREFIX => {
            let Ok(id) = id.parse::<PayoutId>() else { return Ok(None) };
            Ok(payouts::visible_payout(ctx, id).await?.map(Node::Payout))
        }
        ReviewId::PREFIX => {
            let Ok(id) = id.parse::<ReviewId>() else { return Ok(None) };
            Ok(reviews::review(ctx, id).await?.map(Node::Review))
        }
        CreatorId::PREFIX => {
            let Ok(id) = id.parse::<CreatorId>() else { return Ok(None) };
            Ok(creators::creator(ctx, id).await?.map(Node::Creator))
        }
        NicheId::PREFIX => {
            let Ok(id) = id.parse::<NicheId>() else { return Ok(None) };
            Ok(creators::niche(ctx, id).await?.map(Node::Niche))
        }
        StudioId::PREFIX => {
            let Ok(id) = id.parse::<StudioId>() else { return Ok(None) };
            Ok(studio::studio(ctx, CreatorId(id.0)).await?.map(Node::Studio))
        }
        MemberId::PREFIX => {
            let Ok(id) = id.parse::<MemberId>() else { return Ok(None) };
            Ok(creators::membership(ctx, id).await?.map(Node::StudioMembership))
        }
        _ => Err(Denied::NotFound.into()),
    }
}

fn is<T: PublicId>(id: &ID, same: impl Fn(T) -> bool) -> bool {
    id.parse::<T>().is_ok_and(same)
}
