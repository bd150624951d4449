//! The Stripe sandbox over real HTTP, held against what Stripe's pages promise.

mod billing;
mod checkout;
mod connect;
mod contract;
mod faults;
mod gateway;
mod keys;
mod money;
mod pages;
mod payouts;
mod restart;
mod saved;
mod support;
mod tax;
mod webhooks;
