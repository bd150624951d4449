//! What must hold over the whole tree.

mod access;
mod admin;
mod schema;
mod tree;
