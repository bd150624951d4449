//! Money that arrived: how we learn of it, what it sets in motion, and the book that remembers it.
//!
//! Words: the *inbox* keeps each event Stripe sent, once; to *apply* a payment page is to read it at Stripe again and
//! move our order to where it says; a *journal* is one movement of money whose postings sum to zero; a *case* is
//! something a person must look at.
//!
//! Kept true: nothing is believed but what Stripe says when asked with our key; amount, currency, order and mode must
//! be the ones we quoted; an order is fulfilled once, in one transaction, whoever notices first (event, buyer, sweep)
//! and however often; late money still counts, wrong money opens a case and gives nothing; what was booked is never
//! changed. Not here: refunds, disputes, transfers to creators.

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod jobs;
pub mod judge;
pub mod ledger;
mod letters;
pub mod model;
pub mod sheet;
pub mod store;
pub mod words;
