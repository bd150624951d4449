//! One adapter each for the world outside, speaking the real protocol.
//!
//! The two over giant generated crates live in workspace crates of their own (`gateways/stripe`,
//! `gateways/media_store`), so that an edit in a room never rebuilds them.

pub mod ffmpeg;
pub mod mailer;

pub use media_store;
pub use stripe_gateway;
