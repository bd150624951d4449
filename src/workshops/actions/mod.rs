//! What is done about sessions and seats, one file per verb.

mod buying;
mod calendars;
mod cancel;
mod claim;
mod door;
mod give_up;
mod hear;
mod hold;
mod hosting;
mod invite;
mod moderate;
mod move_seat;
mod offers;
mod pass_on;
mod record;
mod recordings;
mod refunded;
mod remind;
mod replay;
mod reschedule;
mod rooms;
mod schedule;
mod seating;
mod tell;
mod tell_offer;
mod tell_replay;
mod thank;
mod transfer;
mod waiting;

pub use buying::{BUY, buying_due, charge_due, offer_instead, take_back_buying, terms};
pub use calendars::{calendar_token, public_calendar, seats_calendar};
pub use cancel::cancel;
pub use claim::claim_seats;
pub use door::{JoinInfo, JoinWish, join, set_join_info};
pub use give_up::{By, GivenUp, give_up, owed};
pub use hear::{Heard, forget_heard, hear};
pub use hold::{Holder, hold, sessions_held, take_free};
pub use hosting::{mark_attendance, set_live};
pub use invite::{INVITE, invite};
pub use moderate::{SET_VOICE, limit, set_voice};
pub use move_seat::move_seat;
pub use offers::{lapse_offer, pass_on_rest};
pub use record::{BEGIN_RECORDING, END_RECORDING, begin_recording, end_recording};
pub use recordings::{IMPORT_RECORDING, import_recording, show_recordings};
pub use refunded::{return_seats, take_seats};
pub use remind::remind;
pub use replay::{Shown, see_replay, set_replay};
pub use reschedule::reschedule;
pub use rooms::{CLOSE_ROOM, EXPEL, close_room, expel};
pub use schedule::{Choice, choose, schedule};
pub use seating::{Payer, Seating, adopt_seat, release_unpaid, seat};
pub use tell::tell;
pub use tell_offer::{TELL_OFFER, tell_offer};
pub use tell_replay::{TELL_REPLAY, tell_replay, tell_replays};
pub use thank::thank;
pub use transfer::transfer;
pub use waiting::{Wish, join_waitlist, leave_waitlist};

use crate::db::Tx;
use crate::kernel::{Denied, Result, WorkshopSessionId};

use super::model::{Session, seats_topic};
use super::store;

/// Letters of the code shown at the door.
const CODE: usize = 8;

/// A seat's money is to be given back: payload `seat`, `reason`. `refunds` does it.
pub const PAY_BACK: &str = "refunds.pay_back_seat";

/// The session, locked: nobody else changes its seats until the commit.
async fn locked(tx: &Tx, id: WorkshopSessionId) -> Result<Session> {
    Ok(store::lock(tx, id).await?.ok_or(Denied::NotFound)?)
}

/// Tells whoever follows the session live that somebody may have lost their seat there.
fn seats_changed(tx: &mut Tx, session: WorkshopSessionId) {
    tx.wake(seats_topic(session));
}
