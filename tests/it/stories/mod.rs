//! What people do, from beginning to end, on both databases.

mod affiliates;
mod bundles;
mod buying;
mod coupons;
mod disputes;
mod getting_paid;
mod gifts;
mod guests;
mod inbox;
mod learning;
mod memberships;
mod money_under_fire;
mod operating;
mod operating_money;
mod paid_out;
mod paying;
mod prices;
mod publishing;
mod reconciling;
mod refunds;
mod sending_money;
mod signing_in;
mod splits;
mod storefront;
mod tax;
mod uploading;
