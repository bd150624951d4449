//! What people do with their accounts; one file a verb.

mod authenticate;
mod ended;
mod passwords;
mod profile;
mod proofs;
mod seeded;
mod sessions;
mod sign_in;
mod sign_up;

pub use authenticate::authenticate;
pub use ended::{Ended, ended};
pub use passwords::{change_password, request_reset, reset_password};
pub use profile::{ProfileChange, update_profile};
pub use proofs::{CodeGiven, Proof, send_verification, verify_email};
pub use seeded::{seeded_account, seeded_viewer};
pub use sessions::{SignedIn, refresh, revoke_session, sessions_of, sign_out};
pub use sign_in::sign_in;
pub use sign_up::{NewAccount, sign_up};
