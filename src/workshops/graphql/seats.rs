//! What becomes of seats in people's hands: waiting for one, giving it back, giving it away, moving it, and going in. Thin:
//! who asks, what for, which action. Not here: buying one (`checkout`).

use async_graphql::{Context, ID, Object};

use crate::checkout::actions::wait_and_buy;
use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, Url, Uuid, answer};
use crate::kernel::{Denied, Result, SeatId, WorkshopSessionId};
use crate::payload;
use crate::refunds;
use crate::workshops::actions;

use super::{JoinProvider, Seat, WaitlistAutoBuyInput, WaitlistEntry, entry};

payload! {
    /// Answer of `sessionWaitlistJoin`.
    SessionWaitlistJoinPayload {
        /// Where the caller stands.
        entry: WaitlistEntry,
    }
}

payload! {
    /// Answer of `sessionWaitlistAutoBuyCancel`.
    SessionWaitlistAutoBuyCancelPayload {
        /// Where the caller stands.
        entry: WaitlistEntry,
    }
}

payload! {
    /// Answer of `sessionWaitlistLeave`.
    SessionWaitlistLeavePayload {
        /// The entry that is no more.
        removed_id: ID,
    }
}

payload! {
    /// Answer of `seatRelease`.
    SeatReleasePayload {
        /// The seat, given back.
        seat: Seat,
        /// Its money on the way back; null for what was free, and while its place has not been sold again.
        refund: refunds::graphql::Refund,
    }
}

payload! {
    /// Answer of `seatTransfer`.
    SeatTransferPayload {
        /// The seat, waiting for its new holder.
        seat: Seat,
    }
}

payload! {
    /// Answer of `seatMove`.
    SeatMovePayload {
        /// The seat at its new session.
        seat: Seat,
    }
}

payload! {
    /// Answer of `workshopJoin`.
    WorkshopJoinPayload {
        /// The way in: for the caller alone, not to be kept.
        join: JoinInfo,
    }
}

/// The way into a session.
#[derive(async_graphql::SimpleObject)]
pub struct JoinInfo {
    /// Through what.
    pub provider: JoinProvider,
    /// Where. For BUILT_IN a page to open, or LiveKit's address with the permission as `access_token` in its query: give
    /// both to LiveKit's SDK. Whoever goes in a second time with the same seat takes the place of the first.
    pub join_url: Url,
    /// Said with it; null for BUILT_IN.
    pub passcode: Option<String>,
    /// Until when one can go in with it: for EXTERNAL_LINK when the door closes, for BUILT_IN minutes from now. Who is
    /// inside stays.
    pub expires_at: chrono::DateTime<chrono::Utc>,
    /// Whether what happens there is recorded. Say so before letting somebody in.
    pub recorded: bool,
}

/// What people do with seats.
#[derive(Default)]
pub struct SeatsMutation;

