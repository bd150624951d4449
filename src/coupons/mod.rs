//! Codes that take something off a price, and who has used them.
//!
//! Words: a *coupon* is a code of one creator with a discount, limits and a scope; a *redemption* is its use in one
//! order, at most one an order: TAKEN with the order, COUNTED when the order is paid, RELEASED when it never will be; a
//! *customer* is whoever buys, known by account or by address.
//!
//! Kept true: no more redemptions than the coupon allows, all together and for each customer, however many buy at the
//! same moment; a code means one coupon of a creator, whatever its case; a discount never exceeds what it is taken off.
//! A redemption is taken in the order's own transaction, under the coupon's row. Not here: how a discount is divided over
//! an order's lines (`checkout`).

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod model;
pub mod refusals;
pub mod store;
