//! Disputes: a buyer's bank takes the money of a payment back, and decides later whose it is.
//!
//! Words: an *inquiry* is a bank that only asks; a dispute is *open* while its money is gone and not decided; what
//! creators had of it is *frozen* meanwhile; the *evidence* is what we know ourselves: receipt, consents, what the
//! buyer did with what they bought; an *early fraud warning* is a bank's suspicion, and no more.
//!
//! Kept true: the state comes from the dispute's status, never from an event's name; amounts come from what moved in
//! our balance; a dispute freezes only what earlier refunds left; won restores exactly; lost takes the tax, the fee
//! and the frozen shares, and what the bank took beyond that is the platform's loss; evidence is written down before
//! it is sent, and sent once; a warning gives nothing back by itself.
//! Not here: taking back what creators were sent (`payouts`), and deciding to give money back (`refunds`).

pub mod actions;
pub mod invariants;
pub mod jobs;
mod letters;
pub mod model;
pub mod sides;
pub mod store;