#[Object]
impl SeatsMutation {
    /// Waits for a place at a full session, or for several. Once one is free it is kept for the caller for half an hour, and a
    /// letter says so; of several, as many as there are, and while they are kept those that become free are added. One order
    /// takes them, and what it does not take goes to who is next. Asking again gives the same place in the line. With
    /// `autoBuy` the seat is bought instead, and a letter tells of that; where it cannot be bought, it is kept as for everybody
    /// else and the letter says why. Needs a proven address.
    async fn session_waitlist_join(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wss_…`.")] session_id: ID,
        #[graphql(
            desc = "To have the seat bought by itself. Replaces what was agreed to before; without it that stays."
        )]
        auto_buy: Option<WaitlistAutoBuyInput>,
        #[graphql(
            desc = "How many seats, the caller's own among them: 1 to 6, and no more than the session has. Without it as many as \
                    before, or one. Fewer than before keeps the place in the line; more is refused while others wait behind. \
                    Only 1 with `autoBuy`, and where nothing is to pay."
        )]
        seats: Option<i32>,
    ) -> Fallible<SessionWaitlistJoinPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let session = id(&["sessionId"], &session_id)?;
            visible(ctx, session).await.missing_at(&["sessionId"])?;
            let joined = match auto_buy {
                Some(wish) => wait_and_buy(ctx.app(), viewer, (session, seats), wish.into()).await,
                None => {
                    let wish = actions::Wish { seats, agreement: None };
                    actions::join_waitlist(ctx.app(), viewer, session, wish).await
                }
            };
            entry(ctx, joined.missing_at(&["sessionId"])?).await
        };
        answer(done.await.map(|entry| SessionWaitlistJoinPayload { entry, user_errors: Vec::new() }))
    }

    /// Takes back that a seat is bought by itself. The caller waits on, in the same place. What is being bought at this moment
    /// is refused: it ends in a seat, which can be given back, or in an offer.
    async fn session_waitlist_auto_buy_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wle_…`.")] entry_id: ID,
    ) -> Fallible<SessionWaitlistAutoBuyCancelPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let given = id(&["entryId"], &entry_id)?;
            actions::take_back_buying(ctx.app(), viewer, given).await.missing_at(&["entryId"])?;
            entry(ctx, given).await
        };
        answer(done.await.map(|entry| SessionWaitlistAutoBuyCancelPayload { entry, user_errors: Vec::new() }))
    }

    /// Waits no more; what was kept for the caller goes to who is next. Leaving twice changes nothing. A seat that is being
    /// bought by itself is left while its card is not charged; later that is refused: give the seat back.
    async fn session_waitlist_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wle_…`.")] entry_id: ID,
    ) -> Fallible<SessionWaitlistLeavePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let given = id(&["entryId"], &entry_id)?;
            let left = actions::leave_waitlist(ctx.app(), viewer, given).await;
            left.missing_at(&["entryId"])?;
            Ok(Some(entry_id.clone()))
        };
        answer(
            done.await.map(|removed_id| SessionWaitlistLeavePayload { removed_id, user_errors: Vec::new() }),
        )
    }

    /// Gives the caller's seat back before its session begins, or one they have bought for somebody else, unless that person
    /// has passed it on; the place goes to who waits. Until `refundableUntil` its money goes back to who paid at once, later
    /// if the place is sold again. Whoever had it is told.
    async fn seat_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`sea_…`.")] seat_id: ID,
        #[graphql(desc = "Made by the client for this wish.")] idempotency_key: Uuid,
    ) -> Fallible<SeatReleasePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let seat = id(&["seatId"], &seat_id)?;
            let released = refunds::actions::release_seat(ctx.app(), viewer, seat, idempotency_key.0).await;
            let refund = released.missing_at(&["seatId"])?;
            let refund = match refund {
                Some(id) => refunds::graphql::visible_refund(ctx, id).await?,
                None => None,
            };
            let shown = match super::seat(ctx, seat).await? {
                Some(shown) => Some(shown),
                // A companion's: its buyer sees it in their order, not by its id.
                None => {
                    let found = crate::workshops::store::seat(ctx.app().db.read(), seat).await?;
                    found.map(|seat| Seat(seat).without_claimer())
                }
            };
            Ok((shown, refund))
        };
        answer(done.await.map(|(seat, refund)| SeatReleasePayload { seat, refund, user_errors: Vec::new() }))
    }

    /// Gives the caller's seat to somebody else, before its session begins. It is theirs once they have proven the
    /// address; whether it has an account is told to nobody. What was paid stays with who paid.
    async fn seat_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`sea_…`.")] seat_id: ID,
        #[graphql(desc = "Whose it shall be.")] recipient_email: String,
        #[graphql(desc = "Made by the client for this wish.")] idempotency_key: Uuid,
    ) -> Fallible<SeatTransferPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let seat: SeatId = id(&["seatId"], &seat_id)?;
            let key = idempotency_key.0;
            let given = actions::transfer(ctx.app(), viewer, seat, &recipient_email, key).await;
            given.missing_at(&["seatId"])?;
            // No longer the caller's to see by its id; this answer is the last they see of it.
            let found = crate::workshops::store::seat(ctx.app().db.read(), seat).await?;
            Ok(found.map(|seat| Seat(seat).without_holder()))
        };
        answer(done.await.map(|seat| SeatTransferPayload { seat, user_errors: Vec::new() }))
    }

    /// Moves the caller's seat to another session of the same workshop, before either begins; also one that was paid too
    /// late. Nothing is to pay.
    async fn seat_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`sea_…`.")] seat_id: ID,
        #[graphql(desc = "`wss_…`: where to.")] session_id: ID,
        #[graphql(desc = "Made by the client for this wish.")] idempotency_key: Uuid,
    ) -> Fallible<SeatMovePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let seat: SeatId = id(&["seatId"], &seat_id)?;
            let to: WorkshopSessionId = id(&["sessionId"], &session_id)?;
            let moved = actions::move_seat(ctx.app(), viewer, seat, to, idempotency_key.0).await;
            moved.missing_at(&["seatId"])?;
            super::seat(ctx, seat).await
        };
        answer(done.await.map(|seat| SeatMovePayload { seat, user_errors: Vec::new() }))
    }

    /// Lets the caller in: who has a seat from when the door opens, hosts at any time. Nothing else tells the way in.
    async fn workshop_join(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wss_…`.")] session_id: ID,
    ) -> Fallible<WorkshopJoinPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let session = id(&["sessionId"], &session_id)?;
            actions::join(ctx.app(), viewer, session).await.missing_at(&["sessionId"])
        };
        let join = done.await.map(|way| {
            Some(JoinInfo {
                provider: way.provider.into(),
                join_url: way.url.into(),
                passcode: way.passcode,
                expires_at: way.expires_at,
                recorded: way.recorded,
            })
        });
        answer(join.map(|join| WorkshopJoinPayload { join, user_errors: Vec::new() }))
    }
}

/// A session the caller may see.
async fn visible(ctx: &Context<'_>, id: WorkshopSessionId) -> Result<()> {
    super::session(ctx, id).await?.map(drop).ok_or_else(|| Denied::NotFound.into())
}
