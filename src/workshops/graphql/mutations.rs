//! Scheduling, hosting, and what becomes of seats. Thin: who asks, what for, which action.

use async_graphql::{Context, ID, Object};

use crate::checkout::actions::wait_and_buy;
use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, LocalDateTime, TimeZone, Url, Uuid, answer};
use crate::kernel::{Result, SeatId, WorkshopId, WorkshopSessionId};
use crate::payload;
use crate::refunds;
use crate::workshops::actions::{self, JoinWish};
use crate::workshops::model::SessionWish;

use super::waitlist::entry;
use super::{
    JoinInfoInput, JoinProvider, Seat, SessionInput, WaitlistAutoBuyInput, WaitlistEntry, WorkshopSession,
    its_session,
};

payload! {
    /// Answer of `workshopSessionCreate`.
    WorkshopSessionCreatePayload {
        /// The date.
        session: WorkshopSession,
    }
}

payload! {
    /// Answer of `workshopSessionReschedule`.
    WorkshopSessionReschedulePayload {
        /// The date, at its new time.
        session: WorkshopSession,
    }
}

payload! {
    /// Answer of `workshopSessionCancel`.
    WorkshopSessionCancelPayload {
        /// The date, called off.
        session: WorkshopSession,
    }
}

payload! {
    /// Answer of `workshopJoinInfoSet`.
    WorkshopJoinInfoSetPayload {
        /// The date.
        session: WorkshopSession,
    }
}

payload! {
    /// Answer of `workshopSessionStatusSet`.
    WorkshopSessionStatusSetPayload {
        /// The date as it stands now.
        session: WorkshopSession,
    }
}

payload! {
    /// Answer of `workshopReplaySet`.
    WorkshopReplaySetPayload {
        /// The date with its recording.
        session: WorkshopSession,
    }
}

payload! {
    /// Answer of `workshopAttendanceMark`.
    WorkshopAttendanceMarkPayload {
        /// The date.
        session: WorkshopSession,
    }
}

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
}

/// What hosts and schedulers do.
#[derive(Default)]
pub struct HostingMutation;

