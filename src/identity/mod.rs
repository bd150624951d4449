//! Accounts and sessions: who somebody is, and how they prove it.
//!
//! Words: an *account* belongs to one e-mail address; a *proof* is a six-digit code or a link sent to it; a *session*
//! is one signed-in device; an *access token* speaks for a session for 15 minutes; a *refresh token* is exchanged once
//! for the next pair.
//!
//! Kept true: nobody learns whether an address has an account; a used refresh token ends its session; a revoked
//! session ends at once, whatever its tokens say; passwords exist only as Argon2id hashes, codes and tokens only as
//! SHA-256. Not here: roles in a studio (`creators`), cookies, second factors, passkeys and magic links.

pub mod actions;
pub mod graphql;
pub mod jobs;
mod letters;
pub mod model;
pub mod passwords;
pub mod refusals;
pub mod store;
pub mod tokens;
