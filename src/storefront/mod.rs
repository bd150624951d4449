//! What anybody may see of a creator, read in few statements.
