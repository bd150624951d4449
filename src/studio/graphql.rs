//! As clients see it.
