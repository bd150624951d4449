//! Accounts and sessions as clients see them.

mod auth;
mod events;
mod inputs;
mod payloads;
mod viewer;

pub use auth::IdentityMutation;
pub use events::{CheckoutChanged, SeatOffered, SessionRevoked, ViewerEvent, ViewerSubscription};
pub use inputs::*;
pub use payloads::*;
pub use viewer::{IdentityQuery, Session, User, UserById, Viewer, ViewerAccount, user};
