//! Random histories of seats: people take, pay, wait for, move, give away and give back places while time goes by, held
//! against a pure model of who sits where and who is next.

mod commands;
mod drawn;
mod model;
mod offers;
mod places;
mod words;
mod world;

pub use commands::SeatCommands;
pub use words::Answer;
