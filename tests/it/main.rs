//! All tests that start the product or a part of it.

mod contracts;
mod proofs;
mod rooms;
mod rules;
mod stories;
mod support;
