//! What must hold over the whole tree.

mod access;
mod schema;
mod tree;
