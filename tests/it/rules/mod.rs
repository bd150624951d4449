//! What must hold over the whole tree.

mod access;
mod admin;
mod public;
mod schema;
mod tree;
