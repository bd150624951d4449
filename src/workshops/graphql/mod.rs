//! Sessions and seats as clients see them.

mod errors;
mod hosting;
mod inputs;
mod lists;
mod queries;
mod replay;
mod seat;
mod seats;
mod session;
mod waitlist;

pub use errors::SeatsUnavailableError;
pub use hosting::*;
pub use inputs::*;
pub use lists::{CreatorSessions, StudioSeats, ViewerSeats, sessions_of};
pub use queries::WorkshopsQuery;
pub use seat::{
    Seat, SeatConnection, SeatEdge, SeatInWorkshop, SeatOfLine, has_seat, own_seat, seat, seat_of_line,
};
pub use seats::*;
pub use session::{
    SeatAvailability, WorkshopSession, WorkshopSessionConnection, WorkshopSessionEdge, hosts_of, its_session,
    session,
};
pub use waitlist::{
    WaitlistAutoBuy, WaitlistEntry, WaitlistEntryConnection, WaitlistEntryEdge, entry, own_entry,
};
