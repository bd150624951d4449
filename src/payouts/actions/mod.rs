//! What payouts do: accounts, releasing what is held, sending what is due, taking back what was sent too much.

mod account;
mod observe;
mod release;
mod reverse;
mod send;
mod sweep;

pub use account::*;
pub use observe::*;
pub use release::*;
pub use reverse::*;
pub use send::*;
pub use sweep::*;
