//! Creators as clients see them.