#[Object]
impl HostingMutation {
    /// Sets a date of a workshop. A wall time that the zone skips or has twice is asked back. Needs CATALOG.
    async fn workshop_session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wsh_…`.")] workshop_id: ID,
        #[graphql(desc = "When, for how long, for how many.")] input: SessionInput,
    ) -> Fallible<WorkshopSessionCreatePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let workshop: WorkshopId = id(&["workshopId"], &workshop_id)?;
            let made = actions::schedule(ctx.app(), viewer, workshop.into(), wish(&input)?).await;
            shown(ctx, made.missing_at(&["workshopId"])?).await
        };
        answer(done.await.map(|session| WorkshopSessionCreatePayload { session, user_errors: Vec::new() }))
    }

    /// Moves a date to another time; it lasts as long as before. Everybody with a seat hears of it, and may give the seat
    /// back for the money until it begins. Needs CATALOG.
    async fn workshop_session_reschedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wss_…`.", name = "id")] session_id: ID,
        #[graphql(desc = "When it begins, as the clock shows it in `timeZone`.")] local_start: LocalDateTime,
        #[graphql(desc = "Where that clock is.")] time_zone: TimeZone,
        #[graphql(desc = "Why, for everybody with a seat; at most 500 characters.")] note: Option<String>,
    ) -> Fallible<WorkshopSessionReschedulePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let session = id(&["id"], &session_id)?;
            let to = (&*local_start.0, &*time_zone.0);
            let moved = actions::reschedule(ctx.app(), viewer, session, to, note.as_deref()).await;
            moved.missing_at(&["id"])?;
            shown(ctx, session).await
        };
        answer(
            done.await.map(|session| WorkshopSessionReschedulePayload { session, user_errors: Vec::new() }),
        )
    }

    /// Calls a date off: everybody with a seat hears of it, and every payment goes back. Needs CATALOG.
    async fn workshop_session_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wss_…`.", name = "id")] session_id: ID,
        #[graphql(desc = "Why, for everybody with a seat; at most 500 characters.")] reason: String,
        #[graphql(desc = "Made by the client for this wish.")] idempotency_key: Uuid,
    ) -> Fallible<WorkshopSessionCancelPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let session = id(&["id"], &session_id)?;
            let off = actions::cancel(ctx.app(), viewer, session, &reason, idempotency_key.0).await;
            off.missing_at(&["id"])?;
            shown(ctx, session).await
        };
        answer(done.await.map(|session| WorkshopSessionCancelPayload { session, user_errors: Vec::new() }))
    }

    /// Says how one gets in: by a link, which is kept encrypted and told by `workshopJoin` alone, or by a built-in room,
    /// where everybody gets a way in of their own. Needs HOST.
    async fn workshop_join_info_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wss_…`.")] session_id: ID,
        #[graphql(desc = "Through what, and where.")] input: JoinInfoInput,
    ) -> Fallible<WorkshopJoinInfoSetPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let session = id(&["sessionId"], &session_id)?;
            let wish = JoinWish {
                provider: input.provider.into(),
                url: input.join_url.map(|url| url.0),
                passcode: input.passcode,
                opens_minutes_before: input.opens_minutes_before.unwrap_or(15),
            };
            let set = actions::set_join_info(ctx.app(), viewer, session, wish).await;
            set.missing_at(&["sessionId"])?;
            shown(ctx, session).await
        };
        answer(done.await.map(|session| WorkshopJoinInfoSetPayload { session, user_errors: Vec::new() }))
    }

    /// Says that a session is live, from when its door opens, or that it is over. Needs HOST.
    async fn workshop_session_status_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wss_…`.")] session_id: ID,
        #[graphql(desc = "True = it is on; false = it is over.")] live: bool,
    ) -> Fallible<WorkshopSessionStatusSetPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let session = id(&["sessionId"], &session_id)?;
            let set = actions::set_live(ctx.app(), viewer, session, live).await;
            set.missing_at(&["sessionId"])?;
            shown(ctx, session).await
        };
        answer(done.await.map(|session| WorkshopSessionStatusSetPayload { session, user_errors: Vec::new() }))
    }

    /// Sets the recording of a date that has begun: a READY video of this creator, uploaded as LESSON_MEDIA. The
    /// workshop's `replayPolicy` says who may watch it; they have a letter about it, once. While it is set the file cannot
    /// be deleted. Another file takes its place without another letter. Needs HOST.
    async fn workshop_replay_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wss_…`.")] session_id: ID,
        #[graphql(desc = "`ast_…`; null = there is none any more.")] asset_id: Option<ID>,
    ) -> Fallible<WorkshopReplaySetPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let session = id(&["sessionId"], &session_id)?;
            let asset = asset_id.map(|asset| id(&["assetId"], &asset)).transpose()?;
            let set = actions::set_replay(ctx.app(), viewer, session, asset).await;
            set.missing_at(&["sessionId"])?;
            shown(ctx, session).await
        };
        answer(done.await.map(|session| WorkshopReplaySetPayload { session, user_errors: Vec::new() }))
    }

    /// Notes who was there, from when the door opens: all of these seats, or none if one is not of this session. Needs
    /// HOST.
    async fn workshop_attendance_mark(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wss_…`.")] session_id: ID,
        #[graphql(desc = "`sea_…`, at most 500.")] seat_ids: Vec<ID>,
        #[graphql(desc = "Whether they were there.")] attended: bool,
    ) -> Fallible<WorkshopAttendanceMarkPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let session = id(&["sessionId"], &session_id)?;
            let seats: Result<Vec<SeatId>> =
                seat_ids.iter().take(501).map(|seat| id(&["seatIds"], seat)).collect();
            let marked = actions::mark_attendance(ctx.app(), viewer, session, &seats?, attended).await;
            marked.missing_at(&["sessionId"])?;
            shown(ctx, session).await
        };
        answer(done.await.map(|session| WorkshopAttendanceMarkPayload { session, user_errors: Vec::new() }))
    }
}

/// What people do with seats.
#[derive(Default)]
pub struct SeatsMutation;

#[Object]
impl SeatsMutation {
    /// Waits for a place at a full session. Once one is free it is kept for the caller for half an hour, and a letter says
    /// so. Asking again gives the same place in the line. With `autoBuy` the seat is bought instead, and a letter tells of
    /// that; where it cannot be bought, it is kept as for everybody else and the letter says why. Needs a proven address.
    async fn session_waitlist_join(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wss_…`.")] session_id: ID,
        #[graphql(
            desc = "To have the seat bought by itself. Replaces what was agreed to before; without it that stays."
        )]
        auto_buy: Option<WaitlistAutoBuyInput>,
    ) -> Fallible<SessionWaitlistJoinPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let session = id(&["sessionId"], &session_id)?;
            visible(ctx, session).await.missing_at(&["sessionId"])?;
            let joined = match auto_buy {
                Some(wish) => wait_and_buy(ctx.app(), viewer, session, wish.into()).await,
                None => actions::join_waitlist(ctx.app(), viewer, session, None).await,
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

    /// Gives the caller's seat back before its session begins; the place goes to who waits. Until `refundableUntil` its
    /// money goes back at once, later if the place is sold again.
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
            Ok((super::seat(ctx, seat).await?, refund))
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
            })
        });
        answer(join.map(|join| WorkshopJoinPayload { join, user_errors: Vec::new() }))
    }
}

fn wish(input: &SessionInput) -> Result<SessionWish> {
    let hosts = input.host_user_ids.as_ref().map(|hosts| {
        hosts.iter().take(100).map(|host| id(&["input", "hostUserIds"], host)).collect::<Result<Vec<_>>>()
    });
    Ok(SessionWish {
        title: input.title.clone(),
        local_start: input.local_start.0.clone(),
        time_zone: input.time_zone.0.clone(),
        minutes: input.duration_minutes,
        capacity: input.capacity,
        waitlist_enabled: input.waitlist_enabled.unwrap_or(true),
        hosts: hosts.transpose()?,
    })
}

/// A session the caller may see.
async fn visible(ctx: &Context<'_>, id: WorkshopSessionId) -> Result<()> {
    super::session(ctx, id).await?.map(drop).ok_or_else(|| crate::kernel::Denied::NotFound.into())
}

async fn shown(ctx: &Context<'_>, id: WorkshopSessionId) -> Result<Option<WorkshopSession>> {
    its_session(ctx, id).await.map(Some)
}
