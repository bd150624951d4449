//! What must hold over the whole tree.

mod schema;
