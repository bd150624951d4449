//! Accounts and sessions as clients see them.

mod auth;
mod inputs;
mod payloads;
mod viewer;

pub use auth::IdentityMutation;
pub use inputs::*;
pub use payloads::*;
pub use viewer::{IdentityQuery, Session, User, UserById, Viewer, ViewerAccount, user};
