//! Money back to buyers: who asked, who decided, what was given back, and from whom it was taken.
//!
//! Words: a *request* is a buyer's wish, decided by the creator's team; a *refund* is the money that follows, or that
//! the team gives back unasked; its *lines* say how much of it is for which bought thing; a *taken part* is what a
//! line's tax, fee or payee gave back. Money that buyers' banks take back (`disputes`) is taken in the same parts.
//!
//! Kept true: the window was frozen with the order; no more is given back than was paid, whoever asks at once; a
//! refund is intended and committed before Stripe is asked, so it happens once; it is booked when Stripe says that it
//! succeeded, never while it is pending; parts of any sequence of refunds are whole units that end at zero; a refund
//! that fails leaves the book, the order and the rights as if it had never been.
//! Not here: taking back what creators were sent (`payouts`), disputes themselves (`disputes`), and who pays Stripe's
//! fee (the platform).

pub mod actions;
pub mod division;
pub mod graphql;
pub mod invariants;
pub mod jobs;
pub mod letters;
pub mod model;
pub mod refusals;
pub mod store;
