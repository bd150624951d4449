//! Workshops in the database: sessions, seats, the waitlist.

mod attendance;
mod buying;
mod holders;
mod hosts;
mod limits;
mod lists;
mod offers;
mod recordings;
mod replays;
mod rooms;
mod seats;
mod sessions;
mod visits;
mod waitlist;

pub use attendance::{attendance_behind, attendance_start};
pub use buying::{
    agree, begin as begin_buying, buyer_of, buying, buyings, end as end_buying, forget_why, note_charge,
    note_why, take_back,
};
pub use holders::{
    claim, give_away, has_unclaimed, live_of_user, of_holder, of_pairs, seated, seated_counts, seated_in,
    unclaimed, unseated_of,
};
pub use hosts::{hosts, set_hosts};
pub use limits::{limits, limits_of_pairs, set_limit};
pub use lists::{calendar, of_creator, of_workshops, roster, upcoming, waiting_in};
pub use offers::{give_to_companion, kept_beside, kept_for, of_seat, offered_to};
pub use recordings::{
    recording, set_begun, set_ended, set_film, settle as settle_recordings, told_recording, under_way,
    unsettled as unsettled_recordings, unsettled_of, want_recording,
};
pub use replays::{
    clear_replay, forget_told, replay, replays_by_session, set_replay, set_told, untold as untold_replays,
};
pub use rooms::{forget_events, note_event, open_room, room_of, session_of_room, set_entered, was_entered};
pub use seats::{
    NewSeat, by_ids as seats_by_id, insert as insert_seat, of_line, of_lines, of_refund, of_session, seat,
    set_attended, set_line, set_refund_until, set_resold, set_session, set_state, still_there, take_resold,
};
pub use sessions::{
    by_ids as sessions_by_id, cancel, count_ahead, free_place, insert, lock, reschedule, session, set_closed,
    set_join, set_live, set_reminded, set_thanked, take_place, unreminded, unthanked,
};
pub use visits::{come, end_visits, leave, mark as mark_visits};
pub use waitlist::{
    ahead_of, close, entries_by_id, entry, insert as insert_entry, is_waited_behind, live_entry,
    live_of_pairs, next_in_line, set_entry, set_wanted, wait_again, waiting_counts,
};

use crate::kernel::{Error, Fault};

fn unreadable(what: impl std::fmt::Display) -> Error {
    Fault::new("reading a workshop", what).into()
}
