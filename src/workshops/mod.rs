//! Live workshops: their dates, who has which place, who waits for one.
//!
//! Words: a *workshop* is an offering (it lives in `catalog`); a *session* is one date of it, told by wall time and zone;
//! a *seat* is one person's place at one session: *offered* to who waits, *held* while it is being paid, *seated* once it
//! is theirs, *unseated* when the money came after the place was gone, *released* or *refunded* after that; `taken`
//! counts those that take a place (offered, held, seated).
//!
//! Kept true: never more taken than there are places (the session's row is the lock, and the database checks); one
//! person has at most one place at a session, a second waits for their address; a companion's seat, bought by somebody else, is
//! nobody's before it is paid, and never its buyer's; a held seat belongs to its payment until Stripe says that it can no longer
//! be paid; a place that becomes free goes to who has waited longest, before anybody else can have it; whether a session
//! is on, over or open for seats follows from its times and now; its recording is watched by whom the workshop's policy
//! names, asked anew each time, and they hear of it once.
//! A *room of ours* is one at LiveKit; a permission to come in is kept nowhere, and who loses the seat or is *removed* by a
//! host is put out; who is *muted* sees and hears. Nobody is recorded without a host's wish, and without being told beforehand.
//! Here are no payments: `checkout` holds, `payments` seats, `refunds` gives money back for what was given up.

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod jobs;
pub mod letters;
pub mod model;
pub mod refusals;
pub mod store;
