//! Recordings: what the doctor says of those that went wrong, for whom the policy is, and what a page of dates costs.

use atelier::catalog::model::ReplayPolicy;
use atelier::creators::TeamRole;
use atelier::kernel::{AssetId, Instant, SeatId, WorkshopSessionId};
use atelier::workshops::model::{Replay, Seat, SeatState, WATCHED_FOR, opens_replay, shows_replays_to};
use atelier::workshops::refusals::WorkshopRefusal as No;
use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use crate::support::{FILM, Market, REPLAY_SET, Studio, euros, story};

async fn broken(market: &Market) -> Vec<String> {
    let rules = atelier::doctor::rules(market.app()).await;
    let of_workshops = rules.into_iter().find(|(room, _)| *room == "workshops").unwrap();
    let named = of_workshops.1.unwrap().into_iter().map(|rule| rule.split(':').next().unwrap().to_owned());
    named.collect()
}

fn seat(state: SeatState, attended: Option<bool>) -> Seat {
    Seat {
        id: SeatId(Uuid::from_u128(9)),
        session: WorkshopSessionId(Uuid::from_u128(1)),
        user: None,
        holder_email: None,
        line: None,
        state,
        held_until: None,
        refund_until: Instant::UNIX_EPOCH,
        refund_if_resold: false,
        for_companion: false,
        passed_on: false,
        offered_to: None,
        attended,
        check_in_code: String::new(),
    }
}

#[test]
fn the_policy_decides_and_only_for_seats() {
    use ReplayPolicy::{Attendees, Days30, Forever, None as Nobody};
    let since = Instant::UNIX_EPOCH;
    let replay =
        Replay { session: WorkshopSessionId(Uuid::from_u128(1)), asset: AssetId(Uuid::from_u128(8)), since };
    let was_there = seat(SeatState::Seated, Some(true));
    for (policy, seat, after, expected) in [
        (Nobody, &was_there, 0, Err(No::NoReplay)),
        (Attendees, &was_there, 1000, Ok(None)),
        (Attendees, &seat(SeatState::Seated, None), 1, Err(No::ReplayOfAttendees)),
        (Attendees, &seat(SeatState::Seated, Some(false)), 1, Err(No::ReplayOfAttendees)),
        (Days30, &seat(SeatState::Seated, Some(false)), 29, Ok(Some(since + WATCHED_FOR))),
        (Days30, &was_there, 30, Err(No::ReplayOver)),
        (Forever, &seat(SeatState::Seated, None), 1000, Ok(None)),
        (Forever, &seat(SeatState::Refunded, Some(true)), 1, Err(No::NoReplay)),
        (Forever, &seat(SeatState::Released, None), 1, Err(No::NoReplay)),
        (Forever, &seat(SeatState::Unseated, None), 1, Err(No::NoReplay)),
        (Forever, &seat(SeatState::Held, None), 1, Err(No::NoReplay)),
    ] {
        let now = since + Duration::days(after);
        assert_eq!(opens_replay(&replay, policy, seat, now), expected, "{policy:?} {seat:?} {after}");
    }
    let elsewhere = Seat { session: WorkshopSessionId(Uuid::from_u128(7)), ..was_there };
    assert_eq!(opens_replay(&replay, Forever, &elsewhere, since), Err(No::NoReplay));
    let watch = TeamRole::ALL.into_iter().filter(|role| shows_replays_to(*role));
    assert_eq!(watch.map(TeamRole::name).collect::<Vec<_>>(), ["OWNER", "ADMIN", "EDITOR", "HOST"]);
}

story! {
    async fn the_rules_notice_a_recording_that_went_wrong(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(2000), 1).await;
        market.passes(Duration::days(11)).await;
        let mira = mira.comes_back().await;
        let studio = Studio { owner: mira.clone(), ..studio };
        let film = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": film })).await;
        assert_eq!(broken(&market).await, Vec::<String>::new());
        let (took_place, films) = ("recordings_are_of_what_took_place", "recordings_are_their_creators_films");
        for (wrong, right, rule) in [
            (
                "UPDATE workshop_sessions SET cancelled_at = created_at, thanked_at = NULL",
                "UPDATE workshop_sessions SET cancelled_at = NULL",
                took_place,
            ),
            (
                "UPDATE session_replays SET since = (SELECT created_at FROM workshop_sessions)",
                "UPDATE session_replays SET since = updated_at",
                took_place,
            ),
            ("UPDATE assets SET kind = 'AUDIO'", "UPDATE assets SET kind = 'VIDEO'", films),
            ("UPDATE assets SET state = 'QUARANTINED'", "UPDATE assets SET state = 'READY'", films),
            ("UPDATE assets SET deleted_at = created_at", "UPDATE assets SET deleted_at = NULL", films),
            (
                "UPDATE assets SET creator_id = NULL",
                "UPDATE assets SET creator_id = (SELECT id FROM creators)",
                films,
            ),
        ] {
            market.db_runs(wrong).await;
            assert_eq!(broken(&market).await, [rule], "{wrong}");
            market.db_runs(right).await;
            assert_eq!(broken(&market).await, Vec::<String>::new(), "{right}");
        }
    }

    async fn more_recordings_cost_no_more_statements(market) {
        const DATES: &str = "query($id: ID!) { workshop(by: { id: $id }) { sessions(when: PAST, first: 20) { nodes {
            id replay { id state durationSeconds captions { id } } } } } }";
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), 9).await;
        studio.shows_replays(&evening.workshop, "FOREVER").await;
        let ben = market.person("Ben").await;
        ben.takes_seat(&evening).await;
        let mut dates = vec![evening.session.clone()];
        for _ in 0..4 {
            let session = studio.sets_date(&evening.workshop, 10, Some(3)).await;
            ben.takes_seat(&crate::support::Evening { session: session.clone(), ..evening.clone() }).await;
            dates.push(session);
        }
        market.passes(Duration::days(11)).await;
        let (mira, ben) = (mira.comes_back().await, ben.comes_back().await);
        let studio = Studio { owner: mira.clone(), ..studio };
        let mut counted = Vec::new();
        for session in &dates {
            let film = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
            mira.does(REPLAY_SET, json!({ "id": session, "asset": film })).await;
            let (seen, statements) = market.statements(ben.sees(DATES, json!({ "id": evening.workshop }))).await;
            let shown = seen["workshop"]["sessions"]["nodes"].as_array().unwrap().iter();
            assert_eq!(shown.filter(|date| !date["replay"].is_null()).count(), counted.len() + 1);
            counted.push(statements);
        }
        assert!(counted.iter().all(|count| *count == counted[0]), "{counted:?}");
    }
}
