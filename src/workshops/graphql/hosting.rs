//! Scheduling and hosting. Thin: who asks, what for, which action. Not here: what people do with seats (`seats`).

use async_graphql::{Context, ID, Object};

use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, LocalDateTime, TimeZone, Uuid, answer};
use crate::kernel::{Result, SeatId, WorkshopId, WorkshopSessionId};
use crate::payload;
use crate::workshops::actions::{self, JoinWish};
use crate::workshops::model::{Limit, SessionWish};

use super::{JoinInfoInput, Seat, SessionInput, WorkshopSession, its_session};

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
    /// Answer of `workshopParticipantMute`.
    WorkshopParticipantMutePayload {
        /// The seat, and whether its holder is muted.
        seat: Seat,
    }
}

payload! {
    /// Answer of `workshopParticipantRemove`.
    WorkshopParticipantRemovePayload {
        /// The seat, and whether its holder is removed.
        seat: Seat,
    }
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
                recorded: input.record,
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

    /// Takes somebody's voice in the built-in room, or gives it back: they see and hear, and are neither seen nor heard and
    /// send nothing there, however often they come in, until a host says otherwise. What they write in the session's chat
    /// is `chatParticipantMute`'s. Hosts cannot be muted. Needs HOST.
    async fn workshop_participant_mute(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`sea_…`: whose.")] seat_id: ID,
        #[graphql(desc = "True = muted from now on; false = no longer.")] muted: bool,
    ) -> Fallible<WorkshopParticipantMutePayload> {
        let limited = limited(ctx, &seat_id, Limit::Muted, muted).await;
        answer(limited.map(|seat| WorkshopParticipantMutePayload { seat, user_errors: Vec::new() }))
    }

    /// Puts somebody out of the built-in room, and lets them in there no more until a host says otherwise. Their seat stays
    /// theirs, with what was paid for it and the recording: giving money back is `orderRefund`. Hosts cannot be removed. Needs
    /// HOST.
    async fn workshop_participant_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`sea_…`: whose.")] seat_id: ID,
        #[graphql(desc = "True = out from now on; false = they may come in again.")] removed: bool,
    ) -> Fallible<WorkshopParticipantRemovePayload> {
        let limited = limited(ctx, &seat_id, Limit::Removed, removed).await;
        answer(limited.map(|seat| WorkshopParticipantRemovePayload { seat, user_errors: Vec::new() }))
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

async fn shown(ctx: &Context<'_>, id: WorkshopSessionId) -> Result<Option<WorkshopSession>> {
    its_session(ctx, id).await.map(Some)
}

async fn limited(ctx: &Context<'_>, seat_id: &ID, limit: Limit, is_on: bool) -> Result<Option<Seat>> {
    let viewer = ctx.viewer()?;
    let seat = id(&["seatId"], seat_id)?;
    actions::limit(ctx.app(), viewer, seat, limit, is_on).await.missing_at(&["seatId"])?;
    super::seat(ctx, seat).await
}
