//! People who recommend a creator's courses and workshops, and their part of what they bring.
//!
//! Words: a *program* is what a creator offers to whoever recommends them; an *affiliate* is a person whom the creator
//! has let in; a *link* is what they pass on; a *touch* is one click on it, signed and dated by us and carried by the
//! visitor alone; a *commission* is the share of a sold line that a touch earned.
//!
//! Kept true: nobody earns by their own purchases, nor by those of a team they work in; a commission is frozen with the order
//! and belongs to somebody approved at that moment; clicks are counted without keeping who clicked; affiliates never
//! learn who bought. How a commission stands is read from the book, never noted twice.
//! Not here: dividing a sale (`checkout`), releasing and sending the money (`payouts`).

pub mod actions;
pub mod graphql;
pub mod invariants;
mod letters;
pub mod model;
pub mod refusals;
pub mod store;
pub mod touch;
