//! All tests that start the product or a part of it.

mod contracts;
mod rooms;
mod rules;
mod stories;
mod support;
