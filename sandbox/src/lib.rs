//! The outside world in one process, for development and tests: Stripe, S3 and a mailbox.
//!
//! Every part speaks its real protocol over loopback HTTP or SMTP, so the adapters that are tested are the
//! ones that ship; only their base address differs. The production image leaves this crate out.

pub mod clock;
pub mod control;
pub mod mail;
pub mod s3;
pub mod stripe;
